"""Find tenants, rooms and properties by any word of them: one box for what a person remembers."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Date, Select, Text, and_, case, func, literal, or_, select, union_all

from db.domain.texts import clean
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_page
from db.tables import leases, properties, rooms, tenants
from db.tables.views import tenant_list

# What ranks before what: the thing itself, who lives in it, what begins like it, a word that does, anything else.
EXACT, INSIDE, BEGINS, WORD, ANYWHERE = range(5)
MOST_WORDS = 8
# An index of three letters knows nothing of two in the middle of a word: short words must begin one.
SHORT = 3


class SearchRow(NamedTuple):
    """Something found. `code` names it on the command line (a room as KOSA/A1); `room` is today's, or the next one."""

    kind: str
    id: int
    code: str
    name: str | None
    phone: str | None
    property: str
    room: str | None
    outstanding_balance: Decimal | None
    currency: str


class _Hit(NamedTuple):
    kind: str
    id: int


class Search:
    """Search, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self, text: str, *, property_id: int | None = None, after: str | None = None, limit: int = DEFAULT_LIMIT
    ) -> Page[SearchRow]:
        """A page of what fits every word of `text`, the best first. Archived things are left out.

        A phone may be typed in any way. Raises UncleanTextError, TextLengthError.
        """
        wanted = words_of(text)
        found = union_all(_tenants(wanted), _lodgers(wanted), _rooms(wanted), _properties(wanted)).subquery("found").c
        within = found.property_id == property_id if property_id is not None else literal(value=True)
        hits = (
            select(found.kind, found.id, func.min(found.rank).label("rank"), func.min(found.sort).label("sort"))
            .where(within)
            .group_by(found.kind, found.id)
            .subquery("hits")
            .c
        )
        keyset = Keyset([hits.rank, hits.sort, hits.kind, hits.id])
        query = select(hits.kind, hits.id)
        page = read_page(self._conn, query, keyset, _Hit._make, scope=(wanted, property_id), after=after, limit=limit)
        return Page(self._shown(page.items), page.next)

    def _shown(self, hits: Sequence[_Hit]) -> list[SearchRow]:
        """The hits with what a line shows, read by their ids alone: three statements for a page."""
        found: dict[_Hit, SearchRow] = {}
        for kind, details in (("tenant", _tenant_details), ("room", _room_details), ("property", _property_details)):
            ids = [hit.id for hit in hits if hit.kind == kind]
            rows = self._conn.execute(details(ids)) if ids else ()
            found |= {_Hit(kind, row[0]): SearchRow(kind, *row) for row in rows}
        return [found[hit] for hit in hits]


def words_of(text: str) -> str:
    """What a person typed, ready to be looked for. Raises UncleanTextError, TextLengthError."""
    return " ".join(clean(text, "text", 100).lower().split()[:MOST_WORDS])


def is_about(search_text: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    """Whether a tenant's search text holds every word, or the phone that is meant."""
    return or_(_every_word(search_text, wanted), *(search_text.contains(part) for part in phone_parts(wanted)))


def phone_parts(text: str) -> list[str]:
    """What of a stored phone (+62812…) a person means who types 0812-…, 62812…, +62 812 … or some digits of it."""
    if re.fullmatch(r"\+?[0-9][0-9 ().-]*", text) is None:
        return []
    digits = re.sub("[^0-9]", "", text)
    if len(digits) <= SHORT:
        return []
    if text.startswith("+"):
        return [f"+{digits}"]
    return [digits, *([f"+62{digits[1:]}"] if digits.startswith("0") else [])]


def _hits(
    kind: str, id_: ColumnElement[int], rank: ColumnElement[int], sort: ColumnElement[str], owner: ColumnElement[int]
) -> Select[Any]:
    columns: dict[str, ColumnElement[Any]] = {
        "kind": literal(kind, Text), "id": id_, "rank": rank, "sort": sort, "property_id": owner,
    }  # fmt: skip
    return select(*(column.label(name) for name, column in columns.items()))


def _tenants(wanted: str) -> Select[Any]:
    t = tenants.c
    phones = phone_parts(wanted)
    rank = case(
        (or_(t.code == wanted.upper(), t.phone.in_([*phones, *(f"+{part}" for part in phones)])), EXACT),
        (t.name_key.startswith(wanted, autoescape=True) | t.code.startswith(wanted.upper(), autoescape=True), BEGINS),
        (t.name_key.contains(" " + wanted, autoescape=True), WORD),
        else_=ANYWHERE,
    )
    return _hits("tenant", t.id, rank, t.name_key, t.property_id).where(
        is_about(t.search_text, wanted), t.deleted_at.is_(None)
    )


def _lodgers(wanted: str) -> Select[Any]:
    """Those who live today in a room of just this number."""
    r, t, lease = rooms.c, tenants.c, leases.c
    today = func.business_date(properties.c.timezone, type_=Date)
    lives = and_(lease.starts_on <= today, or_(lease.ends_on.is_(None), lease.ends_on > today))
    return (
        _hits("tenant", t.id, literal(INSIDE), t.name_key, t.property_id)
        .join_from(rooms, properties, r.property_id == properties.c.id)
        .join(leases, lease.room_id == r.id)
        .join(tenants, t.id == lease.tenant_id)
        .where(_is_room(wanted, whole=True), lives, r.deleted_at.is_(None), t.deleted_at.is_(None))
    )


def _rooms(wanted: str) -> Select[Any]:
    r = rooms.c
    rank = case((_is_room(wanted, whole=True), EXACT), else_=BEGINS)
    return (
        _hits("room", r.id, rank, r.number, r.property_id)
        .join_from(rooms, properties, r.property_id == properties.c.id)
        .where(_is_room(wanted, whole=False), r.deleted_at.is_(None))
    )


def _is_room(wanted: str, *, whole: bool) -> ColumnElement[bool]:
    """Is `A1` or `KOSA/A1` its number, or the beginning of it?"""
    code, slash, number = wanted.upper().rpartition("/")
    is_number = rooms.c.number == number if whole else rooms.c.number.startswith(number, autoescape=True)
    return and_(is_number, properties.c.code == code) if slash else is_number


def _properties(wanted: str) -> Select[Any]:
    p = properties.c
    name = func.lower(p.name)
    rank = case(
        (p.code == wanted.upper(), EXACT),
        (p.code.startswith(wanted.upper(), autoescape=True) | name.startswith(wanted, autoescape=True), BEGINS),
        else_=WORD,
    )
    fits = _every_word(func.lower(p.code + literal(" ") + p.name), wanted)
    return _hits("property", p.id, rank, p.code, p.id).where(fits, p.archived_at.is_(None))


def _every_word(column: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    return and_(*(_word(column, word) for word in wanted.split()))


def _word(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    if len(word) >= SHORT:
        return column.contains(word, autoescape=True)
    return column.startswith(word, autoescape=True) | column.contains(" " + word, autoescape=True)


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
