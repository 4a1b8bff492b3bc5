"""`ekost room`: rooms, what they cost and whether they are free."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from db.errors import N_
from db.repositories.pages import Page
from ekost_cli.cached import cached_free_rooms, learn
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.noted import INVENTORY, NOTES, known_of, show_known
from ekost_cli.options import NumberMatchOption, RentOption, ReverseOption, RoomArg, VersionOption
from ekost_cli.past import HISTORY, show_happened, standing
from ekost_cli.turning import read_turned
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from db.domain.history import RoomThen

app = Noun(_("Rooms: rent, capacity, status."))

FIELDS = records.ROOMS
DETAIL = (*FIELDS, Field("version", N_("Version"), "int"), NOTES, INVENTORY)
WHO = (Field("tenant", N_("Tenant")), Field("tenant_name", N_("Name"), wide=True))
ROOM_HISTORY = (*HISTORY[:-1], *WHO, HISTORY[-1])
# As the book stood on a day.
THEN = (
    *(field for field in FIELDS if field.name not in ("id", "created_at")),
    Field("occupants", N_("Who lived there"), "nested"),
    Field("archived", N_("Archived"), "bool"),
)
OCCUPANTS = (
    *WHO,
    Field("since", N_("In since"), "date"),
    Field("monthly_rent", N_("Rent a month"), "money"),
)

Basis = Literal["per_tenant", "split_room"]
TypeOption = Annotated[str | None, typer.Option("--type", metavar="TEXT", help=_("Kind of room, such as AC."))]
CapacityOption = Annotated[int | None, typer.Option("--capacity", metavar="N", help=_("How many tenants fit in."))]
BasisOption = Annotated[
    Basis | None, typer.Option("--basis", help=_("Each tenant pays the rent, or all share the room's rent."))
]


@app.command(
    "add",
    _("Add a room; its rent is the price of new leases."),
    examples=(
        "ekost room add A13 --rent 1500000 --property KOSA",
        "ekost room add A14 --rent 2.000.000 --capacity 3 --basis split_room --property KOSA",
    ),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=_("Its number, such as A1."))],
    rent: Annotated[str, typer.Option("--rent", metavar="AMOUNT", help=_("Rent a month."))],
    type_: TypeOption = None,
    capacity: CapacityOption = None,
    basis: BasisOption = None,
) -> None:
    from db.repositories.lookup import find_property
    from db.repositories.rooms import Rooms
    from db.services.rooms import add_room

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        prop = find_property(conn, ekost.property_code)
        amount = ekost.amount(rent, prop.currency)
        room_id = add_room(
            conn, prop, number, amount, room_type=type_, capacity=1 if capacity is None else capacity,
            basis=basis,
        )  # fmt: skip
        ekost.show(Rooms(conn).row(room_id))


@app.command(
    "list",
    _("List rooms, with who is free tonight."),
    examples=("ekost room list", "ekost room list --status available --property KOSA", "ekost room list -o csv --all"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    status: Annotated[
        Literal["available", "occupied", "renovation"] | None,
        typer.Option("--status", help=_("Only rooms of this status.")),
    ] = None,
    match: NumberMatchOption = None,
    reverse: ReverseOption = False,
) -> None:
    ekost = Context.of(context)
    if status == "available" and match is None and not reverse:
        kept = cached_free_rooms(ekost, [field.name for field in FIELDS])
        if kept is not None:
            ekost.show_pages(lambda _after, _limit: Page(kept, None))
            return
    from db.repositories.rooms import Rooms

    with ekost.reading() as conn:
        learn(ekost, conn)
        prop = ekost.property_id(conn)
        found = Rooms(conn)
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: found.page(
                    property_id=prop, status=status, matching=match, after=after, limit=limit, way=way
                ),
                reverse=reverse,
            )
        )


@app.command(
    "show",
    _("Show a room."),
    examples=("ekost room show A1 --property KOSA", "ekost room show KOSA/A1 -o json"),
    takes=Takes.PROPERTY,
    fields=DETAIL,
)
def show(context: typer.Context, room: RoomArg) -> None:
    from db.repositories.lookup import find_room
    from db.repositories.rooms import Rooms

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = find_room(conn, room, ekost.property_code)
        show_known(
            ekost, Rooms(conn).row(found.id)._asdict() | {"version": found.version}, known_of(conn, found), DETAIL
        )


@app.command(
    "edit",
    _("Change a room; existing leases keep their rent."),
    examples=("ekost room edit KOSA/A1 --rent 1650000", "ekost room edit KOSA/A1 --type AC --dry-run"),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def edit(
    context: typer.Context,
    room: RoomArg,
    number: Annotated[str | None, typer.Option("--number", metavar="TEXT", help=_("A new number."))] = None,
    rent: RentOption = None,
    type_: TypeOption = None,
    capacity: CapacityOption = None,
    basis: BasisOption = None,
    version: VersionOption = None,
) -> None:
    from db.repositories.lookup import find_room, get_property
    from db.repositories.rooms import Rooms
    from db.services.rooms import edit_room

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_room(conn, room, ekost.property_code)
        price = None if rent is None else ekost.amount(rent, get_property(conn, found.property_id).currency)
        changes = {
            "number": number, "monthly_rent": price, "room_type": type_,
            "capacity": capacity, "basis": basis,
        }  # fmt: skip
        edit_room(conn, found, changes, {} if version is None else {"version": version})
        ekost.show(Rooms(conn).row(found.id))


@app.command(
    "status",
    _("Take a room out for renovation, or back; `occupied` follows from the leases."),
    examples=("ekost room status KOSB/B11 renovation --dry-run", "ekost room status KOSB/B11 available --dry-run"),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def status(
    context: typer.Context,
    room: RoomArg,
    status: Annotated[Literal["available", "renovation"], typer.Argument(metavar="STATUS", help=_("The new status."))],
) -> None:
    from db.repositories.lookup import find_room
    from db.repositories.rooms import Rooms
    from db.services.rooms import set_room_status

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_room(conn, room, ekost.property_code)
        set_room_status(conn, found, status)
        ekost.show(Rooms(conn).row(found.id))


@app.command(
    "history",
    _("Tell what happened in a room, the latest first; with --as-of how the book stood at the end of a day."),
    examples=("ekost room history KOSA/A10", "ekost room history KOSA/A10 --as-of today -o json"),
    takes=Takes.LIST | Takes.AS_OF,
    fields=ROOM_HISTORY,
)
def history(context: typer.Context, room: RoomArg) -> None:
    from db.repositories.happened import happened_to_room
    from db.repositories.lookup import find_room, get_property

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = find_room(conn, room, ekost.property_code, archived=True)
        if ekost.options.as_of is not None:
            _show_then(ekost, standing(ekost, conn, found.property_id).room(found))
            return
        currency = get_property(conn, found.property_id).currency
        show_happened(
            ekost, currency, lambda after, limit: happened_to_room(conn, found.id, after=after, limit=limit), WHO
        )


@app.command(
    "archive",
    _("Hide a room that is not let."),
    examples=("ekost room archive KOSB/B11 --yes",),
    takes=Takes.WRITE | Takes.YES,
    fields=FIELDS,
)
def archive(context: typer.Context, room: RoomArg) -> None:
    from db.repositories.lookup import find_room
    from db.repositories.rooms import Rooms
    from db.services.rooms import archive_room

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_room(conn, room, ekost.property_code)
        ekost.confirm(_("Archive room {number}?").format(number=found.number))
        archive_room(conn, found)
        ekost.show(Rooms(conn).row(found.id))


def _show_then(ekost: Context, then: "RoomThen") -> None:
    """The room, and for a person who lived there in a table below."""
    if not ekost.for_people or ekost.options.fields:
        ekost.show(then, THEN)
        return
    ekost.show(then, tuple(field for field in THEN if field.name != "occupants"))
    if then.occupants:
        ekost.say("")
        ekost.show_list([one._asdict() | {"currency": then.currency} for one in then.occupants], OCCUPANTS)
