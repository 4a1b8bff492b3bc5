"""`ekost check`: the invariants of the book. Silent when they hold; cron mails what is printed."""

from collections.abc import Iterable, Mapping
from itertools import chain, groupby
from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_, ExitCode
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import command
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from db.repositories.checks.check import Check, Violation

FIELDS = records.VIOLATIONS
NAMES = (Field("name", N_("Check")), Field("description", N_("What must hold")))
INDENT = "    "

NamesArg = Annotated[
    list[str] | None, typer.Argument(metavar="NAME", help=_("Only these checks; all if none is named."))
]
ListOption = Annotated[bool, typer.Option("--list", help=_("List the checks and run none."))]


@command(
    "check",
    _("Check the invariants of the book: silent when all hold, else the rows that break one, and status 1."),
    examples=("ekost check", "ekost check balances_match_ledger rent_periods_tile", "ekost check --list"),
    fields=FIELDS,
)
def check(context: typer.Context, names: NamesArg = None, list_: ListOption = False) -> None:
    from db.repositories.checks.runner import find_checks, left_out, run_checks

    ekost = Context.of(context)
    checks = find_checks(names or ())
    if list_:
        _list(ekost, checks)
        return
    # Whole tables are read: no limit of time, and rows are printed as they are found.
    with ekost.database.reading(statement_timeout_ms=0) as conn:
        for name, partition in left_out(conn, checks):
            told = _("{name} is not checked: {partition} is detached and not here.")
            ekost.note(told.format(name=name, partition=partition))
        found = run_checks(conn, checks)
        first = next(found, None)
        if first is not None:
            _show(ekost, chain([first], found), {one.name: one.description for one in checks})
            raise typer.Exit(ExitCode.FAILED)
    if ekost.options.output == "json":
        ekost.show_list(())


def _list(ekost: Context, checks: "Iterable[Check]") -> None:
    if not ekost.for_people or ekost.options.fields:
        ekost.show_list(({"name": one.name, "description": _(one.description)} for one in checks), NAMES)
        return
    for one in checks:
        ekost.say(one.name)
        ekost.say(INDENT + _(one.description))


def _show(ekost: Context, found: "Iterable[Violation]", rules: Mapping[str, str]) -> None:
    """The rows; for a person below the rule that they break, and whole: a table would have to cut them."""
    if not ekost.for_people or ekost.options.fields:
        ekost.show_list(found)
        return
    for name, rows in groupby(found, key=lambda row: row.check):
        ekost.say(f"{name}: {_(rules[name])}")
        for row in rows:
            ekost.say(f"{INDENT}{row.entity} {row.id}: {row.detail}")
