"""`ekost meter`: meters of rooms, what they show, and what a unit costs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import DateOption, FileArg, FromOption, NumberArg, PropertyArg, ReasonOption
from locales import utilities
from locales.catalogs import _

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from db.services.readings import Read

app = Noun(_("Meters: what they show, what a unit costs, and who pays for it."))

FIELDS = utilities.METERS
READINGS = utilities.READINGS
TARIFFS = utilities.TARIFFS

Kind = Literal["electricity", "water", "gas", "other"]
_METER = _("Room of the meter, such as A1 or KOSA/A1; its serial number; or a property, for the meter of the house.")
MeterArg = Annotated[str, typer.Argument(metavar="METER", help=_METER)]
MaybeMeterArg = Annotated[str | None, typer.Argument(metavar="METER", help=_METER)]
KindOption = Annotated[
    Kind | None, typer.Option("--kind", help=_("Of which kind, where a room has several meters."))
]  # fmt: skip


@app.command(
    "add",
    _("Add the meter of a room, or of the house where no room is named."),
    examples=(
        "ekost meter add KOSA/A4 --dry-run",
        "ekost meter add KOSA/A1 --kind water --serial W-0817 --dry-run",
        "ekost meter add --property KOSA --kind water --unit m3 --dry-run",
        "ekost meter add --every-room --property KOSA --dry-run",
    ),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    room: Annotated[
        str | None, typer.Argument(metavar="ROOM", help=_("Number of a room, such as A1 or KOSA/A1."))
    ] = None,
    kind: Annotated[Kind, typer.Option("--kind", help=_("What it counts."))] = "electricity",
    unit: Annotated[str | None, typer.Option("--unit", metavar="TEXT", help=_("kWh or m3 if not given."))] = None,
    serial: Annotated[str | None, typer.Option("--serial", metavar="TEXT", help=_("Its serial number."))] = None,
    position: Annotated[
        int | None, typer.Option("--position", metavar="N", min=1, help=_("Its place in the round; the last one."))
    ] = None,
    every: Annotated[
        bool, typer.Option("--every-room", help=_("One for each room of the property that has none of the kind."))
    ] = False,
) -> None:
    from db.repositories.lookup import find_property, find_room, get_property
    from db.repositories.meters import Meters
    from db.services.meters import add_meter, add_meters

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        if every:
            ids = add_meters(conn, find_property(conn, ekost.property_code), kind, unit=unit)
            ekost.show_list([Meters(conn).row(meter_id) for meter_id in ids])
            return
        where = None if room is None else find_room(conn, room, ekost.property_code)
        house = find_property(conn, ekost.property_code) if where is None else get_property(conn, where.property_id)
        meter_id = add_meter(conn, house, where, kind, unit=unit, serial=serial, position=position, key=ekost.key)
        ekost.show(Meters(conn).row(meter_id))


@app.command(
    "list",
    _("List meters in the order of the round, with what they showed last."),
    examples=("ekost meter list", "ekost meter list --property KOSA -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    retired: Annotated[bool, typer.Option("--retired", help=_("Those out of use too."))] = False,
) -> None:
    from db.repositories.meters import Meters

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Meters(conn)
        ekost.show_pages(
            lambda after, limit: found.page(property_id=prop, retired=retired, after=after, limit=limit)
        )  # fmt: skip


@app.command(
    "retire",
    _("Take a meter out of use; its readings stay."),
    examples=("ekost meter retire KOSA/A1 --dry-run",),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def retire(context: typer.Context, meter: MeterArg, kind: KindOption = None, on: DateOption = None) -> None:
    from db.repositories.meters import Meters, find_meter
    from db.services.meters import retire_meter

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_meter(conn, meter, ekost.property_code, kind)
        ekost.show(Meters(conn).row(retire_meter(conn, found, _day(conn, ekost, found.property_id, on), key=ekost.key)))


@app.command(
    "tariff",
    _("Say what utilities of a kind cost from a day on: by the meter, flat, in the rent, or by token."),
    examples=(
        "ekost meter tariff KOSA electricity 1500 --from 2026-12-01 --dry-run",
        "ekost meter tariff KOSA water 35rb --mode flat --dry-run",
        "ekost meter tariff KOSA internet --mode included --dry-run",
    ),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=TARIFFS,
)
def tariff(
    context: typer.Context,
    property: PropertyArg,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=_("electricity, water, gas, internet or other."))],
    amount: Annotated[
        str | None, typer.Argument(metavar="AMOUNT", help=_("Of a unit, or with --mode flat of a month."))
    ] = None,
    from_: FromOption = None,
    mode: Annotated[
        Literal["included", "flat", "metered", "token"], typer.Option("--mode", help=_("How it is charged."))
    ] = "metered",
) -> None:
    from db.repositories.lookup import find_property
    from db.repositories.meters import Meters
    from db.services.meters import set_tariff

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        house = find_property(conn, property)
        price = None if amount is None else ekost.amount(amount, house.currency)
        tariff_id = set_tariff(
            conn, house, kind, price, _day(conn, ekost, house.id, from_), mode=mode, key=ekost.key
        )  # fmt: skip
        ekost.show(Meters(conn).tariff(tariff_id))


@app.command(
    "tariffs",
    _("List what utilities cost since when, the latest first."),
    examples=("ekost meter tariffs", "ekost meter tariffs --property KOSA -o csv"),
    takes=Takes.LIST,
    fields=TARIFFS,
)
def tariffs(context: typer.Context) -> None:
    from db.repositories.meters import Meters

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Meters(conn)
        ekost.show_pages(lambda after, limit: found.tariffs(property_id=prop, after=after, limit=limit))


@app.command(
    "read",
    _("Enter what a meter shows; what was used since the last reading is charged to who lives there."),
    examples=(
        "ekost meter read KOSA/A1 1327.8 --dry-run",
        "ekost meter read KOSA/A1 12 --replaced 1301.5 0 --dry-run",
    ),
    takes=Takes.MONEY,
    fields=READINGS,
)
def read(
    context: typer.Context,
    meter: Annotated[
        str,
        typer.Argument(
            metavar="METER", help=_("Room, serial number or property of the meter; - reads lines from standard input.")
        ),
    ],
    value: Annotated[str | None, typer.Argument(metavar="READING", help=_("What it shows."))] = None,
    kind: KindOption = None,
    on: DateOption = None,
    replaced: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--replaced",
            metavar="OLD_LAST NEW_FIRST",
            help=_("The meter was replaced: what the old one showed last, and the new one first."),
        ),
    ] = None,
) -> None:
    from db.domain.utilities import Replacement, parse_reading
    from db.repositories.meters import find_meter
    from db.services.readings import Read

    ekost = Context.of(context)
    if meter == "-":
        _import(ekost, Path("-"), on)
        return
    with ekost.transaction() as conn:
        found = find_meter(conn, meter, ekost.property_code, kind)
        new = None if replaced is None else Replacement(*map(parse_reading, replaced))
        _post(ekost, conn, [Read(found, parse_reading(value or ""), new)], on)


@app.command(
    "round",
    _("Walk from meter to meter: type what each shows, see the bills, and post all of them together."),
    examples=(
        "ekost meter round --property KOSA --dry-run",
        "ekost meter round --property KOSB --on yesterday --dry-run",
    ),
    takes=Takes.MONEY | Takes.YES,
    fields=READINGS,
)
def round_(
    context: typer.Context,
    on: DateOption = None,
    factor: Annotated[
        float, typer.Option("--jump", metavar="N", min=1, help=_("Ask again at so many times the usual; 3."))
    ] = 3,
) -> None:
    from decimal import Decimal

    from ekost_cli.walking import walk_round

    walk_round(Context.of(context), on, Decimal(str(factor)))


@app.command(
    "import",
    _("Enter the readings of a file, all or none: a meter and what it shows on each line."),
    examples=(
        "ekost meter import meters.txt --property KOSA --dry-run",
        "ekost meter import meters.txt --property KOSA --on yesterday --dry-run",
    ),
    takes=Takes.MONEY,
    fields=READINGS,
)
def import_(context: typer.Context, file: FileArg, on: DateOption = None) -> None:
    _import(Context.of(context), file, on)


@app.command(
    "history",
    _("List readings, the latest first; with METER those of one meter."),
    examples=("ekost meter history", "ekost meter history KOSA/A1 -o csv"),
    takes=Takes.LIST,
    fields=READINGS,
)
def history(context: typer.Context, meter: MaybeMeterArg = None, kind: KindOption = None) -> None:
    from db.repositories.meters import Meters, meters_named

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Meters(conn)
        ids = None if meter is None else meters_named(conn, meter, ekost.property_code, kind)
        ekost.show_pages(
            lambda after, limit: found.readings(property_id=prop, meter_ids=ids, after=after, limit=limit)
        )  # fmt: skip


@app.command(
    "void",
    _("Take the last reading of a meter back, and what was charged for it."),
    examples=('ekost meter void 1 --reason "misread" --dry-run',),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=READINGS,
)
def void(context: typer.Context, number: NumberArg, reason: ReasonOption) -> None:
    from db.repositories.meters import Meters
    from db.services.readings import void_reading

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        ekost.show(Meters(conn).reading(void_reading(conn, entry_number(number), reason, key=ekost.key)))


def _import(ekost: Context, file: Path, on: str | None) -> None:
    from ekost_cli.meterlines import lines_of, reads_of

    lines = lines_of(file)
    with ekost.transaction() as conn:
        _post(ekost, conn, list(reads_of(conn, lines, ekost.property_code)), on)


def _post(ekost: Context, conn: "Connection", reads: "list[Read]", on: str | None) -> None:
    from db.repositories.meters import Meters
    from db.services.readings import post_readings

    day = _day(conn, ekost, reads[0].meter.property_id, on) if reads else None
    found = Meters(conn).under(post_readings(conn, reads, day, key=ekost.key))
    if len(found) == 1:
        ekost.show(found[0])
    else:
        ekost.show_list(found)


def _day(conn: "Connection", ekost: Context, property_id: int, text: str | None) -> "date | None":
    from db.repositories.lookup import get_property

    return ekost.day(text, get_property(conn, property_id).timezone)
