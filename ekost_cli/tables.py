"""Tables and cards for a terminal, with amounts, dates and words as people write them.

Only here Rich is used. Stored text goes through `safe` and into `Text`: nothing in a name is taken for markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ekost_cli.fields import Field, value_of
from ekost_cli.terminal import width
from locales.catalogs import _
from locales.cells import said
from locales.fields import CUTTABLE
from locales.safe import safe
from locales.values import written

Fields = tuple[Field, ...]
Row = list[Text]

GAP = 2
# A column that may be cut keeps at least so much.
LEAST = 12
# Rows of a long table share the widths of the first so many, so that it can be printed as it comes.
CHUNK = 200


def write_table(out: TextIO, records: Iterable[Any], fields: Fields, *, color: bool, keep_all: bool) -> list[Field]:
    """Print a table; the fields that the terminal had no room for, unless they were asked for by name."""
    rows = iter(records)
    first = [_row(record, fields) for record in islice(rows, CHUNK)]
    widths = [_width(n, field, first) for n, field in enumerate(fields)]
    kept = list(range(len(fields))) if keep_all else _fitting(fields, widths, width())
    console = _console(color)
    for number, chunk in enumerate(_chunks(first, rows, fields)):
        _print(console, out, _table(fields, kept, widths, chunk, header=number == 0))
    return [field for n, field in enumerate(fields) if n not in kept]


def write_card(out: TextIO, record: Any, fields: Fields, *, color: bool) -> None:
    """Print one thing, a field a line, the labels aligned."""
    grid = Table.grid(padding=(0, GAP))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    for field in fields:
        grid.add_row(Text(_(field.label)), cell(record, field))
    _print(_console(color), out, grid)


def cell(record: Any, field: Field) -> Text:
    """A value as a person reads it."""
    if field.kind == "nested" and (value := value_of(record, field.name)):
        return Text(safe(written(value)))
    return Text(*said(record, field))


def _row(record: Any, fields: Fields) -> Row:
    return [cell(record, field) for field in fields]


def _chunks(first: list[Row], rest: Iterator[Any], fields: Fields) -> Iterator[list[Row]]:
    while first:
        yield first
        first = [_row(record, fields) for record in islice(rest, CHUNK)]


def _width(column: int, field: Field, rows: Sequence[Row]) -> int:
    return max([cell_len(_(field.label)), *(row[column].cell_len for row in rows)])


def _fitting(fields: Fields, widths: list[int], room: int) -> list[int]:
    """The columns that fit: wide ones go first, then the last ones; the first column always stays."""
    kept = list(range(len(fields)))
    for n in sorted(kept, key=lambda n: (not fields[n].wide, -n)):
        if _needed(fields, widths, kept) <= room or len(kept) == 1:
            break
        kept.remove(n)
    return kept


def _needed(fields: Fields, widths: list[int], kept: list[int]) -> int:
    """Columns of the terminal that a table needs: no text is cut to make room for a wide field; figures never are."""
    whole = any(fields[n].wide for n in kept)
    needs = [widths[n] if whole or fields[n].kind not in CUTTABLE else min(widths[n], LEAST) for n in kept]
    return sum(needs) + GAP * (len(kept) - 1)


def _table(fields: Fields, kept: list[int], widths: list[int], rows: list[Row], *, header: bool) -> Table:
    table = Table(box=None, show_header=header, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for n, room in zip(kept, _shared_out(fields, widths, kept, width()), strict=True):
        side: Literal["left", "right"] = "right" if fields[n].to_the_right else "left"
        table.add_column(Text(_(fields[n].label)), justify=side, width=room, overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*(row[n] for n in kept))
    return table


def _shared_out(fields: Fields, widths: list[int], kept: list[int], room: int) -> list[int]:
    """A width for each column: the longest texts give way until all fit."""
    shares = [widths[n] for n in kept]
    while sum(shares) + GAP * (len(shares) - 1) > room:
        texts = [i for i, n in enumerate(kept) if fields[n].kind in CUTTABLE and shares[i] > LEAST]
        if not texts:
            break
        longest = max(texts, key=lambda i: shares[i])
        shares[longest] -= 1
    return shares


def _print(console: Console, out: TextIO, table: Table) -> None:
    """Write a table without the blanks that fill it up to the right: they would be copied with the text."""
    with console.capture() as captured:
        console.print(table, crop=False)
    out.writelines(line.rstrip() + "\n" for line in captured.get().splitlines())


def _console(color: bool) -> Console:
    return Console(
        width=width(),
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        markup=False,
        highlight=False,
        emoji=False,
    )
