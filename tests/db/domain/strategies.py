"""What the properties draw from: days around leap years, every anchor, every rounding step."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from db.domain.ledger import ChargeEntry, PaymentEntry, Posted
from db.domain.rent import Policy, Terms

FIRST, LAST = date(2023, 6, 1), date(2028, 6, 30)

anchors = st.integers(1, 31)
days = st.dates(FIRST, LAST)
steps = st.sampled_from([Decimal(step) for step in ("0.01", "1", "100", "500", "1000")])
amounts = st.integers(1, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
rents = st.integers(0, 5000).map(lambda thousands: Decimal(thousands * 1000))
policies = st.builds(Policy, st.integers(0, 14), st.sampled_from(["daily", "none"]), steps)


@st.composite
def lease_terms(draw: st.DrawFn) -> list[Terms]:
    """Rows of one lease in any order; the earliest is in force from its start."""
    starts_on = draw(st.dates(FIRST, date(2025, 12, 31)))
    gaps = draw(st.lists(st.integers(1, 400), max_size=4, unique=True))
    return draw(st.permutations([Terms(starts_on + timedelta(gap), draw(rents), draw(anchors)) for gap in [0, *gaps]]))


def starts_on(terms: list[Terms]) -> date:
    return min(row.effective_on for row in terms)


@st.composite
def charge_lists(draw: st.DrawFn) -> list[ChargeEntry]:
    """Charges and credits; some reversed, a few of the reversals dated before their original."""
    kinds = st.sampled_from(["rent", "water", "opening", "damage", "late_fee"])
    drawn = draw(st.lists(st.tuples(kinds, days, st.integers(0, 20), amounts, st.booleans()), max_size=6))
    entries = [
        ChargeEntry(number, kind, on, on + timedelta(grace), -amount if credit else amount)
        for number, (kind, on, grace, amount, credit) in enumerate(drawn, start=1)
    ]
    return draw(st.permutations(entries + [_reversed(draw, entry, "charged_on") for entry in _some(draw, entries)]))


@st.composite
def payment_lists(draw: st.DrawFn) -> list[PaymentEntry]:
    """Payments and refunds of credit; some reversed."""
    drawn = draw(st.lists(st.tuples(days, amounts, st.booleans()), max_size=6))
    entries = [
        PaymentEntry(number, on, -amount if refund else amount)
        for number, (on, amount, refund) in enumerate(drawn, start=1)
    ]
    return draw(st.permutations(entries + [_reversed(draw, entry, "payment_date") for entry in _some(draw, entries)]))


def _some(draw: st.DrawFn, entries: Sequence[Posted]) -> list[Posted]:
    return [entry for entry in entries if draw(st.booleans())]


def _reversed(draw: st.DrawFn, entry: Posted, dated: str) -> Posted:
    changes = {"id": entry.id + 100, "amount": -entry.amount, "reverses_id": entry.id, dated: draw(days)}
    return replace(entry, **changes)
