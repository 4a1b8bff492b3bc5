"""A file on its way into the book: read, left to the background or done here, and what came of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from db.domain.csvrows import Kind
from db.errors import ExitCode
from ekost_cli.context import Context
from ekost_cli.following import carry_on
from ekost_cli.mending import reason_of, told
from locales import records
from locales.catalogs import _, ngettext

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.imports import ImportRow
    from db.services.imports.staging import Request, Staged

# Rejected rows that a dry run tells of.
SHOWN = 10


def import_file(ekost: Context, kind: Kind, file: Path, dates: str, amounts: str, *, wait: bool) -> None:
    """Import `file` (`-`: standard input), show what came of it, and end with 6 if rows were rejected."""
    from db.services.imports.reading import await_first_byte, opened
    from db.services.imports.staging import Request

    request = Request(kind, ekost.property_code, dates, amounts, ekost.settings.import_max_mib)
    if str(file) == "-":
        await_first_byte(sys.stdin.buffer)
        _take(ekost, request, sys.stdin.buffer, "-", wait=wait)
    else:
        with opened(file) as stream:
            await_first_byte(stream)
            _take(ekost, request, stream, file.name, wait=wait)


def _take(ekost: Context, request: "Request", stream: BinaryIO, name: str, *, wait: bool) -> None:
    """Stage the file and apply it; with `--dry-run` in one transaction that is rolled back."""
    from db.services.imports.run import carry_through
    from db.services.imports.staging import stage_file

    if ekost.dry_run:
        with ekost.transaction() as conn:
            staged = stage_file(conn, request, stream, name)
            _note_staged(ekost, staged)
            row = carry_through(conn, staged.row.id)
            if request.kind == "tenants" and not staged.repeated:
                _show_first_bills(ekost, conn, row)
            else:
                ekost.show(row)
            _note_rejected(ekost, conn, row)
    else:
        with ekost.database.transaction(ring=True) as conn:
            staged = stage_file(conn, request, stream, name)
        _note_staged(ekost, staged)
        row = carry_on(ekost, staged.row, wait=wait)
        ekost.show(row)
    if not staged.repeated or staged.row.is_open():
        end(ekost, row)


def _note_staged(ekost: Context, staged: "Staged") -> None:
    """Say what the figures can't: columns that nobody reads, and a file that was here before."""
    if staged.unread:
        ekost.note(_("Columns that were not read: {names}.").format(names=", ".join(staged.unread)))
    if staged.repeated and staged.row.is_open():
        ekost.note(_("This file is being imported already, as number {id}: going on.").format(id=staged.row.id))
    elif staged.repeated:
        text = _(
            "This file was imported before, as number {id}: nothing was done. `ekost import undo {id}` takes it back."
        )
        ekost.note(text.format(id=staged.row.id))


def _show_first_bills(ekost: Context, conn: "Connection", row: "ImportRow") -> None:
    """What each tenant would bring along and owe first, to be looked over before anything is posted."""
    from db.repositories.firstbills import first_bills

    ekost.show_list(first_bills(conn, row.id), records.FIRST_BILLS)
    text = _("{total} rows: {applied} tenants to be added, {skipped} known already, {rejected} rejected.")
    counts = {"applied": row.rows_applied, "skipped": row.rows_skipped, "rejected": row.rows_rejected}
    ekost.note(text.format(total=row.rows_total, **counts))


def _note_rejected(ekost: Context, conn: "Connection", row: "ImportRow") -> None:
    """The first rejected rows of a dry run, which keeps no list of them."""
    from db.repositories.imports import Imports

    for error in Imports(conn).errors(row.id, limit=SHOWN).items:
        where = _("Line {line}, {column}:").format(line=error.line, column=error.column or "-")
        ekost.note(f"{where} {told(error).message}")


def end(ekost: Context, row: "ImportRow") -> None:
    """Tell what came of an import, and end the command with 6 if rows were rejected, with 1 if it failed."""
    if row.failure is not None:
        ekost.note(reason_of(row.failure))
        raise typer.Exit(ExitCode.FAILED)
    _note_outcome(ekost, row)
    if row.rows_rejected:
        raise typer.Exit(ExitCode.REJECTED_ROWS)


def _note_outcome(ekost: Context, row: "ImportRow") -> None:
    """Say what the figures alone don't: why rows were skipped, and what to do about rejected ones."""
    if row.rows_skipped:
        text = ngettext(
            "{count} row had been imported before and was skipped.",
            "{count} rows had been imported before and were skipped.",
            row.rows_skipped,
        )
        ekost.note(text.format(count=row.rows_skipped))
    if row.rows_rejected and not ekost.dry_run:
        text = ngettext(
            "{count} row was rejected: `ekost import errors {id}` tells why, with -o csv in a file to mend.",
            "{count} rows were rejected: `ekost import errors {id}` tells why, with -o csv in a file to mend.",
            row.rows_rejected,
        )
        ekost.note(text.format(count=row.rows_rejected, id=row.id))
