"""`ekost export`: the book as plain text, to keep, to bring into another database, or for programs of accountants."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal, TextIO

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import UntilOption
from ekost_cli.progress import progress_bar
from locales import records
from locales.catalogs import _

app = Noun(_("Write the book as plain text."))

FolderArg = Annotated[Path, typer.Argument(metavar="DIR", help=_("A new folder, or an empty one."))]


@app.command(
    "book",
    _("Write everything as CSV, a file for each subject, with a manifest; `ekost import book` reads it again."),
    examples=("ekost export book kos-2026",),
    fields=records.BOOK_FILES,
)
def book(context: typer.Context, folder: FolderArg) -> None:
    from db.transfer.writing import export_book
    from ekost_cli.main import VERSION

    ekost, place = Context.of(context), folder.expanduser().absolute()
    with progress_bar(ekost) as progress:
        made = export_book(ekost.database, place, VERSION, progress)
    ekost.show({"folder": str(place), **made.told()})


@app.command(
    "journal",
    _("Write the ledger as double-entry bookkeeping, for hledger or beancount; balances are asserted at its end."),
    examples=(
        "ekost export journal --until 2026-03-31",
        "ekost export journal --format beancount --from 2026-03-01 --property KOSA --to march.beancount",
    ),
    takes=Takes.PROPERTY,
    fields=records.JOURNALS,
)
def journal(
    context: typer.Context,
    format_: Annotated[
        Literal["hledger", "beancount"], typer.Option("--format", help=_("The program that reads it."))
    ] = "hledger",
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=_("First day; what was before is one entry."))
    ] = None,
    until: UntilOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help=_("A new file, instead of standard output."))
    ] = None,
) -> None:
    from db.journal.writing import Span
    from db.journal.writing import journal as lines_of
    from ekost_cli.main import VERSION

    ekost, count = Context.of(context), 0
    first, last = ekost.day(since), ekost.day(until)
    with ekost.database.reading(statement_timeout_ms=0) as conn, _target(ekost, to) as out:
        span = Span(ekost.property_id(conn), first, last)
        for line in lines_of(conn, format_, f"E-Kost {VERSION}", span):
            out.write(line + "\n")
            count += 1
    if to is not None:
        ekost.show({"file": str(to), "format": format_, "lines": count})


@contextmanager
def _target(ekost: Context, to: Path | None) -> Iterator[TextIO]:
    if to is None:
        yield ekost.printer.out
        return
    from db.transfer.files import new_file

    with new_file(to.expanduser().absolute()) as file:
        out = TextIOWrapper(file, "utf-8", newline="\n")
        yield out
        out.detach()
