"""`ekost deposit`: money held for the tenant, apart from the rent."""

from collections.abc import Callable
from functools import partial

import typer

from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import AmountArg, DateOption, MethodOption, NoteOption, TenantArg, TenantOption
from locales import records
from locales.catalogs import _

app = Noun(_("Deposits: take, apply, refund."))

FIELDS = records.DEPOSITS


@app.command(
    "add",
    _("Take a deposit; it is not income and not part of the rent balance."),
    examples=(
        "ekost deposit add BUDI 1500000 --dry-run",
        "ekost deposit add BUDI 1,5jt --on yesterday --method transfer --key dep-budi",
    ),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    tenant: TenantArg,
    amount: AmountArg,
    on: DateOption = None,
    method: MethodOption = "cash",
    note: NoteOption = None,
) -> None:
    from db.services.deposits import add_deposit

    _post(Context.of(context), partial(add_deposit, method=method), tenant, amount, on, note)


@app.command(
    "apply",
    _("Pay the tenant's charges out of the deposit."),
    examples=("ekost deposit apply BUDI 100000 --dry-run",),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def apply(
    context: typer.Context, tenant: TenantArg, amount: AmountArg, on: DateOption = None, note: NoteOption = None
) -> None:
    from db.services.deposits import apply_deposit

    _post(Context.of(context), apply_deposit, tenant, amount, on, note)


@app.command(
    "refund",
    _("Give back of the deposit."),
    examples=("ekost deposit refund BUDI 100000 --dry-run",),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def refund(
    context: typer.Context,
    tenant: TenantArg,
    amount: AmountArg,
    on: DateOption = None,
    method: MethodOption = "cash",
    note: NoteOption = None,
) -> None:
    from db.services.deposits import refund_deposit

    _post(Context.of(context), partial(refund_deposit, method=method), tenant, amount, on, note)


@app.command(
    "list",
    _("List deposit entries, the latest first."),
    examples=("ekost deposit list", "ekost deposit list --tenant BUDI -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(context: typer.Context, tenant: TenantOption = None) -> None:
    from db.repositories.deposits import Deposits
    from db.repositories.lookup import find_tenant

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop = ekost.property_id(conn)
        who = None if tenant is None else find_tenant(conn, tenant, ekost.property_code).id
        found = Deposits(conn)
        ekost.show_pages(lambda after, limit: found.page(property_id=prop, tenant_id=who, after=after, limit=limit))


def _post(
    ekost: Context, change: Callable[..., int], tenant: str, amount: str, on: str | None, note: str | None
) -> None:
    from db.repositories.deposits import Deposits
    from db.repositories.lookup import find_tenant

    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        day = None if on is None else parse_date(on, found.today)
        entry_id = change(conn, found, ekost.amount(amount, found.currency), day, note=note, key=ekost.key)
        ekost.show(Deposits(conn).row(entry_id))
