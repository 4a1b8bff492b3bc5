"""What is to be seen without the database: the memory of the machine, the backups in a folder, the cache."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from db.backup.errors import BackupNoFolderError, BackupUnknownError
from db.backup.manifest import read_manifest
from db.cache.cache import HIT, MISS, REFUSED, Cache
from db.cache.client import CacheDownError
from db.cache.keys import TENANT_LIST
from db.cache.stats import EVERYTHING, KindRow, patient
from db.metrics.thresholds import ENOUGH
from db.repositories.gauges import Gauge

_SERVER = {"ekost_cache_memory_bytes": "used_memory", "ekost_cache_evictions_total": "evicted_keys"}
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


def cache_misses(rows: Iterable[KindRow]) -> Iterator[Gauge]:
    """The share of questions for lists of tenants that the book had to answer; nothing while there were few."""
    for row in rows:
        asked = row.hits + row.misses
        if row.kind == TENANT_LIST and asked >= ENOUGH:
            yield Gauge("ekost_cache_miss_ratio", row.misses / asked)


def cache_requests(rows: Iterable[KindRow]) -> Iterator[Gauge]:
    """What came out of the cache and what did not, by kind, how much is in it, and how often it failed."""
    for row in rows:
        if row.kind == EVERYTHING:
            yield Gauge("ekost_cache_errors_total", row.errors)
            continue
        for result in (HIT, MISS, REFUSED):
            yield Gauge("ekost_cache_requests_total", getattr(row, result), "kind", row.kind, (("result", result),))
        yield Gauge("ekost_cache_keys", row.kept, "kind", row.kind)


def cache_server(cache: Cache) -> Iterator[Gauge]:
    """The memory of the cache's server, and what it has thrown away for want of more; of all that is in it."""
    client = patient(cache)
    try:
        told = client.ask("INFO", "memory") + client.ask("INFO", "stats")
    except CacheDownError:
        return
    finally:
        client.close()
    found = dict(line.split(":", 1) for line in told.decode().splitlines() if ":" in line)
    for metric, name in _SERVER.items():
        if name in found:
            yield Gauge(metric, float(found[name]))
