"""`ekost db backup`, `verify` and `restore`: copies of the whole book in files."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from db.errors import N_
from ekost_cli.context import ConfirmationNeededError, Context, DeclinedError
from ekost_cli.fields import HOME_TIMEZONE, Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.progress import progress_bar
from ekost_cli.terminal import is_terminal
from locales.catalogs import _
from locales.formats import instant
from locales.safe import safe

if TYPE_CHECKING:
    from db.backup.manifest import Manifest
    from db.backup.restore import Restored

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

VERIFIED = (
    *BACKUP[:-2],
    Field("checks", N_("Checks passed"), "int"),
)
RESTORED = (
    Field("file", N_("File")),
    Field("made_at", N_("Made"), "instant"),
    Field("database", N_("Database")),
    Field("revision", N_("Schema")),
    Field("entries", N_("Entries"), "int"),
    Field("old_database", N_("Former book")),
)
FORGOTTEN = RESTORED[-1:]

TargetArg = Annotated[
    str, typer.Argument(metavar="FILE|FOLDER", help=_("A new file, or a folder; without it the current one."))
]
FileArg = Annotated[str, typer.Argument(metavar="FILE", help=_("A file that `ekost db backup` made."))]
ReplaceOption = Annotated[bool, typer.Option("--replace", help=_("Put it in the place of a book that is there."))]
DropOption = Annotated[
    bool, typer.Option("--drop-old", help=_("Throw the former book away instead of keeping it under another name."))
]
GrantsOption = Annotated[bool, typer.Option("--no-grants", help=_("Leave out what other roles were allowed to do."))]
KeepOption = Annotated[
    int,
    typer.Option(
        "--keep", min=0, metavar="N", help=_("Keep the newest N backups of this book there and remove older ones.")
    ),
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
    ekost.show({**_told(path, made), "sha256": made.sha256, "removed": len(removed)})


@verbs.command(
    "verify",
    _("Restore a backup beside the book, see whether all adds up and run every check on it. Status 1 if not."),
    examples=("ekost db verify /var/backups/ekost/ekost-ekost-20261123T020000.dump",),
    fields=VERIFIED,
)
def verify(context: typer.Context, file: FileArg) -> None:
    from db.backup.restore import verify_backup

    ekost, path = Context.of(context), _path(file)
    with progress_bar(ekost) as progress:
        found = verify_backup(ekost.any_database, path, progress)
    ekost.show({**_told(path, found.manifest), "checks": found.checks})


@verbs.command(
    "restore",
    _("Bring a backup back, into an empty database or in the place of the book; who works in it is sent away."),
    examples=("ekost db restore ekost-ekost-20261123T020000.dump", "ekost db restore book.dump --replace --yes"),
    takes=Takes.YES,
    fields=RESTORED,
)
def restore(
    context: typer.Context,
    file: FileArg,
    replace: ReplaceOption = False,
    drop_old: DropOption = False,
    no_grants: GrantsOption = False,
) -> None:
    from db.backup.manifest import read_manifest
    from db.backup.restore import restore_backup

    ekost, path = Context.of(context), _path(file)
    database, made = ekost.any_database, read_manifest(path)
    if replace:
        _confirm(ekost, database.parts[0], made)
        _know_cache(ekost)
    with progress_bar(ekost) as progress:
        done = restore_backup(database, path, progress, replace=replace, drop_old=drop_old, grants=not no_grants)
    _empty_cache(ekost)
    _tell(ekost, done)
    ekost.show(
        {**_told(path, made), "database": done.database, "revision": done.revision, "old_database": done.old or None}
    )


@verbs.command(
    "forget",
    _("Throw a former book away, in whose place a backup was put."),
    examples=("ekost db forget ekost_before_20261123T020000 --yes",),
    takes=Takes.YES,
    fields=FORGOTTEN,
)
def forget(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("The name that `ekost db restore` told."))],
) -> None:
    from db.backup.scratch import drop_former

    ekost = Context.of(context)
    ekost.confirm(_("Throw the former book {name} away? It can't be brought back.").format(name=name))
    drop_former(ekost.any_database, name)
    ekost.show({"old_database": name})


def _told(path: Path, made: "Manifest") -> dict[str, Any]:
    return {
        "file": str(path),
        "bytes": made.bytes,
        "made_at": made.made_at,
        "database": made.database,
        "revision": made.revision,
        "server": made.server,
        "entries": made.entries,
    }


def _confirm(ekost: Context, database: str, made: "Manifest") -> None:
    """Let the name be typed: what was recorded after the backup will not be in the book. Raises DeclinedError."""
    if ekost.options.yes:
        return
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise ConfirmationNeededError
    text = _("The book in the database {database} becomes what it was at {when}. Type the name of the database:")
    when = instant(made.made_at, ZoneInfo(HOME_TIMEZONE))
    sys.stderr.write(safe(text.format(database=database, when=when)) + " ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != database:
        raise DeclinedError


def _tell(ekost: Context, done: "Restored") -> None:
    if done.old:
        text = _("The former book is kept as the database {database}; drop it when it is not needed any more.")
        ekost.note(text.format(database=done.old))
    if done.roles:
        text = _("Nothing was granted to anybody, since these roles do not exist here: {roles}")
        ekost.note(text.format(roles=", ".join(done.roles)))


def _know_cache(ekost: Context) -> None:
    """Learn under which name the cache keeps the book that is to go."""
    from ekost_cli.cached import learn

    if ekost.cache is not None:
        with ekost.any_database.reading() as conn:
            learn(ekost, conn)


def _empty_cache(ekost: Context) -> None:
    """What others have been shown of the old book must not be shown again."""
    from db.cache.stats import CacheUnreachableError, clear

    if ekost.cache is not None:
        with suppress(CacheUnreachableError):
            clear(ekost.cache)


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()
