"""Equip a database that has standbys. Where none are configured nothing of this is loaded, read or written."""

from collections.abc import Callable, Sequence

from db.engine import Database, DatabaseURLError
from db.errors import N_, EkostError
from db.replicas import Replicas
from db.session import session_file
from db.witness import Witness


class ReplicaURLError(DatabaseURLError):
    """An address of a replica can't be read. The text is never shown: it may hold a password."""

    code = "replica_url"
    message = N_("An address of a replica (EKOST_REPLICA_URLS) can't be read.")
    hint = N_("Write each as postgresql://user@host:5432/database, with spaces between them.")


def mind_standbys(
    database: Database, replica_urls: Sequence[str], most_behind: int, tell: Callable[[EkostError], None] | None
) -> None:
    """Remember what is changed, tell of what a failover lost, and let replicas be read.

    `most_behind`: seconds, 0 for any. Without `tell` what was lost is collected. Raises ReplicaURLError.
    """
    file = session_file(*database.parts)
    database.witness = Witness(file, tell)
    if replica_urls:
        try:
            database.replicas = Replicas(replica_urls, database.limits, most_behind, file)
        except DatabaseURLError as error:
            raise ReplicaURLError from error
