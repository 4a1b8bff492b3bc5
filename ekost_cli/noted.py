"""What is known of a tenant or a room beside figures: below its card for a person, nested in it for a program."""

from typing import TYPE_CHECKING, Any

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef, TenantRef

# So many of the last notes are shown.
LATEST = 3
NOTES = Field("notes", N_("Notes"), "nested")
INVENTORY = Field("inventory", N_("Inventory"), "nested")
_ROWS = {"notes": records.NOTES, "inventory": records.INVENTORY}
# Of a table below a card: what is not said by the card, or only where something was taken back.
_SHOWN = {
    "notes": ("created_at", "text", "actor"),
    "inventory": ("name", "quantity", "condition", "checked_on", "remark"),
}


def known_of(conn: "Connection", about: "TenantRef | RoomRef") -> dict[str, Any]:
    """The last notes that stand, and all items of a room."""
    from db.repositories.inventory import Inventory
    from db.repositories.lookup import RoomRef
    from db.repositories.notes import Notes

    known: dict[str, Any] = {"notes": Notes(conn).page(about=about, voided=False, limit=LATEST).items}
    if isinstance(about, RoomRef):
        known["inventory"] = Inventory(conn).of_room(about.id)
    return known


def show_known(ekost: Context, card: dict[str, Any], known: dict[str, Any], fields: tuple[Field, ...]) -> None:
    """A card, and what is known in tables below it; or one object with all of it."""
    from locales.values import as_object

    if not ekost.for_people or ekost.options.fields:
        nested = {name: [as_object(row, _ROWS[name]) for row in rows] for name, rows in known.items()}
        ekost.show(card | nested, fields)
        return
    ekost.show(card, tuple(field for field in fields if field.name not in known))
    for name, rows in known.items():
        if rows:
            label = next(field.label for field in fields if field.name == name)
            ekost.say("")
            ekost.say(_(label))
            ekost.show_list(rows, tuple(field for field in _ROWS[name] if field.name in _SHOWN[name]))
