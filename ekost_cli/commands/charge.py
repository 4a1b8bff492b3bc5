"""`ekost charge`: what tenants owe besides the rent that posts itself."""

from typing import Annotated, Literal

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import (
    AmountArg,
    DueOption,
    NumberArg,
    PaidOutOption,
    ReasonOption,
    TenantArg,
    TenantOption,
    UntilOption,
)
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _

app = Noun(_("Charges: rent, electricity, damage and others."))

FIELDS = (
    Field("id", N_("Number"), "int"),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("kind", N_("Kind"), "status"),
    Field("period_start", N_("Period from"), "date"),
    Field("period_end", N_("Period until"), "date", wide=True),
    Field("due_on", N_("Due"), "date"),
    Field("amount", N_("Amount"), "money"),
    Field("description", N_("Description"), "working", wide=True),
    Field("reversed_by", N_("Reversed by"), "int"),
    Field("property", N_("Property"), wide=True),
    Field("charged_on", N_("Charged on"), "date", wide=True),
    Field("days", N_("Days"), "int", wide=True),
    Field("of_days", N_("Of days"), "int", wide=True),
    Field("reverses_id", N_("Reverses"), "int", wide=True),
    Field("related_id", N_("Belongs to"), "int", wide=True),
    Field("created_at", N_("Recorded"), "instant", wide=True),
)
Kind = Literal[
    "rent", "electricity", "water", "internet", "damage", "late_fee", "other", "opening", "credit", "refund"
]  # fmt: skip


@app.command(
    "add",
    _("Post a charge; kind `opening` may be negative, `credit` lowers the balance, `refund` pays credit out."),
    examples=(
        'ekost charge add BUDI 112000 --kind electricity --description "77,5 kWh"',
        "ekost charge add BUDI 200rb --kind damage --due 2026-12-01 --dry-run",
        "ekost charge add BUDI 750000 --kind opening --dry-run",
    ),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    tenant: TenantArg,
    amount: AmountArg,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help=_("electricity, water, internet, damage, late_fee, other, opening, credit or refund."),
        ),
    ],
    due: DueOption = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help=_("Day from which it counts."))] = None,
    description: Annotated[str | None, typer.Option("--description", metavar="TEXT", help=_("What it is for."))] = None,
    method: PaidOutOption = None,
) -> None:
    from db.repositories.ledger import Ledger
    from db.repositories.lookup import find_tenant
    from db.services.charges import post_charge

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        charge_id = post_charge(
            conn, found, ekost.amount(amount, found.currency), kind,
            due_on=None if due is None else parse_date(due, found.today),
            charged_on=None if on is None else parse_date(on, found.today),
            description=description, method=method, key=ekost.key,
        )  # fmt: skip
        ekost.show(Ledger(conn).charge(charge_id))


@app.command(
    "list",
    _("List charges, the latest first."),
    examples=("ekost charge list", "ekost charge list --tenant BUDI --kind rent", "ekost charge list -o csv --all"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    tenant: TenantOption = None,
    kind: Annotated[Kind | None, typer.Option("--kind", metavar="KIND", help=_("Only of this kind."))] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("First day."))] = None,
    until: UntilOption = None,
) -> None:
    from db.repositories.ledger import Ledger
    from db.repositories.lookup import find_tenant

    ekost = Context.of(context)
    with up_to_date(ekost, tenant) as conn:
        prop = ekost.property_id(conn)
        who = None if tenant is None else find_tenant(conn, tenant, ekost.property_code).id
        first, last, ledger = ekost.day(since), ekost.day(until), Ledger(conn)
        ekost.show_pages(
            lambda after, limit: ledger.charges(
                property_id=prop, tenant_id=who, kind=kind, since=first, until=last, after=after, limit=limit
            )
        )


@app.command(
    "void",
    _("Take a charge or credit back by a reversing entry."),
    examples=('ekost charge void 1 --reason "meter misread" --dry-run',),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=FIELDS,
)
def void(context: typer.Context, number: NumberArg, reason: ReasonOption) -> None:
    from db.repositories.ledger import Ledger
    from db.services.reversals import void_charge

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        charge_id = entry_number(number)
        void_charge(conn, charge_id, reason, key=ekost.key)
        ekost.show(Ledger(conn).charge(charge_id))
