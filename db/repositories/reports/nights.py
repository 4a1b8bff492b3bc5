"""How many nights were let, of those that could have been."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy import BigInteger, Connection, Date, bindparam, text

from db.repositories.reports.summing import in_all


class OccupancyRow(NamedTuple):
    """Nights of a property in a month, or of a room in the range: available ones, let ones, and those of renovation.

    `occupancy` is how many of a hundred available nights were let; nights of renovation are not available.
    """

    month: date | None
    property: str | None
    room: str | None
    available: int
    let: int
    vacant: int
    renovation: int
    occupancy: Decimal | None


_NIGHTS = """
with house as (
  select p.id, p.code, p.timezone, least(:until, business_date(p.timezone)) + 1 as after from properties p
   where (:property is null or p.id = :property)
), parts as (
  select h.id as property_id, h.code, {first} as first, {after} as after
    from house h {series}
), there as (
  -- A room is there from the day on which it was entered, or from its first lease where that began earlier.
  select r.id as room_id, r.property_id, r.number, r.number_key, r.capacity,
         least((r.created_at at time zone h.timezone)::date, first_let.day) as first,
         (r.deleted_at at time zone h.timezone)::date as after
    from rooms r join house h on h.id = r.property_id
    left join lateral (select min(starts_on) as day from leases
                        where room_id = r.id and ends_on is distinct from starts_on) first_let on true
), closed as (
  select t.room_id, c.day as first, c.next as after
    from there t join house h on h.id = t.property_id
   cross join lateral (
     select (e.recorded_at at time zone h.timezone)::date as day, e.payload ->> 'newStatus' as status,
            lead((e.recorded_at at time zone h.timezone)::date) over (order by e.id) as next
       from events e where e.entity_type = 'room' and e.entity_id = t.room_id and e.type = 'RoomStatusChanged') c
   where c.status = 'renovation'
), nights as (
  select n.property_id, n.code, n.first, t.number, t.number_key,
         t.capacity * greatest(least(n.after, t.after) - greatest(n.first, t.first), 0) as there,
         t.capacity * coalesce((
           select sum(greatest(least(n.after, t.after, c.after) - greatest(n.first, t.first, c.first), 0))
             from closed c where c.room_id = t.room_id), 0) as closed,
         coalesce((select sum(greatest(least(n.after, l.ends_on) - greatest(n.first, l.starts_on), 0))
                     from leases l where l.room_id = t.room_id and l.starts_on < n.after
                      and coalesce(l.ends_on > n.first, true)), 0) as let
    from parts n join there t on t.property_id = n.property_id
)
select {month}, n.code, {room}, sum(n.there - n.closed)::bigint, sum(n.let)::bigint,
       sum(n.there - n.closed - n.let)::bigint, sum(n.closed)::bigint,
       round(100.0 * sum(n.let) / nullif(sum(n.there - n.closed), 0), 1)
  from nights n where n.there > 0
 group by {groups}
"""
_BY = {
    "month": {
        "series": "cross join lateral generate_series(date_trunc('month', :since), h.after - 1, interval '1 month') m",
        "first": "greatest(m::date, :since)", "after": "least((m + interval '1 month')::date, h.after)",
        "month": "date_trunc('month', n.first)::date", "room": "null",
        "groups": "grouping sets ((date_trunc('month', n.first)::date, n.code), (date_trunc('month', n.first)::date))"
                  " order by 1, 2 nulls last",
    },
    "room": {
        "series": "", "first": ":since", "after": "h.after", "month": "null::date", "room": "n.number",
        "groups": "n.code, n.number, n.number_key order by n.code, n.number_key",
    },
}  # fmt: skip


class Nights:
    """Questions about nights, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def occupancy(
        self, since: date, until: date, *, by: Literal["month", "room"] = "month", property_id: int | None = None
    ) -> Iterator[OccupancyRow]:
        """Nights between two days, both included and none after today, by month or by room."""
        days = (bindparam("since", type_=Date), bindparam("until", type_=Date))
        statement = text(_NIGHTS.format(**_BY[by])).bindparams(*days, bindparam("property", type_=BigInteger))
        found = self._conn.execute(statement, {"since": since, "until": until, "property": property_id})
        return in_all([OccupancyRow._make(row) for row in found])
