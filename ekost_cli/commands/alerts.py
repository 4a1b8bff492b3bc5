"""`ekost alerts`: what needs a person now, for cron: silent when nothing does."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import N_, ExitCode
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun
from ekost_cli.measuring import measured
from locales.catalogs import _
from locales.codes import code_word

if TYPE_CHECKING:
    from db.metrics.alarms import Alarm

app = Noun(_("Alerts: what needs a person now."))

FIELDS = (
    Field("name", N_("Alert")),
    Field("severity", N_("Severity")),
    Field("about", N_("About"), "code"),
    Field("value", N_("Value")),
    Field("limit", N_("Limit")),
    Field("message", N_("Finding")),
    Field("hint", N_("Way out")),
)

BackupsOption = Annotated[
    Path | None,
    typer.Option("--backups", metavar="FOLDER", help=_("Also look how old the newest backup in this folder is.")),
]
DeepOption = Annotated[bool, typer.Option("--deep", help=_("Also examine every rule of the book, as `ekost check`."))]


@app.command(
    "check",
    _("Compare what is measured with its limits: silent when all is well, else a line for each alert, and status 1."),
    examples=("ekost alerts check", "ekost alerts check --deep -o json"),
    fields=FIELDS,
)
def check(context: typer.Context, backups: BackupsOption = None, deep: DeepOption = False) -> None:
    from db.metrics.alarms import firing

    ekost = Context.of(context)
    rows = [_told(alarm) for alarm in firing(measured(ekost, backups, deep=deep))]
    if ekost.for_people and not ekost.options.fields:
        for row in rows:
            ekost.say(f"{row['message']} {row['hint']}")
    elif rows or ekost.options.output == "json":
        ekost.show_list(rows)
    if rows:
        raise typer.Exit(ExitCode.FAILED)


def _told(alarm: "Alarm") -> dict[str, Any]:
    threshold, fields = alarm.threshold, alarm.fields
    words = fields | {"about": code_word(alarm.about)}
    return {
        "name": threshold.name,
        "severity": threshold.severity,
        "about": alarm.about,
        "value": alarm.value,
        "limit": threshold.limit,
        "message": _(threshold.told).format_map(words),
        "hint": _(threshold.hint),
    }
