"""`ekost health`: can the book be worked with now? For machines that ask often: an answer within seconds, always."""

from typing import TYPE_CHECKING, Any

import typer

from db.errors import N_, ExitCode
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import command
from ekost_cli.statuses import status_word
from locales import records
from locales.catalogs import FOLDER, LANGUAGES, _, load
from locales.codes import code_word
from locales.findings import finding_told
from locales.values import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from db.doctor.finding import Finding
    from db.doctor.health import Sign

FIELDS = (*records.FINDINGS[:2], Field("ms", N_("Milliseconds"), "int"), *records.FINDINGS[2:])
WHOLE = (Field("status", N_("Status")), Field("checks", N_("Examined"), "nested"))
STATUS_WIDTH = 12
# Milliseconds from which loading all catalogs is slow.
SLOW = 500


@command(
    "health",
    _("Tell within seconds whether the book can be worked with. Status 1 if it can't; 0 with warnings if some waits."),
    examples=("ekost health", "ekost health -o json", "ekost health -q -o ndjson --fields check,status,ms"),
    fields=FIELDS,
)
def health(context: typer.Context) -> None:
    from db.doctor.health import ask, ready

    ekost = Context.of(context)
    signs = ask(_probes(ekost))
    _show(ekost, signs)
    if not ready(signs):
        raise typer.Exit(ExitCode.FAILED)


def _probes(ekost: Context) -> Any:
    from db.doctor.finding import of_error
    from db.doctor.health import Probe, probes
    from db.errors import EkostError

    try:
        found = probes(ekost.settings, ekost.home)
    except EkostError as error:  # without settings there is no telling which servers are meant
        finding = of_error("configuration", error)
        found = [Probe("configuration", lambda: iter([finding]), vital=True)]
    return [*found, Probe("languages", _catalogs)]


def _catalogs() -> "Iterator[Finding]":
    """Every catalog is loaded, as a start would."""
    import gettext
    from time import monotonic

    from db.doctor.finding import doubtful, fine

    begun = monotonic()
    loaded = {language: load(FOLDER / language / "LC_MESSAGES") for language in LANGUAGES}
    ms = round((monotonic() - begun) * 1000)
    missing = [name for name, texts in loaded.items() if not isinstance(texts, gettext.GNUTranslations)]
    told, hint = N_("The catalogs of {languages} are loaded in {ms} ms."), N_("Install the package again.")
    if missing:
        yield doubtful("languages", N_("The catalog of {languages} is missing."), hint, languages=", ".join(missing))
    elif ms >= SLOW:
        yield doubtful("languages", told, hint, languages=", ".join(LANGUAGES), ms=ms)
    else:
        yield fine("languages", told, languages=", ".join(LANGUAGES), ms=ms)


def _show(ekost: Context, signs: "list[Sign]") -> None:
    rows = [{**finding_told(sign.finding), "ms": sign.ms} for sign in signs]
    worst = _worst({row["status"] for row in rows})
    if ekost.options.output == "json" and not ekost.options.fields:
        ekost.show({"status": worst, "checks": [as_object(row, FIELDS) for row in rows]}, WHOLE)
    elif ekost.for_people and not ekost.options.fields:
        for row in rows:
            _say(ekost, row)
        ekost.say(_(_WORDS[worst]))
    else:
        ekost.show_list(rows)


_WORDS = {
    "ready": N_("Ready: everything works."),
    "degraded": N_("Ready, but not everything works as it should."),
    "not_ready": N_("Not ready: the book can't be worked with."),
}


def _worst(statuses: set[Any]) -> str:
    return "not_ready" if "fail" in statuses else "degraded" if "warn" in statuses else "ready"


def _say(ekost: Context, row: dict[str, Any]) -> None:
    ekost.say(f"{status_word(row['status']):<{STATUS_WIDTH}} {code_word(row['check'])}: {row['message']}")
    if row["hint"]:
        ekost.say(f"{'':<{STATUS_WIDTH}} {row['hint']}")
