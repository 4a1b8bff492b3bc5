"""Questions about tenants."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.repositories.rows import TenantRow
from db.repositories.words import is_about, words_of
from db.tables import tenants
from db.tables.views import tenant_list


class TenantDetail(NamedTuple):
    """What a tenant's page shows beside the line of the list; the national id is masked."""

    national_id: str | None
    emergency_name: str | None
    emergency_phone: str | None
    language: str | None
    status: str
    paid_through_on: date | None
    oldest_due_on: date | None
    days_overdue: int | None
    deposit_held: Decimal
    version: int


_v = tenant_list.c
_COLUMNS = [_v[name] for name in TenantRow._fields]
_SORTS = {
    "created": Keyset([_v.created_at, _v.id], descending=True),
    "name": Keyset([_v.name_key, _v.id]),
}
# The same of the table: who fits is found and put in order before anything of a line is worked out.
_t = tenants.c
_FITTING_SORTS = {
    "created": Keyset([_t.created_at, _t.id], descending=True),
    "name": Keyset([_t.name_key, _t.id]),
}


class Tenants:
    """Questions about tenants, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        sort: str = "created",
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        archived: bool = False,
        matching: str | None = None,
        way: Way = Way.BEHIND,
    ) -> Page[TenantRow]:
        """A page of the tenant list, the newest first or by name; with `matching` those that fit its words.

        Raises UncleanTextError, TextLengthError.
        """
        scope = (property_id, sort, archived, matching)
        if matching is None:
            query = _chosen(select(*_COLUMNS), _v, property_id, archived=archived)
            return read_page(
                self._conn, query, _SORTS[sort], TenantRow._make, scope=scope, after=after, limit=limit, way=way
            )
        fitting = select(_t.id).where(is_about(_t.search_text, words_of(self._conn, matching)))
        query = _chosen(fitting, _t, property_id, archived=archived)
        keyset = _FITTING_SORTS[sort]
        page = read_page(self._conn, query, keyset, _id_of, scope=scope, after=after, limit=limit, way=way)
        return Page(self._rows(page.items), page.next, page.previous)

    def _rows(self, ids: list[int]) -> list[TenantRow]:
        lines = map(TenantRow._make, self._conn.execute(select(*_COLUMNS).where(_v.id.in_(ids)))) if ids else ()
        found = {line.id: line for line in lines}
        return [found[tenant_id] for tenant_id in ids]

    def row(self, tenant_id: int) -> TenantRow:
        """The tenant's line of the list."""
        return TenantRow._make(self._conn.execute(select(*_COLUMNS).where(_v.id == tenant_id)).one())

    def detail(self, tenant_id: int) -> TenantDetail:
        """Contact, standing and deposit of one tenant."""
        there, derived = tenants.c, tenant_list.c
        chosen = [there[name] if name in there else derived[name] for name in TenantDetail._fields]
        query = select(*chosen).join_from(tenant_list, tenants, there.id == derived.id).where(derived.id == tenant_id)
        row = TenantDetail._make(self._conn.execute(query).one())
        return row._replace(national_id=mask_national_id(row.national_id))


def _chosen(query: Select[Any], columns: Any, property_id: int | None, *, archived: bool) -> Select[Any]:
    if not archived:
        query = query.where(columns.deleted_at.is_(None))
    return query if property_id is None else query.where(columns.property_id == property_id)


def _id_of(row: Sequence[Any]) -> int:
    return int(row[0])


def mask_national_id(number: str | None) -> str | None:
    """A NIK with its middle hidden: region and the last two digits are enough to recognise it."""
    return None if number is None else number[:4] + "*" * 10 + number[-2:]
