"""What happened to a tenant or a room, and how the book stood on a day: what both nouns show in the same way."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from db.errors import N_
from ekost_cli.audited import note_missing
from ekost_cli.context import Context
from ekost_cli.fields import Field
from locales.telling import TOLD_FIELDS, told

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.happened import Happened
    from db.repositories.history import History
    from db.repositories.pages import Page

HISTORY = (
    Field("id", N_("Number"), "int", wide=True),
    Field("recorded_at", N_("When"), "instant"),
    Field("type", N_("What")),
    Field("actor", N_("By whom"), wide=True),
    Field("payload", N_("Details"), "nested"),
)


def show_happened(
    ekost: Context,
    currency: str,
    read: "Callable[[str | None, int], Page[Happened]]",
    who: tuple[Field, ...] = (),
) -> None:
    """Pages of what happened; for a person in words, with the columns of `who` it concerns before the details."""
    if not ekost.for_people or ekost.options.fields:
        ekost.show_pages(read)
        return

    def line(one: "Happened") -> dict[str, Any]:
        return one._asdict() | told(one.type, one.payload, one.recorded_at, one.actor, currency)

    when, what, *rest = TOLD_FIELDS
    ekost.show_pages(lambda after, limit: read(after, limit).mapped(line), (when, what, *who, *rest))


def standing(ekost: Context, conn: "Connection", property_id: int) -> "History":
    """The book at the end of the day that --as-of names, in the property's time zone; a note if it is incomplete."""
    from db.domain.dates import end_of_day
    from db.repositories.history import History
    from db.repositories.lookup import get_property

    timezone = get_property(conn, property_id).timezone
    day = ekost.as_of(timezone) or ekost.today(timezone)
    note_missing(ekost, conn, end_of_day(day, timezone))
    return History(conn, day, timezone)
