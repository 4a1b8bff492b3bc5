"""Reports of rooms: the rent roll, and how many nights were let."""

from typing import Annotated, Literal

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Takes
from ekost_cli.reporting.noun import SinceOption, UntilOption, app, days_of
from ekost_cli.reporting.showing import ChartOption, XlsxOption, show_report
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _

ROLL = (
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("bed", N_("Bed"), "int", wide=True),
    Field("room_type", N_("Type"), wide=True),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("starts_on", N_("From"), "date"),
    Field("ends_on", N_("Until"), "date", wide=True),
    Field("monthly_rent", N_("Rent a month"), "money"),
    Field("list_rent", N_("Price"), "money", wide=True),
    Field("deposit_held", N_("Deposit held"), "money"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("paid_through_on", N_("Paid through"), "date"),
    Field("status", N_("Status"), "status"),
)
SUMS = (
    Field("property", N_("Property")),
    Field("beds", N_("Beds"), "int"),
    Field("let", N_("Let"), "int"),
    Field("monthly_rent", N_("Rent a month"), "money"),
    Field("vacant_rent", N_("Price of free beds"), "money"),
    Field("deposit_held", N_("Deposit held"), "money"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("currency", N_("Currency"), wide=True),
)
OCCUPANCY = (
    Field("month", N_("Month"), "date"),
    Field("property", N_("Property")),
    Field("available", N_("Nights"), "int"),
    Field("let", N_("Let"), "int"),
    Field("vacant", N_("Free"), "int"),
    Field("renovation", N_("In renovation"), "int"),
    Field("occupancy", N_("Occupancy"), "percent"),
)
BY_ROOM = (OCCUPANCY[1], Field("room", N_("Room")), *OCCUPANCY[2:])


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
