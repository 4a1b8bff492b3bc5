"""Cash that goes from one person to another: written down by one, confirmed by the other, counted by the landlord."""

from decimal import Decimal

from sqlalchemy import Connection, text

from db.domain.cash import CashShortError, require_counted, require_enough
from db.domain.money import require_positive
from db.domain.texts import clean, clean_or_none
from db.errors import N_, EkostError, RuleError, UsageError
from db.repositories.cash import Cash, HandoverRow
from db.repositories.lookup import PropertyRow
from db.services.guard import hold_property, refusing
from db.services.posting import calling, posted
from db.services.requests import Claim, claim_key

# Who the book belongs to, whatever that role is called.
OWNER = "owner"

_HAND_OVER = calling("hand_over_cash", "property", "giver", "receiver", "amount", "counted", "note")
_CONFIRM = calling("confirm_cash", "handover")
_VOID = calling("void_cash", "handover", "reason")

_MAY_SIGN = text("""
select session_user = :signer or :signer = owner_name() and is_owner() or not may_hold_cash(:signer, id)
  from properties where code = :code
""")


class CashPersonError(UsageError):
    """Nobody who could have cash of this property."""

    code = "cash_person"
    message = N_("{name} can hold no cash of {property}.")
    hint = N_("Name the login of a landlord or of staff who see this property, or owner; `ekost user list` shows them.")


class CashToOneselfError(RuleError):
    """Cash is handed to somebody else."""

    code = "cash_to_oneself"
    message = N_("Nobody hands cash over to oneself.")
    hint = N_("`ekost cash count AMOUNT` records what is in your own hand.")


class HandoverSignedError(RuleError):
    """What was confirmed is done."""

    code = "handover_confirmed"
    message = N_("Handover {id} was confirmed already.")


class HandoverVoidedError(RuleError):
    """What was taken back is over."""

    code = "handover_voided"
    message = N_("Handover {id} was taken back already.")


class HandoverSignerError(RuleError):
    """Two people sign a handover: who wrote it down, and the other one."""

    code = "handover_signer"
    message = N_("Handover {id} is to be confirmed by {signer}.")


class NothingToConfirmError(RuleError):
    """A count is signed by who has counted."""

    code = "nothing_to_confirm"
    message = N_("Entry {id} is a count; nobody has to confirm it.")


def hand_over_cash(
    conn: Connection,
    prop: PropertyRow,
    amount: Decimal,
    to: str,
    *,
    giver: str | None = None,
    counted: Decimal | None = None,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Write down that cash of a property goes to the login `to`, or `owner`; it counts once that one has confirmed it.

    `giver` is the caller if not named, somebody else only for the landlord. `counted` is what was in the giver's hand
    before; without a count no more can go than should be there. Returns the handover's id.
    Raises NonPositiveAmountError, CashShortError, CashPersonError, CashToOneselfError, KeyReusedError.
    """
    require_positive(amount)
    return _write(conn, prop, "hand_over_cash", giver, to, amount, counted, note, key)


def count_cash(
    conn: Connection,
    prop: PropertyRow,
    counted: Decimal,
    *,
    holder: str | None = None,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Settle what somebody, the caller if not named, has in hand: from now on it is what was counted.

    The landlord's: who finds less than there should be lets it go. Returns the count's id. Raises CountedNegativeError,
    CashPersonError, KeyReusedError.
    """
    return _write(conn, prop, "count_cash", holder, None, None, counted, note, key)


def confirm_cash(conn: Connection, handover_id: int, *, key: str | None = None) -> int:
    """Confirm a handover that somebody else wrote down: from now on the receiver holds the cash. Returns its id.

    Raises HandoverNotFoundError, HandoverSignedError, HandoverVoidedError, HandoverSignerError, NothingToConfirmError.
    """
    claim = claim_key(conn, key, "confirm_cash", handover_id)
    if claim.answer is None:
        found = Cash(conn).row(handover_id)
        if found.kind == "count":
            raise NothingToConfirmError(id=handover_id)
        if found.state == "pending":
            _require_signer(conn, found)
        with refusing(conn, _ended(handover_id)):
            posted(conn, _CONFIRM, {"handover": handover_id}, "CashConfirmed", None)
        claim.keep(handover_id)
    return handover_id


def void_cash(conn: Connection, handover_id: int, reason: str, *, key: str | None = None) -> int:
    """Take a handover or a count back: either of the two while it waits, later the landlord. Returns its id.

    Raises HandoverNotFoundError, HandoverVoidedError.
    """
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "void_cash", handover_id, why)
    if claim.answer is None:
        Cash(conn).row(handover_id)
        with refusing(conn, _ended(handover_id)):
            posted(conn, _VOID, {"handover": handover_id, "reason": why}, "CashVoided", None)
        claim.keep(handover_id)
    return handover_id


def _write(
    conn: Connection,
    prop: PropertyRow,
    operation: str,
    giver: str | None,
    to: str | None,
    amount: Decimal | None,
    counted: Decimal | None,
    note: str | None,
    key: str | None,
) -> int:
    if counted is not None:
        require_counted(counted)
    words = clean_or_none(note, "note", 500)
    claim: Claim = claim_key(conn, key, operation, prop.id, giver, to, amount, counted, words)
    if claim.answer is not None:
        return claim.answer
    gives, takes = _person(conn, giver), None if to is None else _person(conn, to)
    if gives == takes:
        raise CashToOneselfError
    hold_property(conn, prop)
    errors: dict[str, EkostError] = {
        "cash_receiver": CashPersonError(name=to, property=prop.code),
        "cash_giver": CashPersonError(name=giver, property=prop.code),
    }
    if amount is not None:
        on_hand = Cash(conn).standing(prop.id, gives).on_hand
        require_enough(gives, amount, on_hand, counted)
        errors["cash_enough"] = CashShortError(giver=gives, on_hand=on_hand, amount=amount)
    values = {"property": prop.id, "giver": gives, "receiver": takes, "amount": amount, "counted": counted,
              "note": words}  # fmt: skip
    with refusing(conn, errors):
        event = "CashCounted" if takes is None else "CashHandedOver"
        handover_id = posted(conn, _HAND_OVER, values, event, None)
    claim.keep(handover_id)
    return handover_id


def _person(conn: Connection, name: str | None) -> str:
    """The role that is meant: the caller's own without a name."""
    if name is None:
        return str(conn.execute(text("select session_user")).scalar_one())
    return str(conn.execute(text("select owner_name()")).scalar_one()) if name == OWNER else name


def _require_signer(conn: Connection, found: HandoverRow) -> None:
    """Raises HandoverSignerError for somebody else than who has to confirm."""
    if not conn.execute(_MAY_SIGN, {"signer": found.signer, "code": found.property}).scalar_one():
        raise HandoverSignerError(id=found.id, signer=found.signer)


def _ended(handover_id: int) -> dict[str, RuleError]:
    return {
        "cash_confirmed_once": HandoverSignedError(id=handover_id),
        "cash_voided_once": HandoverVoidedError(id=handover_id),
    }
