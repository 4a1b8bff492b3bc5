"""`ekost doctor`: is this installation able to keep a book? Each thing that is examined is fine, doubtful or broken."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from db.errors import N_, EkostError, ExitCode
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import command
from ekost_cli.main import VERSION
from ekost_cli.statuses import status_word
from locales.catalogs import DOMAIN, FOLDER, LANGUAGES, _

if TYPE_CHECKING:
    from db.doctor.finding import Finding

FIELDS = (
    Field("check", N_("Examined")),
    Field("status", N_("Status"), "status"),
    Field("message", N_("Finding")),
    Field("hint", N_("Way out")),
)
STATUS_WIDTH = 12


@command(
    "doctor",
    _("Examine the installation: program, machine, database, servers. Status 1 if something is broken."),
    examples=("ekost doctor", "ekost doctor -o json"),
    fields=FIELDS,
)
def doctor(context: typer.Context) -> None:
    ekost = Context.of(context)
    rows = [_told(finding) for finding in _examine(ekost)]
    if ekost.for_people and not ekost.options.fields:
        for row in rows:
            _say(ekost, row)
    else:
        ekost.show_list(rows)
    if any(row["status"] == "fail" for row in rows):
        raise typer.Exit(ExitCode.FAILED)


def _say(ekost: Context, row: dict[str, str]) -> None:
    """A line for each finding; the way out below it, whole: a table would have to cut both."""
    ekost.say(f"{status_word(row['status']):<{STATUS_WIDTH}} {row['message']}")
    if row["hint"]:
        ekost.say(f"{'':<{STATUS_WIDTH}} {row['hint']}")


def _examine(ekost: Context) -> Iterator["Finding"]:
    from db.doctor.finding import fine, of_error
    from db.doctor.machine import examine_machine

    yield fine("program", N_("E-Kost {version}"), version=VERSION)
    yield _languages()
    try:
        home = ekost.home
    except EkostError as error:  # without settings there is no telling which servers are meant
        yield of_error("configuration", error)
        return
    yield from examine_machine(home)
    yield from _servers(ekost)


def _servers(ekost: Context) -> Iterator["Finding"]:
    from db.doctor.database import examine_database
    from db.doctor.finding import doubtful, guarded
    from db.doctor.servers import examine_bundle, examine_redis

    settings = ekost.settings
    own_database, own_redis = settings.database_url is not None, settings.redis_url is not None
    bundle = examine_bundle(ekost.home, database=not own_database, queue=not own_redis)
    yield from bundle.findings
    if own_database or bundle.made:
        yield from guarded("database", lambda: examine_database(ekost.any_database))
    else:
        yield doubtful(
            "database", N_("There is no book yet."), N_("`ekost up` makes an empty one, `ekost demo` a full one.")
        )
    if own_redis or bundle.queue_runs:
        yield from examine_redis(settings.redis_url, ekost.home)


def _languages() -> "Finding":
    from db.doctor.finding import doubtful, fine

    for language in LANGUAGES:
        if not (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").exists():
            told, hint = N_("The catalog of the language {language} is not compiled."), N_("Install the package again.")
            return doubtful("languages", told, hint, language=language)
    return fine("languages", N_("The languages {languages} are there."), languages=", ".join(LANGUAGES))


def _told(finding: "Finding") -> dict[str, str]:
    texts = {key: str(value) for key, value in finding.fields.items()}
    return {
        "check": finding.check,
        "status": finding.status,
        "message": _(finding.message).format_map(texts),
        "hint": _(finding.hint).format_map(texts),
    }
