"""The made-up kos itself: two houses of twelve rooms and everybody who lived in them for two years.

Each resident shows something that happens in a kos; the comments say what.
"""

from decimal import Decimal

from db.demo.habits import Habit
from db.demo.plot import House, IsBilled, Leaves, Moves, PaysRent, Resident, RoomPlan, UsedPower, ago, in_days

FAN, AC = "Kipas angin", "AC, kamar mandi dalam"

MELATI = House(
    "KOSA",
    "Kos Melati",
    {"address": "Jl. Kaliurang Km 5 No. 12, Sleman, Yogyakarta"},
    (
        *(RoomPlan(f"A{n}", 1_500_000, AC) for n in range(1, 7)),
        *(RoomPlan(f"A{n}", 1_200_000, FAN) for n in range(7, 10)),
        RoomPlan("A10", 1_350_000, AC),
        RoomPlan("A11", 2_000_000, "Kamar keluarga", 3, "split_room"),
        RoomPlan("A12", 900_000, FAN, 2),
    ),
)
# Everybody is billed on the 5th, has five days to pay, and parts of a month are rounded to a thousand.
ANGGREK = House(
    "KOSB",
    "Kos Anggrek",
    {"address": "Jl. Dipati Ukur No. 35, Bandung", "billing_day": 5, "grace_days": 5, "rounding": Decimal(1000)},
    (
        *(RoomPlan(f"B{n}", 1_750_000, AC) for n in range(1, 7)),
        *(RoomPlan(f"B{n}", 1_600_000, AC) for n in range(7, 12)),
        RoomPlan("B12", 1_000_000, FAN, 2),
    ),
)
HOUSES = (MELATI, ANGGREK)

# Before the day or on it, never late.
PUNCTUAL = Habit(late=(-3, 0))
USUAL = Habit(late=(-2, 4))
# What the meter of an air-conditioned room shows for the last months, the latest first.
_METER = ("77.5", "81.2", "69.0", "74.8", "88.1", "92.4", "85.0", "70.6")
POWER = tuple(UsedPower(ago(months, 5), Decimal(used)) for months, used in enumerate(_METER, start=1))

RESIDENTS = (
    # Fully paid, for two years.
    Resident("Budi Santoso", "KOSA", "A1", ago(24, 10), Habit(late=(-3, 0), method="transfer"), 1_500_000),
    # Billed on the 31st, or the last day of a shorter month.
    Resident("Ani Lestari", "KOSA", "A2", ago(22, 31), PUNCTUAL, 1_500_000, billing_day=31),
    # Two months behind.
    Resident("Siti Rahmawati", "KOSA", "A3", ago(18, 1), Habit(behind=2), 1_500_000),
    # Paid a part of the last rent.
    Resident("Togar Simanjuntak", "KOSA", "A4", ago(16, 5), Habit(part=Decimal("0.6"), late=(-2, 0)), 1_000_000),
    # Pays half a year at once, so has months to spare.
    Resident("Made Wirawan", "KOSA", "A5", ago(20, 15), Habit(every=6, late=(-2, 0), method="transfer"), 1_500_000),
    # Skipped a month, and has owed one ever since.
    Resident("Asep Hidayat", "KOSA", "A6", ago(23, 20), Habit(skipped=9, late=(-2, 0)), 1_000_000),
    # The rent was raised.
    Resident(
        "Wayan Sudiarta", "KOSA", "A7", ago(21, 28), PUNCTUAL, 1_200_000,
        turns=(PaysRent(ago(5, 28), 1_300_000),),
    ),
    # Left with a debt; the room is in renovation since.
    Resident("Tumpal Hutapea", "KOSA", "A8", ago(19, 8), Habit(behind=2), turns=(Leaves(ago(3, 8)),)),
    # Moved to another room in the middle of a period.
    Resident("Nur Aini", "KOSA", "A9", ago(17, 12), PUNCTUAL, 1_200_000, turns=(Moves(ago(7, 25), "A10"),)),
    Resident("Fadli Caniago", "KOSA", "A9", ago(6, 17), USUAL, 1_200_000),
    # Three share a room and its rent; the third came later.
    Resident("Rini Permana", "KOSA", "A11", ago(14, 3), PUNCTUAL, 700_000),
    Resident("Teti Nuraeni", "KOSA", "A11", ago(14, 12), USUAL, 700_000),
    Resident("Meilani Halim", "KOSA", "A11", ago(5, 21), PUNCTUAL, 700_000),
    # Two share a room, each at a price of their own.
    Resident("Joko Prasetyo", "KOSA", "A12", ago(15, 2), USUAL, 900_000),
    Resident("Hendra Gunawan", "KOSA", "A12", ago(9, 30), PUNCTUAL, 900_000, billing_day=30),
    Resident("Ketut Artawan", "KOSB", "B1", ago(24, 5), PUNCTUAL, 1_750_000),
    # Pays for electricity by the meter.
    Resident("Rotua Panjaitan", "KOSB", "B2", ago(20, 5), PUNCTUAL, 1_750_000, turns=POWER),
    # Pays by the quarter; came within a period, so the first rent was a part of one.
    Resident("Susi Tanuwijaya", "KOSB", "B3", ago(19, 18), Habit(every=3, method="transfer"), 1_750_000),
    # One month behind.
    Resident("Bambang Nugroho", "KOSB", "B4", ago(13, 5), Habit(behind=1), 1_750_000),
    # Will leave soon, and the next one is to come.
    Resident("Putu Ariani", "KOSB", "B5", ago(11, 5), PUNCTUAL, 1_750_000, turns=(Leaves(in_days(12)),)),
    Resident("Felicia Kusuma", "KOSB", "B5", in_days(15), Habit(), 1_750_000),
    # Left within a period: the rest of the rent and the deposit were given back.
    Resident(
        "Yulia Tanjung", "KOSB", "B6", ago(16, 5), PUNCTUAL, 1_750_000,
        turns=(Leaves(ago(2, 20), refund="prorate", settled=True),),
    ),
    # Nothing paid for more than three months.
    Resident("Galih Kurnia", "KOSB", "B7", ago(12, 5), Habit(behind=5), 1_600_000),
    # The billing day was changed to pay day.
    Resident("Citra Handayani", "KOSB", "B8", ago(18, 5), PUNCTUAL, 1_600_000, turns=(IsBilled(ago(8, 5), 25),)),
    # New.
    Resident("Kevin Salim", "KOSB", "B9", in_days(-9), PUNCTUAL, 1_600_000),
    # Left owing rent and a broken window: the deposit paid for both, the rest was given back.
    Resident(
        "Rizal Koto", "KOSB", "B10", ago(22, 5), Habit(behind=1), 2_000_000,
        turns=(Leaves(ago(4, 5), settled=True, damage=250_000),),
    ),
    Resident("Desi Piliang", "KOSB", "B10", ago(3, 11), USUAL, 1_600_000),
    # Alone in a room for two.
    Resident("Euis Rohaeni", "KOSB", "B12", ago(10, 5), PUNCTUAL, 1_000_000),
)  # fmt: skip

# In renovation once the last resident has left.
IN_RENOVATION = ("KOSA", "A8")
# A transfer of the first was booked to the second by mistake, then corrected.
MIXED_UP = ("BUDI", "ANI")
