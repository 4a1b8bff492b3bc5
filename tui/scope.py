"""What a list is asked for: of which property, in which order, with which filter."""

from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class House:
    """The property that all screens are about."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """One view of a list. Days are inclusive."""

    house: House | None = None
    sort: str = ""
    reverse: bool = False
    matching: str = ""
    status: str | None = None
    since: date | None = None
    until: date | None = None
    # The code of the property that a shell means where none is named; no other list comes from it.
    usual: str | None = field(default=None, compare=False)

    @property
    def property_id(self) -> int | None:
        """The property's id, or None for all of them."""
        return self.house.id if self.house else None

    @property
    def words(self) -> str | None:
        """What is looked for; nothing but blanks is nothing."""
        return self.matching.strip() or None

    def but(self, **changes: object) -> "Scope":
        """The same with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]
