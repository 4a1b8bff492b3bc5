"""`ekost billing`: post rent that has become due, and what being late costs; safe to repeat, made for cron."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import N_
from ekost_cli.commands.charge import FIELDS as CHARGE_FIELDS
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.services.billing import Accrued

app = Noun(_("Book the rent that has become due."))

FIELDS = (
    Field("leases", N_("Leases"), "int"),
    Field("charges", N_("Charges"), "int"),
    Field("amount", N_("Amount"), "money"),
    Field("rooms", N_("Rooms changed"), "int"),
    Field("fees", N_("Late fees"), "int"),
    Field("fee_amount", N_("Amount of late fees"), "money"),
)
FEES = (
    Field("charge", N_("Charge"), "int"),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("property", N_("Property"), wide=True),
    Field("kind", N_("Kind"), "status", wide=True),
    Field("due_on", N_("Due"), "date"),
    Field("days_late", N_("Days late"), "int", wide=True),
    Field("open", N_("Open"), "money", wide=True),
    Field("due", N_("Fees by policy"), "money", wide=True),
    Field("posted", N_("Fees posted"), "money"),
    Field("waived", N_("Fees waived"), "money", wide=True),
    Field("to_post", N_("To post"), "money"),
    Field("excess", N_("Too much"), "money"),
    Field("void", N_("To void")),
    Field("again", N_("Of which due"), "money", wide=True),
    Field("reckoning", N_("Reckoning"), wide=True),
)
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help=_("Until this day; today if not given, never later."))
]


@app.command(
    "run",
    _("Post the rent due and late fees, and bring room statuses up to the day; any number of times a day."),
    examples=("ekost billing run", "ekost billing run --until 2026-12-01 --dry-run", "ekost billing run -q -o json"),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def run(context: typer.Context, until: Until = None) -> None:
    from db.services.billing import pass_day

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        prop, last = ekost.property_id(conn), ekost.day(until)
        rooms = pass_day(conn)
        # A dry run is one transaction, or its first chunk would hide behind a rollback and come again.
        found = _post_all(partial(_once, conn), last, prop) if ekost.dry_run else None
    rents, fees, fee_amount = found or _post_all(partial(_again, ekost), last, prop)
    ekost.show({**rents._asdict(), "rooms": rooms, "fees": fees, "fee_amount": fee_amount})


Step = Callable[..., Any]


def _once(conn: "Connection", post: Step, **what: object) -> Any:
    return post(conn, **what)


def _again(ekost: Context, post: Step, **what: object) -> Any:
    """A step in a transaction of its own, repeated where it ran into another one."""
    from db.retrying import again

    def step() -> Any:
        with ekost.database.transaction() as conn:
            return post(conn, **what)

    return again(step)


def _post_all(run: Step, until: date | None, prop: int | None) -> tuple["Accrued", int, Decimal]:
    """Post rent, then the fees of what is overdue, chunk by chunk."""
    from db.services.billing import NOTHING, accrue
    from db.services.late_fees import charge_late_fees, late_chunks

    total, fees, amount = NOTHING, 0, Decimal(0)
    while True:
        total += (done := run(accrue, until=until, property_id=prop))
        if not done.leases:
            break
    for chunk in run(late_chunks, until=until, property_id=prop):
        charged = run(partial(charge_late_fees, tenant_ids=chunk), until=until)
        fees, amount = fees + charged.fees, amount + charged.amount
    return total, fees, amount


@app.command(
    "preview",
    _("List the charges that `billing run` would post now; keeps nothing."),
    examples=("ekost billing preview", "ekost billing preview --property KOSA -o csv"),
    takes=Takes.PROPERTY,
    fields=CHARGE_FIELDS,
)
def preview(context: typer.Context, until: Until = None) -> None:
    from db.repositories.ledger import Ledger

    ekost = Context.of(context)
    with ekost.database.transaction(dry_run=True) as conn:
        prop = ekost.property_id(conn)
        last, ledger = ekost.day(until), Ledger(conn)
        _post_all(partial(_once, conn), last, prop)
        ekost.options.all = True
        ekost.show_pages(lambda after, limit: ledger.charges(just_posted=True, after=after, limit=limit))


@app.command(
    "fees",
    _("List late fees: what `billing run` will post, and what a payment entered late has made too much."),
    examples=("ekost billing fees", "ekost billing fees --property KOSA -o csv"),
    takes=Takes.PROPERTY,
    fields=FEES,
)
def fees(context: typer.Context, until: Until = None) -> None:
    from db.repositories.late_fees import LateFees

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, last, found = ekost.property_id(conn), ekost.day(until), LateFees(conn)
        ekost.show_list(found.rows(found.concerned(property_id=prop, until=last), until=last))
