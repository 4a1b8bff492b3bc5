"""`ekost export`: the whole book as plain text, to keep or to bring into another database."""

from pathlib import Path
from typing import Annotated

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Noun
from ekost_cli.progress import progress_bar
from locales import records
from locales.catalogs import _

app = Noun(_("Write the whole book as plain text."))

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
