"""`ekost db backup`, `verify` and `restore`: copies of the whole book in files."""

from pathlib import Path
from typing import Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun
from ekost_cli.progress import progress_bar
from locales.catalogs import _

# These verbs stand under `ekost db` (ekost_cli.commands.database).
verbs = Noun(_("Copies of the whole book."))

BACKUP = (
    Field("file", N_("File")),
    Field("bytes", N_("Bytes"), "int"),
    Field("made_at", N_("Made"), "instant"),
    Field("database", N_("Database")),
    Field("revision", N_("Schema")),
    Field("server", N_("Server")),
    Field("entries", N_("Entries"), "int"),
    Field("sha256", N_("Checksum")),
    Field("removed", N_("Old ones removed"), "int"),
)

TargetArg = Annotated[
    str, typer.Argument(metavar="FILE|FOLDER", help=_("A new file, or a folder; without it the current one."))
]
KeepOption = Annotated[
    int, typer.Option("--keep", min=0, help=_("Keep the newest N backups of this book there and remove older ones."))
]


@verbs.command(
    "backup",
    _("Write the whole book, as it is in one moment, to a file; everybody goes on working."),
    examples=("ekost db backup", "ekost db backup /var/backups/ekost --keep 14 -q"),
    fields=BACKUP,
)
def backup(context: typer.Context, target: TargetArg = ".", keep: KeepOption = 0) -> None:
    from db.backup.dump import make_backup
    from db.backup.errors import BackupNoFolderError
    from db.backup.rotation import remove_old
    from ekost_cli.main import VERSION

    ekost, place = Context.of(context), _path(target)
    if (keep or target.endswith("/")) and not place.is_dir():
        raise BackupNoFolderError(path=place)
    with progress_bar(ekost) as progress:
        path, made = make_backup(ekost.any_database, place, VERSION, progress)
    removed = remove_old(path, made, keep) if keep else []
    ekost.show(
        {
            "file": str(path),
            "bytes": made.bytes,
            "made_at": made.made_at,
            "database": made.database,
            "revision": made.revision,
            "server": made.server,
            "entries": made.entries,
            "sha256": made.sha256,
            "removed": len(removed),
        }
    )


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()
