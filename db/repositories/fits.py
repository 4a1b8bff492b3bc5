"""How a thing may fit what was typed: the thing itself, who lives in it, what begins like it, and so on down.

An arm is one kind of fit of one kind of thing. No thing is in two arms, so that a page needs no sorting out of twins;
each is read in the order of an index that ends with its page.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    Text,
    and_,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause

from db.repositories.words import SHORT, begins, every_word, is_about, phone_parts
from db.tables import leases, properties, rooms, tenants

EXACT, INSIDE, BEGINS, WORD, ANYWHERE = range(5)
# How alike a word must be (PostgreSQL's own 0.6 misses most slips), and how many that an index takes for alike are
# compared: each costs microseconds, and a word that is like every tenth name was not misspelt.
ALIKE, MOST_COMPARED = 0.5, 10_000
# Shorter words have too few threes of letters in common with anything.
LONG_ENOUGH = 4


class Arm(NamedTuple):
    """One kind of fit. `sort` is the order within a rank, `owner` the property."""

    kind: str
    rank: int
    id: ColumnElement[int]
    sort: ColumnElement[str]
    owner: ColumnElement[int]
    source: FromClause
    fits: ColumnElement[bool]

    @classmethod
    def nothing(cls) -> "Arm":
        """An arm that only lends its columns."""
        return _tenants(EXACT, false())


def hits_of(arm: Arm) -> Select[Any]:
    """Kind, id, rank and sort of what fits."""
    columns: tuple[ColumnElement[Any], ...] = (literal(arm.kind, Text).label("kind"), arm.id.label("id"),
               literal(arm.rank, Integer).label("rank"), arm.sort.label("sort"))  # fmt: skip
    return select(*columns).select_from(arm.source).where(arm.fits)


def stages(wanted: str, found: Sequence[tuple[str, int]] | None) -> Iterator[list[Arm]]:
    """The arms, in the order in which they are to be asked: each stage fits better than the next.

    `found` is where kind and id of all that fits the stages before are put meanwhile; None where they are not known.
    """
    is_it, is_room = _is_tenant(wanted), _is_room(wanted)
    first = tenants.c.search_name.startswith(wanted, autoescape=True)
    inside = tenants.c.id.in_(select(tenants.c.id).select_from(_LODGERS).where(is_room, _LODGES))
    begins_property = and_(_begins_property(wanted), not_(_is_property(wanted)))
    yield [
        _tenants(EXACT, is_it),
        _rooms(EXACT, is_room),
        _properties(EXACT, _is_property(wanted)),
        _lodgers(and_(is_room, _LODGES, not_(is_it))),
        _tenants(BEGINS, and_(first, not_(is_it), not_(inside))),
        _rooms(BEGINS, and_(_begins_room(wanted), not_(is_room))),
        _properties(BEGINS, begins_property),
    ]
    later = _words_begin(wanted)
    named = and_(every_word(properties.c.search_text, wanted), not_(_is_property(wanted)), not_(begins_property))
    yield [
        _tenants(WORD, and_(later, _besides(found, or_(first, is_it, inside)))),
        _properties(WORD, named),
    ]
    if len(wanted.split()) == 1:
        # As a condition whose frequency the planner does not know: it would take this one, the reverse of `later`, and
        # "it stands somewhere" for independent, and read the whole index in its order for a page that never fills.
        later = func.strpos(tenants.c.search_text, f" {wanted}") > 0
    yield [_tenants(ANYWHERE, and_(_anywhere(wanted), _besides(found, or_(first, is_it, inside, later))))]


def _besides(found: Sequence[tuple[str, int]] | None, before: ColumnElement[bool]) -> ColumnElement[bool]:
    """Not what fits better: by what was found, which is soon compared, or by what it must not fit."""
    if found is None:
        return not_(before)
    ids = [id_ for kind, id_ in found if kind == "tenant"]
    return tenants.c.id.not_in(ids) if ids else true()


def alike(conn: Connection, wanted: str, property_id: int | None, most: int) -> list[int]:
    """Tenants with a name that has a word like each long one of these, the most alike first.

    What is short or no plain word must stand as it is: a room, a part of a number.
    """
    words = wanted.split()
    long = [word for word in words if len(word) >= LONG_ENOUGH and word.isalpha()]
    if not long:
        return []
    t = tenants.c
    query = select(t.id, t.search_name).where(t.deleted_at.is_(None))
    query = query.where(*(literal(word).op("<%", is_comparison=True)(t.search_name) for word in long))
    if others := " ".join(word for word in words if word not in long):
        query = query.where(every_word(t.search_text, others))
    if property_id is not None:
        query = query.where(t.property_id == property_id)
    near = query.limit(MOST_COMPARED).subquery("near").c
    likeness = sum((func.word_similarity(word, near.search_name) for word in long), start=literal(0))
    # Two names that share as much are told apart by what they have besides.
    whole = func.similarity(wanted, near.search_name)
    conn.execute(select(func.set_config("pg_trgm.word_similarity_threshold", str(ALIKE), True)))
    ordered = select(near.id).order_by(likeness.desc(), whole.desc(), near.search_name, near.id)
    return [int(id_) for id_ in conn.execute(ordered.limit(most)).scalars()]


def _tenants(rank: int, fits: ColumnElement[bool]) -> Arm:
    t = tenants.c
    return Arm("tenant", rank, t.id, t.search_name, t.property_id, tenants, and_(fits, t.deleted_at.is_(None)))


def _lodgers(fits: ColumnElement[bool]) -> Arm:
    t = tenants.c
    return Arm("tenant", INSIDE, t.id, t.search_name, t.property_id, _LODGERS, fits)


def _rooms(rank: int, fits: ColumnElement[bool]) -> Arm:
    r = rooms.c
    return Arm("room", rank, r.id, r.number, r.property_id, _ROOMS, and_(fits, r.deleted_at.is_(None)))


def _properties(rank: int, fits: ColumnElement[bool]) -> Arm:
    p = properties.c
    return Arm("property", rank, p.id, p.code, p.id, properties, and_(fits, p.archived_at.is_(None)))


_ROOMS = rooms.join(properties, rooms.c.property_id == properties.c.id)
# Those who live in a room today, by its leases: a stored word could be of yesterday.
_LODGERS = _ROOMS.join(leases, leases.c.room_id == rooms.c.id).join(tenants, tenants.c.id == leases.c.tenant_id)
_TODAY = func.business_date(properties.c.timezone, type_=Date)
_LODGES = and_(
    leases.c.starts_on <= _TODAY,
    or_(leases.c.ends_on.is_(None), leases.c.ends_on > _TODAY),
    rooms.c.deleted_at.is_(None),
    tenants.c.deleted_at.is_(None),
)


def _is_tenant(wanted: str) -> ColumnElement[bool]:
    t = tenants.c
    phones = phone_parts(wanted)
    if not phones:
        return t.code == wanted.upper()
    whole = t.phone.in_([*phones, *(f"+{part}" for part in phones)])
    return or_(t.code == wanted.upper(), and_(whole, is_about(t.search_text, wanted)))


def _is_room(wanted: str) -> ColumnElement[bool]:
    """Is `A1` or `KOSA/A1` its number?"""
    code, slash, number = wanted.upper().rpartition("/")
    return _in_house(rooms.c.number == number, code, slash)


def _begins_room(wanted: str) -> ColumnElement[bool]:
    code, slash, number = wanted.upper().rpartition("/")
    return _in_house(rooms.c.number.startswith(number, autoescape=True), code, slash)


def _in_house(fits: ColumnElement[bool], code: str, slash: str) -> ColumnElement[bool]:
    return and_(fits, properties.c.code == code) if slash else fits


def _is_property(wanted: str) -> ColumnElement[bool]:
    return properties.c.code == wanted.upper()


def _begins_property(wanted: str) -> ColumnElement[bool]:
    p = properties.c
    name = func.lower(p.name)
    return p.code.startswith(wanted.upper(), autoescape=True) | name.startswith(wanted, autoescape=True)


def _words_begin(wanted: str) -> ColumnElement[bool]:
    """Does a word begin with the one, are all of several there, the last one perhaps cut short?"""
    words = wanted.split()
    if len(words) == 1:
        return begins(tenants.c.search_text, wanted)
    if phone_parts(wanted) or not all(word.isalnum() for word in words):
        return false()
    # Whole words: an index of words has fewer candidates than one of threes of letters.
    text = func.to_tsvector(literal_column("'simple'"), tenants.c.search_text)
    query = func.to_tsquery(literal_column("'simple'"), " & ".join(words) + ":*")
    return text.bool_op("@@")(query)


def _anywhere(wanted: str) -> ColumnElement[bool]:
    """Does it stand in the middle of a word?"""
    words, text = wanted.split(), tenants.c.search_text
    if phone_parts(wanted):
        return is_about(text, wanted)
    if len(words) > 1:
        # Who has the words in this order was found before; it is said once more to let the planner expect few, or it
        # reads the whole index in its order for a page that never fills.
        return and_(is_about(text, wanted), func.strpos(text, f" {wanted}") == 0)
    return text.contains(wanted, autoescape=True) if len(wanted) >= SHORT else false()
