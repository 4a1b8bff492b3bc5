"""Somebody typed the wrong name: both histories tell what happened (R11)."""

from sqlalchemy import Connection, select

from db.repositories.lookup import find_tenant
from db.services.payments import record_payment
from db.services.reversals import void_payment
from db.tables import payments


def book_to_the_wrong_one(conn: Connection, right: str, wrong: str) -> None:
    """Book the last payment of `right` to `wrong` too, then void it."""
    theirs, others = find_tenant(conn, right), find_tenant(conn, wrong)
    p = payments.c
    last = select(p.amount, p.payment_date, p.method, p.reference).where(p.tenant_id == theirs.id)
    paid = conn.execute(last.order_by(p.payment_date.desc(), p.id.desc()).limit(1)).one()
    payment_id = record_payment(
        conn,
        others,
        paid.amount,
        paid.payment_date,
        method=paid.method,
        reference=paid.reference,
        note=f"Transfer a.n. {theirs.name}",
        key="demo-mistake",
    )
    void_payment(conn, payment_id, f"Salah penyewa: ini pembayaran {theirs.name}", key="demo-correction")
