"""`ekost receipt`: numbered papers for those who paid."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from db.errors import N_, EkostError, RuleError
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import TenantOption
from locales.catalogs import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from locales.receipts import Receipt

app = Noun(_("Receipts: numbered papers for those who paid."))

FIELDS = (
    Field("ref", N_("Number")),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("amount", N_("Amount"), "money"),
    Field("payment_date", N_("Paid on"), "date", wide=True),
    Field("issued_on", N_("Issued on"), "date"),
    Field("copies", N_("Papers"), "int"),
    Field("state", N_("State"), "status"),
    Field("payment_id", N_("Payment"), "int"),
    Field("actor", N_("By whom"), wide=True),
    Field("created_at", N_("Recorded"), "instant", wide=True),
)
PaymentArg = Annotated[
    str, typer.Argument(metavar="PAYMENT", help=_("Number of the payment, or of its receipt such as KOSA/2026/1."))
]

FromOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("Issued on that day or later."))]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help=_("Issued on that day or before."))]


class ReceiptFileError(EkostError):
    """The paper can't be written there."""

    code = "receipt_file"
    message = N_("“{file}” can't be written: {reason}.")
    hint = N_("Choose a new name in a folder that you may write to.")


class PdfToTerminalError(RuleError):
    """A PDF is no text."""

    code = "pdf_to_terminal"
    message = N_("A PDF can't be shown on a terminal.")
    hint = N_("Add --to FILE.")


@app.command(
    "print",
    _("Print a payment's receipt; the first paper is the original, later ones say that they are copies."),
    examples=(
        "ekost receipt print 10 --dry-run",
        "ekost receipt print 10 --width 32 --lang id --dry-run",
    ),
    takes=Takes.DRY_RUN,
    fields=FIELDS,
)
def print_(
    context: typer.Context,
    payment: PaymentArg,
    format_: Annotated[Literal["text", "pdf"], typer.Option("--format", help=_("Plain text, or PDF."))] = "text",
    width: Annotated[
        int,
        typer.Option("--width", metavar="N", min=24, max=120, help=_("Characters on a line; 32 for 58 mm.")),
    ] = 48,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help=_("Write it into a new file."))] = None,
) -> None:
    from db.services.receipts import print_receipt

    ekost = Context.of(context)
    if format_ == "pdf" and to is None and sys.stdout.isatty():
        raise PdfToTerminalError
    with _removed_unless_kept() as files, ekost.transaction() as conn:
        payment_id = _payment(conn, payment)
        print_receipt(conn, payment_id)
        paper = _paper(conn, payment_id)
        made = _made(ekost, paper, format_, width)
        # Counted only if it could be written.
        if to is not None and not ekost.dry_run:
            _write(to, made, files)
    if to is None:
        sys.stdout.buffer.write(made)
        sys.stdout.flush()


@app.command(
    "list",
    _("List receipts, the latest first."),
    examples=("ekost receipt list", "ekost receipt list --tenant BUDI -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context, tenant: TenantOption = None, since: FromOption = None, until: UntilOption = None
) -> None:
    from db.repositories.lookup import find_tenant
    from db.repositories.receipts import Receipts

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Receipts(conn)
        first, last = ekost.day(since), ekost.day(until)
        who = None if tenant is None else find_tenant(conn, tenant, ekost.property_code, archived=True).id
        ekost.show_pages(
            lambda after, limit: found.page(
                property_id=prop, tenant_id=who, since=first, until=last, after=after, limit=limit
            )
        )


@app.command(
    "show",
    _("Show what is known of a receipt; prints and counts nothing."),
    examples=("ekost receipt show KOSA/2026/1 -o json",),
    fields=FIELDS,
)
def show(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=_("Its number, such as KOSA/2026/1."))],
) -> None:
    from db.repositories.receipts import Receipts

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show(Receipts(conn).named(number))


def _payment(conn: "Connection", text: str) -> int:
    from db.repositories.receipts import Receipts

    return Receipts(conn).named(text).payment_id if "/" in text else entry_number(text)


def _paper(conn: "Connection", payment_id: int) -> "Receipt":
    from db.repositories.ledger import Ledger
    from db.services.reversals import PaymentNotFoundError
    from jobs.documents.receipts import read_receipt

    row = Ledger(conn).payment(payment_id)
    if row is None:
        raise PaymentNotFoundError(id=payment_id)
    return read_receipt(conn, row)


def _made(ekost: Context, paper: "Receipt", format_: str, width: int) -> bytes:
    language = ekost.options.lang
    if format_ == "pdf":
        from jobs.documents.pdf import receipt_pdf

        return receipt_pdf(paper, language)
    from locales.receipts import receipt_lines

    return ("\n".join(receipt_lines(paper, width=width, language=language)) + "\n").encode()


@contextmanager
def _removed_unless_kept() -> "Iterator[list[Path]]":
    """Files of a transaction that fails go with it: their number is given to another payment."""
    files: list[Path] = []
    try:
        yield files
    except BaseException:
        for path in files:
            path.unlink(missing_ok=True)
        raise


def _write(path: Path, made: bytes, files: list[Path]) -> None:
    try:
        with path.open("xb") as file:
            files.append(path)
            file.write(made)
    except OSError as error:
        raise ReceiptFileError(file=path, reason=error.strerror or error) from error
