"""What a check is: a name that scripts may rely on, a sentence, and a query that finds what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Row

_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant; its query is `sql/<name>.sql`, behind the common part `sql/_<prelude>.sql` if it names one.

    The query selects `entity`, `id` and further columns that tell what is wrong; no row: the invariant holds.
    It is one pass over whole tables, never a look-up per row: it also runs over millions of entries.
    """

    name: str
    description: str
    prelude: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    # Whether every row must be seen, also of partitions that were detached; sums are right without them.
    every_row: bool = False

    def sql(self) -> str:
        """The query."""
        files = [f"_{self.prelude}", self.name] if self.prelude else [self.name]
        return "\n".join((_SQL / f"{file}.sql").read_text(encoding="utf-8") for file in files)


class Violation(NamedTuple):
    """A row that breaks an invariant. `detail` holds `name=value` pairs, `-` for nothing."""

    check: str
    entity: str
    id: str
    detail: str


def violation(check: Check, row: Row[Any]) -> Violation:
    """A row of the check's query as a violation."""
    entity, row_id, *values = list(row)
    pairs = zip(row._fields[2:], values, strict=True)
    return Violation(check.name, str(entity), str(row_id), " ".join(f"{name}={_told(value)}" for name, value in pairs))


def _told(value: object) -> str:
    return "-" if value is None else value.isoformat() if isinstance(value, date) else str(value)
