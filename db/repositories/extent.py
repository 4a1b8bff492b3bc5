"""How long a list is, counted no further than is quick: what stands behind "42 of"."""

from datetime import date

from sqlalchemy import ColumnElement, Connection, Table, func, literal, select

from db.repositories.pages import Extent
from db.repositories.words import is_about, words_of
from db.tables import payments, rooms, tenants

# Counting so many rows takes some tens of milliseconds, however many more there are.
MOST = 100_000


class Extents:
    """Questions about the length of lists, in one transaction; without a page's joins, and without an order."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def tenants(self, *, property_id: int | None = None, matching: str | None = None) -> Extent:
        """Of the list of tenants. Raises UncleanTextError, TextLengthError."""
        fits = [] if matching is None else [is_about(tenants.c.search_text, words_of(self._conn, matching))]
        return self._count(tenants, property_id, tenants.c.deleted_at.is_(None), *fits)

    def rooms(self, *, property_id: int | None = None) -> Extent:
        """Of the list of rooms."""
        return self._count(rooms, property_id, rooms.c.deleted_at.is_(None))

    def payments(
        self, *, property_id: int | None = None, since: date | None = None, until: date | None = None
    ) -> Extent:
        """Of the list of payments of these days, both inclusive."""
        on = payments.c.payment_date
        days = [*([on >= since] if since else []), *([on <= until] if until else [])]
        return self._count(payments, property_id, *days)

    def _count(self, table: Table, property_id: int | None, *fits: ColumnElement[bool]) -> Extent:
        """One more than MOST are enough to know that there are more."""
        query = select(literal(1)).select_from(table).where(*fits).limit(MOST + 1)
        if property_id is not None:
            query = query.where(table.c.property_id == property_id)
        found = self._conn.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        return Extent(min(found, MOST), found <= MOST)
