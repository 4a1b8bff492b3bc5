"""`ekost cash`: cash in the hands of people, and how it goes from one to another."""

from typing import TYPE_CHECKING, Annotated

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import AmountArg, NoteOption, NumberArg, ReasonOption
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = Noun(_("Cash in the hands of people: who holds what, handing it over."))

FIELDS = records.HANDOVERS


@app.command(
    "held",
    _("Show who holds how much cash: received, spent, handed over, and what should be there."),
    examples=("ekost cash held", "ekost cash held --property KOSA --as-of 2026-01-31 -o json"),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=records.CASH,
)
def held(context: typer.Context) -> None:
    from db.repositories.cash import Cash

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show_list(Cash(conn).held(property_id=ekost.property_id(conn), as_of=ekost.as_of()))


@app.command(
    "hand-over",
    _("Hand cash over to somebody, who then confirms it; until that you still hold it."),
    examples=("ekost cash hand-over 500rb --to rini --property KOSA --dry-run",),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def hand_over(
    context: typer.Context,
    amount: AmountArg,
    to: Annotated[str, typer.Option("--to", metavar="LOGIN", help=_("Who gets it: a login, or owner."))],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="LOGIN", help=_("Whose cash it is, if not yours; for the landlord."))
    ] = None,
    counted: Annotated[
        str | None, typer.Option("--counted", metavar="AMOUNT", help=_("What was counted before it was handed over."))
    ] = None,
    note: NoteOption = None,
) -> None:
    from db.repositories.lookup import find_property
    from db.services.cash import hand_over_cash

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        prop = find_property(conn, ekost.property_code)
        there = None if counted is None else ekost.amount(counted, prop.currency)
        handover_id = hand_over_cash(
            conn, prop, ekost.amount(amount, prop.currency), to, giver=from_, counted=there, note=note, key=ekost.key
        )
        _show(ekost, conn, handover_id)


@app.command(
    "count",
    _("Record what was counted in somebody's hand; from then on that is held, and the difference is told."),
    examples=("ekost cash count 1250000 --property KOSA --dry-run",),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def count(
    context: typer.Context,
    amount: AmountArg,
    of: Annotated[
        str | None, typer.Option("--of", metavar="LOGIN", help=_("Whose cash was counted, if not yours."))
    ] = None,
    note: NoteOption = None,
) -> None:
    from db.repositories.lookup import find_property
    from db.services.cash import count_cash

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        prop = find_property(conn, ekost.property_code)
        there = ekost.amount(amount, prop.currency)
        _show(ekost, conn, count_cash(conn, prop, there, holder=of, note=note, key=ekost.key))


@app.command(
    "confirm",
    _("Confirm that you have got, or given, what somebody wrote down."),
    examples=("ekost cash confirm 1 --dry-run",),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=FIELDS,
)
def confirm(context: typer.Context, number: NumberArg) -> None:
    from db.services.cash import confirm_cash

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        _show(ekost, conn, confirm_cash(conn, entry_number(number), key=ekost.key))


@app.command(
    "list",
    _("List handovers and counts, the latest first."),
    examples=("ekost cash list", "ekost cash list --pending -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    pending: Annotated[bool, typer.Option("--pending", help=_("Only what waits to be confirmed."))] = False,
) -> None:
    from db.repositories.cash import Cash

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Cash(conn)
        ekost.show_pages(lambda after, limit: found.page(property_id=prop, pending=pending, after=after, limit=limit))


@app.command(
    "void",
    _("Take a handover or a count back; what was confirmed only the landlord."),
    examples=('ekost cash void 1 --reason "counted twice" --dry-run',),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=FIELDS,
)
def void(context: typer.Context, number: NumberArg, reason: ReasonOption) -> None:
    from db.services.cash import void_cash

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        _show(ekost, conn, void_cash(conn, entry_number(number), reason, key=ekost.key))


def _show(ekost: Context, conn: "Connection", handover_id: int) -> None:
    from db.repositories.cash import Cash

    ekost.show(Cash(conn).row(handover_id))
