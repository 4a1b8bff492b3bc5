"""The servers that an installation uses, by its settings: the bundled ones or somebody's own, database and Redis."""

from collections.abc import Callable, Iterator
from pathlib import Path

from db.doctor.backup import examine_backup
from db.doctor.cache import examine_cache
from db.doctor.database import examine_database
from db.doctor.finding import Finding, doubtful, guarded
from db.doctor.replicas import examine_replicas
from db.doctor.servers import examine_bundle, examine_redis
from db.engine import Database
from db.errors import N_
from db.settings import Settings


def examine_servers(settings: Settings, home: Path, open_database: Callable[[], Database]) -> Iterator[Finding]:
    """What is configured, and nothing else; `home` is the folder of the bundled servers."""
    own_database, own_redis = settings.database_url is not None, settings.redis_url is not None
    bundle = examine_bundle(home, database=not own_database, queue=not own_redis)
    yield from bundle.findings
    if own_database or bundle.made:
        yield from guarded("database", lambda: examine_database(open_database()))
        yield from guarded("backup", lambda: examine_backup(open_database()))
    else:
        yield doubtful(
            "database", N_("There is no book yet."), N_("`ekost up` makes an empty one, `ekost demo` a full one.")
        )
    if settings.insecure_tls:
        told = N_("Servers elsewhere may be reached without a proof of who they are ({origin}).")
        hint = N_("Where the addresses do without that, take it away: insecure_tls.")
        yield doubtful("transport", told, hint, origin=settings.origin("insecure_tls"))
    if settings.replica_urls:
        yield from guarded("replica", lambda: examine_replicas(open_database()))
    if own_redis or bundle.queue_runs:
        yield from examine_redis(settings.redis_url, home, insecure=settings.insecure_tls)
    if settings.cache_url is not None:
        yield from guarded("cache", lambda: examine_cache(settings, lambda: home))
