"""Months and years that are new to the database, and how the rows of an import get there.

Many rows fill a partition before it is attached, which spares them the upkeep of indexes and keys row by row. Few
rows go the ordinary way, into a partition that is made for them first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.domain.csvrows import Header
from db.repositories.imports import ImportRow
from db.services.imports.chunks import Span
from db.services.imports.layout import cell
from db.services.imports.tables import days_table, share, stage_table, tenants_table, values_table

# From so many rows on it pays to fill a partition first.
LOAD_FROM = 20_000
# Partitions are attached together while they have no more rows than this: everybody waits while they are.
LOAD_MOST = 600_000


class Partition(NamedTuple):
    """One to be made: its name, its first day and the day after its last."""

    name: str
    first: date
    after: date

    def rows(self, counted: Mapping[date, int]) -> int:
        """How many rows lie in it, given how many lie on each day."""
        return sum(rows for day, rows in counted.items() if self.first <= day < self.after)


_DAYS = """
create table {days} as
select ref, value::date as day, null::smallint as part, code, fields from {values} where field = 'date'
"""

_MISSING = """
select distinct p.name, p.first, p.after
  from (select distinct date_trunc('month', day)::date as month from {days} where day <= current_date + 1) m
 cross join lateral partition_for('payments', m.month) p where not p.there order by p.first
"""

# Rows that may still be rejected for their amount or their words are counted too: a partition may come out empty.
_COUNTED = """
select d.day, count(*) as rows from {stage} s
  join {days} d on d.ref = {date} join {tenants} t on t.ref = {tenant} and t.place = {property}
 where s.cells is null and d.day <= t.today and t.tenant_id is not null group by d.day
"""

_PLACE = "update {days} set part = :part where day >= :first and day < :after"


def place_days(conn: Connection, row: ImportRow, header: Header, parts: int) -> tuple[list[Span], list[date]]:
    """Make the table of days; those of partitions to be loaded get parts of their own, behind `parts` ordinary ones.

    Returns the parts that have rows, and a day of each partition that must be made for few rows.
    """
    names = {"days": days_table(row.id), "values": values_table(row.id), "stage": stage_table(row.id),
             "tenants": tenants_table(row.id)}  # fmt: skip
    conn.execute(text(_DAYS.format(**names)))
    missing = [Partition._make(found) for found in conn.execute(text(_MISSING.format(**names)))]
    spans = [Span(part) for part in range(parts)]
    few: list[Partition] = []
    if missing:
        cells = {field: cell(header, field) for field in ("date", "tenant", "property")}
        counted = {found.day: found.rows for found in conn.execute(text(_COUNTED.format(**names, **cells)))}
        batches, few = _batches(missing, counted)
        loads = [Span(part, partitions=[new.first for new in batch]) for part, batch in enumerate(batches, parts)]
        loaded = [(part, new) for part, batch in enumerate(batches, parts) for new in batch]
        for part, new in loaded:
            bounds = {"part": part, "first": new.first, "after": new.after}
            conn.execute(text(_PLACE.format(**names)), bounds)
        others = sum(counted.values()) > sum(new.rows(counted) for _, new in loaded)
        spans = [*(spans if others else []), *loads]
    conn.execute(text(f"analyze {names['days']}"))
    share(conn, row.id, names["days"])
    return spans, [new.first for new in few]


def _batches(
    missing: Iterable[Partition], counted: Mapping[date, int]
) -> tuple[list[list[Partition]], list[Partition]]:
    """The partitions worth a load, neighbours together; and those that get few rows."""
    batches: list[list[Partition]] = []
    few: list[Partition] = []
    room = 0
    for new in missing:
        rows = new.rows(counted)
        if rows >= LOAD_FROM:
            if rows > room:
                batches.append([])
                room = LOAD_MOST
            batches[-1].append(new)
            room -= rows
        elif rows:
            few.append(new)
    return batches, few


def open_months(conn: Connection, days: Sequence[date | str]) -> None:
    """Make the partitions of these days. In a transaction of its own: it locks the whole table for a moment."""
    for day in sorted(map(str, days)):
        conn.execute(text("select ensure_partition('payments', cast(:day as date))"), {"day": day})
