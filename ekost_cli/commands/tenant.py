"""`ekost tenant`: who rents, where they live, moving in, moving and moving out."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from db.errors import N_
from ekost_cli.cached import show_cached_page
from ekost_cli.closing import close, statement
from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.noted import NOTES, known_of, show_known
from ekost_cli.options import (
    ArchivedOption,
    BillingDayOption,
    FromOption,
    MatchOption,
    PaperLanguageOption,
    RentOption,
    ReverseOption,
    RoomArg,
    TenantArg,
    VersionOption,
)
from ekost_cli.output import PageReader
from ekost_cli.past import HISTORY, show_happened, standing
from ekost_cli.turning import read_turned
from ekost_cli.uptodate import up_to_date
from locales import records
from locales.catalogs import _
from locales.utilities import STATEMENT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.services.moves import Moved

app = Noun(_("Tenants: who they are, where they live, moving in and out."))

FIELDS = records.TENANTS
DETAIL = (*records.TENANT, NOTES)
# As the book stood on a day.
THEN = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("phone", N_("Phone"), "phone"),
    Field("email", N_("E-mail")),
    Field("property", N_("Property")),
    Field("room", N_("Room")),
    Field("monthly_rent", N_("Rent a month"), "money"),
    Field("billing_day", N_("Billing day"), "int"),
    Field("moved_in_on", N_("In since"), "date"),
    Field("moved_out_on", N_("Out on"), "date"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("deposit_held", N_("Deposit held"), "money"),
    Field("archived", N_("Archived"), "bool"),
)
MOVED = (
    Field("tenant", N_("Tenant")),
    Field("room", N_("Room")),
    Field("on", N_("On"), "date"),
    Field("credit", N_("Credit"), "money"),
    Field("charge", N_("Charge"), "money"),
    Field("reversed", N_("Rents reversed"), "int"),
    Field("outstanding_balance", N_("Balance"), "money"),
)

CodeOption = Annotated[str | None, typer.Option("--code", metavar="CODE", help=_("A short code."))]
PhoneOption = Annotated[str | None, typer.Option("--phone", metavar="PHONE", help=_("Phone, such as 0812-3456-7890."))]
EmailOption = Annotated[str | None, typer.Option("--email", metavar="EMAIL", help=_("E-mail address."))]
NikOption = Annotated[str | None, typer.Option("--national-id", metavar="NIK", help=_("National id, 16 digits."))]
KinOption = Annotated[
    str | None, typer.Option("--emergency-name", metavar="TEXT", help=_("Whom to call in an emergency."))
]
KinPhoneOption = Annotated[
    str | None, typer.Option("--emergency-phone", metavar="PHONE", help=_("And at which number."))
]


@app.command(
    "add",
    _("Add a tenant; without --code one is made from the name."),
    examples=(
        'ekost tenant add "Rina Wulandari" --phone 0812-0000-1234 --property KOSA',
        'ekost tenant add "Joko Susilo" --code JOKOS --email joko@example.com --property KOSB --dry-run',
    ),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Full name."))],
    code: CodeOption = None,
    phone: PhoneOption = None,
    email: EmailOption = None,
    national_id: NikOption = None,
    emergency_name: KinOption = None,
    emergency_phone: KinPhoneOption = None,
    language: PaperLanguageOption = None,
) -> None:
    from db.repositories.lookup import find_property
    from db.repositories.tenants import Tenants
    from db.services.tenants import add_tenant

    ekost = Context.of(context)
    contact = {
        "phone": phone, "email": email, "national_id": national_id, "emergency_name": emergency_name,
        "emergency_phone": emergency_phone, "language": language,
    }  # fmt: skip
    with ekost.transaction() as conn:
        tenant_id = add_tenant(conn, find_property(conn, ekost.property_code), name, code=code, **contact)
        ekost.show(Tenants(conn).row(tenant_id))


@app.command(
    "list",
    _("List tenants, the newest first."),
    examples=(
        "ekost tenant list",
        "ekost tenant list --sort name --property KOSA",
        "ekost tenant list -o ndjson --all",
    ),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    sort: Annotated[Literal["created", "name"], typer.Option("--sort", help=_("In which order."))] = "created",
    archived: ArchivedOption = False,
    match: MatchOption = None,
    reverse: ReverseOption = False,
) -> None:
    ekost = Context.of(context)

    def page_of(conn: "Connection") -> PageReader:
        from db.repositories.tenants import Tenants

        prop, found = ekost.property_id(conn), Tenants(conn)
        return read_turned(
            lambda after, limit, way: found.page(
                property_id=prop, sort=sort, archived=archived, matching=match, after=after, limit=limit, way=way
            ),
            reverse=reverse,
        )

    show_cached_page(ekost, partial(up_to_date, ekost), page_of, (sort, archived, match, reverse))


@app.command(
    "show",
    _("Show a tenant."),
    examples=("ekost tenant show BUDI", "ekost tenant show BUDI -o json"),
    takes=Takes.PROPERTY,
    fields=DETAIL,
)
def show(context: typer.Context, tenant: TenantArg) -> None:
    from db.repositories.lookup import find_tenant
    from db.repositories.tenants import Tenants

    ekost = Context.of(context)
    with up_to_date(ekost, tenant) as conn:
        found, who = Tenants(conn), find_tenant(conn, tenant, ekost.property_code)
        card = found.row(who.id)._asdict() | found.detail(who.id)._asdict()
        show_known(ekost, card, known_of(conn, who), DETAIL)


@app.command(
    "edit",
    _("Change a tenant's name, code or contact; an empty text takes a contact away."),
    examples=("ekost tenant edit BUDI --phone 0813-0000-5678", 'ekost tenant edit BUDI --email "" --dry-run'),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def edit(
    context: typer.Context,
    tenant: TenantArg,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help=_("Full name."))] = None,
    code: CodeOption = None,
    phone: PhoneOption = None,
    email: EmailOption = None,
    national_id: NikOption = None,
    emergency_name: KinOption = None,
    emergency_phone: KinPhoneOption = None,
    language: PaperLanguageOption = None,
    version: VersionOption = None,
) -> None:
    from db.repositories.lookup import find_tenant
    from db.repositories.tenants import Tenants
    from db.services.tenants import edit_tenant

    ekost = Context.of(context)
    changes = {
        "name": name, "code": code, "phone": phone, "email": email, "national_id": national_id,
        "emergency_name": emergency_name, "emergency_phone": emergency_phone, "language": language,
    }  # fmt: skip
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        edit_tenant(conn, found, changes, {} if version is None else {"version": version})
        ekost.show(Tenants(conn).row(found.id))


@app.command(
    "assign",
    _("Give a tenant a room; the rent due since then is posted."),
    examples=(
        "ekost tenant assign YULIA B11 --dry-run",
        "ekost tenant assign YULIA KOSB/B11 --from today --rent 1,7jt --billing-day 1 --dry-run",
    ),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def assign(
    context: typer.Context,
    tenant: TenantArg,
    room: RoomArg,
    from_: FromOption = None,
    rent: RentOption = None,
    billing_day: BillingDayOption = None,
    billed_from: Annotated[
        str | None,
        typer.Option("--billed-from", metavar="DATE", help=_("Post rent only for periods from here on.")),
    ] = None,
) -> None:
    from db.repositories.lookup import find_room, find_tenant, property_code_of
    from db.repositories.tenants import Tenants
    from db.services.leases import assign_tenant

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        assign_tenant(
            conn, found, find_room(conn, room, property_code_of(conn, found)),
            found.today if from_ is None else parse_date(from_, found.today),
            monthly_rent=None if rent is None else ekost.amount(rent, found.currency),
            billing_day=billing_day,
            billed_from=None if billed_from is None else parse_date(billed_from, found.today),
        )  # fmt: skip
        ekost.show(Tenants(conn).row(found.id))


@app.command(
    "move",
    _("Move to another room: on the next billing boundary, or on a day with credit and charge for the rest."),
    examples=("ekost tenant move KETUT B11 --dry-run", "ekost tenant move KETUT KOSB/B11 --on today --dry-run"),
    takes=Takes.WRITE,
    fields=MOVED,
)
def move(
    context: typer.Context,
    tenant: TenantArg,
    room: RoomArg,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help=_("First day in the new room."))] = None,
    rent: RentOption = None,
) -> None:
    from db.repositories.lookup import find_room, find_tenant, property_code_of
    from db.services.moves import move_tenant

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        target = find_room(conn, room, property_code_of(conn, found))
        day = None if on is None else parse_date(on, found.today)
        price = None if rent is None else ekost.amount(rent, found.currency)
        moved = move_tenant(conn, found, target, day, monthly_rent=price)
        _show_moved(ekost, conn, found.id, moved)


@app.command(
    "move-out",
    _("End the lease; debts stay and payments are still accepted."),
    examples=(
        "ekost tenant move-out BUDI --dry-run",
        "ekost tenant move-out BUDI --on today --refund prorate --dry-run",
    ),
    takes=Takes.WRITE,
    fields=MOVED,
)
def move_out(
    context: typer.Context,
    tenant: TenantArg,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=_("First day no longer rented; today if not given."))
    ] = None,
    refund: Annotated[
        Literal["none", "prorate"] | None,
        typer.Option("--refund", help=_("Give back unused days, or not; as the lease was signed if not given.")),
    ] = None,
) -> None:
    from db.repositories.lookup import find_tenant
    from db.services.moves import move_out as end

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        left = end(conn, found, None if on is None else parse_date(on, found.today), refund=refund)
        _show_moved(ekost, conn, found.id, left)


app.command(
    "close",
    _("Settle with a tenant who leaves: meters, damage, the end of the lease and the deposit, in one step."),
    examples=(
        "ekost tenant close BUDI --dry-run",
        'ekost tenant close BUDI --meter electricity=1340.2 --damage "Broken window=200000" --dry-run',
        "ekost tenant close BUDI --keep-deposit --dry-run --print",
    ),
    takes=Takes.MONEY | Takes.YES,
    fields=STATEMENT,
)(close)
app.command(
    "statement",
    _("Show the last closing statement of a tenant again."),
    examples=("ekost tenant statement TUMPAL", "ekost tenant statement TUMPAL --print"),
    takes=Takes.PROPERTY,
    fields=STATEMENT,
)(statement)


@app.command(
    "history",
    _("Tell what happened to a tenant, the latest first; with --as-of how the book stood at the end of a day."),
    examples=(
        "ekost tenant history BUDI",
        "ekost tenant history BUDI --as-of today -o json",
        "ekost tenant history BUDI -o ndjson --all",
    ),
    takes=Takes.LIST | Takes.AS_OF,
    fields=HISTORY,
)
def history(context: typer.Context, tenant: TenantArg) -> None:
    from db.repositories.happened import happened_to_tenant
    from db.repositories.lookup import find_tenant

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = find_tenant(conn, tenant, ekost.property_code, archived=True)
        if ekost.options.as_of is not None:
            then = standing(ekost, conn, found.property_id)
            ekost.show(then.tenant(found), THEN)
            return
        show_happened(
            ekost, found.currency, lambda after, limit: happened_to_tenant(conn, found.id, after=after, limit=limit)
        )


@app.command(
    "archive",
    _("Hide a tenant who has left; the ledger stays."),
    examples=("ekost tenant archive YULIA --yes --dry-run",),
    takes=Takes.WRITE | Takes.YES,
    fields=FIELDS,
)
def archive(context: typer.Context, tenant: TenantArg) -> None:
    from db.repositories.lookup import find_tenant
    from db.repositories.tenants import Tenants
    from db.services.tenants import archive_tenant

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        ekost.confirm(_("Archive tenant {code} ({name})?").format(code=found.code, name=found.name))
        archive_tenant(conn, found)
        ekost.show(Tenants(conn).row(found.id))


def _show_moved(ekost: Context, conn: "Connection", tenant_id: int, moved: "Moved") -> None:
    from db.repositories.balances import Balances
    from db.repositories.rooms import Rooms

    balance, lease = Balances(conn).row(tenant_id), Rooms(conn).lease(moved.lease.id)
    told = balance._asdict() | {"room": lease.room}
    ekost.show(told | {name: getattr(moved, name) for name in ("on", "credit", "charge", "reversed")})
