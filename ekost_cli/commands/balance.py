"""`ekost balance`: who owes what, since when, and why."""

from functools import partial
from typing import Annotated, Literal

import typer

from db.errors import N_, UsageError
from ekost_cli.cached import cached_balance
from ekost_cli.context import Context
from ekost_cli.explaining import EXPLAIN_FIELDS, explain_records
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import MatchOption, ReverseOption, TenantArg
from ekost_cli.progress import progress_bar
from ekost_cli.turning import read_turned
from ekost_cli.uptodate import up_to_date
from locales import records
from locales.catalogs import _
from locales.explaining import explain_text

app = Noun(_("Balances: who owes what, since when and why."))

FIELDS = records.BALANCES
AGING = records.AGING
REFRESHED = (
    Field("balances", N_("Balances"), "int"),
    Field("amounts_corrected", N_("Amounts put right"), "int"),
    Field("standings_corrected", N_("Standings put right"), "int"),
)


class WhoseBalanceError(UsageError):
    """Neither tenants nor all of them were named."""

    code = "whose_balance"
    message = N_("Which balances?")
    hint = N_("Name tenants, or say --all.")


@app.command(
    "list",
    _("List balances, the largest debt first."),
    examples=(
        "ekost balance list",
        "ekost balance list --status unpaid --sort name",
        "ekost balance list -o csv --all",
    ),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    sort: Annotated[
        Literal["outstanding", "name", "room"], typer.Option("--sort", help=_("In which order."))
    ] = "outstanding",
    status: Annotated[
        Literal["paid", "partial", "unpaid", "credit"] | None, typer.Option("--status", help=_("Only of this status."))
    ] = None,
    match: MatchOption = None,
    reverse: ReverseOption = False,
) -> None:
    from db.repositories.balances import Balances

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        prop = ekost.property_id(conn)
        found = Balances(conn)
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: found.page(
                    property_id=prop, status=status, sort=sort, matching=match, after=after, limit=limit, way=way
                ),
                reverse=reverse,
            )
        )


@app.command(
    "show",
    _("Show a tenant's balance, today or as of a day."),
    examples=("ekost balance show BUDI", "ekost balance show BUDI --as-of 2026-06-30 -o json"),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=FIELDS,
)
def show(context: typer.Context, tenant: TenantArg) -> None:
    ekost = Context.of(context)
    day, reading = ekost.as_of(), partial(up_to_date, ekost, tenant)
    if day is None:
        ekost.show(cached_balance(ekost, reading, tenant))
        return
    from db.repositories.balances import Balances
    from db.repositories.lookup import find_tenant

    with reading() as conn:
        ekost.show(Balances(conn).row_as_of(find_tenant(conn, tenant, ekost.property_code).id, day))


@app.command(
    "explain",
    _("Explain a balance line by line: each charge, each payment, and what filled what."),
    examples=("ekost balance explain BUDI", "ekost balance explain BUDI --as-of 2026-06-30 -o json"),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=EXPLAIN_FIELDS,
)
def explain(context: typer.Context, tenant: TenantArg) -> None:
    from db.domain.explain import explain
    from db.repositories.entries import Entries
    from db.repositories.lookup import find_tenant

    ekost = Context.of(context)
    with up_to_date(ekost, tenant) as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        entries = Entries(conn).of_tenants([found.id])[found.id]
        told = explain(entries.charges, entries.payments, ekost.as_of())
        if not ekost.for_people or ekost.options.fields:
            ekost.show_list(explain_records(told, found.currency))
            return
        for line in explain_text(told, found.currency):
            ekost.say(line)


@app.command(
    "aging",
    _("Show how old the debts are, today or as of a day."),
    examples=(
        "ekost balance aging",
        "ekost balance aging --sort outstanding --limit 20",
        "ekost balance aging --as-of 2026-06-30 --property KOSA -o csv --all",
    ),
    takes=Takes.LIST | Takes.AS_OF,
    fields=AGING,
)
def aging(
    context: typer.Context,
    sort: Annotated[
        Literal["name", "outstanding"], typer.Option("--sort", help=_("In which order; `outstanding` is that of now."))
    ] = "name",
    match: MatchOption = None,
    reverse: ReverseOption = False,
) -> None:
    from db.repositories.balances import Balances

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        prop = ekost.property_id(conn)
        day, found = ekost.as_of(), Balances(conn)
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: found.aging(
                    day, property_id=prop, sort=sort, matching=match, after=after, limit=limit, way=way
                ),
                reverse=reverse,
            )
        )


@app.command(
    "refresh",
    _("Work balances out from the ledger again, and say how many were wrong; workers do it every night."),
    examples=("ekost balance refresh BUDI", "ekost balance refresh --all", "ekost balance refresh --all --dry-run"),
    takes=Takes.WRITE,
    fields=REFRESHED,
)
def refresh(
    context: typer.Context,
    tenants: Annotated[
        list[str] | None, typer.Argument(metavar="TENANT", help=_("Codes or ids of tenants, or unambiguous names."))
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=_("Of every tenant, with --property of that property."))] = False,
) -> None:
    from db.repositories.lookup import find_tenant
    from db.services import balances

    if bool(tenants) == every:
        raise WhoseBalanceError
    ekost = Context.of(context)
    with ekost.database.reading() as conn:
        prop = ekost.property_id(conn)
        named = [find_tenant(conn, tenant, ekost.property_code).id for tenant in tenants or ()] or None
    if ekost.dry_run:
        with ekost.transaction() as conn:
            done = balances.refresh_within(conn, tenant_ids=named, property_id=prop)
    else:
        with progress_bar(ekost) as update:
            done = balances.refresh(ekost.database, tenant_ids=named, property_id=prop, progress=update)
    ekost.show({"balances": done.balances, "amounts_corrected": done.amounts, "standings_corrected": done.standings})
