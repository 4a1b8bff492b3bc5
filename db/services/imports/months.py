"""Months and years that are new to the database, and how the rows of an import get there.

Many rows fill a partition before it is attached, which spares them the upkeep of indexes and keys row by row. Few
rows go the ordinary way, into a partition that is made for them first.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.repositories.imports import ImportRow
from db.services.imports import chunks
from db.services.imports.chunks import Span
from db.services.imports.tables import ready_table

# From so many rows on it pays to fill a partition first.
LOAD_FROM = 20_000
# Partitions are attached together while they have no more rows than this: everybody waits while they are.
LOAD_MOST = 600_000


class Partition(NamedTuple):
    """One to be made: its name, its first day and the day after its last."""

    name: str
    first: date
    after: date


_DAYS = """
create temporary table import_days on commit drop as
select ref, value::date as day, code, fields, 0::smallint as batch from import_values where field = 'date'
"""

_MISSING = text("""
select distinct p.name, p.first, p.after
  from (select distinct date_trunc('month', day)::date as month from import_days where day <= current_date + 1) m
 cross join lateral partition_for('payments', m.month) p where not p.there order by p.first
""")

_COUNTED = """
select d.day, sum(s.rows)::bigint as rows from import_days d
  join (select {date} as ref, count(*) as rows from {stage} s where s.cells is null group by 1) s using (ref)
 where d.day is not null group by d.day
"""

_BATCH = text("update import_days set batch = :batch where day >= :first and day < :after")

_SORTED = "select batch, payment_date, count(*) from {ready} group by 1, 2 order by 1, 2"


def learn_days(conn: Connection, stage: str, source: str) -> Sequence[Partition]:
    """Make the table `import_days` of what the dates mean: `batch` numbers those to be loaded together from 1 on.

    `source` is the SQL of a date in the `stage`. Returns the partitions that are missing.
    """
    conn.execute(text(_DAYS))
    missing = [Partition._make(found) for found in conn.execute(_MISSING)]
    if missing:
        counted = {found.day: found.rows for found in conn.execute(text(_COUNTED.format(date=source, stage=stage)))}
        for number, batch in enumerate(_batches(missing, counted), 1):
            for new in batch:
                conn.execute(_BATCH, {"batch": number, "first": new.first, "after": new.after})
    conn.execute(text("analyze import_days"))
    return missing


def _batches(missing: Iterable[Partition], counted: dict[date, int]) -> list[list[Partition]]:
    """The partitions worth a load, neighbours together."""
    batches: list[list[Partition]] = []
    room = 0
    for new in missing:
        rows = sum(rows for day, rows in counted.items() if new.first <= day < new.after)
        if rows >= LOAD_FROM:
            if rows > room:
                batches.append([])
                room = LOAD_MOST
            batches[-1].append(new)
            room -= rows
    return batches


def plan(conn: Connection, row: ImportRow, missing: Sequence[Partition], count: int) -> list[str]:
    """Plan the chunks of `count` rows that are sorted out. Returns a day of each partition to be made before."""
    if not missing:
        chunks.plan(conn, row.id, chunks.cut(1, count))
        return []
    place, to_open = 0, set[date]()
    found = conn.execute(text(_SORTED.format(ready=ready_table(row.id)))).all()
    for batch in sorted({entry.batch for entry in found}):
        days = [(day, rows) for number, day, rows in found if number == batch]
        first, place = place + 1, place + sum(rows for _, rows in days)
        new = {part.first for part in missing for day, _ in days if part.first <= day < part.after}
        if batch:
            chunks.plan(conn, row.id, [Span(first, place, sorted(new))])
        else:
            to_open = new
            chunks.plan(conn, row.id, chunks.cut(first, place))
    return [day.isoformat() for day in sorted(to_open)]


def open_months(conn: Connection, days: Iterable[date | str]) -> None:
    """Make the partitions of these days. In a transaction of its own: it locks the whole table for a moment."""
    for day in sorted(map(str, days)):
        conn.execute(text("select ensure_partition('payments', cast(:day as date))"), {"day": day})
