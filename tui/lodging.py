"""A room together with who lives there, as the board shows it."""

from collections.abc import Sequence

from db.repositories.rooms import RoomRow


class Lodging(RoomRow):
    """A row of the list of rooms; `names` are those who live there tonight."""

    names: Sequence[str] = ()

    @classmethod
    def of(cls, row: RoomRow, names: Sequence[str]) -> "Lodging":
        """The same room with them."""
        lodging = cls._make(row)
        lodging.names = names
        return lodging
