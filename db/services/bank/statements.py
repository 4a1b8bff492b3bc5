"""Bringing a statement in: each line once, however often and in however many statements it comes."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.domain.bank.statement import Statement, assert_balances, fingerprints
from db.domain.texts import clean
from db.errors import N_, RuleError
from db.events import Event, append, reserve_event
from db.repositories.lookup import PropertyRow
from db.services.guard import hold_property
from db.tables import bank_accounts, bank_statements

# Digits of the account's number that are kept.
_SHOWN = 4


class AccountDiffersError(RuleError):
    """The statement of one account, named as another."""

    code = "bank_account_differs"
    message = N_("The statement is of account {told}, but {name} is {known}.")
    hint = N_("Name the right account with --account.")


class Brought(NamedTuple):
    """What came of a file; `id` is None where it brought nothing new and nothing was written down."""

    id: int | None
    property: str
    account: str
    number: str | None
    file_name: str
    period_start: date | None
    period_end: date | None
    opening: Decimal | None
    closing: Decimal | None
    lines_total: int
    lines_added: int
    pending: int
    asserted: bool | None
    currency: str


_ARRAYS: dict[str, Any] = {
    "lines": Integer, "days": Date, "amounts": Numeric(14, 2), "words": Text, "balances": Numeric(14, 2),
    "prints": LargeBinary,
}  # fmt: skip
_GIVEN = """unnest(:lines, :days, :amounts, :words, :balances, :prints)
         as g (line, booked_on, amount, description, balance, fingerprint)"""
_BIND = tuple(bindparam(name, type_=ARRAY(kind)) for name, kind in _ARRAYS.items())
_ADD = text(f"""
insert into bank_lines (property_id, account_id, statement_id, event_id, line, booked_on, amount, description, balance,
                        fingerprint)
select :property, :account, :statement, :event, g.* from {_GIVEN}
 where not exists (select from bank_lines l where l.account_id = :account and l.fingerprint = g.fingerprint)
 order by g.booked_on, g.line
""").bindparams(*_BIND)  # noqa: S608 - names of our own
_COUNT = text("""
select count(*) from unnest(:prints) as g (fingerprint)
 where not exists (select from bank_lines l where l.account_id = :account and l.fingerprint = g.fingerprint)
""").bindparams(bindparam("prints", type_=ARRAY(LargeBinary)))
# Two at once of one account come one after the other: the second then sees what the first has brought.
_HOLD = text("select pg_advisory_xact_lock(hashtext(:what), :house)").bindparams(bindparam("house", type_=Integer))


def bring_statement(
    conn: Connection, prop: PropertyRow, account: str, statement: Statement, *, file_name: str, form: str,
    asserting: bool = True,
) -> Brought:  # fmt: skip
    """Bring a statement of the account with this name in; a new name is a new account of the property.

    Only lines that no statement of the account has brought are added. Raises BalanceBrokenError unless told not to
    be `asserting`, AccountDiffersError, TextLengthError, UncleanTextError.
    """
    asserted = assert_balances(statement) if asserting else False
    name, file = clean(account, "account", 60), clean(file_name[-200:], "file")
    hold_property(conn, prop)
    conn.execute(_HOLD, {"what": f"ekost.bank.{name.lower()}", "house": prop.id % 2**31})
    account_id, number = _account(conn, prop, name, statement.number)
    prints = list(fingerprints(statement.lines))
    added = int(conn.execute(_COUNT, {"prints": prints, "account": account_id}).scalar_one()) if prints else 0
    found: dict[str, Any] = {
        "period_start": statement.period_start, "period_end": statement.period_end, "opening": statement.opening,
        "closing": statement.closing, "lines_total": len(prints), "lines_added": added,
    }  # fmt: skip
    statement_id = None
    if added:
        event_id = reserve_event(conn)
        row = {"property_id": prop.id, "account_id": account_id, "file_name": file, "format": form,
               "asserted": asserted, "event_id": event_id, **found}  # fmt: skip
        statement_id = int(
            conn.execute(insert(bank_statements).values(row).returning(bank_statements.c.id)).scalar_one()
        )
        lines = statement.lines
        values = {
            "lines": [line.line for line in lines], "days": [line.booked_on for line in lines],
            "amounts": [line.amount for line in lines], "words": [line.description for line in lines],
            "balances": [line.balance for line in lines], "prints": prints,
        }  # fmt: skip
        conn.execute(
            _ADD, values | {"property": prop.id, "account": account_id, "statement": statement_id, "event": event_id}
        )
        told = {"account": name, "fileName": file, "count": added, "asserted": asserted}
        append(conn, Event("BankStatementImported", "bank_statement", statement_id, told, prop.id), event_id=event_id)
    return Brought(
        id=statement_id, property=prop.code, account=name, number=number, file_name=file, **found,
        pending=statement.pending, asserted=asserted, currency=prop.currency,
    )  # fmt: skip


def _account(conn: Connection, prop: PropertyRow, name: str, told: str | None) -> tuple[int, str | None]:
    """The account of this name, made if there is none; and its masked number."""
    masked = None if told is None else "*" * _SHOWN + told[-_SHOWN:]
    a = bank_accounts.c
    known = conn.execute(
        select(a.id, a.number).where(a.property_id == prop.id, func.lower(a.name) == name.lower())
    ).first()
    if known is not None:
        if None not in (known.number, masked) and known.number != masked:
            raise AccountDiffersError(told=masked, name=name, known=known.number)
        return int(known.id), known.number
    event_id = reserve_event(conn)
    row = {"property_id": prop.id, "name": name, "number": masked, "event_id": event_id}
    account_id = int(conn.execute(insert(bank_accounts).values(row).returning(a.id)).scalar_one())
    append(
        conn, Event("BankAccountAdded", "bank_account", account_id, {"name": name, "number": masked}, prop.id),
        event_id=event_id,
    )  # fmt: skip
    return account_id, masked
