"""Posting of late fees (R15): every run brings the fee of what is overdue up to date, however often it is run.

Tenants are taken in small chunks, the longest overdue first; who is held by another run is left to that one. A unique
index on charge and first day makes the posting itself idempotent.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Date, Numeric, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.events import note_written
from db.repositories.late_fees import CHUNK, LateFees

_POST = text("select * from post_late_fees(:principals, :starts, :ends, :amounts, :descriptions)").bindparams(
    bindparam("principals", type_=ARRAY(BigInteger)),
    *(bindparam(name, type_=ARRAY(Date)) for name in ("starts", "ends")),
    bindparam("amounts", type_=ARRAY(Numeric(14, 2))),
    bindparam("descriptions", type_=ARRAY(Text)),
)


class Charged(NamedTuple):
    """What a chunk posted: fees and their sum; `after` is where the next one begins, None behind the last."""

    fees: int
    amount: Decimal
    after: tuple[date, int] | None


def charge_late_fees(
    conn: Connection,
    *,
    until: date | None = None,
    property_id: int | None = None,
    after: tuple[date, int] | None = None,
    limit: int = CHUNK,
) -> Charged:
    """Post the fees that are due by `until` (never past today at the property) for up to `limit` tenants (R15).

    Only what is still overdue bears a fee, and only under a lease whose policy has one. A fee that was taken back is
    not posted again for its days.
    """
    found = LateFees(conn)
    candidates = found.overdue(until=until, property_id=property_id, after=after, limit=limit, lock=True)
    cases = found.cases(candidates)
    dues = [due for one in candidates for case in cases[one.tenant_id] if (due := case.due(one.until)) is not None]
    last = candidates[-1] if len(candidates) == limit else None
    following = None if last is None or last.oldest_due_on is None else (last.oldest_due_on, last.tenant_id)
    if not dues:
        return Charged(0, Decimal(0), following)
    values = {
        "principals": [due.charge.id for due in dues],
        "starts": [due.period.start for due in dues],
        "ends": [due.period.end for due in dues],
        "amounts": [due.amount for due in dues],
        "descriptions": [due.reckoning for due in dues],
    }
    row = conn.execute(_POST, values).one()
    if row.posted:
        payload = {"count": row.posted, "amount": row.amount, "kind": "late_fee"}
        note_written(conn, "ChargesPosted", row.event, None, row.event, row.recorded_at, payload)
    return Charged(row.posted, row.amount, following)
