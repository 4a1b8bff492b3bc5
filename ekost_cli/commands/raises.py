"""`ekost raise`: the rents of many rooms changed at once, from a day on."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_
from ekost_cli.changing import change_of
from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import NumberArg, ReasonOption
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import PropertyRow

app = Noun(_("Rents of many rooms changed at once, from a day on."))

FIELDS = (
    Field("id", N_("Number"), "int"),
    Field("property", N_("Property")),
    Field("effective_on", N_("From"), "date"),
    Field("by_amount", N_("By amount"), "money"),
    Field("by_percent", N_("By percent"), "number"),
    Field("rooms", N_("Rooms"), "int"),
    Field("leases", N_("Leases"), "int"),
    Field("difference", N_("More a month"), "money"),
    Field("state", N_("State"), "status"),
    Field("reason", N_("Taken back because"), wide=True),
    Field("actor", N_("By whom"), wide=True),
    Field("created_at", N_("Recorded"), "instant", wide=True),
)
LINES = (
    Field("raise_id", N_("Raise"), "int", wide=True),
    Field("line", N_("Line"), "int", wide=True),
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("starts_on", N_("From"), "date"),
    Field("rent_before", N_("Rent before"), "money"),
    Field("rent_after", N_("New rent"), "money"),
    Field("difference", N_("Difference"), "money", wide=True),
)


@app.command(
    "add",
    _("Change rents by an amount or a share; shows each room and lease, and with --dry-run keeps nothing."),
    examples=(
        "ekost raise add 100000 --type AC --from 2031-07-01 --property KOSA --dry-run",
        "ekost raise add 5% --from 2031-01-01 --rooms A1,A2 --property KOSA --dry-run",
    ),
    takes=Takes.MONEY,
    fields=LINES,
)
def add(
    context: typer.Context,
    by: Annotated[str, typer.Argument(metavar="CHANGE", help=_("An amount such as 100000 or -50rb, or 5%."))],
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help=_("From the first period on or after it."))],
    type_: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help=_("Only rooms of this type; AC is also “AC, balcony”."))
    ] = None,
    rooms: Annotated[
        str | None, typer.Option("--rooms", metavar="A,B,C", help=_("Only rooms with these numbers."))
    ] = None,
) -> None:
    from db.repositories.lookup import find_property
    from db.repositories.raises import Raises
    from db.services.raises import raise_rents

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        prop = find_property(conn, ekost.property_code)
        raise_id = raise_rents(
            conn, prop, change_of(ekost, by, prop.currency), parse_date(from_, prop.today),
            room_type=type_, room_ids=None if rooms is None else _room_ids(conn, prop, rooms), key=ekost.key,
        )  # fmt: skip
        found = Raises(conn)
        ekost.options.all = True
        ekost.show_pages(lambda after, limit: found.lines(raise_id, after=after, limit=limit))
        ekost.note(_("Raise {id}: `ekost raise undo {id}` takes it back.").format(id=raise_id))


@app.command(
    "list",
    _("List what was changed for many at once, the latest first."),
    examples=("ekost raise list", "ekost raise list -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(context: typer.Context) -> None:
    from db.repositories.raises import Raises

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Raises(conn)
        ekost.show_pages(lambda after, limit: found.page(property_id=prop, after=after, limit=limit))


@app.command(
    "show",
    _("Show every room and lease of a raise: rent before, rent after, and from when."),
    examples=("ekost raise show 1 -o csv --all",),
    takes=Takes.PAGES,
    fields=LINES,
)
def show(context: typer.Context, number: NumberArg) -> None:
    from db.repositories.raises import Raises

    ekost = Context.of(context)
    with ekost.reading() as conn:
        raise_id = _known(conn, number)
        ekost.show_pages(lambda after, limit: Raises(conn).lines(raise_id, after=after, limit=limit))


@app.command(
    "undo",
    _("Bring the old rents back where nobody changed them since; posted rent stays."),
    examples=('ekost raise undo 1 --reason "agreed otherwise" --dry-run',),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=FIELDS,
)
def undo(context: typer.Context, number: NumberArg, reason: ReasonOption) -> None:
    from db.repositories.raises import Raises
    from db.services.raises import undo_raise

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        raise_id = _known(conn, number)
        count = undo_raise(conn, raise_id, reason, key=ekost.key)
        ekost.show(Raises(conn).row(raise_id))
        ekost.note(_("{count} rents are as they were.").format(count=count))


def _known(conn: "Connection", number: str) -> int:
    from db.repositories.raises import Raises
    from db.services.raises import RaiseNotFoundError

    raise_id = entry_number(number)
    if Raises(conn).row(raise_id) is None:
        raise RaiseNotFoundError(id=raise_id)
    return raise_id


def _room_ids(conn: "Connection", prop: "PropertyRow", numbers: str) -> list[int]:
    from db.repositories.lookup import find_room

    return [find_room(conn, number, prop.code).id for number in numbers.split(",") if number.strip()]
