"""What happened, as rows of a list."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from locales.telling import TOLD_FIELDS, told
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from db.repositories.happened import Happened

COLUMNS = picked(TOLD_FIELDS, recorded_at=0, what=(0, 24), about=(1, 60), actor=3)


class Told(NamedTuple):
    """An event in words; who it is about where it is told of a room."""

    id: int
    recorded_at: datetime
    what: str
    about: str
    actor: str


def teller(currency: str, *, named: bool = False) -> "Callable[[Happened], Told]":
    """Turns an event into its row; `named`: with the tenant whom it is about."""

    def tell(one: "Happened") -> Told:
        row = told(one.type, one.payload, one.recorded_at, one.actor, currency)
        who = f"{one.tenant_name}: " if named and one.tenant_name else ""
        return Told(one.id, row["recorded_at"], row["what"], who + row["about"], row["actor"])

    return tell
