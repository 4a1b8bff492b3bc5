"""The kos of 24 rooms, made in one transaction by the very services that the commands use."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from sqlalchemy import Connection

from db.demo.cash import pay, settle_deposits, take_deposits
from db.demo.guard import claim_demo
from db.demo.kos import HOUSES, IN_RENOVATION, MIXED_UP, RESIDENTS
from db.demo.life import live
from db.demo.mistakes import book_to_the_wrong_one
from db.demo.people import email, phone
from db.demo.plot import House, Resident
from db.demo.remembered import remember
from db.demo.spending import spend
from db.engine import Database
from db.repositories.lookup import PropertyRow, find_room
from db.services.properties import add_property
from db.services.rooms import add_room, set_room_status
from db.services.tenants import add_tenant

SEED = 24


def load_small_demo(database: Database, *, seed: int = SEED) -> bool:
    """Make the kos, with two years of history until today; False when it is there already.

    The same seed makes the same kos on the same day. Raises BookInUseError.
    """
    with database.transaction(statement_timeout_ms=0) as conn:
        return make_kos(conn, Random(seed))  # noqa: S311 - names and habits, no secrets


def make_kos(conn: Connection, random: Random) -> bool:
    """`load_small_demo` within a transaction."""
    claim = claim_demo(conn)
    if claim.answer is not None:
        return False
    houses = {house.code: _build(conn, house) for house in HOUSES}
    _register(conn, houses)
    live(conn, RESIDENTS, houses[HOUSES[0].code].today)
    take_deposits(conn, RESIDENTS)
    pay(conn, RESIDENTS, random)
    book_to_the_wrong_one(conn, *MIXED_UP)
    settle_deposits(conn, RESIDENTS)
    house, number = IN_RENOVATION
    set_room_status(conn, find_room(conn, number, house), "renovation")
    remember(conn)
    spend(conn)
    claim.keep(houses[HOUSES[0].code].id)
    return True


def _build(conn: Connection, house: House) -> PropertyRow:
    prop = add_property(conn, house.code, house.name, **house.policy)
    for number, rent, room_type, capacity, basis in house.rooms:
        add_room(conn, prop, number, Decimal(rent), room_type=room_type, capacity=capacity, basis=basis)
    return prop


def _register(conn: Connection, houses: Mapping[str, PropertyRow]) -> None:
    """Write down who they are, in the order in which they came."""
    for number, resident in enumerate(sorted(RESIDENTS, key=lambda r: r.since(houses[r.house].today)), start=101):
        add_tenant(conn, houses[resident.house], resident.name, code=resident.code, **_contact(resident, number))


def _contact(resident: Resident, number: int) -> dict[str, str | None]:
    """How to reach them, or rather nobody: province 99 of the national id does not exist either."""
    contact: dict[str, str | None] = {"phone": phone(number)}
    if number % 3:
        contact["email"] = email(resident.name)
    if number % 4 == 1:
        contact |= {"national_id": f"9999010101{number:06d}"}
    if number % 2:
        contact |= {"emergency_name": f"Keluarga {resident.name.split()[0]}", "emergency_phone": phone(number + 100)}
    return contact
