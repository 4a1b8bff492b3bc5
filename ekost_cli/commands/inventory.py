"""`ekost inventory`: what stands in a room, and in which condition it was found when."""

from typing import Annotated, Literal

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import DateOption, NoteOption, ReasonOption, RoomArg
from locales import records
from locales.catalogs import _

app = Noun(_("What stands in a room, and in which condition."))

FIELDS = records.INVENTORY
CONDITIONS = records.CONDITIONS

_ROOM = _("Number of a room, such as A1 or KOSA/A1.")
_WORDS = _("good, worn, broken or missing.")
MaybeRoomArg = Annotated[str | None, typer.Argument(metavar="ROOM", help=_ROOM)]
ItemArg = Annotated[str, typer.Argument(metavar="ITEM", help=_("Name or number of an item in the room."))]
FoundArg = Annotated[
    list[str] | None,
    typer.Argument(metavar="ITEM=CONDITION", help=_("An item by name or number, and how it was found.")),
]


@app.command(
    "add",
    _("Write down an item in a room and in which condition it is."),
    examples=(
        'ekost inventory add KOSA/A3 "Rak buku" --dry-run',
        "ekost inventory add KOSA/A3 Kursi --quantity 2 --condition worn --on yesterday --dry-run",
    ),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    room: RoomArg,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("What it is called; a room has each name once."))],
    quantity: Annotated[int, typer.Option("--quantity", metavar="N", help=_("How many of them; 1 if not given."))] = 1,
    condition: Annotated[str, typer.Option("--condition", metavar="CONDITION", help=_WORDS)] = "good",
    on: DateOption = None,
    note: NoteOption = None,
) -> None:
    from db.repositories.inventory import Inventory
    from db.repositories.lookup import find_room, get_property
    from db.services.inventory import add_item

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_room(conn, room, ekost.property_code)
        day = ekost.day(on, get_property(conn, found.property_id).timezone)
        item_id = add_item(
            conn, found, name, quantity=quantity, condition=condition, note=note, on=day, key=ekost.key
        )  # fmt: skip
        ekost.show(Inventory(conn).row(item_id))


@app.command(
    "list",
    _("List what stands in the rooms and how it was last found; with ROOM in one of them."),
    examples=("ekost inventory list KOSA/A1", "ekost inventory list --condition broken -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    room: MaybeRoomArg = None,
    condition: Annotated[
        Literal["good", "worn", "broken", "missing"] | None,
        typer.Option("--condition", help=_("Only what was last found so.")),
    ] = None,
) -> None:
    from db.repositories.inventory import Inventory
    from db.repositories.lookup import find_room

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop = ekost.property_id(conn)
        where = None if room is None else find_room(conn, room, ekost.property_code).id
        found = Inventory(conn)
        ekost.show_pages(
            lambda after, limit: found.page(
                property_id=prop if where is None else None,
                room_id=where,
                condition=condition,
                after=after,
                limit=limit,
            )
        )


@app.command(
    "check",
    _("Record in which condition items of a room were found, such as when somebody moves in or out."),
    examples=(
        "ekost inventory check KOSA/A1 Kasur=worn --rest good --dry-run",
        'ekost inventory check KOSA/A1 --rest good --on yesterday --note "before moving in" --key a1-in --dry-run',
    ),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def check(
    context: typer.Context,
    room: RoomArg,
    found: FoundArg = None,
    rest: Annotated[
        str | None, typer.Option("--rest", metavar="CONDITION", help=_("How all items were found that are not named."))
    ] = None,
    on: DateOption = None,
    lease: Annotated[
        str | None, typer.Option("--lease", metavar="ID", help=_("Number of the lease that begins or ends with it."))
    ] = None,
    note: NoteOption = None,
) -> None:
    from db.repositories.inventory import Inventory
    from db.repositories.lookup import find_room, get_property
    from db.services.inventory import check_items

    ekost = Context.of(context)
    conditions = {name: condition for name, _sign, condition in (one.rpartition("=") for one in found or ())}
    with ekost.transaction() as conn:
        where = find_room(conn, room, ekost.property_code)
        check_items(
            conn, where, conditions, ekost.day(on, get_property(conn, where.property_id).timezone), rest=rest,
            lease_id=None if lease is None else entry_number(lease), note=note, key=ekost.key,
        )  # fmt: skip
        ekost.show_list(Inventory(conn).of_room(where.id))


@app.command(
    "history",
    _("List the conditions that were recorded in a room, the latest first."),
    examples=("ekost inventory history KOSA/A1",),
    takes=Takes.LIST,
    fields=CONDITIONS,
)
def history(context: typer.Context, room: RoomArg) -> None:
    from db.repositories.inventory import Inventory
    from db.repositories.lookup import find_room

    ekost = Context.of(context)
    with ekost.reading() as conn:
        where, known = find_room(conn, room, ekost.property_code, archived=True), Inventory(conn)
        ekost.show_pages(lambda after, limit: known.checks(where.id, after=after, limit=limit))


@app.command(
    "remove",
    _("Take an item out of the list of a room; its history stays."),
    examples=('ekost inventory remove KOSA/A1 Kasur --reason "thrown away" --dry-run',),
    takes=Takes.MONEY,
    fields=CONDITIONS,
)
def remove(context: typer.Context, room: RoomArg, item: ItemArg, reason: ReasonOption) -> None:
    from db.repositories.inventory import Inventory
    from db.repositories.lookup import find_room
    from db.services.inventory import remove_item

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        where = find_room(conn, room, ekost.property_code)
        ekost.show(Inventory(conn).removal(remove_item(conn, where, item, reason, key=ekost.key)))
