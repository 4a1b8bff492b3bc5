"""Every property month by month, as it was worked out last: by the calendar each night."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Date, column, literal_column, select, table

from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_page
from db.tables import properties


class MonthRow(NamedTuple):
    """A month of a property, counted until the day `made_at` when it is not over; `month` is its first day.

    `received` is what came in, deposits aside, `earned` what was charged for the month (R19), both net of reversals;
    `payments` were recorded. `occupancy` is how many of a hundred nights of all beds were let, None without beds;
    `tenants` lived there at the end; who moves within the house neither arrives nor departs.
    """

    property: str
    month: date
    received: Decimal
    earned: Decimal
    payments: int
    occupancy: Decimal | None
    tenants: int
    arrivals: int
    departures: int
    currency: str
    made_at: datetime
    timezone: str


_SUMMARY = table("monthly_summary", *map(column, (
    "received", "earned", "payments", "tenants", "arrivals", "departures", "currency", "made_at",
)), column("month", Date), column("property_id", BigInteger)).alias("s")  # fmt: skip
_OCCUPANCY: ColumnElement[Decimal | None] = literal_column("round(100.0 * s.let_nights / nullif(s.bed_nights, 0), 1)")


class Summaries:
    """Questions about months, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self, *, property_id: int | None = None, since: date | None = None, until: date | None = None,
        after: str | None = None, limit: int = DEFAULT_LIMIT,
    ) -> Page[MonthRow]:  # fmt: skip
        """Months that begin from `since` to `until`, the newest first."""
        s, p = _SUMMARY.c, properties.c
        columns: dict[str, ColumnElement[Any]] = {"property": p.code, "occupancy": _OCCUPANCY, "timezone": p.timezone}
        query = select(*(columns[name].label(name) if name in columns else s[name] for name in MonthRow._fields))
        query = query.join_from(_SUMMARY, properties, p.id == s.property_id)
        if since is not None:
            query = query.where(s.month >= since)
        if until is not None:
            query = query.where(s.month <= until)
        if property_id is not None:
            query = query.where(s.property_id == property_id)
        keyset = Keyset([s.month, s.property_id], descending=True)
        return read_page(self._conn, query, keyset, MonthRow._make, scope="summaries", after=after, limit=limit)
