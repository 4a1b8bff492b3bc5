"""The fold over facts, and how a tenant or a room stood on a day."""

from datetime import date
from decimal import Decimal
from typing import Any

from db.domain.history import Book, Fact, Occupant, balance, deposit_held, rebuild, room_then, tenant_then

HOUSE = Fact("property", 1, 1, None, {"code": "KOSA", "currency": "IDR"})
EARLY, LATER, LATE = date(2026, 1, 31), date(2026, 3, 15), date(2026, 6, 1)


def room(number: int, name: str, **more: Any) -> Fact:
    values = {"number": name, "roomType": None, "monthlyRent": "1500000.00", "capacity": 1, "basis": "per_tenant",
              "status": "available", "deletedAt": None}  # fmt: skip
    return Fact("room", number, 1, None, values | more)


def tenant(number: int, name: str) -> Fact:
    values = {"code": name.upper(), "name": name, "phone": None, "email": None, "deletedAt": None}
    return Fact("tenant", number, 1, number, values)


def lease(number: int, who: int, where: int, start: str, end: str | None = None, *rents: tuple[str, str, int]) -> Fact:
    terms = [{"effectiveOn": day, "monthlyRent": rent, "billingDay": on} for day, rent, on in rents]
    whole = {"id": number, "tenantId": who, "roomId": where, "startsOn": start, "endsOn": end,
             "terms": terms or [{"effectiveOn": start, "monthlyRent": "1500000.00", "billingDay": 1}]}  # fmt: skip
    return Fact("tenant", who, 1, who, {"leases": [whole]})


def end(number: int, who: int, day: str) -> Fact:
    return Fact("tenant", who, 1, who, {"leases": [{"id": number, "endsOn": day}]})


def entry(entry_type: str, number: int, who: int, amount: str, **more: Any) -> Fact:
    return Fact(entry_type, number, 1, who, {"id": number, "amount": amount, **more})


def book(*facts: Fact) -> Book:
    return rebuild([HOUSE, room(1, "A1"), room(2, "A2"), tenant(1, "Budi"), tenant(2, "Ani"), *facts])


def test_a_tenant_of_whom_nothing_was_told_is_unknown() -> None:
    assert tenant_then(book(), 3, EARLY) is None
    assert room_then(book(), 3, EARLY) is None
    # The share of somebody of whom no fact has told is no fact about them.
    shared = Fact("room", 1, 1, None, {"leases": [{"id": 9, "tenantId": 3, "terms": []}]})
    assert tenant_then(book(shared), 3, EARLY) is None


def test_later_facts_take_the_place_of_earlier_ones_value_by_value() -> None:
    changed = book(Fact("tenant", 1, 1, 1, {"name": "Budi S.", "phone": "+62812"}), Fact("tenant", 1, 1, 1, None))
    then = tenant_then(changed, 1, EARLY)
    assert then is not None
    assert (then.tenant, then.tenant_name, then.phone, then.property, then.archived) == (
        "BUDI", "Budi S.", "+62812", "KOSA", False,
    )  # fmt: skip
    gone = tenant_then(
        rebuild([HOUSE, tenant(1, "Budi"), Fact("tenant", 1, 1, 1, {"deletedAt": "2026-01-01"})]), 1, EARLY
    )
    assert gone is not None
    assert gone.archived


def test_room_and_rent_are_those_of_the_day_or_else_of_the_next_stay() -> None:
    rents = (("2026-02-01", "1500000.00", 5), ("2026-03-05", "1650000.00", 5), ("2026-05-05", "1700000.00", 20))
    stays = book(lease(1, 1, 1, "2026-02-01", "2026-03-15", *rents[:2]), lease(2, 1, 2, "2026-03-15", None, rents[2]))
    told = {day: tenant_then(stays, 1, day) for day in (EARLY, date(2026, 3, 14), LATER)}
    assert [(then.room, then.monthly_rent, then.billing_day) for then in told.values() if then] == [
        ("A1", Decimal(1_500_000), 5), ("A1", Decimal(1_650_000), 5), ("A2", Decimal(1_700_000), 20),
    ]  # fmt: skip
    then = told[LATER]
    assert then is not None
    assert (then.moved_in_on, then.moved_out_on) == (date(2026, 2, 1), None)


def test_a_stay_that_was_called_off_or_is_over_leaves_no_room() -> None:
    stays = book(
        lease(1, 1, 1, "2026-02-01"), lease(2, 1, 2, "2026-08-01"), end(1, 1, "2026-05-01"), end(2, 1, "2026-08-01")
    )
    then = tenant_then(stays, 1, LATE)
    assert then is not None
    assert (then.room, then.monthly_rent, then.moved_in_on, then.moved_out_on) == (
        None, None, date(2026, 2, 1), date(2026, 5, 1),
    )  # fmt: skip


def test_balance_and_deposit_are_sums_of_what_was_told_once() -> None:
    facts = (
        entry("charge", 1, 1, "1500000.00"), entry("charge", 2, 2, "900000.00"), entry("payment", 1, 1, "500000.50"),
        # A reversal stands in a fact of its own, a credit in one of a move; a fact heard twice counts once.
        entry("charge", 3, 1, "-1500000.00", reversesId=1), entry("payment", 1, 1, "500000.50"),
        Fact("tenant", 1, 1, 1, {"charges": [{"id": 4, "amount": "-25.25"}]}),
        entry("deposit", 1, 1, "1000000.00", kind="received"), entry("deposit", 2, 1, "300000.00", kind="applied"),
        entry("deposit", 3, 1, "-100000.00", kind="applied"), entry("deposit", 4, 1, "50000.00", kind="refunded"),
    )  # fmt: skip
    told = book(*facts)
    assert (balance(told, 1), balance(told, 2)) == (Decimal("-500025.75"), Decimal(900_000))
    assert (deposit_held(told, 1), deposit_held(told, 2)) == (Decimal(750_000), 0)


def test_a_room_tells_who_lived_there_and_is_full_or_not() -> None:
    there = book(
        Fact("room", 1, 1, None, {"capacity": 2}), lease(1, 1, 1, "2026-02-01"),
        lease(2, 2, 1, "2026-03-01", "2026-06-01"), lease(3, 2, 2, "2026-06-01"),
    )  # fmt: skip
    told = [room_then(there, 1, day) for day in (EARLY, LATER, LATE)]
    assert [(then.occupied, then.status) for then in told if then] == [
        (0, "available"),
        (2, "occupied"),
        (1, "available"),
    ]
    then = room_then(there, 1, LATER)
    assert then is not None
    assert then.occupants == (
        Occupant("BUDI", "Budi", date(2026, 2, 1), Decimal(1_500_000)),
        Occupant("ANI", "Ani", date(2026, 3, 1), Decimal(1_500_000)),
    )


def test_a_room_in_renovation_stays_so_until_told_otherwise() -> None:
    closed = book(Fact("room", 2, 1, None, {"status": "renovation"}))
    then = room_then(closed, 2, EARLY)
    assert then is not None
    assert (then.status, then.number, then.archived) == ("renovation", "A2", False)


def test_what_roommates_pay_changes_with_a_fact_of_the_room() -> None:
    split = [{"effectiveOn": "2026-02-01", "monthlyRent": "750000.00", "billingDay": 1}]
    told = book(
        lease(1, 1, 1, "2026-02-01"), Fact("room", 1, 1, None, {"leases": [{"id": 1, "tenantId": 1, "terms": split}]})
    )
    then = tenant_then(told, 1, LATER)
    assert then is not None
    assert (then.room, then.monthly_rent) == ("A1", Decimal(750_000))


def test_what_no_fact_has_told_yet_stays_unknown() -> None:
    """The audit may lack an event for a while: the rest is told all the same."""
    known = rebuild([tenant(1, "Budi"), lease(1, 1, 7, "2026-02-01"), lease(2, 2, 1, "2026-02-01"), room(1, "A1"),
                     end(3, 1, "2026-04-01"), Fact("room", 9, 1, None, {"status": "occupied"})])  # fmt: skip
    then, there = tenant_then(known, 1, LATER), room_then(known, 1, LATER)
    assert then is not None
    assert (then.tenant, then.room, then.property, then.currency) == ("BUDI", None, None, None)
    assert then.monthly_rent == 1_500_000
    assert there is not None
    assert [(one.tenant, one.since) for one in there.occupants] == [(None, date(2026, 2, 1))]
    assert room_then(known, 9, LATER) is None
