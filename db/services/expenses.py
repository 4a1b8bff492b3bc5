"""Recording expenses: the one path by which money is spent, for the command and the screens; and taking them back."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from db.domain.dates import require_not_future
from db.domain.expenses import category_of
from db.domain.ledger import AlreadyReversedError, ReversalReversedError
from db.domain.methods import require_method
from db.domain.money import require_positive
from db.domain.texts import clean, clean_or_none
from db.errors import N_, RuleError
from db.repositories.expenses import Expenses
from db.repositories.lookup import PropertyRow, RoomRef
from db.services.guard import hold_property, refusing
from db.services.posting import calling, posted
from db.services.requests import claim_key

_RECORD = calling("record_expense", "property", "room", "day", "category", "amount", "method", "payee", "description")
_REVERSE = calling("reverse_expense", "expense", "reason")


class RoomElsewhereError(RuleError):
    """What is spent on a room is spent by its own property."""

    code = "room_elsewhere"
    message = N_("Room {room} does not belong to {property}.")


def record_expense(
    conn: Connection,
    prop: PropertyRow,
    amount: Decimal,
    category: str,
    *,
    room: RoomRef | None = None,
    spent_on: date | None = None,
    method: str = "cash",
    payee: str | None = None,
    description: str | None = None,
    key: str | None = None,
) -> int:
    """Record what was spent for a property, or a room of it, today or on `spent_on`; cash leaves the caller's hand.

    `category` is a word of either language; `transfer` moves money and is no cost. Returns the expense's id. Raises
    NonPositiveAmountError, FutureDateError (M3), ExpenseCategoryError, MethodError, RoomElsewhereError, KeyReusedError.
    """
    require_positive(amount)
    day, kind = require_not_future(spent_on or prop.today, prop.today), category_of(category)
    require_method(method)
    if room is not None and room.property_id != prop.id:
        raise RoomElsewhereError(room=room.number, property=prop.code)
    values = {
        "property": prop.id, "room": None if room is None else room.id, "day": day, "category": kind, "amount": amount,
        "method": method, "payee": clean_or_none(payee, "payee"),
        "description": clean_or_none(description, "description", 500),
    }  # fmt: skip
    # The date as it was given: a request that says nothing of it is the same one when it is repeated after midnight.
    claim = claim_key(conn, key, "record_expense", *(values | {"day": spent_on}).values())
    if claim.answer is not None:
        return claim.answer
    hold_property(conn, prop)
    expense_id = posted(conn, _RECORD, values, "ExpenseRecorded", None)
    claim.keep(expense_id)
    return expense_id


def void_expense(conn: Connection, expense_id: int, reason: str, *, key: str | None = None) -> int:
    """Take an expense back with a reversing entry dated today (R11); returns the reversal's id.

    Staff take back what they have recorded themselves today. Raises ExpenseNotFoundError, AlreadyReversedError,
    ReversalReversedError, KeyReusedError.
    """
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "void_expense", expense_id, why)
    if claim.answer is not None:
        return claim.answer
    found = Expenses(conn).row(expense_id)
    if found.reverses_id is not None:
        raise ReversalReversedError(id=expense_id)
    if found.reversed_by is not None:
        raise AlreadyReversedError(id=expense_id, reversed_by=found.reversed_by)
    with refusing(conn, {"expenses_reversed_once": AlreadyReversedError(id=expense_id, reversed_by="?")}):
        reversal_id = posted(conn, _REVERSE, {"expense": expense_id, "reason": why}, "ExpenseReversed", None)
    claim.keep(reversal_id)
    return reversal_id
