"""`ekost import`: payments, tenants and rooms out of files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ekost_cli.context import Context
from ekost_cli.following import carry_on, follow
from ekost_cli.grammar import Noun, Takes
from ekost_cli.importing import end, import_file
from ekost_cli.invocation import DEFAULT_LIMIT
from ekost_cli.mending import reason_of, told, write_mendable
from ekost_cli.numbers import entry_number
from ekost_cli.options import FileArg, NumberArg, ReverseOption
from ekost_cli.progress import progress_bar
from ekost_cli.turning import read_turned
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from db.repositories.imports import ImportRow

app = Noun(_("Import payments, tenants and rooms from files."))

FIELDS = records.IMPORTS
ERRORS = records.IMPORT_ERRORS

Dates = Annotated[
    Literal["iso", "dmy"], typer.Option("--dates", help=_("How days are written: 2026-03-01, or 01/03/2026."))
]
Amounts = Annotated[
    Literal["plain", "id"], typer.Option("--amounts", help=_("How amounts are written: 1500000.00, or 1.500.000,00."))
]
Wait = Annotated[bool, typer.Option("--wait", help=_("Stay until it is done, with a progress bar."))]


@app.command(
    "payments",
    _("Import payments. The columns are found by name: penyewa, jumlah, tanggal, metode, referensi, catatan."),
    examples=(
        "ekost import payments payments.csv",
        "ekost import payments payments.csv --dry-run",
        "ekost import payments bank.csv --dates dmy --amounts id --property KOSA --wait",
    ),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def payments(
    context: typer.Context, file: FileArg, dates: Dates = "iso", amounts: Amounts = "plain", wait: Wait = False
) -> None:
    import_file(Context.of(context), "payments", file, dates, amounts, wait=wait)


@app.command(
    "tenants",
    _(
        "Import tenants, with room and rent if named: nama, kode, hp, kamar, tanggal masuk, sewa, lunas s/d,"
        " saldo awal, deposit, per tanggal. --dry-run shows the first bill of each."
    ),
    examples=("ekost import tenants tenants.csv --property KOSA", "ekost import tenants tenants.csv --dry-run"),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def tenants(
    context: typer.Context, file: FileArg, dates: Dates = "iso", amounts: Amounts = "plain", wait: Wait = False
) -> None:
    import_file(Context.of(context), "tenants", file, dates, amounts, wait=wait)


@app.command(
    "rooms",
    _("Import rooms: nomor, sewa, tipe, kapasitas, basis."),
    examples=("ekost import rooms rooms.csv --property KOSA", "ekost import rooms rooms.csv --amounts id --dry-run"),
    takes=Takes.WRITE,
    fields=FIELDS,
)
def rooms(
    context: typer.Context, file: FileArg, dates: Dates = "iso", amounts: Amounts = "plain", wait: Wait = False
) -> None:
    import_file(Context.of(context), "rooms", file, dates, amounts, wait=wait)


@app.command(
    "book",
    _("Bring a book that `ekost export book` wrote into an empty database, with all that was in it."),
    examples=("ekost import book kos-2026", "ekost import book kos-2026 --dry-run"),
    takes=Takes.DRY_RUN,
    fields=records.BOOK_FILES,
)
def book(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The folder that `ekost export book` made."))],
) -> None:
    from db.transfer.reading import import_book

    ekost, place = Context.of(context), folder.expanduser().absolute()
    with progress_bar(ekost) as progress:
        manifest = import_book(ekost.database, place, progress, dry_run=ekost.dry_run)
    ekost.show({"folder": str(place), **manifest.told()})
    if ekost.dry_run:
        ekost.note(_("Nothing was kept: this was a dry run."))


@app.command(
    "bank",
    _("Import a bank statement: each line once, in however many files it comes, and its balances must add up."),
    examples=("ekost import bank statement.csv --format bca --account BCA --property KOSA --dry-run",),
    takes=Takes.WRITE,
    fields=records.BANK_STATEMENTS,
)
def bank(
    context: typer.Context,
    file: FileArg,
    form: Annotated[
        Literal["bca", "mandiri", "bni", "generic"],
        typer.Option("--format", help=_("Whose file it is; generic finds its columns by name.")),
    ],
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", help=_("What you call the account; a new name is a new one."))
    ],
    dates: Annotated[
        Literal["iso", "dmy"], typer.Option("--dates", help=_("Of a generic file: 2026-03-01, or 01/03/2026."))
    ] = "iso",
    amounts: Annotated[
        Literal["plain", "id", "en"],
        typer.Option("--amounts", help=_("Of a generic file: 1500000.00, 1.500.000,00 or 1,500,000.00.")),
    ] = "plain",
    no_assert: Annotated[
        bool, typer.Option("--no-assert", help=_("Keep it although its balances do not add up; this is written down."))
    ] = False,
) -> None:
    from ekost_cli.banking import import_statement

    import_statement(Context.of(context), file, form, account, dates, amounts, asserting=not no_assert)


@app.command(
    "list",
    _("List imports, the latest first."),
    examples=("ekost import list", "ekost import list --state failed", "ekost import list -o json"),
    takes=Takes.PAGES,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    state: Annotated[
        Literal["queued", "running", "done", "failed", "undone"] | None,
        typer.Option("--state", help=_("Only imports in this state.")),
    ] = None,
    reverse: ReverseOption = False,
) -> None:
    from db.repositories.imports import Imports

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: Imports(conn).page(state=state, after=after, limit=limit, way=way),
                reverse=reverse,
            )
        )


@app.command(
    "show",
    _("Show an import and what came of it."),
    examples=("ekost import show 1", "ekost import show 1 --wait -o json"),
    fields=FIELDS,
)
def show(context: typer.Context, number: NumberArg, wait: Wait = False) -> None:
    ekost = Context.of(context)
    row = _row(ekost, number)
    if wait and row.is_open():
        row = follow(ekost, row)
    ekost.show(row)
    if row.failure is not None:
        ekost.note(reason_of(row.failure))


@app.command(
    "errors",
    _("List the rejected rows of an import; with -o csv as a file to mend and import again."),
    examples=("ekost import errors 1", "ekost import errors 1 -o csv", "ekost import errors 1 -o json --all"),
    takes=Takes.PAGES,
    fields=ERRORS,
)
def errors(context: typer.Context, number: NumberArg) -> None:
    from db.repositories.imports import Imports
    from db.repositories.paging import Page

    ekost = Context.of(context)
    row = _row(ekost, number)
    if _whole_file(ekost):
        write_mendable(ekost, row)
        return

    def read(after: str | None, limit: int) -> Page[Any]:
        page = Imports(conn).errors(row.id, after=after, limit=limit)
        return Page([told(error) for error in page.items], page.next)

    with ekost.reading() as conn:
        ekost.show_pages(read)


@app.command(
    "retry",
    _("Go on with an import that failed or was interrupted, behind the last row that it kept."),
    examples=("ekost import retry 2", "ekost import retry 2 --dry-run"),
    takes=Takes.DRY_RUN,
    fields=FIELDS,
)
def retry(context: typer.Context, number: NumberArg, wait: Wait = False) -> None:
    from db.services.imports.run import carry_through, reopen

    ekost = Context.of(context)
    row = _row(ekost, number)
    if ekost.dry_run:
        with ekost.transaction() as conn:
            reopen(conn, row.id)
            row = carry_through(conn, row.id)
            ekost.show(row)
    else:
        with ekost.database.transaction(ring=True) as conn:
            reopen(conn, row.id)
        row = carry_on(ekost, _row(ekost, number), wait=wait)
        ekost.show(row)
    end(ekost, row)


@app.command(
    "undo",
    _("Take an import back: payments are reversed; tenants and rooms archived if nobody used them."),
    examples=("ekost import undo 1 --yes", "ekost import undo 1 --dry-run"),
    takes=Takes.DRY_RUN | Takes.YES,
    fields=FIELDS,
)
def undo(context: typer.Context, number: NumberArg) -> None:
    from db.services.imports.undo import undo_import, undo_within

    ekost = Context.of(context)
    row = _row(ekost, number)
    question = _("Take back import {id}: {file}, {count} rows?")
    ekost.confirm(question.format(id=row.id, file=row.file_name, count=row.rows_applied))
    reason = _("import {id} undone").format(id=row.id)
    if ekost.dry_run:
        with ekost.transaction() as conn:
            undone = undo_within(conn, row.id, reason=reason)
            ekost.show(undone.row)
    else:
        undone = undo_import(ekost.database, row.id, reason=reason)
        ekost.show(undone.row)
    if undone.also_in:
        text = _("Rows of it were skipped by the later imports {ids}: to have them, undo those and import their files.")
        ekost.note(text.format(ids=", ".join(map(str, undone.also_in))))


def _row(ekost: Context, number: str) -> "ImportRow":
    from db.repositories.imports import Imports

    with ekost.database.reading() as conn:
        return Imports(conn).row(entry_number(number))


def _whole_file(ekost: Context) -> bool:
    """Whether the rows are to be mended: then all of them are wanted, and whole, unless somebody chose otherwise."""
    options = ekost.options
    chosen = options.fields is not None or options.after is not None or options.limit != DEFAULT_LIMIT
    return ekost.printer.format == "csv" and not chosen
