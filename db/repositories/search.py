"""Find tenants, rooms and properties by any word of them: one box for what a person remembers.

What fits best comes first, and is read first: a few hundred thousand that fit less are not ranked for a page of twenty.
Each kind of fit is an arm that an index gives in its order, cut off at the page; later arms are asked only while the
page is not full.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, false, literal, select, true, union_all

from db.repositories.fits import Arm, alike, hits_of, stages
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_cursor, write_cursor
from db.repositories.words import words_of
from db.tables import properties, rooms
from db.tables.views import tenant_list

# So many who are only alike are shown, on one page: who is not among them was misspelt too much.
MOST_ALIKE = 20


class SearchRow(NamedTuple):
    """Something found. `code` names it on the command line (a room as KOSA/A1); `room` is today's, or the next one.

    `alike`: nothing fits the words as they were typed, and this looks like them.
    """

    kind: str
    id: int
    code: str
    name: str | None
    phone: str | None
    property: str
    room: str | None
    outstanding_balance: Decimal | None
    currency: str
    alike: bool = False


class _Hit(NamedTuple):
    kind: str
    id: int


_hits = hits_of(Arm.nothing()).subquery("hits").c
_KEYSET = Keyset([_hits.rank, _hits.sort, _hits.kind, _hits.id])


class Search:
    """Search, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self, text: str, *, property_id: int | None = None, after: str | None = None, limit: int = DEFAULT_LIMIT
    ) -> Page[SearchRow]:
        """A page of what fits every word of `text`, the best first. Archived things are left out.

        A phone may be typed in any way. Where nothing fits, tenants whose names look like it, no more than a page.
        Raises UncleanTextError, TextLengthError, CursorError.
        """
        wanted = words_of(self._conn, text)
        scope = (wanted, property_id)
        found = self._found(wanted, property_id, read_cursor(_KEYSET, scope, after) if after else None, limit + 1)
        if not found and after is None:
            hits = alike(self._conn, wanted, property_id, min(limit, MOST_ALIKE))
            return Page(self._shown([_Hit("tenant", tenant_id) for tenant_id in hits], alike=True), None)
        more = write_cursor(_KEYSET, scope, found[limit - 1]) if len(found) > limit else None
        return Page(self._shown([_Hit(kind, id_) for _, _, kind, id_ in found[:limit]]), more)

    def _found(self, wanted: str, property_id: int | None, after: list[Any] | None, most: int) -> list[Sequence[Any]]:
        """Rank, sort, kind and id of the best."""
        found: list[Sequence[Any]] = []
        hits: list[tuple[str, int]] = []
        # A page asks for a stage when all that fits better stands on it; behind a cursor some of that was shown before.
        for arms in stages(wanted, hits if after is None else None):
            parts = [_part(arm, property_id, after, most - len(found)) for arm in arms if _may_follow(arm, after)]
            if parts and len(found) < most:
                h = union_all(*parts).subquery("hits").c
                ordered = select(h.rank, h.sort, h.kind, h.id).order_by(h.rank, h.sort, h.kind, h.id)
                found += self._conn.execute(ordered.limit(most - len(found)))
                hits[:] = [(kind, id_) for _, _, kind, id_ in found]
        return found

    def _shown(self, hits: Sequence[_Hit], *, alike: bool = False) -> list[SearchRow]:
        """The hits with what a line shows, read by their ids alone: three statements for a page."""
        found: dict[_Hit, SearchRow] = {}
        for kind, details in (("tenant", _tenant_details), ("room", _room_details), ("property", _property_details)):
            ids = [hit.id for hit in hits if hit.kind == kind]
            rows = self._conn.execute(details(ids)) if ids else ()
            found |= {_Hit(kind, row[0]): SearchRow._make((kind, *row, alike)) for row in rows}
        return [found[hit] for hit in hits]


def _may_follow(arm: Arm, after: list[Any] | None) -> bool:
    return after is None or arm.rank >= after[0]


def _part(arm: Arm, property_id: int | None, after: list[Any] | None, most: int) -> Select[Any]:
    """As much of an arm as a page could need, behind the cursor."""
    beyond: ColumnElement[bool] = true()
    if after is not None and arm.rank == after[0]:
        _, sort, kind, id_ = after
        same = false() if arm.kind < kind else arm.id > id_ if arm.kind == kind else true()
        # The plain bound beside it is what an index can use.
        beyond = and_(arm.sort >= sort, (arm.sort > sort) | same)
    within = arm.owner == property_id if property_id is not None else true()
    cut = hits_of(arm).where(beyond, within).order_by(arm.sort, arm.id).limit(most)
    return select(cut.subquery())


def _tenant_details(ids: Iterable[int]) -> Select[Any]:
    v = tenant_list.c
    columns = (v.id, v.code, v.name, v.phone, v.property, v.room, v.outstanding_balance, v.currency)
    return select(*columns).where(v.id.in_(list(ids)))


def _room_details(ids: Iterable[int]) -> Select[Any]:
    r, p = rooms.c, properties.c
    code = p.code + literal("/") + r.number
    columns = (r.id, code, r.room_type, literal(None), p.code, r.number, literal(None), p.currency)
    return select(*columns).join_from(rooms, properties, r.property_id == p.id).where(r.id.in_(list(ids)))


def _property_details(ids: Iterable[int]) -> Select[Any]:
    p = properties.c
    nothing = literal(None)
    return select(p.id, p.code, p.name, nothing, p.code, nothing, nothing, p.currency).where(p.id.in_(list(ids)))
