"""What is to be seen without the database: the memory of the machine, the backups in a folder, the cache."""

import time
from collections.abc import Iterator
from pathlib import Path

from db.backup.errors import BackupNoFolderError, BackupUnknownError
from db.backup.manifest import read_manifest
from db.cache.cache import Cache
from db.cache.keys import TENANT_LIST
from db.cache.stats import CacheUnreachableError, read_stats
from db.metrics.thresholds import ENOUGH
from db.repositories.gauges import Gauge

MEMINFO = Path("/proc/meminfo")


def memory(meminfo: Path = MEMINFO) -> Iterator[Gauge]:
    """The share of the memory that nothing new could have; nothing where the system does not tell."""
    try:
        rows = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines())
        total, free = (int(rows[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    except (OSError, ValueError, KeyError):
        return
    yield Gauge("ekost_memory_ratio", 1 - free / total)


def backups(folder: Path, database: str) -> Iterator[Gauge]:
    """The age of the newest backup of that database in a folder. Raises BackupNoFolderError, BackupFolderError."""
    if not folder.is_dir():
        raise BackupNoFolderError(path=folder)
    newest = 0.0
    for path in folder.glob("*.dump"):
        try:
            found = read_manifest(path)
        except BackupUnknownError:
            continue  # of somebody else, or not finished
        if found.database == database:
            newest = max(newest, found.made_at.timestamp())
    if newest:
        yield Gauge("ekost_backup_age_seconds", time.time() - newest)
    else:
        yield Gauge("ekost_backups_missing", 1)


def cache_misses(cache: Cache) -> Iterator[Gauge]:
    """The share of questions for lists of tenants that the book had to answer; nothing while there were few."""
    try:
        row = next(row for row in read_stats(cache) if row.kind == TENANT_LIST)
    except CacheUnreachableError:
        return  # `ekost health` tells of it
    asked = row.hits + row.misses
    if asked >= ENOUGH:
        yield Gauge("ekost_cache_miss_ratio", row.misses / asked)
