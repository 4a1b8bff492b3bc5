"""Rows turned into what is painted: the words of every cell, made beside the reading and not while painting."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from rich.cells import cell_len

from locales.cells import said
from locales.fields import CUTTABLE, Field, value_of

NO_SIGNS: Mapping[str, Any] = MappingProxyType({})


class Column(NamedTuple):
    """A column of a table. The lowest ranks stay when there is little room; texts above `most` cells are cut."""

    field: Field
    rank: int = 0
    most: int = 28
    # What a state is recognised by without colour: a sign by its code.
    signs: Mapping[str, str] = NO_SIGNS

    @property
    def cuttable(self) -> bool:
        """Whether its cells may lose their end: figures, dates and states never do."""
        return self.field.kind in CUTTABLE


def picked(
    fields: Iterable[Field], *, signs: Mapping[str, Mapping[str, str]] = NO_SIGNS, **ranks: int | tuple[int, int]
) -> tuple[Column, ...]:
    """Some of the fields in the order named, each with its rank, or its rank and its most cells."""
    known = {field.name: field for field in fields}
    pairs = {name: rank if isinstance(rank, tuple) else (rank, 28) for name, rank in ranks.items()}
    return tuple(Column(known[name], *pair, signs.get(name, NO_SIGNS)) for name, pair in pairs.items())


class Line(NamedTuple):
    """A row with its cells, each words and colour; `key` is the same after the row has changed."""

    key: Hashable
    row: Any
    cells: tuple[tuple[str, str], ...]


def line_maker(columns: Sequence[Column], key: Callable[[Any], Hashable]) -> Callable[[Any], Line]:
    """What turns a row into its line."""

    def make(row: Any) -> Line:
        return Line(key(row), row, tuple(_cell(row, column) for column in columns))

    return make


def _cell(row: Any, column: Column) -> tuple[str, str]:
    words, color = said(row, column.field)
    if column.signs and (sign := column.signs.get(str(value_of(row, column.field.name)))):
        words = f"{sign} {words}"
    return words, color


def widths(lines: Sequence[Line], columns: Sequence[Column]) -> list[int]:
    """How wide each column of these lines is, within its limit."""
    if not lines:
        return [0] * len(columns)
    return [
        min(max(cell_len(line.cells[n][0]) for line in lines), column.most if column.cuttable else 99)
        for n, column in enumerate(columns)
    ]
