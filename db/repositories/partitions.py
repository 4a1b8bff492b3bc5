"""Questions about partitions: which days they hold, how large they are, and where one is missing."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text


class PartitionRow(NamedTuple):
    """A partition of `table`: from the day `first` to the day before `after`, of UTC where it holds instants.

    The net for what has no partition holds no days. `rows` is what the database last counted, None before it did;
    `bytes` are those of its indexes too. `gap`: there is none for the days between it and the one before. `detached`:
    the table holds rows that are not in the book; 0 bytes where it was moved elsewhere.
    """

    name: str
    table: str
    first: date | None
    after: date | None
    rows: int | None
    bytes: int
    gap: bool
    detached: bool = False


_ROWS = text("""
select name, parent, first, after, rows, bytes,
       coalesce(first > lag(after) over (partition by parent order by first nulls last), false), false
  from partitions
union all
select kept_as, parent, first, after, rows, coalesce(pg_total_relation_size(to_regclass(kept_as)), 0), false, true
  from detached_partitions
 order by 2, 3 nulls last, 8
""")
_FOLDABLE = text("""
select distinct parent, extract(year from first)::int as year from partitions
 where after - first < 32 and first < date_trunc('year', now() at time zone 'UTC') - interval '1 year'
 order by parent, year
""")


class Partitions:
    """Questions about partitions, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def rows(self) -> list[PartitionRow]:
        """All of them, by table and time."""
        return [PartitionRow._make(row) for row in self._conn.execute(_ROWS)]

    def foldable(self) -> list[tuple[str, int]]:
        """Tables and years of which the months can become one partition: those before the last year."""
        return [(row.parent, row.year) for row in self._conn.execute(_FOLDABLE)]
