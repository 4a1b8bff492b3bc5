"""`ekost property`: houses with rooms to let, and how they bill."""

from typing import Annotated, Literal

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import HOME_CURRENCY, Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import ArchivedOption, PropertyArg
from locales.catalogs import _

app = Noun(_("Properties: houses with rooms to let."))

FIELDS = (
    Field("code", N_("Code")),
    Field("name", N_("Name")),
    Field("address", N_("Address"), wide=True),
    Field("currency", N_("Currency"), wide=True),
    Field("timezone", N_("Time zone"), wide=True),
    Field("billing_day", N_("Billing day"), "int"),
    Field("grace_days", N_("Grace days"), "int"),
    Field("proration", N_("Part months"), "status"),
    Field("rounding", N_("Rounding"), "number", wide=True),
    Field("pay_to", N_("Pay to"), wide=True),
    Field("greeting", N_("Address as"), wide=True),
    Field("reminder_stages", N_("Reminders on"), wide=True),
    Field("id", N_("Number"), "int", wide=True),
)

Address = Annotated[str | None, typer.Option("--address", metavar="TEXT", help=_("Where it is."))]
Currency = Annotated[str | None, typer.Option("--currency", metavar="CODE", help=_("Currency; IDR if not given."))]
Timezone = Annotated[
    str | None, typer.Option("--timezone", metavar="ZONE", help=_("Time zone; Asia/Jakarta if not given."))
]
BillingDay = Annotated[
    int | None,
    typer.Option(
        "--billing-day", metavar="N", help=_("Day on which every tenant is billed, else the day of moving in.")
    ),
]
GraceDays = Annotated[
    int | None, typer.Option("--grace-days", metavar="N", help=_("Days from the start of a period until rent is due."))
]
Proration = Annotated[
    Literal["daily", "none"] | None, typer.Option("--proration", help=_("A first part month by days, or in full."))
]
Rounding = Annotated[
    str | None, typer.Option("--rounding", metavar="N", help=_("Step that part rents are rounded to."))
]
PayTo = Annotated[
    str | None,
    typer.Option(
        "--pay-to", metavar="TEXT", help=_('Bank, account and name to pay to, as reminders tell; "" for none.')
    ),
]
Greeting = Annotated[
    Literal["none", "kak", "bapak_ibu", "mas_mbak"] | None,
    typer.Option("--greeting", help=_("How reminders address a tenant.")),
]
Reminders = Annotated[
    str | None,
    typer.Option(
        "--reminders", metavar="DAYS", help=_("Days around the due one to remind on, such as -3,0,7, or none.")
    ),
]


@app.command(
    "add",
    _("Add a property."),
    examples=(
        'ekost property add KOSC "Kos Mawar"',
        'ekost property add KOSD "Kos Dahlia" --billing-day 1 --grace-days 3 --timezone Asia/Makassar',
    ),
    takes=Takes.DRY_RUN,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    code: PropertyArg,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Its name."))],
    address: Address = None,
    currency: Currency = None,
    timezone: Timezone = None,
    billing_day: BillingDay = None,
    grace_days: GraceDays = None,
    proration: Proration = None,
    rounding: Rounding = None,
) -> None:
    from db.services.properties import add_property

    ekost = Context.of(context)
    step = _step(ekost, rounding, (currency or HOME_CURRENCY).strip().upper())
    policy = {
        "address": address, "currency": currency, "timezone": timezone, "billing_day": billing_day,
        "grace_days": grace_days, "proration": proration, "rounding": step,
    }  # fmt: skip
    with ekost.transaction() as conn:
        ekost.show(add_property(conn, code, name, **policy))


@app.command(
    "list",
    _("List the properties."),
    examples=("ekost property list", "ekost property list -o json"),
    takes=Takes.PAGES,
    fields=FIELDS,
)
def list_(context: typer.Context, archived: ArchivedOption = False) -> None:
    from db.repositories.rooms import Properties

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = Properties(conn)
        ekost.show_pages(lambda after, limit: found.page(after=after, limit=limit, archived=archived))


@app.command(
    "show",
    _("Show a property and its billing policy."),
    examples=("ekost property show KOSA", "ekost property show KOSA --fields code,billing_day -o json"),
    fields=FIELDS,
)
def show(context: typer.Context, property: PropertyArg) -> None:
    from db.repositories.lookup import find_property

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show(find_property(conn, property))


@app.command(
    "edit",
    _("Change a property; leases already signed keep their policy."),
    examples=("ekost property edit KOSA --grace-days 5", "ekost property edit KOSA --rounding 500 --dry-run"),
    takes=Takes.DRY_RUN,
    fields=FIELDS,
)
def edit(
    context: typer.Context,
    property: PropertyArg,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help=_("Its name."))] = None,
    address: Address = None,
    timezone: Timezone = None,
    billing_day: BillingDay = None,
    grace_days: GraceDays = None,
    proration: Proration = None,
    rounding: Rounding = None,
    pay_to: PayTo = None,
    greeting: Greeting = None,
    reminders: Reminders = None,
) -> None:
    from db.domain.reminders import parse_stages
    from db.repositories.lookup import find_property
    from db.services.properties import edit_property

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_property(conn, property)
        changes = {
            "name": name, "address": address, "timezone": timezone, "billing_day": billing_day,
            "grace_days": grace_days, "proration": proration, "rounding": _step(ekost, rounding, found.currency),
            "pay_to": pay_to, "greeting": greeting,
            "reminder_stages": None if reminders is None else list(parse_stages(reminders)),
        }  # fmt: skip
        ekost.show(edit_property(conn, found, changes))


@app.command(
    "archive",
    _("Hide a property that has no rooms and no tenants any more."),
    examples=("ekost property archive KOSC --yes",),
    takes=Takes.DRY_RUN | Takes.YES,
    fields=FIELDS,
)
def archive(context: typer.Context, property: PropertyArg) -> None:
    from db.repositories.lookup import find_property
    from db.services.properties import archive_property

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_property(conn, property)
        ekost.confirm(_("Archive property {code}?").format(code=found.code))
        archive_property(conn, found)
        ekost.show(found)


def _step(ekost: Context, text: str | None, currency: str) -> object:
    return None if text is None else ekost.amount(text, currency)
