"""How far the replicas are behind, as a reader would find them now."""

from collections.abc import Iterator

from db.engine import Database
from db.replicas import ABSENT, UNANSWERED
from db.repositories.gauges import Gauge


def replica_lags(database: Database) -> Iterator[Gauge]:
    """Seconds, and whether each may be read; nothing where there are none. The database has been asked before."""
    for choice in database.replicas.examined() if database.replicas is not None else ():
        name = choice.name or str(choice.refusals[0].fields["place"])
        yield Gauge("ekost_replica_usable", choice.database is not None, "replica", name)
        # Of one that does not answer or has lost its primary nobody can tell.
        silent = any(refusal.reason in (ABSENT, UNANSWERED) for refusal in choice.refusals)
        if choice.behind is not None and not silent:
            yield Gauge("ekost_replica_lag_seconds", choice.behind, "replica", name)
