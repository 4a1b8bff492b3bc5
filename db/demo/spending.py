"""What the two houses have spent in the last months, and the cash that was counted at the end of one of them."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from db.domain.periods import YearMonth
from db.repositories.cash import Cash
from db.repositories.lookup import PropertyRow, find_property, find_room
from db.services.cash import count_cash
from db.services.expenses import record_expense, void_expense

# So many months are remembered, this one too.
MONTHS = 6
# Every month: the day, the amount, what for, how, and who was paid.
_MONTHLY = (
    (5, 1_150_000, "electricity", "transfer", "PLN"),
    (5, 385_000, "internet", "transfer", "Indihome"),
    (8, 210_000, "water", "cash", "PDAM"),
    (25, 600_000, "cleaning", "cash", "Bu Sum"),
)
# Once: how many days ago, the amount, what for, the room, and the words.
_ONCE = (
    (70, 175_000, "maintenance", "A8", "Tukang atap"),
    (33, 95_000, "supplies", None, "Sapu, pel, lampu"),
    (12, 450_000, "maintenance", "A1", "Servis AC"),
)
_WRONG = (Decimal(350_000), "supplies", "Kasur", "Dibayar penyewa sendiri")


def spend(conn: Connection) -> None:
    """Record expenses of KOSA and KOSB, one taken back; the owner takes most of the cash out and counts the rest."""
    for code in ("KOSA", "KOSB"):
        house = find_property(conn, code)
        for months in range(MONTHS - 1, -1, -1):
            _pay_month(conn, house, house.today, months)
        _take_out(conn, house)
    house = find_property(conn, "KOSA")
    for days, amount, category, number, words in _ONCE:
        room = None if number is None else find_room(conn, number, "KOSA")
        day = house.today - timedelta(days=days)
        record_expense(conn, house, Decimal(amount), category, room=room, spent_on=day, description=words)
    amount_, category, words, why = _WRONG
    void_expense(conn, record_expense(conn, house, amount_, category, description=words), why)
    (held,) = Cash(conn).held(property_id=house.id)
    count_cash(conn, house, held.held - 5_000, note="Akhir bulan")


def _pay_month(conn: Connection, house: PropertyRow, today: date, months: int) -> None:
    month = YearMonth.of(today)
    for _ in range(months):
        month = month.previous
    for day, amount, category, method, payee in _MONTHLY:
        if (on := month.clamp(day)) <= today:
            record_expense(conn, house, Decimal(amount), category, spent_on=on, method=method, payee=payee)


def _take_out(conn: Connection, house: PropertyRow) -> None:
    """All but a little: what the house has taken in cash in two years went to the bank."""
    (held,) = Cash(conn).held(property_id=house.id)
    amount = held.held - 3_000_000
    if amount > 0:
        record_expense(conn, house, amount, "transfer", description="Setor ke bank")
