"""A payment's receipt as the book has it now."""

from typing import TYPE_CHECKING

from locales.receipts import Part, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from db.domain.explain import ExplainLine, Explanation
    from db.repositories.ledger import PaymentRow


def read_receipt(conn: "Connection", row: "PaymentRow") -> Receipt:
    """What the payment filled, and how its tenant stands. A reversing payment is void as much as the reversed one."""
    from db.domain.explain import explain
    from db.domain.money import ZERO
    from db.repositories.entries import Entries
    from db.repositories.ledger import Ledger
    from db.repositories.lookup import find_tenant, get_property
    from db.repositories.tenants import Tenants

    who = find_tenant(conn, row.tenant, row.property, archived=True)
    house = get_property(conn, who.property_id)
    entries = Entries(conn).of_tenants([who.id])[who.id]
    line = _line(explain(entries.charges, entries.payments), row.id)
    voided = row.reversed_by is not None or row.reverses_id is not None
    why = Ledger(conn).reason("payment", row.reverses_id or row.id) if voided else None
    return Receipt(
        row.id, row.payment_date, house.name, house.address, who.name, Tenants(conn).row(who.id).room, row.amount,
        row.currency, row.method, row.reference, list(_parts(line)), ZERO if line is None else line.rest,
        who.outstanding_balance, who.today, (why or "") if voided else None,
    )  # fmt: skip


def _line(explanation: "Explanation", number: int) -> "ExplainLine | None":
    from locales.explaining import entry_kind

    lines = (line for line in explanation.lines if entry_kind(line) == "payment" and line.entry.id == number)
    return next(lines, None)


def _parts(line: "ExplainLine | None") -> "Iterator[Part]":
    for fill in line.fills if line is not None else ():
        debt = fill.debt
        kind = debt.kind if debt.source == "charge" else "refund"
        yield Part(kind, debt.period_start, debt.period_end, debt.due_on, fill.amount)
