"""Reports month by month: what was, and what is to be expected."""

from dataclasses import replace
from typing import Annotated

import typer

from db.errors import N_
from ekost_cli.changing import change_of
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Takes
from ekost_cli.options import UntilOption
from ekost_cli.reporting.noun import app
from ekost_cli.reporting.showing import ChartOption, XlsxOption, show_report
from locales.catalogs import _

MONTHS = (
    Field("month", N_("Month"), "date"),
    Field("property", N_("Property")),
    Field("received", N_("Received"), "money"),
    Field("earned", N_("Earned"), "money"),
    Field("payments", N_("Payments"), "int"),
    Field("occupancy", N_("Occupancy"), "percent"),
    Field("tenants", N_("Tenants"), "int"),
    Field("arrivals", N_("Arrivals"), "int", wide=True),
    Field("departures", N_("Departures"), "int", wide=True),
    Field("made_at", N_("Made"), "instant", wide=True),
)


@app.command(
    "monthly",
    _("Show money, occupancy and growth month by month, as of last night or of --refresh."),
    examples=("ekost report monthly", "ekost report monthly --refresh --from 2026-01-01 -o csv --all"),
    takes=Takes.LIST,
    fields=MONTHS,
)
def monthly(
    context: typer.Context,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("Months from this day on."))] = None,
    until: UntilOption = None,
    refresh: Annotated[bool, typer.Option("--refresh", help=_("Work them out anew first."))] = False,
) -> None:
    from db.repositories.summaries import Summaries

    ekost = Context.of(context)
    if refresh:
        from db.services.summaries import refresh_summaries

        refresh_summaries(ekost.database)
    with ekost.reading() as conn:
        prop, first, last, summaries = ekost.property_id(conn), ekost.day(since), ekost.day(until), Summaries(conn)
        ekost.show_pages(
            lambda after, limit: summaries.page(property_id=prop, since=first, until=last, after=after, limit=limit)
        )


FORECAST = (
    Field("month", N_("Month"), "date"),
    Field("property", N_("Property")),
    Field("leases", N_("Leases"), "int", wide=True),
    Field("rent", N_("Rent"), "money"),
    Field("raised", N_("More by the change"), "money", wide=True),
    Field("vacancy", N_("Less by empty beds"), "money", wide=True),
    Field("expected", N_("Expected"), "money"),
)


@app.command(
    "forecast",
    _("Forecast the rent of the coming months from the leases, with other rents or empty beds; keeps nothing."),
    examples=(
        "ekost report forecast --months 12 --raise 5%",
        "ekost report forecast --vacant 2 --property KOSA -o csv",
    ),
    takes=Takes.PROPERTY,
    fields=FORECAST,
)
def forecast(
    context: typer.Context,
    months: Annotated[int, typer.Option("--months", metavar="N", min=1, max=120, help=_("How many months."))] = 12,
    raise_: Annotated[
        str | None,
        typer.Option("--raise", metavar="CHANGE", help=_("Try other rents: 5%, or an amount such as 100rb.")),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=_("From when on; next month if not given."))
    ] = None,
    vacant: Annotated[int, typer.Option("--vacant", metavar="N", min=0, help=_("Try so many more empty beds."))] = 0,
    chart: ChartOption = False,
    xlsx: XlsxOption = None,
) -> None:
    from db.domain.forecast import WhatIf
    from db.repositories.forecasts import Forecasts
    from db.repositories.rooms import Properties

    ekost = Context.of(context)
    with ekost.reading() as conn:
        what = WhatIf(vacant=vacant, changed_from=ekost.day(since))
        rows = []
        for prop in Properties(conn).kept(ekost.property_id(conn)):
            change = None if raise_ is None else change_of(ekost, raise_, prop.currency)
            rows += Forecasts(conn).months(prop, months, replace(what, change=change))
        bars = ("month", "property", "expected") if chart else ()
        show_report(ekost, rows, FORECAST, title=_("Forecast"), chart=bars, xlsx=xlsx)
