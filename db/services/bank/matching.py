"""What a line is: a payment that it makes, one that was recorded by hand, an expense, or nothing of the book."""

from collections.abc import Iterator

from sqlalchemy import Connection, Integer, bindparam, func, insert, select, text

from db.domain.bank.matching import SURE, Candidate, Recorded, sure
from db.domain.texts import clean
from db.errors import N_, RuleError
from db.events import Event, append, reserve_event
from db.repositories.bank import Bank, Insight, LineRow, Suggestion, suggestion
from db.repositories.lookup import TenantRef, find_tenant, get_property
from db.services.expenses import record_expense, void_expense
from db.services.guard import refusing
from db.services.leases import lock_tenant
from db.services.payments import record_payment
from db.services.reversals import void_payment
from db.tables import bank_match_voids, bank_matches, tenants


class LineMatchedError(RuleError):
    """A line is one thing at a time."""

    code = "bank_line_matched"
    message = N_("Line {id} is matched or ignored already.")
    hint = N_("`ekost bank unmatch {id} --reason …` opens it again.")


class LineOpenError(RuleError):
    """There is nothing to take back."""

    code = "bank_line_open"
    message = N_("Line {id} is open: it is neither matched nor ignored.")


class LineDirectionError(RuleError):
    """Money that came in is a tenant's, money that went out an expense."""

    code = "bank_line_direction"
    message = N_("Line {id} can't be that: {amount} on it has the other direction.")


class PaymentUnfitError(RuleError):
    """The payment is not the money of the line."""

    code = "bank_payment_unfit"
    message = N_(
        "Payment {payment} is not the money of line {id}: its amount or property differs, or it was taken back."
    )


class PaymentMatchedError(RuleError):
    """One payment, one line."""

    code = "bank_payment_matched"
    message = N_("Payment {payment} belongs to another line already.")


class RecordedAlreadyError(RuleError):
    """Recorded once more, the tenant would have paid twice."""

    code = "bank_recorded"
    message = N_("{ref} has a payment of this amount near that day: {payment}.")
    hint = N_("`ekost bank match {id} --payment {payment}` links it; --another records one more.")


class ElsewhereError(RuleError):
    """An account's money is of its own property."""

    code = "bank_elsewhere"
    message = N_("{ref} is of another property than the account.")


_HOLD = text("select pg_advisory_xact_lock(hashtext('ekost.bank.line'), :line)").bindparams(
    bindparam("line", type_=Integer)
)


def match_tenant(conn: Connection, line_id: int, tenant: TenantRef, *, another: bool = False) -> int:
    """Record the money of a line as a payment of the tenant, dated as the bank booked it; returns the payment's id.

    Once, however often and by however many processes. Raises LineMatchedError, LineDirectionError, ElsewhereError,
    RecordedAlreadyError unless `another` one is wanted, FutureDateError, BankLineNotFoundError.
    """
    lock_tenant(conn, tenant.id)
    line = _open(conn, line_id, came_in=True)
    if tenant.property_id != line.property_id:
        raise ElsewhereError(ref=tenant.code)
    near = [] if another else _near(conn, line, tenant.id)
    if near:
        raise RecordedAlreadyError(ref=tenant.code, payment=near[0].payment_id, id=line_id)
    payment_id = record_payment(
        conn, tenant, line.amount, line.booked_on, method="transfer", reference=line.description[:200],
        key=_key(conn, line),
    )  # fmt: skip
    _match(conn, line, "BankLineMatched", tenant.id, payment_id=payment_id, made=True)
    return payment_id


def link_payment(conn: Connection, line_id: int, payment_id: int) -> None:
    """Say that a line is the money of a payment that was recorded by hand.

    Raises LineMatchedError, LineDirectionError, PaymentUnfitError, PaymentMatchedError, BankLineNotFoundError.
    """
    line = _open(conn, line_id, came_in=True)
    _match(conn, line, "BankLineMatched", None, payment_id=payment_id, made=False)


def match_expense(conn: Connection, line_id: int, category: str) -> int:
    """Record the money that went out as an expense of its property; returns the expense's id.

    Raises LineMatchedError, LineDirectionError, ExpenseCategoryError, FutureDateError, BankLineNotFoundError.
    """
    line = _open(conn, line_id, came_in=False)
    expense_id = record_expense(
        conn, get_property(conn, line.property_id), -line.amount, category, spent_on=line.booked_on,
        method="transfer", description=line.description, key=_key(conn, line),
    )  # fmt: skip
    _match(conn, line, "BankLineMatched", None, expense_id=expense_id, made=True)
    return expense_id


def ignore_line(conn: Connection, line_id: int, reason: str) -> None:
    """Say why a line is nothing of the book. Raises LineMatchedError, BankLineNotFoundError, TextLengthError."""
    why = clean(reason, "reason", 500)
    _match(conn, _open(conn, line_id), "BankLineIgnored", None, ignored=why, made=False)


def unmatch_line(conn: Connection, line_id: int, reason: str) -> None:
    """Open a line again; the payment or expense that it made is taken back, one that was linked stays.

    Raises LineOpenError, BankLineNotFoundError, what taking back raises.
    """
    why = clean(reason, "reason", 500)
    line = Bank(conn).row(line_id)
    if line.made and line.payment_id is not None:
        void_payment(conn, line.payment_id, why)
    elif line.made and line.expense_id is not None:
        void_expense(conn, line.expense_id, why)
    if line.match_id is None:
        raise LineOpenError(id=line_id)
    event_id = reserve_event(conn)
    row = {"match_id": line.match_id, "property_id": line.property_id, "reason": why, "event_id": event_id}
    with refusing(conn, {"bank_match_voids_pkey": LineOpenError(id=line_id)}):
        conn.execute(insert(bank_match_voids).values(row))
    payload = {"reason": why, "paymentId": line.payment_id, "expenseId": line.expense_id}
    append(conn, Event("BankLineOpened", "bank_line", line_id, payload, line.property_id), event_id=event_id)


def apply_candidate(conn: Connection, line_id: int, one: Candidate | Suggestion) -> None:
    """Make a line what was suggested. Raises what that raises."""
    what = one.code if isinstance(one, Candidate) else one.what
    match one.kind:
        case "link":
            link_payment(conn, line_id, one.payment_id or 0)
        case "tenant":
            match_tenant(conn, line_id, find_tenant(conn, str(one.tenant_id)))
        case "category":
            match_expense(conn, line_id, what)
        case _:
            ignore_line(conn, line_id, what)


def accept_sure(conn: Connection, property_id: int | None, least: int = SURE) -> Iterator[Suggestion]:
    """Make each open line what it surely is: the one candidate that reaches `least`; tells what was made of which."""
    lines = Bank(conn).open_lines(property_id)
    insights = {house: Insight.of(conn, house, lines) for house in sorted({line.property_id for line in lines})}
    chosen = [(line, one) for line in lines if (one := sure(insights[line.property_id].candidates(line), least))]
    # Tenants are locked in one order, before anything is changed.
    whose = sorted({one.tenant_id for _, one in chosen if one.tenant_id is not None})
    conn.execute(
        select(tenants.c.id).where(tenants.c.id.in_(whose)).order_by(tenants.c.id).with_for_update(key_share=True)
    )
    for line, _ in chosen:
        # Once more: what another line has taken is not there for this one.
        one = sure(insights[line.property_id].candidates(line), least)
        if one is not None:
            apply_candidate(conn, line.id, one)
            insights[line.property_id].linked(one.payment_id)
            yield suggestion(line, one)


def _open(conn: Connection, line_id: int, *, came_in: bool | None = None) -> LineRow:
    """The line, held until the end of the transaction, if it is open and of this direction."""
    conn.execute(_HOLD, {"line": line_id % 2**31})
    line = Bank(conn).row(line_id)
    if line.state != "open":
        raise LineMatchedError(id=line_id)
    if came_in is not None and came_in != (line.amount > 0):
        raise LineDirectionError(id=line_id, amount=f"{line.amount:f}")
    return line


def _near(conn: Connection, line: LineRow, tenant_id: int) -> list[Recorded]:
    insight = Insight.of(conn, line.property_id, [line])
    return [one for one in insight.recorded if one.tenant_id == tenant_id and one.amount == line.amount]


def _key(conn: Connection, line: LineRow) -> str:
    """The request key of what this line makes; another one after it was opened again."""
    turns = select(func.count()).select_from(bank_matches).where(bank_matches.c.line_id == line.id)
    return f"bank-line-{line.id}-{conn.execute(turns).scalar_one() + 1}"


def _match(conn: Connection, line: LineRow, event: str, tenant_id: int | None, **what: object) -> None:
    event_id = reserve_event(conn)
    payment_id = what.get("payment_id")
    unfit, taken = (kind(payment=payment_id, id=line.id) for kind in (PaymentUnfitError, PaymentMatchedError))
    with refusing(conn, {"bank_matches_line": LineMatchedError(id=line.id), "bank_matches_fit": unfit,
                         "bank_matches_payment": taken, "bank_matches_expense": taken}):  # fmt: skip
        row = {"property_id": line.property_id, "line_id": line.id, "turn": 0, "event_id": event_id, **what}
        conn.execute(insert(bank_matches).values(row))
    told = {"paymentId": payment_id, "expenseId": what.get("expense_id"), "reason": what.get("ignored"),
            "amount": line.amount, "date": line.booked_on}  # fmt: skip
    payload = {name: value for name, value in told.items() if value is not None}
    append(conn, Event(event, "bank_line", line.id, payload, line.property_id, tenant_id), event_id=event_id)
