"""`ekost doctor`: is this installation able to keep a book? Each thing that is examined is fine, doubtful or broken."""

import typer

from db.errors import ExitCode
from ekost_cli.context import Context
from ekost_cli.examining import examine
from ekost_cli.grammar import command
from ekost_cli.statuses import status_word
from locales import records
from locales.catalogs import _
from locales.findings import finding_told

FIELDS = records.FINDINGS
STATUS_WIDTH = 12


@command(
    "doctor",
    _("Examine the installation: program, machine, database, servers. Status 1 if something is broken."),
    examples=("ekost doctor", "ekost doctor -o json"),
    fields=FIELDS,
)
def doctor(context: typer.Context) -> None:
    ekost = Context.of(context)
    rows = [finding_told(finding) for finding in examine(ekost)]
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
