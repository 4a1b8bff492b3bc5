"""Utilities at a flat rate: with each rent period of a lease the amount of its day, posted once."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.domain.utilities import flat_share
from db.services.utilities import Posted, Posting, post_utilities

# Periods that one catching up posts at most; the next run goes on.
MOST = 2000


class _Due(NamedTuple):
    """A rent that stands, and a flat rate of its first day that is not posted with it."""

    lease_id: int
    kind: str
    tariff_id: int
    start: date
    end: date
    days: int | None
    of_days: int | None
    due_on: date
    amount: Decimal
    rounding: Decimal
    whole: bool


# What a move charged for the rest of a period has been paid with the room before.
_DUE = """
select r.lease_id, t.kind, t.id, r.period_start, r.period_end, r.days, r.of_days, r.due_on, t.amount, l.rounding,
       l.proration = 'none'
  from charges r
  join leases l on l.id = r.lease_id
 cross join lateral (
    select distinct on (t.kind) t.* from tariffs t
     where t.property_id = r.property_id and t.effective_on <= r.period_start
     order by t.kind, t.effective_on desc, t.id desc) t
 where {asked} and r.kind = 'rent' and r.reverses_id is null and r.related_id is null and t.mode = 'flat'
   and (l.ends_on is null or r.period_start < l.ends_on)
   and not exists (select from reversals v where v.entry = 'charge' and v.entry_id = r.id)
   and not exists (select from utility_charges u
                    where u.lease_id = r.lease_id and u.kind = t.kind and u.period_start = r.period_start)
 order by r.lease_id, r.period_start, t.kind limit :most
"""
_OF_LEASES = text(_DUE.format(asked="r.lease_id = any (:leases)")).bindparams(
    bindparam("leases", type_=ARRAY(BigInteger))
)
# Only rents that were posted before their tariff was told can lack it.
_LATE = """r.id in (
    select c.id from tariffs x
      join charges c on c.property_id = x.property_id and c.kind = 'rent'
       and c.charged_on between x.effective_on and x.created_at::date + 1
     where x.mode = 'flat' and (cast(:house as bigint) is null or x.property_id = :house))"""
_OF_HOUSE = text(_DUE.format(asked=_LATE))
_UNDONE = text("""
select c.id from utility_charges u join charges c on c.id = u.charge_id
 where u.lease_id = :lease and u.period_start >= :day
   and not exists (select from reversals v where v.entry = 'charge' and v.entry_id = c.id)
 order by c.id
""")


def add_flat(conn: Connection, lease_ids: Sequence[int]) -> Posted:
    """Post the flat rates that belong to the rents of these leases; any number of times (R14)."""
    return _post(conn, conn.execute(_OF_LEASES, {"leases": list(lease_ids), "most": MOST}).all())


def catch_up_flat(conn: Connection, property_id: int | None = None) -> Posted:
    """Post the flat rates of periods whose rent was posted before somebody said what they cost, up to 2000.

    Nothing is posted when all of them are.
    """
    return _post(conn, conn.execute(_OF_HOUSE, {"house": property_id, "most": MOST}).all())


def flat_from(conn: Connection, lease_id: int, day: date) -> list[int]:
    """The flat rates that stand of a lease's periods from a day on: nobody lives there then (R7)."""
    return list(conn.execute(_UNDONE, {"lease": lease_id, "day": day}).scalars())


def _post(conn: Connection, rows: Sequence[Row[Any]]) -> Posted:
    return post_utilities(conn, [_posting(_Due._make(row)) for row in rows])


def _posting(due: _Due) -> Posting:
    share = flat_share(due.amount, due.days, due.of_days, due.rounding, whole=due.whole)
    return Posting(
        due.lease_id, due.kind, due.tariff_id, None, due.start, due.end, due.days, due.of_days, due.start, due.due_on,
        share, None,
    )  # fmt: skip
