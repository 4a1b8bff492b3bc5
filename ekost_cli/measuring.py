"""Everything that is measured, gathered: for the alerts and for who scrapes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ekost_cli.context import Context

if TYPE_CHECKING:
    from db.repositories.gauges import Gauge


def measured(ekost: Context, folder: Path | None, *, deep: bool = False) -> "Iterator[Gauge]":
    """The book's numbers first; `folder` holds backups. Raises UnreachableError, BackupNoFolderError."""
    from db.repositories.checks.runner import find_checks
    from db.repositories.gauges import read_gauges

    with ekost.database.reading(statement_timeout_ms=0 if deep else None) as conn:
        yield from read_gauges(conn, find_checks() if deep else None)
    yield from measured_here(ekost)
    if folder is not None:
        from db.metrics.machine import backups

        yield from backups(folder.expanduser(), ekost.database.parts[0])


def measured_here(ekost: Context) -> "Iterator[Gauge]":
    """What is to be seen without the database."""
    from db.metrics.commands import failures
    from db.metrics.machine import cache_misses, memory
    from db.settings_path import state_folder

    yield from memory()
    yield from failures(state_folder())
    if ekost.cache is not None and ekost.cache.memory.book:
        yield from cache_misses(ekost.cache)
