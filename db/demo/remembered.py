"""What somebody wrote down about residents and rooms, and what stands in some of the rooms."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Connection

from db.repositories.leases import load_leases
from db.repositories.lookup import find_property, find_room, find_tenant, get_property
from db.repositories.meters import Meters
from db.services.inventory import add_item, check_items
from db.services.meters import add_meter, set_tariff
from db.services.notes import add_note, void_note
from db.services.readings import Read, post_readings
from db.services.settling import close_tenant
from db.tables import leases

# The house, whom or what it is about, and the words.
_ABOUT_RESIDENTS = (
    ("KOSA", "BUDI", "Minta kunci cadangan"),
    ("KOSA", "SITI", "Janji melunasi setelah gajian tanggal 25"),
    ("KOSB", "GALIH", "Sudah dihubungi lewat WhatsApp, belum membalas"),
)
_ABOUT_ROOMS = (
    ("KOSA", "A8", "Atap bocor, menunggu tukang"),
    ("KOSA", "A1", "Filter AC dibersihkan setiap tiga bulan"),
)
# Written in haste: it was taken back.
_WRONG = ("KOSA", "ANI", "Pindah bulan depan", "Tidak jadi pindah")
_FURNISHED = ("KOSA", "A1", ("Kasur", "Lemari", "Meja belajar", "AC"))
_METERED = ("KOSA", Decimal(1445), {"A1": Decimal("1250.3"), "A2": Decimal("873.5"), "A3": Decimal(2046)})
# Who left with a debt: it stands on the closing statement.
_CLOSED = ("TUMPAL", "KOSA")
# Broken when the last resident left, mended for the next one.
_MENDED = ("KOSB", "B10", "Jendela", "Kaca jendela pecah")


def remember(conn: Connection) -> None:
    """Write the notes, and the inventory of two rooms."""
    for house, code, words in _ABOUT_RESIDENTS:
        add_note(conn, find_tenant(conn, code, house), words)
    for house, room, words in _ABOUT_ROOMS:
        add_note(conn, find_room(conn, room, house), words)
    house, code, words, why = _WRONG
    wrong = add_note(conn, find_tenant(conn, code, house), words)
    void_note(conn, wrong, why)
    _furnish(conn)
    _mend(conn)
    _meter(conn)
    close_tenant(conn, find_tenant(conn, *_CLOSED), keep_deposit=True)


def _furnish(conn: Connection) -> None:
    """All was new when the resident moved in; the mattress is worn by now."""
    house, number, things = _FURNISHED
    room = find_room(conn, number, house)
    stay = load_leases(conn, leases.c.room_id == room.id)[-1]
    for thing in things:
        add_item(conn, room, thing, on=stay.starts_on - timedelta(days=1))
    check_items(conn, room, {}, stay.starts_on, rest="good", lease_id=stay.id, note="Serah terima kamar")
    check_items(conn, room, {things[0]: "worn"}, get_property(conn, room.property_id).today)


def _meter(conn: Connection) -> None:
    """Electricity is by the meter from here on: what three meters showed on the first of the month."""
    house, price, figures = _METERED
    prop = find_property(conn, house)
    since = prop.today.replace(day=1)
    set_tariff(conn, prop, "electricity", price, since)
    for number in figures:
        add_meter(conn, prop, find_room(conn, number, house), "electricity")
    meters = zip(Meters(conn).walk(prop.id), figures.values(), strict=True)
    post_readings(conn, [Read(meter, figure) for meter, figure in meters], since)


def _mend(conn: Connection) -> None:
    """How it was found at the end of one lease and at the beginning of the next."""
    house, number, thing, what = _MENDED
    room = find_room(conn, number, house)
    before, after = load_leases(conn, leases.c.room_id == room.id)[-2:]
    assert before.ends_on is not None  # noqa: S101 - somebody else lives there now
    add_item(conn, room, thing, on=before.starts_on)
    check_items(conn, room, {thing: "broken"}, before.ends_on, lease_id=before.id, note=what)
    check_items(conn, room, {thing: "good"}, after.starts_on, lease_id=after.id)
