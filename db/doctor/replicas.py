"""The standbys that lists may be read from: each as a reader would find it now."""

from collections.abc import Iterator

from db.doctor.finding import Finding, doubtful, fine
from db.engine import Database
from db.errors import N_

CHECK = "replica"


def examine_replicas(database: Database) -> Iterator[Finding]:
    """Every replica that is configured for a database. Raises UnreachableError of the primary, which is asked first."""
    with database.reading():
        pass  # its witness notes where it stands
    found = list(database.replicas.examined()) if database.replicas is not None else []
    for choice in found:
        if choice.database is not None:
            seconds = f"{choice.behind or 0.0:.1f}"
            yield fine(CHECK, N_("The replica {place} is {seconds} s behind."), place=choice.name, seconds=seconds)
        for reason, fields in choice.refusals:
            yield doubtful(CHECK, reason, N_("Until then the primary is read in its place."), **fields)
    if not found:
        told = N_("What was changed can't be remembered, so that no replica is read.")
        yield doubtful(CHECK, told, N_("Make $XDG_STATE_HOME, or ~/.local/state, a folder that you can write to."))
