"""Rejected rows in words, and as a file that can be mended and imported again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from db.domain.csvrows import Kind, error_header
from ekost_cli.context import Context
from ekost_cli.failures import failure_of
from locales.writers import guard

if TYPE_CHECKING:
    from db.repositories.imports import ImportErrorRow, ImportRow, RejectedRow

PAGE = 500


class ErrorLine(NamedTuple):
    """A rejected cell, its message in the reader's language."""

    line: int
    column: str
    code: str
    message: str
    value: str


def told(row: "ImportErrorRow") -> ErrorLine:
    """What was wrong, in words."""
    return ErrorLine(row.line, row.column, row.code, _message(row.code, row.fields), row.value)


def reason_of(failure: Mapping[str, Any]) -> str:
    """Why an import stopped, in words."""
    return _message(str(failure["code"]), failure["fields"])


def write_mendable(ekost: Context, row: "ImportRow") -> None:
    """Every rejected row as it stood in the file, once, behind what is wrong with it: mended, it is imported again.

    Cells are quoted and guarded as in every CSV of ours; the import takes the guards off again.
    """
    from db.repositories.imports import Imports

    names, kind = row.options["names"], row.kind
    out = ekost.printer.out
    out.write(_line([*error_header(names, cast(Kind, kind)), *names]))
    after = None
    with ekost.reading() as conn:
        while True:
            page = Imports(conn).rejected(row.id, after=after, limit=PAGE)
            for rejected in page.items:
                out.write(_line([*_reasons(rejected), *rejected.cells]))
            after = page.next
            if after is None:
                return


def _reasons(row: "RejectedRow") -> tuple[str, ...]:
    messages = [_message(code, fields) for code, fields in zip(row.codes, row.fields, strict=True)]
    return str(row.line), ", ".join(row.columns), ", ".join(row.codes), " ".join(messages), ", ".join(row.values)


def _message(code: str, fields: Any) -> str:
    from db.services.imports.rejections import error_of

    return failure_of(error_of(code, fields)).message


def _line(cells: list[str]) -> str:
    return ",".join('"' + guard(cell).replace('"', '""') + '"' for cell in cells) + "\n"
