"""Everything that is measured, gathered: for the alerts and for who scrapes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ekost_cli.context import Context

if TYPE_CHECKING:
    from db.cache.stats import KindRow
    from db.repositories.gauges import Gauge


def measured(ekost: Context, folder: Path | None, *, deep: bool = False) -> "Iterator[Gauge]":
    """What alerts are about, the book's numbers first; `folder` holds backups.

    Raises UnreachableError, BackupNoFolderError.
    """
    from db.metrics.machine import cache_misses
    from db.repositories.checks.runner import find_checks
    from db.repositories.gauges import read_gauges

    with ekost.database.reading(statement_timeout_ms=0 if deep else None) as conn:
        yield from read_gauges(conn, find_checks() if deep else None)
    yield from _measured_here()
    yield from cache_misses(_cache_rows(ekost))
    yield from _backups(ekost, folder)


def watched(ekost: Context, folder: Path | None, *, business: bool) -> "Iterator[Gauge]":
    """That, and what is worth a curve; `business`: each property's too. Raises what `measured` does."""
    from db.metrics.standbys import replica_lags
    from db.repositories.business import read_business
    from db.repositories.gauges import read_gauges, read_more

    with ekost.database.reading() as conn:
        yield from read_gauges(conn)
        yield from read_more(conn)
        if business:
            yield from read_business(conn)
    yield from replica_lags(ekost.database)
    yield from watched_here(ekost)
    yield from _backups(ekost, folder)


def watched_here(ekost: Context) -> "Iterator[Gauge]":
    """What is to be seen without the database."""
    from db.metrics.machine import cache_misses, cache_requests, cache_server
    from db.metrics.processes import connections
    from db.repositories.gauges import Gauge
    from db.settings_path import state_folder
    from locales.weighing import weights

    yield from _measured_here()
    yield from connections(state_folder())
    for language, weight, seconds in weights():
        yield Gauge("ekost_translation_bytes", weight, "language", language)
        yield Gauge("ekost_translation_load_seconds", seconds, "language", language)
    if (rows := _cache_rows(ekost)) and ekost.cache is not None:
        yield from cache_misses(rows)
        yield from cache_requests(rows)
        yield from cache_server(ekost.cache)


def _measured_here() -> "Iterator[Gauge]":
    from db.metrics.commands import failures
    from db.metrics.machine import memory
    from db.settings_path import state_folder

    yield from memory()
    yield from failures(state_folder())


def _backups(ekost: Context, folder: Path | None) -> "Iterator[Gauge]":
    if folder is not None:
        from db.metrics.machine import backups

        yield from backups(folder.expanduser(), ekost.database.parts[0])


def _cache_rows(ekost: Context) -> "list[KindRow]":
    """How the cache does; nothing without one, or while it does not answer: `ekost health` tells of it."""
    if ekost.cache is None or not ekost.cache.memory.book:
        return []
    from db.cache.stats import CacheUnreachableError, read_stats

    try:
        return read_stats(ekost.cache)
    except CacheUnreachableError:
        return []
