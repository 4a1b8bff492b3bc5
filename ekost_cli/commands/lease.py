"""`ekost lease`: who rents what at which price, and changes of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import AmountArg, TenantArg, TenantOption
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.leases import Lease

app = Noun(_("Leases and changes of rent."))

FIELDS = records.LEASES
TERMS = Field("terms", N_("Terms"), "nested")
SHOWN = (*FIELDS, *records.SIGNED, TERMS)
EffectiveFrom = Annotated[str, typer.Option("--from", metavar="DATE", help=_("From the first period on or after it."))]


@app.command(
    "list",
    _("List leases, the newest first."),
    examples=("ekost lease list", "ekost lease list --tenant BUDI", "ekost lease list --property KOSA -o csv --all"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    tenant: TenantOption = None,
) -> None:
    from db.repositories.lookup import find_tenant
    from db.repositories.rooms import Rooms

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop = ekost.property_id(conn)
        who = None if tenant is None else find_tenant(conn, tenant, ekost.property_code).id
        found = Rooms(conn)
        ekost.show_pages(lambda after, limit: found.leases(property_id=prop, tenant_id=who, after=after, limit=limit))


@app.command(
    "show",
    _("Show a tenant's lease: what it costs from when on, and the policy it was signed under."),
    examples=("ekost lease show BUDI", "ekost lease show BUDI -o json"),
    takes=Takes.PROPERTY,
    fields=SHOWN,
)
def show(context: typer.Context, tenant: TenantArg) -> None:
    from db.repositories.lookup import find_tenant
    from db.services.leases import lease_on

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        _show(ekost, conn, lease_on(conn, found, found.today, lock=False))


@app.command(
    "rent",
    _("Change the rent from the first period on or after a day; posted charges stay."),
    examples=(
        "ekost lease rent BUDI 1650000 --from 2027-01-01 --dry-run",
        "ekost lease rent BUDI 1,6jt --from today --dry-run",
    ),
    takes=Takes.WRITE,
    fields=SHOWN,
)
def rent(context: typer.Context, tenant: TenantArg, amount: AmountArg, from_: EffectiveFrom) -> None:
    from db.repositories.lookup import find_tenant
    from db.services.leases import change_rent

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        day = parse_date(from_, found.today)
        _show(ekost, conn, change_rent(conn, found, ekost.amount(amount, found.currency), day))


@app.command(
    "billing-day",
    _("Change the billing day, with one bridging charge."),
    examples=("ekost lease billing-day BUDI 1 --from today --dry-run",),
    takes=Takes.WRITE,
    fields=SHOWN,
)
def billing_day(
    context: typer.Context,
    tenant: TenantArg,
    day: Annotated[int, typer.Argument(metavar="DAY", help=_("Day of the month, 1 to 31."))],
    from_: EffectiveFrom,
) -> None:
    from db.repositories.lookup import find_tenant
    from db.services.leases import change_billing_day

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        _show(ekost, conn, change_billing_day(conn, found, day, parse_date(from_, found.today)))


def _show(ekost: Context, conn: "Connection", lease: "Lease") -> None:
    from db.repositories.policies import signed
    from db.repositories.rooms import Rooms

    terms = [
        {"effective_on": row.effective_on, "monthly_rent": row.monthly_rent, "billing_day": row.billing_day}
        for row in lease.terms
    ]
    ekost.show(Rooms(conn).lease(lease.id)._asdict() | signed(lease) | {"terms": terms})
