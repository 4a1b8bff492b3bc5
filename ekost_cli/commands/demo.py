"""`ekost demo`: a made-up kos to try things on, and a look at it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import HOME_CURRENCY, Field
from ekost_cli.grammar import Takes, command
from ekost_cli.terminal import is_terminal, wants_color
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Of each list so many rows, few enough for all of them to fit on a screen.
FEW = 5
# What a person sees of the totals; the table of houses tells the rest.
_TOTALS = ("as_of", "behind", "charged", "received", "owed")
_NEXT = ("`ekost balance list`", "`ekost balance explain SITI`", "`ekost payment add SITI 1,5jt --dry-run`")

HOUSES = (
    Field("property", N_("Property")),
    Field("name", N_("Name"), wide=True),
    Field("rooms", N_("Rooms"), "int"),
    Field("occupied", N_("Full"), "int"),
    Field("beds_taken", N_("Tenants"), "int"),
    Field("charged", N_("Charged"), "money"),
    Field("received", N_("Received"), "money"),
)
BEHIND = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("room", N_("Room")),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("oldest_due_on", N_("Oldest due"), "date"),
    Field("days_overdue", N_("Days overdue"), "int"),
)
PAYMENTS = (
    Field("payment_date", N_("Date"), "date"),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("amount", N_("Amount"), "money"),
    Field("method", N_("Method"), "status"),
)
FIELDS = (
    Field("as_of", N_("As of"), "date"),
    Field("properties", N_("Properties"), "int"),
    Field("rooms", N_("Rooms"), "int"),
    Field("occupied", N_("Full"), "int"),
    Field("renovation", N_("In renovation"), "int"),
    Field("beds", N_("Beds"), "int"),
    Field("beds_taken", N_("Tenants"), "int"),
    Field("behind", N_("Tenants behind"), "int"),
    Field("charged", N_("Charged this month"), "money"),
    Field("received", N_("Received this month"), "money"),
    Field("owed", N_("Owed"), "money"),
    Field("credit", N_("Paid ahead"), "money"),
    Field("houses", N_("Properties"), "nested"),
    Field("largest_debts", N_("Largest debts"), "nested"),
    Field("last_payments", N_("Last payments"), "nested"),
)


@command(
    "demo",
    _("Fill the book with a made-up kos of 24 rooms and two years of history, then show it. Adds nothing twice."),
    examples=("ekost demo", "ekost demo -o json", "ekost demo --tenants 1000 --yes"),
    takes=Takes.YES,
    fields=FIELDS,
)
def demo(
    context: typer.Context,
    tenants: Annotated[
        int,
        typer.Option(
            "--tenants", metavar="N", min=0, help=_("Add houses until there are so many tenants, such as 100000.")
        ),
    ] = 0,
) -> None:
    from db.demo.large import load_demo

    ekost = Context.of(context)
    _ask(ekost)
    with _progress(ekost) as progress:
        added = load_demo(ekost.database, tenants, progress)
    if added:
        ekost.note(_("Made-up tenants added: {count}.").format(count=added))
    else:
        ekost.note(_("The demo is there already; nothing was added."))
    with up_to_date(ekost) as conn:
        _show(ekost, _overview(ekost, conn))


def _ask(ekost: Context) -> None:
    """A database of one's own is not filled by a slip; a script that says `demo` has said enough."""
    if ekost.settings.database_url is None or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return
    from db.demo.guard import has_demo

    with ekost.reading() as conn:
        there = has_demo(conn)
    if not there:
        question = _("Fill the database at {place} with made-up tenants? They can't be taken out again.")
        ekost.confirm(question.format(place=ekost.database.place))


@contextmanager
def _progress(ekost: Context) -> Iterator[Callable[[int, int], None]]:
    """A bar for whoever is looking; it appears with the first house."""
    if ekost.options.quiet or not is_terminal(sys.stderr):
        yield lambda there, wanted: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, no_color=not wants_color(sys.stderr, ekost.options.color))
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(_("Tenants"), total=None, visible=False)
        yield lambda there, wanted: bar.update(task, completed=there, total=wanted, visible=True)


def _overview(ekost: Context, conn: "Connection") -> dict[str, Any]:
    from db.repositories.balances import Balances
    from db.repositories.ledger import Ledger
    from db.repositories.overview import Overview

    today = ekost.today()
    found = Overview(conn, today)
    (totals,) = [totals for totals in found.totals() if totals.currency == HOME_CURRENCY]
    debts = Balances(conn).page(limit=FEW).items
    return {
        "as_of": today,
        **totals._asdict(),
        "houses": found.houses(limit=FEW).items,
        "largest_debts": [row for row in debts if row.outstanding_balance > 0],
        "last_payments": Ledger(conn).payments(limit=FEW).items,
    }


def _show(ekost: Context, overview: dict[str, Any]) -> None:
    """For a person a few figures and three short tables, for a program one object."""
    if not ekost.for_people or ekost.options.fields:
        ekost.show(overview)
        return
    ekost.show(overview, tuple(field for field in FIELDS if field.name in _TOTALS))
    for title, name, fields in (
        (_("Properties"), "houses", HOUSES),
        (_("Largest debts"), "largest_debts", BEHIND),
        (_("Last payments"), "last_payments", PAYMENTS),
    ):
        ekost.say("")
        ekost.say(title)
        ekost.show_list(overview[name], fields)
    ekost.say("")
    ekost.say(_("Try: {commands}").format(commands=", ".join(_NEXT)))
