"""Reports of money: what came in and went out, and what was earned (R19)."""

from typing import Annotated, Literal

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Takes
from ekost_cli.reporting.noun import SinceOption, UntilOption, app, days_of
from ekost_cli.reporting.showing import ChartOption, XlsxOption, show_report
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _
from locales.reports import CASH, CASH_BY_WORD, INCOME


@app.command(
    "cash",
    _("Show money by the day on which it moved; deposits are told apart, what was moved to the owner is no cost."),
    examples=(
        "ekost report cash",
        "ekost report cash --from 2026-07-01 --until 2026-07-31 --by day --property KOSA",
        "ekost report cash --by category -o json",
    ),
    takes=Takes.PROPERTY,
    fields=(CASH_BY_WORD[0], *CASH),
)
def cash(
    context: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    by: Annotated[
        Literal["month", "day", "method", "category"], typer.Option("--by", help=_("What each line is for."))
    ] = "month",
    chart: ChartOption = False,
    xlsx: XlsxOption = None,
) -> None:
    from db.repositories.reports.money import Money

    ekost = Context.of(context)
    with ekost.reading() as conn:
        first, last = days_of(ekost, since, until)
        rows = Money(conn).cash(first, last, by=by, property_id=ekost.property_id(conn))
        fields = CASH if by in ("month", "day") else CASH_BY_WORD
        bars = (fields[0].name, "property", "net") if chart else ()
        show_report(ekost, rows, fields, title=_("Cash"), chart=bars, xlsx=xlsx)


@app.command(
    "income",
    _("Show what was charged for each month, what it cost, and what is left."),
    examples=("ekost report income", "ekost report income --from 2026-01-01 --property KOSA -o csv"),
    takes=Takes.PROPERTY,
    fields=INCOME,
)
def income(
    context: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    chart: ChartOption = False,
    xlsx: XlsxOption = None,
) -> None:
    from db.repositories.reports.money import Money

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        first, last = days_of(ekost, since, until)
        rows = Money(conn).income(first, last, property_id=ekost.property_id(conn))
        bars = ("month", "property", "net") if chart else ()
        show_report(ekost, rows, INCOME, title=_("Income"), chart=bars, xlsx=xlsx)
