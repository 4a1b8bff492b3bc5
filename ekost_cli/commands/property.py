"""`ekost property`: houses with rooms to let, and how they bill."""

from typing import Annotated, Literal

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.fields import HOME_CURRENCY, Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import ArchivedOption, PaperLanguageOption, PropertyArg
from locales import records
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
    Field("place", N_("Place"), wide=True),
    Field("signatory", N_("Signed by"), wide=True),
    Field("language", N_("Language"), "code", wide=True),
    Field("reminder_stages", N_("Reminders on"), wide=True),
    Field("id", N_("Number"), "int", wide=True),
)
BASIS = Field("basis", N_("Rent per"), "status", wide=True)
SHOWN = (*FIELDS, *records.SIGNED[3:], BASIS, Field("next_policy_on", N_("Next policy from"), "date"))
POLICIES = (
    Field("effective_on", N_("From"), "date"),
    Field("state", N_("State"), "status"),
    Field("billing_day", N_("Billing day"), "int"),
    *records.SIGNED,
    BASIS,
    Field("actor", N_("By whom"), wide=True),
    Field("created_at", N_("Written"), "instant", wide=True),
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
Place = Annotated[
    str | None, typer.Option("--place", metavar="TEXT", help=_('City before the date of a receipt; "" for none.'))
]
Signatory = Annotated[
    str | None, typer.Option("--signatory", metavar="TEXT", help=_('Name below a receipt; "" for none.'))
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
LateFeeOption = Annotated[
    str | None, typer.Option("--late-fee", metavar="FEE", help=_("off, an amount once, or percent such as 1%/day."))
]
LateFeeGrace = Annotated[
    int | None, typer.Option("--late-fee-grace", metavar="N", help=_("Days after the due date that cost nothing."))
]
LateFeeCap = Annotated[
    str | None, typer.Option("--late-fee-cap", metavar="CAP", help=_("Most for one charge: 30%, an amount, or none."))
]
LateFeeEvery = Annotated[
    int | None, typer.Option("--late-fee-every", metavar="N", help=_("Post a fee by the day every so many days."))
]
Refund = Annotated[
    Literal["none", "prorate"] | None, typer.Option("--refund", help=_("At move-out: give back unused days, or not."))
]
Basis = Annotated[
    Literal["per_tenant", "split_room"] | None,
    typer.Option("--basis", help=_("For new rooms: each tenant pays the rent, or all share the room's rent.")),
]
ChargeOrder = Annotated[
    str | None,
    typer.Option(
        "--charge-order", metavar="KINDS", help=_("What is paid first on one day: rent,utilities,other,late_fee.")
    ),
]
FromDay = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help=_("Leases from this day on have the new policy; today if not given.")),
]


@app.command(
    "add",
    _("Add a property."),
    examples=(
        'ekost property add KOSC "Kos Mawar"',
        'ekost property add KOSD "Kos Dahlia" --billing-day 1 --grace-days 3 --timezone Asia/Makassar',
    ),
    takes=Takes.DRY_RUN,
    fields=SHOWN,
)
def add(
    context: typer.Context,
    code: PropertyArg,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Its name."))],
    address: Address = None,
    place: Place = None,
    signatory: Signatory = None,
    language: PaperLanguageOption = None,
    currency: Currency = None,
    timezone: Timezone = None,
    billing_day: BillingDay = None,
    grace_days: GraceDays = None,
    proration: Proration = None,
    rounding: Rounding = None,
    refund: Refund = None,
    basis: Basis = None,
    late_fee: LateFeeOption = None,
    late_fee_grace: LateFeeGrace = None,
    late_fee_every: LateFeeEvery = None,
    late_fee_cap: LateFeeCap = None,
    charge_order: ChargeOrder = None,
) -> None:
    from db.repositories.policies import shown_property
    from db.services.properties import add_property

    ekost = Context.of(context)
    money = (currency or HOME_CURRENCY).strip().upper()
    policy = {
        "address": address, "place": place, "signatory": signatory, "language": language,
        "currency": currency, "timezone": timezone, "billing_day": billing_day,
        "grace_days": grace_days, "proration": proration, "rounding": _step(ekost, rounding, money), "refund": refund,
        "basis": basis, "late_fee_grace": late_fee_grace, "late_fee_every": late_fee_every,
        **_late(ekost, money, late_fee, late_fee_cap, charge_order),
    }  # fmt: skip
    with ekost.transaction() as conn:
        added = add_property(conn, code, name, **policy)
        ekost.show(shown_property(conn, added))


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
    _("Show a property and its policy in force, today or on the day of --as-of."),
    examples=("ekost property show KOSA", "ekost property show KOSA --fields code,billing_day -o json"),
    takes=Takes.AS_OF,
    fields=SHOWN,
)
def show(context: typer.Context, property: PropertyArg) -> None:
    from db.repositories.lookup import find_property
    from db.repositories.policies import shown_property

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = shown_property(conn, find_property(conn, property), ekost.as_of())
        ekost.show(found)
    if found["next_policy_on"] is not None:
        ekost.note(_("Another policy comes later: `ekost property policies {code}` lists them.").format(**found))


@app.command(
    "policies",
    _("List the policies of a property by the day from which they count; a lease has the one of its first day."),
    examples=("ekost property policies KOSA", "ekost property policies KOSA -o json"),
    fields=POLICIES,
)
def policies(context: typer.Context, property: PropertyArg) -> None:
    from db.repositories.lookup import find_property
    from db.repositories.policies import Policies

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show_list(Policies(conn).rows(find_property(conn, property).id))


@app.command(
    "edit",
    _("Change a property, its policy from a day on; leases already signed keep theirs."),
    examples=(
        "ekost property edit KOSA --grace-days 5",
        "ekost property edit KOSA --rounding 500 --dry-run",
        "ekost property edit KOSA --late-fee 1%/day --late-fee-cap 30% --late-fee-grace 3 --from 2027-01-01 --dry-run",
    ),
    takes=Takes.DRY_RUN,
    fields=SHOWN,
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
    place: Place = None,
    signatory: Signatory = None,
    language: PaperLanguageOption = None,
    reminders: Reminders = None,
    refund: Refund = None,
    basis: Basis = None,
    late_fee: LateFeeOption = None,
    late_fee_grace: LateFeeGrace = None,
    late_fee_every: LateFeeEvery = None,
    late_fee_cap: LateFeeCap = None,
    charge_order: ChargeOrder = None,
    since: FromDay = None,
) -> None:
    from db.domain.reminders import parse_stages
    from db.repositories.lookup import find_property
    from db.repositories.policies import shown_property
    from db.services.properties import edit_property

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_property(conn, property)
        changes = {
            "name": name, "address": address, "timezone": timezone, "billing_day": billing_day,
            "grace_days": grace_days, "proration": proration, "rounding": _step(ekost, rounding, found.currency),
            "pay_to": pay_to, "greeting": greeting, "place": place, "signatory": signatory, "language": language,
            "reminder_stages": None if reminders is None else list(parse_stages(reminders)),
            "refund": refund, "basis": basis, "late_fee_grace": late_fee_grace, "late_fee_every": late_fee_every,
            **_late(ekost, found.currency, late_fee, late_fee_cap, charge_order),
        }  # fmt: skip
        day = None if since is None else parse_date(since, found.today)
        ekost.show(shown_property(conn, edit_property(conn, found, changes, day), day))


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


def _late(ekost: Context, currency: str, fee: str | None, cap: str | None, order: str | None) -> dict[str, object]:
    """What a policy says of being late, as the options give it. Raises LateFeeFormError, ChargeOrderError."""
    from db.domain.policies import read_cap, read_charge_order, read_late_fee

    found: dict[str, object] = {}
    if fee is not None:
        found["late_fee"], found["late_fee_rate"] = read_late_fee(fee, lambda text: ekost.amount(text, currency))
    if cap is not None:
        percent, most = read_cap(cap, lambda text: ekost.amount(text, currency))
        found |= {"late_fee_cap_percent": percent, "late_fee_cap_amount": most}
    return found if order is None else found | {"charge_order": read_charge_order(order)}


def _step(ekost: Context, text: str | None, currency: str) -> object:
    return None if text is None else ekost.amount(text, currency)
