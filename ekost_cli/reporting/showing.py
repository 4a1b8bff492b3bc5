"""Show a report: as any list, as bars below it, or as a workbook."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from db.errors import N_, UsageError
from ekost_cli.context import Context
from ekost_cli.fields import Field
from locales.catalogs import _

ChartOption = Annotated[bool, typer.Option("--chart", help=_("Draw the figures as bars, below the table."))]
XlsxOption = Annotated[
    Path | None, typer.Option("--xlsx", metavar="FILE", help=_("Write a workbook for spreadsheets instead."))
]


class ChartFormatError(UsageError):
    """Bars are for people."""

    code = "chart_format"
    message = N_("A chart is drawn for people: not into {format}.")
    hint = N_("Add -o table, or leave --chart out.")


def show_report(
    ekost: Context,
    rows: Iterable[Any],
    fields: tuple[Field, ...],
    *,
    title: str,
    chart: tuple[str, ...] = (),
    xlsx: Path | None = None,
) -> None:
    """Print the rows; `chart` names the fields that label a bar and, last, the figure that it shows.

    Raises ChartFormatError, WorkbookMissingError, WorkbookFailedError.
    """
    if chart and not ekost.for_people:
        raise ChartFormatError(format=ekost.printer.format)
    if xlsx is not None:
        from tui.workbook import write_workbook

        count = write_workbook(xlsx, rows, ekost.chosen(fields), title)
        ekost.note(_("{count} rows were written to {file}.").format(count=count, file=xlsx))
        return
    if not chart:
        ekost.show_list(rows, fields)
        return
    kept = list(rows)
    ekost.show_list(kept, fields)
    _draw(ekost, kept, fields, chart)


def _draw(ekost: Context, rows: list[Any], fields: tuple[Field, ...], chart: tuple[str, ...]) -> None:
    from ekost_cli.terminal import width
    from locales.charts import chart_lines

    for line in chart_lines(list(_bars(rows, fields, chart)), width()):
        ekost.say(line)


def _bars(rows: list[Any], fields: tuple[Field, ...], chart: tuple[str, ...]) -> Iterator[tuple[str, Decimal, str]]:
    from locales.cells import said
    from locales.fields import value_of

    known = {field.name: field for field in fields}
    *labels, figure = (known[name] for name in chart)
    for row in rows:
        value = value_of(row, figure.name)
        if value is not None and all(value_of(row, field.name) is not None for field in labels):
            yield " ".join(said(row, field)[0] for field in labels), Decimal(value), said(row, figure)[0]
