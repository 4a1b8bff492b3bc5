"""Questions about partitions: which days they hold, how large they are, and where one is missing."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text


class PartitionRow(NamedTuple):
    """A partition of `table`: from the day `first` to the day before `after`, of UTC where it holds instants.

    The net for what has no partition holds no days. `rows` is what the database last counted, None before it did;
    `bytes` are those of its indexes too. `gap`: there is none for the days between it and the one before.
    """

    name: str
    table: str
    first: date | None
    after: date | None
    rows: int | None
    bytes: int
    gap: bool


_ROWS = text("""
select name, parent, first, after, rows, bytes,
       coalesce(first > lag(after) over (partition by parent order by first nulls last), false)
  from partitions order by parent, first nulls last
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
