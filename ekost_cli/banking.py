"""Statements and rules between files and the book, and lines told to a person."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from db.errors import N_, UsageError
from ekost_cli.context import Context
from locales.banking import reasons_told
from locales.catalogs import _, ngettext
from locales.safe import safe

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.domain.bank.formats import Format
    from db.domain.bank.layout import Amounts, Dates
    from db.domain.bank.rules import Action
    from db.domain.bank.statement import Statement
    from db.repositories.bank import RuleRow, Suggestion
    from db.repositories.lookup import PropertyRow


class FileUnwritableError(UsageError):
    """The rules can't be written there."""

    code = "file_unwritable"
    message = N_("{path} can't be written: {reason}.")


def import_statement(
    ekost: Context, file: Path, form: str, account: str, dates: str, amounts: str, *, asserting: bool
) -> None:
    """Bring a file in, in one transaction, and show what came of it."""
    from db.repositories.lookup import find_property
    from db.services.bank.statements import bring_statement

    statement = _read(ekost, file, form, dates, amounts)
    with ekost.transaction() as conn:
        prop = find_property(conn, ekost.property_code)
        brought = bring_statement(
            conn, prop, account, statement, file_name=file.name or "-", form=form, asserting=asserting
        )
        ekost.show(brought)
    if not brought.lines_added:
        ekost.note(_("Every line of it was here already: nothing was written."))
    if brought.pending:
        told = ngettext("{count} line is not booked yet and was left out.",
                        "{count} lines are not booked yet and were left out.", brought.pending)  # fmt: skip
        ekost.note(told.format(count=brought.pending))


def _read(ekost: Context, file: Path, form: str, dates: str, amounts: str) -> "Statement":
    from db.domain.bank.formats import read_statement
    from db.services.imports.reading import FileEmptyError, Text, await_first_byte, opened

    if str(file) == "-":
        await_first_byte(sys.stdin.buffer)
        text = "".join(Text(sys.stdin.buffer, "-", ekost.settings.import_max_mib))
    else:
        with opened(file) as stream:
            text = "".join(Text(stream, file.name, ekost.settings.import_max_mib))
    if not text.strip():
        raise FileEmptyError
    return read_statement(text, cast("Format", form), cast("Dates", dates), cast("Amounts", amounts))


def told(ekost: Context, suggestions: "Iterable[Suggestion]") -> list[dict[str, Any]]:
    """Suggestions with their reasons, for a person in words."""
    return [
        {**one._asdict(), "why": reasons_told(one.reasons) if ekost.for_people else ",".join(one.reasons)}
        for one in suggestions
    ]


def import_rules(conn: "Connection", prop: "PropertyRow", file: Path) -> None:
    """Make the rules of a file (`-`: standard input) those of a property.."""
    from db.domain.bank.rules import read_rules
    from db.services.bank.rules import replace_rules
    from db.services.imports.reading import Text, opened

    if str(file) == "-":
        text = "".join(Text(sys.stdin.buffer, "-", 1))
    else:
        with opened(file) as stream:
            text = "".join(Text(stream, file.name, 1))
    replace_rules(conn, prop, list(read_rules(text.splitlines())))


def export_rules(rules: "Iterable[RuleRow]", file: Path) -> None:
    """Write rules as plain text, where `-` prints them. Raises FileUnwritableError."""
    from db.domain.bank.rules import Rule, write_rules

    text = write_rules([Rule(row.pattern, cast("Action", row.action), row.value) for row in rules])
    if str(file) == "-":
        for line in text.splitlines():
            sys.stdout.write(safe(line) + "\n")
        return
    try:
        file.expanduser().write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileUnwritableError(path=file, reason=error.strerror or "-") from None
