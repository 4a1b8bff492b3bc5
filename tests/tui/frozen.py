"""A book that is the same on every day: the kos of the examples as it was on one day, with two imports.

Snapshots and the pictures of the README are taken of it. Without a day of its own both would change at midnight.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from unittest.mock import patch

from sqlalchemy import text

from db.demo.small import load_small_demo
from db.engine import Database
from db.services.imports.run import run_import
from db.services.imports.staging import Request, stage_file
from jobs.drain import drain

DAY = date(2026, 11, 23)
MOMENT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10.00 at home
BANK = "penyewa,jumlah,tanggal,metode\nRINI,100000,2026-11-22,transfer\nBUDI,50000,2026-11-23,transfer\n"
BAD = "penyewa,jumlah,tanggal\nNOBODY,100000,2026-11-22\nSITI,1.5.0,2026-11-22\nRINI,9,2027-01-01\n"
_STOP_CLOCK = f"""create or replace function business_date(timezone text) returns date
                  language sql stable parallel safe return date '{DAY}'"""
# An event of this very transaction is known by its clock, and this book's clock stands.
_UNTOLD = "create or replace function require_told() returns trigger language plpgsql as $$ begin return null; end $$"
_CLOCKS = text("""
select table_name, column_name, column_default from information_schema.columns
 where table_schema = 'public' and (column_default like '%now()%' or column_default like '%clock_timestamp()%')""")
_SETTLE = """
update imports set created_at = :moment, worked_at = :moment, finished_at = :moment;
update deliveries set not_before = :moment, done_at = :moment;
update deliveries set state = 'dead', attempts = 5, last_error = 'boom', done_at = null
 where (event_id, consumer) = (select min(event_id), 'audit' from deliveries where consumer = 'audit');
update balances set calculated_at = :moment"""


class _Clock(datetime):
    """The clock of the screens."""

    @classmethod
    def now(cls, tz: object = None) -> "_Clock":
        return cls(2026, 11, 23, 3, 0, tzinfo=UTC)


@contextmanager
def stopped_clock() -> Iterator[None]:
    """Within it the screens, too, believe that it is that day."""
    with patch("tui.clock.datetime", _Clock), patch("textual.widgets.Input.cursor_blink", False):
        yield


def freeze(url: str) -> None:
    """Fill an empty, migrated book."""
    database = Database(url)
    _do(database, _STOP_CLOCK, _UNTOLD)
    with _all_written_at(database, f"timestamptz '{MOMENT}'"):
        load_small_demo(database)
        for name, content in (("bank-november.csv", BANK), ("catatan [lama].csv", BAD)):
            with database.transaction() as conn:
                row = stage_file(conn, Request("payments", "KOSA"), io.BytesIO(content.encode()), name).row
            run_import(database, row.id)
    for consumer in ("balances", "audit"):
        drain(database, consumer)
    _do(database, *_SETTLE.split(";"), moment=MOMENT)
    database.engine.dispose()


@contextmanager
def _all_written_at(database: Database, moment: str) -> Iterator[None]:
    """Let rows say that they were written then. Behind it the real clock: a transaction knows by it what it wrote."""
    with database.reading() as conn:
        clocks = conn.execute(_CLOCKS).all()
    change = "alter table {} alter column {} set default {}"
    _do(database, *(change.format(table, column, moment) for table, column, _default in clocks))
    yield
    _do(database, *(change.format(*clock) for clock in clocks))


def _do(database: Database, *statements: str, **values: object) -> None:
    """Do these, in one transaction."""
    with database.transaction() as conn:
        for statement in statements:
            conn.execute(text(statement), values)
