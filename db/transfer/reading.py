"""Bring an exported book into an empty one: every row as it was, told by events of its own, or nothing at all."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from db.domain.periods import YearMonth
from db.engine import Database
from db.events import Event, append, reserve_event
from db.migrations.runner import HEAD, SchemaOutdatedError
from db.services.balances import recalculate
from db.services.closings import close_tenants
from db.services.partitions import open_ahead
from db.tables import tenants
from db.transfer.errors import BookDiffersError, BookNotNewError, BookOwnerError, BookUnknownError
from db.transfer.headers import arriving, read_header
from db.transfer.manifest import Manifest, Part, check_files, read_manifest
from db.transfer.subjects import TOLD, Subject, subjects
from db.transfer.telling import carry_over
from db.transfer.writing import Progress, sums

# Pages of a table that waits to be taken over, told by one event: some hundred thousand rows.
CHUNK_PAGES = 4096
# Tenants whose balances are worked out at once.
CHUNK_TENANTS = 1000
_WAITING = "arriving_rows"
_BLOCK = 1 << 20

_PARTITIONS = text(f"""
select ensure_partition('payments', month::date)
  from (select distinct date_trunc('month', payment_date) as month from {_WAITING} order by 1) months
""")  # noqa: S608 - our own name
_PAGES = text(f"select pg_relation_size('{_WAITING}') / current_setting('block_size')::int")
# Tables whose rows are money, and whose events tell of which sum.
ENTRIES = ("payments", "charges", "deposit_entries")


def import_book(database: Database, folder: Path, progress: Progress, *, dry_run: bool = False) -> Manifest:
    """Bring the book in `folder` into an empty one, in one transaction.

    Raises BookUnknownError, BookDamagedError, BookDiffersError, BookColumnsError, BookNotNewError, BookOwnerError, and
    SchemaOutdatedError for a book of a newer program.
    """
    _require_owner(database)
    manifest = read_manifest(folder)
    parts = _parts_of(folder, manifest)
    check_files(folder, manifest)
    with database.transaction(dry_run=dry_run, statement_timeout_ms=0, ring=True) as conn:
        _require_empty(conn)
        travelling = subjects()
        for done, subject in enumerate(travelling):
            progress(done, len(travelling))
            if subject.name in parts:
                _take(conn, subject, parts[subject.name], folder, manifest)
        _settle(conn)
    return manifest


def _parts_of(folder: Path, manifest: Manifest) -> dict[str, Part]:
    """The files by their tables; an older program may have had fewer. Raises BookUnknownError, SchemaOutdatedError."""
    if manifest.revision > HEAD:
        raise SchemaOutdatedError(found=manifest.revision, wanted=HEAD)
    parts = {part.table: part for part in manifest.parts}
    known = {subject.name for subject in subjects()}
    if len(parts) < len(manifest.parts) or parts.keys() - known:
        raise BookUnknownError(path=folder)
    if manifest.revision == HEAD and known - parts.keys():
        raise BookUnknownError(path=folder)
    return parts


def _require_owner(database: Database) -> None:
    """Raises BookOwnerError."""
    with database.reading() as conn:
        if not conn.execute(text("select is_owner()")).scalar_one():
            raise BookOwnerError


def _require_empty(conn: Connection) -> None:
    """Hold the book, and see that there is nothing in it. Raises BookNotNewError."""
    # Nothing can come in before a property has; two imports wait for each other here.
    conn.execute(text("lock table properties in share row exclusive mode"))
    for subject in subjects():
        if conn.execute(text(f'select exists (select from "{subject.name}")')).scalar_one():  # noqa: S608
            raise BookNotNewError(table=subject.name)
    # Rows are looked at as they come in: a million that wait for the end would have to be remembered.
    conn.execute(text("set constraints all immediate"))
    # What triggers would add of themselves is in the files.
    conn.execute(text("set local ekost.book_arrives = on"))


def _take(conn: Connection, subject: Subject, part: Part, folder: Path, manifest: Manifest) -> None:
    """One file: into a table that waits, looked over, and from there into the book."""
    columns = read_header(folder / part.file, subject, strict=manifest.revision == HEAD)
    types = ", ".join(f'null::text as "{name}"' if name in subject.helpers else f'"{name}"' for name in columns)
    conn.execute(text(f'create temporary table {_WAITING} as select {types} from "{subject.name}" with no data'))  # noqa: S608
    with arriving(part.file):
        rows = _copy(conn, columns, folder / part.file)
        _look_over(conn, subject, part, rows)
        if subject.name == "payments":
            conn.execute(_PARTITIONS)
        kept = [name for name in columns if name not in subject.helpers]
        first = 1
        for start in range(0, conn.execute(_PAGES).scalar_one(), CHUNK_PAGES):
            first += _take_chunk(conn, subject, part, manifest, kept, start, first)
    conn.execute(text(f"drop table {_WAITING}"))
    if subject.numbered:
        _number_on(conn, subject, part.last_id)


def _copy(conn: Connection, columns: list[str], path: Path) -> int:
    names = ", ".join(f'"{name}"' for name in columns)
    cursor: Any = conn.connection.cursor()
    with cursor, path.open("rb") as file:
        with cursor.copy(f"copy {_WAITING} ({names}) from stdin (format csv, header, encoding 'UTF8')") as copy:
            while block := file.read(_BLOCK):
                copy.write(block)
        return int(cursor.rowcount)


def _look_over(conn: Connection, subject: Subject, part: Part, rows: int) -> None:
    """Raises BookDiffersError where rows or sums are not those of the manifest."""
    if rows != part.rows:
        raise BookDiffersError(file=part.file)
    if subject.sums and part.sums and sums(conn, subject, _WAITING) != part.sums:
        raise BookDiffersError(file=part.file)


def _take_chunk(
    conn: Connection, subject: Subject, part: Part, manifest: Manifest, columns: list[str], start: int, first: int
) -> int:
    """Some rows under one event, which is written before them. Returns how many."""
    chunk = f"from {_WAITING} where ctid >= '({start},0)' and ctid < '({start + CHUNK_PAGES},0)'"
    amount = "sum(amount)::text" if subject.name in ENTRIES else "null"
    last_id = "max(id)" if subject.numbered else "null"
    count, total, last = conn.execute(text(f"select count(*), {amount}, {last_id} {chunk}")).one()
    payload: dict[str, object] = {
        "table": subject.name, "firstRow": first, "lastRow": first + count - 1, "count": count, "amount": total,
        "lastId": last, "sha256": part.sha256, "madeAt": manifest.made_at.isoformat(),
    }  # fmt: skip
    payload = {name: value for name, value in payload.items() if value is not None}
    event_id = reserve_event(conn)
    append(conn, Event("BookImported", "book", event_id, payload), event_id=event_id)
    names = ", ".join(f'"{name}"' for name in columns)
    told = f"case when {TOLD}::boolean then {event_id} end" if subject.has_untold else str(event_id)
    own, event = (", event_id", f", {told}") if subject.has_event else ("", "")
    override = "overriding system value" if subject.numbered else ""
    conn.execute(text(f'insert into "{subject.name}" ({names}{own}) {override} select {names}{event} {chunk}'))
    return int(count)


def _number_on(conn: Connection, subject: Subject, last: int) -> None:
    """Behind the last id that was ever given, to a row that was not kept too: both books number on alike."""
    highest = conn.execute(text(f'select coalesce(max(id), 0) from "{subject.name}"')).scalar_one()  # noqa: S608
    if behind := max(last, highest):
        values = {"table": subject.name, "last": behind}
        conn.execute(text("select setval(pg_get_serial_sequence(:table, 'id'), :last)"), values)


def _settle(conn: Connection) -> None:
    """What follows from the rows: standings, closings, months, and what audit and planner know of the book."""
    open_ahead(conn)
    conn.exec_driver_sql("analyze")
    ids = list(conn.execute(tenants.select().with_only_columns(tenants.c.id).order_by(tenants.c.id)).scalars())
    today: date = conn.execute(
        text("select coalesce(min(business_date(timezone)), current_date) from properties")
    ).scalar_one()
    for start in range(0, len(ids), CHUNK_TENANTS):
        some = ids[start : start + CHUNK_TENANTS]
        recalculate(conn, some)
        close_tenants(conn, some, YearMonth.of(today).previous.clamp(31))
    carry_over(conn)
    conn.execute(text("select refresh_summary()"))
