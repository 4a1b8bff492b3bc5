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
  select r.id as room_id, r.property_id, h.timezone, r.number, r.number_key, r.capacity,
         least((r.created_at at time zone h.timezone)::date, let.day) as first,
         (r.deleted_at at time zone h.timezone)::date as after
    from rooms r join house h on h.id = r.property_id
    left join (select room_id, min(starts_on) as day from leases
                where ends_on is distinct from starts_on group by room_id) let on let.room_id = r.id
), stays as (
  select n.property_id, n.code, n.first as part, t.room_id, t.number, t.number_key, t.capacity,
         greatest(n.first, t.first) as first, least(n.after, t.after) as after, n.after as part_after
    from parts n join there t on t.property_id = n.property_id and least(n.after, t.after) > greatest(n.first, t.first)
), told as (
  select t.room_id, (e.recorded_at at time zone t.timezone)::date as day, e.payload ->> 'newStatus' as status,
         lead((e.recorded_at at time zone t.timezone)::date) over (partition by t.room_id order by e.id) as next
    from there t join events e on e.entity_type = 'room' and e.entity_id = t.room_id and e.type = 'RoomStatusChanged'
), nights as (
  -- One row for each piece of a stay, so that all is read once, however many rooms and months there are.
  select s.code, s.part, s.number, s.number_key, s.capacity * (s.after - s.first) as there, 0 as closed, 0 as let
    from stays s
   union all
  select s.code, s.part, s.number, s.number_key, 0,
         s.capacity * greatest(least(s.after, c.next) - greatest(s.first, c.day), 0), 0
    from stays s join told c on c.room_id = s.room_id and c.status = 'renovation'
   union all
  select s.code, s.part, s.number, s.number_key, 0, 0,
         greatest(least(s.part_after, l.ends_on) - greatest(s.part, l.starts_on), 0)
    from stays s
    join leases l on l.room_id = s.room_id and l.starts_on < s.part_after and coalesce(l.ends_on > s.part, true)
)
select {month}, n.code, {room}, sum(n.there - n.closed)::bigint, sum(n.let)::bigint,
       sum(n.there - n.closed - n.let)::bigint, sum(n.closed)::bigint,
       round(100.0 * sum(n.let) / nullif(sum(n.there - n.closed), 0), 1)
  from nights n
 group by {groups}
"""
_BY = {
    "month": {
        "series": "cross join lateral generate_series(date_trunc('month', :since), h.after - 1, interval '1 month') m",
        "first": "greatest(m::date, :since)", "after": "least((m + interval '1 month')::date, h.after)",
        "month": "date_trunc('month', n.part)::date", "room": "null",
        "groups": "grouping sets ((date_trunc('month', n.part)::date, n.code), (date_trunc('month', n.part)::date))"
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
