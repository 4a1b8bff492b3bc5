"""The columns of what is shown, described as data: names are an API, labels and kinds are for people."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

Kind = Literal[
    "text",
    "phone",
    "money",
    "number",
    "percent",
    "int",
    "bool",
    "date",
    "instant",
    "status",
    "code",
    "working",
    "nested",
    "stage",
    "house",
]
# The clock and the money of a record that names none of its own.
HOME_TIMEZONE = "Asia/Jakarta"
HOME_CURRENCY = "IDR"
# What may lose its end where there is little room.
CUTTABLE = frozenset({"text", "code", "working", "house"})
NUMERIC = frozenset({"money", "number", "percent", "int"})


class Field(NamedTuple):
    """One column. `name` is the attribute or key of the record, `label` its heading (marked with `N_`).

    The first field of a list is the key that `-o id` prints. A `wide` field gives way when the terminal is narrow.
    A `house` is the code of a property, and without one a line stands for all of them together.
    Money is shown in the currency of the record's own `currency`, instants on the clock of its `timezone`.
    """

    name: str
    label: str
    kind: Kind = "text"
    wide: bool = False

    @property
    def to_the_right(self) -> bool:
        """Figures are aligned at their last digit."""
        return self.kind in NUMERIC


def value_of(record: Any, name: str) -> Any:
    """The value of a field in a named tuple or a mapping."""
    return record[name] if isinstance(record, Mapping) else getattr(record, name)


def values_of(record: Any, names: Sequence[str]) -> list[Any]:
    """The values of some fields in a named tuple or a mapping."""
    if isinstance(record, Mapping):
        return [record[name] for name in names]
    return [getattr(record, name) for name in names]


def extra_of(record: Any, name: str, default: str) -> str:
    """A companion of the values (`currency`, `timezone`) that a record may carry or not."""
    found = record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)
    return str(found or default)
