"""What is left of an import of payments, in chunks that are handed out until there are none.

A chunk is a row of `import_chunks`. Whoever takes it deletes it in the transaction that posts its rows: others skip
it meanwhile, and one that was killed has given it back. So two workers share an import and never do a chunk twice.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, Connection, Date, bindparam, text

SIZE = 50_000


class Chunk(NamedTuple):
    """So many rows, done in one transaction: applied, skipped as known, rejected.

    `known_from` counts the skipped rows by the import that had brought them before.
    """

    rows: int
    applied: int = 0
    skipped: int = 0
    rejected: int = 0
    known_from: dict[str, int] = {}  # noqa: RUF012 - never changed


class Span(NamedTuple):
    """Rows of a part of the import, from `first` to `last`; both are 0 while the part has not been sorted.

    `partitions` has a day of each month or year that is new to the database and comes with this part; else it is None.
    """

    part: int
    first: int = 0
    last: int = 0
    partitions: Sequence[date] | None = None

    def is_sorted(self) -> bool:
        """Whether its rows are known by their positions."""
        return self.last > 0

    def rows(self) -> int:
        """How many they are, once they are sorted."""
        return self.last - self.first + 1 if self.is_sorted() else 0


_PLAN = text("""
insert into import_chunks (import_id, part, first_row, last_row, partitions)
values (:import_id, :part, :first, :last, :partitions)
""").bindparams(bindparam("partitions", type_=ARRAY(Date)))

# What several can sort comes first. Neighbours share a tenant, whose balance one would wait for: not both at once.
_TAKE = text("""
delete from import_chunks where import_id = :import_id and (part, first_row) = (
  select part, first_row from import_chunks where import_id = :import_id
   order by last_row > 0, partitions is null, (first_row / :size) % 2, part, first_row limit 1 for update skip locked)
returning part, first_row, last_row, partitions
""").bindparams(bindparam("size", type_=BigInteger))

_TAKE_AGAIN = text("""
delete from import_chunks where import_id = :import_id and (part, first_row) = (
  select part, first_row from import_chunks
   where import_id = :import_id and part = :part and first_row = 0 for update skip locked)
""")

_HOLD = text("select from import_chunks where import_id = :import_id order by part, first_row for update")

_LEFT = text("select exists (select from import_chunks where import_id = :import_id)")


def plan(conn: Connection, import_id: int, spans: Iterable[Span]) -> None:
    """Write down what is to be done."""
    rows = [{"import_id": import_id, **span._asdict()} for span in spans]
    if rows:
        conn.execute(_PLAN, rows)


def cut(part: int, rows: int) -> list[Span]:
    """The rows of a part that has been sorted, in chunks of the usual size."""
    return [Span(part, start, min(start + SIZE - 1, rows)) for start in range(1, rows + 1, SIZE)]


def take(conn: Connection, import_id: int) -> Span | None:
    """A chunk that nobody is working on, for this transaction."""
    found = conn.execute(_TAKE, {"import_id": import_id, "size": SIZE}).first()
    return None if found is None else Span._make(found)


def take_again(conn: Connection, import_id: int, part: int) -> bool:
    """Take a part that was given back unsorted; False when somebody else has it or has done it."""
    return conn.execute(_TAKE_AGAIN, {"import_id": import_id, "part": part}).rowcount > 0


def wait_for_all(conn: Connection, import_id: int) -> None:
    """Wait until nobody works on a chunk, and let nobody begin: before the import itself is locked, as workers do."""
    conn.execute(_HOLD, {"import_id": import_id})


def are_left(conn: Connection, import_id: int) -> bool:
    """Whether any chunk is not done; others may be working on it."""
    return bool(conn.execute(_LEFT, {"import_id": import_id}).scalar())
