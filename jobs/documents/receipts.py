"""A payment's receipt as the book has it now: for paper, and for a screen that shows what the paper would say."""

from collections.abc import Iterator

from sqlalchemy import Connection

from db.domain.explain import ExplainLine, Explanation, explain
from db.domain.money import ZERO
from db.repositories.entries import Entries
from db.repositories.ledger import Ledger, PaymentRow
from db.repositories.lookup import find_tenant, get_property
from db.repositories.receipts import Receipts
from db.repositories.tenants import Tenants
from locales.explaining import entry_kind
from locales.receipts import Part, Receipt


def read_receipt(conn: Connection, row: PaymentRow) -> Receipt:
    """What the payment filled, and how its tenant stands. A reversing payment is void as much as the reversed one."""
    who = find_tenant(conn, row.tenant, row.property, archived=True)
    house, issued = get_property(conn, who.property_id), Receipts(conn).of_payment(row.id)
    entries = Entries(conn).of_tenants([who.id])[who.id]
    line = _line(explain(entries.charges, entries.payments), row.id)
    voided = row.reversed_by is not None or row.reverses_id is not None
    why = Ledger(conn).reason("payment", row.reverses_id or row.id) if voided else None
    filled = [fill.debt.id for fill in line.fills if fill.debt.source == "charge"] if line is not None else []
    number = None if issued is None else f"{issued.number:03}/{issued.year}"
    room = Receipts(conn).rooms(filled, who.id, row.payment_date)
    return Receipt(
        number, who.today if issued is None else issued.issued_on, 0 if issued is None else issued.copies, row.id,
        row.payment_date, house.name, house.address, who.name,
        room, abs(row.amount), row.currency, row.method, row.reference, list(_parts(line)),
        ZERO if line is None else line.rest, who.outstanding_balance, who.today, house.place, house.signatory,
        Tenants(conn).detail(who.id).language or house.language, (why or "") if voided else None,
    )  # fmt: skip


def _line(explanation: Explanation, number: int) -> ExplainLine | None:
    lines = (line for line in explanation.lines if entry_kind(line) == "payment" and line.entry.id == number)
    return next(lines, None)


def _parts(line: ExplainLine | None) -> Iterator[Part]:
    for fill in line.fills if line is not None else ():
        debt = fill.debt
        kind = debt.kind if debt.source == "charge" else "refund"
        yield Part(kind, debt.period_start, debt.period_end, debt.due_on, fill.amount)
