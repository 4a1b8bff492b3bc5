"""A list as a workbook for spreadsheets: numbers as numbers, days as days, nothing that a spreadsheet computes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from db.errors import N_, EkostError, UsageError
from locales.catalogs import _
from locales.fields import HOME_TIMEZONE, Field, extra_of, value_of
from locales.safe import safe
from locales.statuses import status_word

FORMATS = {"money": "#,##0.00", "percent": "0.0", "date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm"}
WIDTH = 16


class WorkbookMissingError(UsageError):
    """The library for workbooks is not installed."""

    code = "workbook_missing"
    message = N_("Workbooks need a library that is not installed.")
    hint = N_("Install it with `pipx inject ekost xlsxwriter`, or `pip install 'ekost[xlsx]'`; or use -o csv.")


class WorkbookFailedError(EkostError):
    """The file can't be written."""

    code = "workbook_failed"
    message = N_("“{file}” can't be written: {reason}.")
    hint = N_("Choose a new name in a folder that you may write to.")


def write_workbook(path: Path, records: Iterable[Any], fields: Sequence[Field], title: str) -> int:
    """Write the records into a new file, row by row; how many there were.

    Raises WorkbookMissingError, WorkbookFailedError.
    """
    _library()  # before there is a file
    try:
        with path.open("xb") as file:
            return fill_workbook(file, records, fields, title)
    except FileExistsError as error:
        raise WorkbookFailedError(file=path, reason=_("it is there already")) from error
    except OSError as error:
        raise WorkbookFailedError(file=path, reason=error.strerror or error) from error


def fill_workbook(file: BinaryIO, records: Iterable[Any], fields: Sequence[Field], title: str = "E-Kost") -> int:
    """The same into a file that is open. Raises WorkbookMissingError."""
    with _library().Workbook(file, {"constant_memory": True}) as book:
        return _write(book, records, fields, title)


def _library() -> Any:
    try:
        import xlsxwriter
    except ImportError as error:
        raise WorkbookMissingError from error
    return xlsxwriter


def _write(book: Any, records: Iterable[Any], fields: Sequence[Field], title: str) -> int:
    sheet = book.add_worksheet(title[:31])
    styles = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    head = book.add_format({"bold": True, "bottom": 1})
    for column, field in enumerate(fields):
        sheet.set_column(column, column, WIDTH)
        sheet.write_string(0, column, _(field.label), head)
    sheet.freeze_panes(1, 0)
    row = 0
    for row, record in enumerate(records, 1):
        for column, field in enumerate(fields):
            value = value_of(record, field.name)
            if isinstance(value, datetime):
                value = _clock(value, extra_of(record, "timezone", HOME_TIMEZONE))
            _put(sheet, row, column, value, field.kind, styles.get(field.kind))
    sheet.autofilter(0, 0, row, max(len(fields) - 1, 0))
    return row


def _put(sheet: Any, row: int, column: int, value: object, kind: str, style: Any) -> None:
    if value is None:
        if kind == "house":
            sheet.write_string(row, column, _("Total"))
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, status_word(str(value)) if kind == "status" else safe(str(value)))


def _clock(moment: datetime, zone: str) -> datetime:
    """What the clock of the property showed: workbooks know no zones."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
