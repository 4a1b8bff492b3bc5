"""The audit's chain of hashes: what is wrong with it, row by row.

A row is sound when its hash covers the row and the hash before it. Who alters a row breaks its seal; who seals it anew
breaks the link to the row behind, which still names the old hash; who takes rows out leaves a gap, or a head that is
further on than the last row.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Literal, NamedTuple

Problem = Literal["altered", "replaced", "removed", "inserted", "rewritten"]
# What the first row of all names as the hash before it.
NOTHING_BEFORE = bytes(32)


class Head(NamedTuple):
    """A place in the log and the hash there: of the last row, or of one that somebody has noted elsewhere."""

    position: int
    hash: bytes


class Spot(NamedTuple):
    """A row that needs a look, with its neighbours in the order of positions.

    `linked`: it names the hash of the row before it. `before` is None for the first row that is read, `next` for
    the last one.
    """

    position: int
    event_id: int | None
    sound: bool
    linked: bool
    before: int | None
    before_event: int | None
    before_sound: bool | None
    next: int | None


class Finding(NamedTuple):
    """What is wrong with the rows from `position` to `until`; `event_id` is that of a single row that is there."""

    position: int
    until: int
    problem: Problem
    event_id: int | None = None


def judge(spots: Iterable[Spot], first: int, unfollowed: Callable[[int], Collection[int]]) -> Iterator[Finding]:
    """What is wrong with the rows; `first` is the position at which they must begin.

    Where two rows claim one position, `unfollowed` gives the events of those that no row behind them has followed.
    """
    claimed_twice = 0
    for spot in spots:
        before = first - 1 if spot.before is None else spot.before
        if spot.position > before + 1:
            yield Finding(before + 1, spot.position - 1, "removed")
        if spot.position == before:
            claimed_twice = spot.position
            if spot.next != spot.position:
                yield from (_single(spot.position, "inserted", event) for event in unfollowed(spot.position))
        elif spot.next == spot.position:
            continue  # judged with the last one that claims the position
        elif not spot.sound or (spot.before is None and spot.position == first and not spot.linked):
            yield _single(spot.position, "altered", spot.event_id)
        elif not spot.linked and spot.before_sound and spot.position == before + 1 and before != claimed_twice:
            # Both seals are whole, but this row was sealed behind another one than stands there now.
            yield _single(before, "replaced", spot.before_event)


def judge_end(last: int, head: Head, at_head: Collection[tuple[int, bytes, bool]]) -> Iterator[Finding]:
    """Whether the log ends where its head says: `at_head` are the rows there, by event, hash and soundness."""
    if last < head.position:
        yield Finding(last + 1, head.position, "removed")
    elif last > head.position:
        yield Finding(head.position + 1, last, "inserted")
    if at_head and all(sound and found != head.hash for _, found, sound in at_head):
        yield from (_single(head.position, "replaced", event) for event, _, _ in at_head)


def _single(position: int, problem: Problem, event_id: int | None) -> Finding:
    return Finding(position, position, problem, event_id)
