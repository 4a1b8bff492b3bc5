"""Reports of rooms: the rent roll, and how many nights were let."""

from typing import Annotated, Literal

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Takes
from ekost_cli.reporting.noun import SinceOption, UntilOption, app, days_of
from ekost_cli.reporting.showing import ChartOption, XlsxOption, show_report
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _
from locales.reports import BY_ROOM, OCCUPANCY, ROLL, SUMS


@app.command(
    "rent-roll",
    _("List every bed with its tenant, rent, deposit and balance, free ones too."),
    examples=(
        "ekost report rent-roll",
        "ekost report rent-roll --summary",
        "ekost report rent-roll --as-of 2026-06-30 --property KOSA -o csv",
    ),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=ROLL,
)
def rent_roll(
    context: typer.Context,
    summary: Annotated[bool, typer.Option("--summary", help=_("Only sums: a line for each property."))] = False,
    xlsx: XlsxOption = None,
) -> None:
    from db.repositories.reports.rentroll import RentRoll

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        prop, day, found = ekost.property_id(conn), ekost.as_of(), RentRoll(conn)
        if summary:
            show_report(ekost, found.sums(day, property_id=prop), SUMS, title=_("Rent roll"), xlsx=xlsx)
        else:
            show_report(ekost, found.beds(day, property_id=prop), ROLL, title=_("Rent roll"), xlsx=xlsx)


@app.command(
    "occupancy",
    _("Show how many nights were let, by month or by room; a room in renovation is not to be had."),
    examples=("ekost report occupancy", "ekost report occupancy --by room --property KOSA -o csv"),
    takes=Takes.PROPERTY,
    fields=(*OCCUPANCY[:2], *BY_ROOM[1:]),
)
def occupancy(
    context: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    by: Annotated[Literal["month", "room"], typer.Option("--by", help=_("What each line is for."))] = "month",
    chart: ChartOption = False,
    xlsx: XlsxOption = None,
) -> None:
    from db.repositories.reports.nights import Nights

    ekost = Context.of(context)
    with ekost.reading() as conn:
        first, last = days_of(ekost, since, until)
        rows = Nights(conn).occupancy(first, last, by=by, property_id=ekost.property_id(conn))
        fields = OCCUPANCY if by == "month" else BY_ROOM
        bars = (*((fields[0].name, "property") if by == "month" else ("room",)), "occupancy") if chart else ()
        show_report(ekost, rows, fields, title=_("Occupancy"), chart=bars, xlsx=xlsx)
