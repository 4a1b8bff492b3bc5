"""Rows of properties, and of all of them together."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

# A row with the code of a property, or none where it is of all of a currency.
Row = TypeVar("Row", bound=Any)


def in_all(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows; those of all properties only where there are several."""
    several = len({row.property for row in rows if row.property is not None}) > 1
    return (row for row in rows if several or row.property is not None)
