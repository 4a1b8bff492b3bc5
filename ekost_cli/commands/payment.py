"""`ekost payment`: money received."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_
from ekost_cli.audited import note_detached
from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import (
    AmountArg,
    DateOption,
    MatchOption,
    MethodOption,
    NoteOption,
    NumberArg,
    ReasonOption,
    ReferenceOption,
    ReverseOption,
    TenantArg,
    TenantOption,
    UntilOption,
)
from ekost_cli.turning import read_turned
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = Noun(_("Payments: record, list, void."))

FIELDS = records.PAYMENTS
RECEIPT = (*FIELDS, Field("outstanding_balance", N_("Balance"), "money"))


@app.command(
    "add",
    _("Record a payment; it fills the tenant's oldest charges first."),
    examples=(
        "ekost payment add BUDI 1500000",
        "ekost payment add BUDI 1,5jt --on yesterday --method transfer --reference TRX-77 --key trx-77",
        "ekost payment add BUDI 750rb --dry-run",
    ),
    takes=Takes.MONEY,
    fields=RECEIPT,
)
def add(
    context: typer.Context,
    tenant: TenantArg,
    amount: AmountArg,
    on: DateOption = None,
    method: MethodOption = "cash",
    reference: ReferenceOption = None,
    note: NoteOption = None,
) -> None:
    from db.repositories.lookup import find_tenant
    from db.services.payments import record_payment

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = find_tenant(conn, tenant, ekost.property_code)
        payment_id = record_payment(
            conn, found, ekost.amount(amount, found.currency), None if on is None else parse_date(on, found.today),
            method=method, reference=reference, note=note, key=ekost.key,
        )  # fmt: skip
        _show(ekost, conn, payment_id)


@app.command(
    "list",
    _("List payments, the latest first."),
    examples=(
        "ekost payment list",
        "ekost payment list --tenant BUDI --from 2026-01-01",
        "ekost payment list -o csv --all",
    ),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    tenant: TenantOption = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("First day."))] = None,
    until: UntilOption = None,
    match: MatchOption = None,
    reverse: ReverseOption = False,
) -> None:
    from db.repositories.ledger import Ledger
    from db.repositories.lookup import find_tenant

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop = ekost.property_id(conn)
        who = None if tenant is None else find_tenant(conn, tenant, ekost.property_code).id
        first, last, ledger = ekost.day(since), ekost.day(until), Ledger(conn)
        if first or last or reverse or ekost.options.all:  # the latest page reaches no old year
            note_detached(ekost, conn, "payments", first, last)
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: ledger.payments(
                    property_id=prop,
                    tenant_id=who,
                    since=first,
                    until=last,
                    matching=match,
                    after=after,
                    limit=limit,
                    way=way,
                ),
                reverse=reverse,
            )
        )


@app.command(
    "show",
    _("Show a payment."),
    examples=("ekost payment show 1", "ekost payment show 1 -o json"),
    fields=FIELDS,
)
def show(context: typer.Context, number: NumberArg) -> None:
    from db.repositories.detached import require_payment_attached
    from db.repositories.ledger import Ledger
    from db.services.reversals import PaymentNotFoundError

    ekost = Context.of(context)
    with ekost.reading() as conn:
        payment = Ledger(conn).payment(entry_number(number))
        if payment is None:
            require_payment_attached(conn, entry_number(number))
            raise PaymentNotFoundError(id=number)
        ekost.show(payment)


@app.command(
    "void",
    _("Take a payment back by a reversing entry."),
    examples=('ekost payment void 1 --reason "booked to the wrong tenant" --dry-run',),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=RECEIPT,
)
def void(context: typer.Context, number: NumberArg, reason: ReasonOption) -> None:
    from db.services.reversals import void_payment

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        payment_id = entry_number(number)
        void_payment(conn, payment_id, reason, key=ekost.key)
        _show(ekost, conn, payment_id)


def _show(ekost: Context, conn: "Connection", payment_id: int) -> None:
    from db.repositories.ledger import Ledger

    ledger = Ledger(conn)
    payment = ledger.payment(payment_id)
    assert payment is not None  # noqa: S101 - it was found or made in this transaction
    ekost.show(payment._asdict() | {"outstanding_balance": ledger.outstanding(payment_id)})
