"""`ekost report`: what the book comes to."""

from typing import Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import UntilOption
from locales.catalogs import _

app = Noun(_("Reports: what the book comes to."))

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
