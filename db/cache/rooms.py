"""The rooms that are free, as sets: `available-rooms` cut with the set of a property, and `room-status-{id}` of each.

Every set holds a mark with the generation and the snapshot that it was written with. An intersection has it only when
all its sets are of one writing; so neither a set of an old writing nor one that is gone can be taken for an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from db.cache.cache import HIT, MISS, REFUSED, Answer, Cache, lifetime_of, wrapped
from db.cache.client import CacheDownError, Word
from db.cache.keys import HOUSES, ROOM_STATUS, ROOMS, digest

# With more free rooms than these the sets only say that there are many: the book is better at pages.
MOST = 2000
_MANY = b"many"
Rows = list[Mapping[str, Any]]


class Asked(NamedTuple):
    """Of which property, None for all, and the columns of a room."""

    house: str | None
    columns: Sequence[str]

    @property
    def shape(self) -> str:
        """The columns in short."""
        return digest(self.columns)

    @property
    def sets(self) -> list[str]:
        """The sets that a room must be in."""
        return [ROOMS, *([_of(self.house)] if self.house is not None else [])]


def free_rooms(cache: Cache, asked: Asked, read: Callable[[], Answer]) -> Rows | None:
    """The free rooms of a property, or of all, in the order of the list; None where the book must be asked.

    `read` gives all free rooms in their order, MOST + 1 of them at most. Raises what it raises.
    """
    if not cache.memory.may_read or not cache.ready():
        return None
    try:
        generations = cache.generations((HOUSES,))
        found = cache.awaited(ROOMS, lambda: _found(cache, asked, generations))
        if found is not None:
            cache.count(ROOMS, HIT)
            return found[0]
    except CacheDownError:
        cache.memory.failed()
        return None
    return _filled(cache, asked, generations, read)


def _found(cache: Cache, asked: Asked, generations: list[bytes]) -> tuple[Rows | None] | None:
    names = [cache.name(name) for name in asked.sets]
    members: set[bytes] = set(cache.client.ask("SINTER", *names))
    mark = next((member for member in members if member.startswith(b"=")), b"")
    _, generation, snapshot = mark.split(b"=") if mark.count(b"=") == 2 else (b"", b"", b"")
    if generation != _joined(generations):
        return None
    if not cache.memory.accepts(snapshot.decode()):
        cache.count(ROOMS, REFUSED)
        return None
    if _MANY in members:
        return (None,)
    numbers = sorted(int(member) for member in members - {mark})
    texts = cache.client.ask("MGET", *(cache.name(f"{ROOM_STATUS}-{number}") for number in numbers)) if numbers else []
    values = [None if text is None else cache.opened(ROOMS, text, generations, asked.shape) for text in texts]
    if None in values:
        return None
    rows = sorted((value[0] for value in values if value), key=lambda one: one[0])
    return ([row for _place, row in rows],)


def _filled(cache: Cache, asked: Asked, generations: list[bytes], read: Callable[[], Answer]) -> Rows | None:
    answer = None
    try:
        answer = read()
    finally:
        try:
            if answer is not None and answer.fresh is not None:
                _keep(cache, asked, generations, answer)
            cache.answered(ROOMS)
            cache.count(ROOMS, MISS)
        except CacheDownError:
            cache.memory.failed()
    rows: Sequence[Any] = answer.value
    if len(rows) > MOST:
        return None
    return [row._asdict() for row in rows if asked.house is None or row.property == asked.house]


def _keep(cache: Cache, asked: Asked, generations: list[bytes], answer: Answer) -> None:
    """Write all sets and rooms at once, so that nobody finds a part of them. Raises CacheDownError."""
    fresh = answer.fresh
    lifetime = lifetime_of(ROOMS, fresh) if fresh is not None else 0
    if fresh is None or not cache.memory.knows(fresh) or not lifetime:
        return
    mark = b"=".join([b"", _joined(generations), fresh.snapshot.encode()])
    many = len(answer.value) > MOST
    sets: dict[str, list[Word]] = {name: [mark] for name in asked.sets}
    commands: list[tuple[Word, ...]] = []
    if many:
        for members in sets.values():
            members.append(_MANY)
    for place, row in enumerate(() if many else answer.value):
        sets[ROOMS].append(row.id)
        sets.setdefault(_of(row.property), [mark]).append(row.id)
        name = cache.name(f"{ROOM_STATUS}-{row.id}")
        commands.append(("SET", name, wrapped(generations, fresh, asked.shape, [place, row]), "EX", lifetime))
    for name, members in sets.items():
        whole = cache.name(name)
        commands += [("DEL", whole), ("SADD", whole, *members), ("EXPIRE", whole, lifetime)]
    cache.client.ask_all(("MULTI",), *commands, ("EXEC",))


def _joined(generations: list[bytes]) -> bytes:
    return b"-".join(generations)


def _of(code: str | None) -> str:
    return f"rooms-of-{code}"
