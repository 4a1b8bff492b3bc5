"""Rooms in the order in which a person counts them."""

from sqlalchemy import Connection

from db.repositories.rooms import Rooms
from tests.db.services.house import House


def test_room_a2_comes_before_a10_on_every_page(conn: Connection) -> None:
    house = House.build(conn)
    for number in ("A10", "B1", "A2", "A1", "2", "A2B10", "A2B9", "10"):
        house.room(number)
    seen: list[str] = []
    after = None
    while True:
        page = Rooms(conn).page(after=after, limit=3)
        seen += [room.number for room in page.items]
        if (after := page.next) is None:
            break
    assert seen == ["2", "10", "A1", "A2", "A2B9", "A2B10", "A10", "B1"]
