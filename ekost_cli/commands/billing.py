"""`ekost billing`: post the rent that has become due; safe to repeat, made for cron."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_
from ekost_cli.commands.charge import FIELDS as CHARGE_FIELDS
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from locales.catalogs import _

if TYPE_CHECKING:
    from db.services.billing import Accrued

app = Noun(_("Book the rent that has become due."))

FIELDS = (
    Field("leases", N_("Leases"), "int"),
    Field("charges", N_("Charges"), "int"),
    Field("amount", N_("Amount"), "money"),
    Field("rooms", N_("Rooms changed"), "int"),
)
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help=_("Until this day; today if not given, never later."))
]


@app.command(
    "run",
    _("Post the rent due and bring room statuses up to the day; any number of times a day."),
    examples=("ekost billing run", "ekost billing run --until 2026-12-01 --dry-run", "ekost billing run -q -o json"),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def run(context: typer.Context, until: Until = None) -> None:
    from db.retrying import again
    from db.services.billing import NOTHING, accrue, pass_day

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        prop = ekost.property_id(conn)
        last, total = ekost.day(until), NOTHING
        rooms = pass_day(conn)
        # A dry run is one transaction, or its first chunk would hide behind a rollback and come again.
        while ekost.dry_run:
            total += (done := accrue(conn, until=last, property_id=prop))
            if not done.leases:
                break

    def step() -> "Accrued":
        with ekost.database.transaction() as conn:
            return accrue(conn, until=last, property_id=prop)

    while not ekost.dry_run:
        done = again(step)
        total += done
        if not done.leases:
            break
    ekost.show({**total._asdict(), "rooms": rooms})


@app.command(
    "preview",
    _("List the charges that `billing run` would post now; keeps nothing."),
    examples=("ekost billing preview", "ekost billing preview --property KOSA -o csv"),
    takes=Takes.PROPERTY,
    fields=CHARGE_FIELDS,
)
def preview(context: typer.Context, until: Until = None) -> None:
    from db.repositories.ledger import Ledger
    from db.services.billing import accrue

    ekost = Context.of(context)
    with ekost.database.transaction(dry_run=True) as conn:
        prop = ekost.property_id(conn)
        last, ledger = ekost.day(until), Ledger(conn)
        while accrue(conn, until=last, property_id=prop).leases:
            pass
        ekost.options.all = True
        ekost.show_pages(lambda after, limit: ledger.charges(just_posted=True, after=after, limit=limit))
