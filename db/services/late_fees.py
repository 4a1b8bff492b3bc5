"""Posting of late fees (R15): every run brings the fee of what is overdue up to date, however often it is run.

Tenants are taken in small chunks; who is held by another run is left to that one. A unique index on charge and first
day makes the posting itself idempotent.
"""

from collections.abc import Iterator, Sequence
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
    """How many fees were posted, and their sum."""

    fees: int
    amount: Decimal


def late_chunks(
    conn: Connection, *, until: date | None = None, property_id: int | None = None
) -> Iterator[Sequence[int]]:
    """The tenants whose fees are to be brought up to date, in chunks of a transaction each."""
    late = LateFees(conn).overdue(until=until, property_id=property_id)
    return (late[place : place + CHUNK] for place in range(0, len(late), CHUNK))


def charge_late_fees(conn: Connection, tenant_ids: Sequence[int], *, until: date | None = None) -> Charged:
    """Post the fees of these tenants that are due by `until`, never past today at the property (R15).

    Only what is still overdue bears a fee, and only under a lease whose policy has one. A fee that was taken back is
    not posted again for its days. Tenants whom somebody else holds are left out: a chunk is `CHUNK` of them at most.
    """
    found = LateFees(conn)
    candidates = found.candidates(tenant_ids, until=until, lock=True)
    cases = found.cases(candidates)
    dues = [due for one in candidates for case in cases[one.tenant_id] if (due := case.due(one.until)) is not None]
    if not dues:
        return Charged(0, Decimal(0))
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
    return Charged(row.posted, row.amount)
