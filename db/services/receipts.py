"""Receipts: one for a payment, numbered without a gap; the first paper is the original, all later ones are copies."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from db.errors import N_, RuleError
from db.events import note_written
from db.repositories.receipts import ReceiptRow, Receipts
from db.services.posting import calling, posted
from db.services.reversals import PaymentNotFoundError

_ISSUE = calling("issue_receipt", "payment")
_PRINT = calling("print_receipt", "receipt")
_PAID = text("""
select p.amount, p.tenant_id,
       exists (select from reversals v where v.entry = 'payment' and v.entry_id = p.id) as reversed
  from payments p where p.id = :payment
""")
_TENANT = text("select tenant_id from receipts where id = :receipt")


class NothingReceivedError(RuleError):
    """A payment that was taken back, or one that takes back, has no receipt to be issued now."""

    code = "nothing_received"
    message = N_("Payment {id} was taken back, or takes one back: there is nothing to issue a receipt for.")
    hint = N_("`ekost payment show {id}` shows what became of it.")


class Paper(NamedTuple):
    """A printed receipt: which one, and which copy of it; 1 is the original."""

    receipt: ReceiptRow
    copy: int


def issue_receipt(conn: Connection, payment_id: int) -> int:
    """The receipt of a payment, numbered now unless it has one. Returns its id.

    Numbers follow each other in each property and year, however many are issued at once; what is rolled back leaves no
    gap. Raises PaymentNotFoundError, NothingReceivedError.
    """
    found = Receipts(conn).of_payment(payment_id)
    if found is not None:
        return found.id
    paid = conn.execute(_PAID, {"payment": payment_id}).first()
    if paid is None:
        raise PaymentNotFoundError(id=payment_id)
    if paid.amount <= 0 or paid.reversed:
        raise NothingReceivedError(id=payment_id)
    row = conn.execute(_ISSUE, {"payment": payment_id}).one()
    if row.event is not None:
        note_written(conn, "ReceiptIssued", row.id, paid.tenant_id, row.event, row.recorded_at, row.payload)
    return int(row.id)


def print_receipt(conn: Connection, payment_id: int) -> Paper:
    """Issue the receipt of a payment if it has none, and count a paper of it. Raises as `issue_receipt`."""
    receipt_id = issue_receipt(conn, payment_id)
    tenant_id = conn.execute(_TENANT, {"receipt": receipt_id}).scalar_one()
    posted(conn, _PRINT, {"receipt": receipt_id}, "ReceiptPrinted", tenant_id)
    found = Receipts(conn).row(receipt_id)
    return Paper(found, found.copies)
