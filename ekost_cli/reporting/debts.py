"""Reports of what is owed: arrears and aging."""

from typing import TYPE_CHECKING, Annotated

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Takes
from ekost_cli.reporting.noun import app
from ekost_cli.reporting.showing import ChartOption, XlsxOption, show_report
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _
from locales.reports import AGING, ARREARS, CHANGED

if TYPE_CHECKING:
    from datetime import date

DiffOption = Annotated[
    tuple[str, str] | None,
    typer.Option("--diff", metavar="DATE1 DATE2", help=_("How debts changed between the ends of two days.")),
]


@app.command(
    "arrears",
    _("List who owes what, the largest overdue debt first, those who have left too; --diff compares two days."),
    examples=(
        "ekost report arrears",
        "ekost report arrears --as-of 2026-06-30 --property KOSA -o csv",
        "ekost report arrears --diff 2026-06-30 2026-07-31",
    ),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=ARREARS,
)
def arrears(
    context: typer.Context, diff: DiffOption = None, chart: ChartOption = False, xlsx: XlsxOption = None
) -> None:
    from db.repositories.reports.debts import Debts

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        prop, found = ekost.property_id(conn), Debts(conn)
        if diff is None:
            bars = ("tenant_name", "outstanding_balance") if chart else ()
            rows = found.arrears(ekost.as_of(), property_id=prop)
            show_report(ekost, rows, ARREARS, title=_("Arrears"), chart=bars, xlsx=xlsx)
        else:
            first, last = (_day(ekost, text) for text in diff)
            bars = ("tenant_name", "difference") if chart else ()
            rows_changed = found.changed(first, last, property_id=prop)
            show_report(ekost, rows_changed, CHANGED, title=_("Arrears"), chart=bars, xlsx=xlsx)


@app.command(
    "aging",
    _("Show how old the debts of each property are; the sums are those of the balances."),
    examples=("ekost report aging", "ekost report aging --as-of 2026-06-30 -o json"),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=AGING,
)
def aging(context: typer.Context, chart: ChartOption = False, xlsx: XlsxOption = None) -> None:
    from db.repositories.reports.debts import Debts

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        rows = Debts(conn).aged(ekost.as_of(), property_id=ekost.property_id(conn))
        bars = ("property", "total") if chart else ()
        show_report(ekost, rows, AGING, title=_("Aging"), chart=bars, xlsx=xlsx)


def _day(ekost: Context, text: str) -> "date":
    day = ekost.day(text)
    assert day is not None  # noqa: S101 - a text was given
    return day
