"""The one posting of utilities, by the meter or at a flat rate: all of a run under one event, each of them once."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Date, Integer, Numeric, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from db.events import note_written


class Posting(NamedTuple):
    """A charge to a lease: for a reading, or for the month that begins with the period."""

    lease_id: int
    kind: str
    tariff_id: int
    reading_id: int | None
    start: date | None
    end: date | None
    days: int | None
    of_days: int | None
    charged_on: date
    due_on: date
    amount: Decimal
    description: str | None


class Posted(NamedTuple):
    """How many charges were posted, and their sum."""

    charges: int
    amount: Decimal


_TYPES: tuple[TypeEngine[Any], ...] = (
    BigInteger(), Text(), BigInteger(), BigInteger(), Date(), Date(), Integer(), Integer(), Date(), Date(),
    Numeric(14, 2), Text(),
)  # fmt: skip
_CALL = f"select * from post_utilities({', '.join(f':{name}' for name in Posting._fields)})"  # noqa: S608 - our names
_POST = text(_CALL).bindparams(
    *(bindparam(name, type_=ARRAY(kind)) for name, kind in zip(Posting._fields, _TYPES, strict=True))
)


def post_utilities(conn: Connection, postings: Sequence[Posting]) -> Posted:
    """Post the charges that are not posted yet; which ones they are the database decides."""
    if not postings:
        return Posted(0, Decimal(0))
    columns = zip(*postings, strict=True)
    row = conn.execute(_POST, dict(zip(Posting._fields, map(list, columns), strict=True))).one()
    if row.posted:
        payload = {"count": row.posted, "amount": row.amount}
        note_written(conn, "ChargesPosted", row.event, None, row.event, row.recorded_at, payload)
    return Posted(row.posted, row.amount)
