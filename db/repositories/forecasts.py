"""What rent is to be expected of the leases as they stand."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, repeat
from typing import NamedTuple

from sqlalchemy import Connection, select

from db.domain.forecast import WhatIf, add_up, changed_terms, expected_rents
from db.domain.periods import YearMonth
from db.repositories.leases import Lease, load_leases
from db.repositories.lookup import PropertyRow
from db.tables import leases

# Leases that are held at a time.
CHUNK = 2000
_Rents = Iterator[tuple[YearMonth, Decimal]]


class ForecastRow(NamedTuple):
    """A month of a property: leases that are billed, their rent, what would be more, less, and in all."""

    month: date
    property: str
    leases: int
    rent: Decimal
    raised: Decimal
    vacancy: Decimal
    expected: Decimal
    currency: str


class Forecasts:
    """Rent to come, in one transaction. Nothing of it is kept."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def months(self, prop: PropertyRow, count: int, what: WhatIf) -> list[ForecastRow]:
        """The rent of `count` months from the current one on, by the month in which a period begins.

        A change counts from `what.changed_from` on, the next month if it names none.
        """
        months = list(accumulate(repeat(YearMonth.of(prop.today), count), lambda month, _: month.next))
        since, until = months[0].clamp(1), months[-1].next.clamp(1)
        agreed: list[tuple[YearMonth, Decimal]] = []
        tried: list[tuple[YearMonth, Decimal]] = []
        for lease in self._lasting(prop, since):
            agreed += expected_rents(lease.terms, lease.starts_on, lease.ends_on, lease.policy, since, until)
            tried += self._tried(lease, what, since, until) if what.change else ()
        found = add_up(months, agreed, tried if what.change else agreed, what.vacant, prop.rounding)
        return [
            ForecastRow(one.month.clamp(1), prop.code, one.leases, one.rent, one.raised, one.vacancy, one.expected,
                        prop.currency)
            for one in found
        ]  # fmt: skip

    def _tried(self, lease: Lease, what: WhatIf, since: date, until: date) -> _Rents:
        assert what.change is not None  # noqa: S101 - asked for only then
        from_ = what.changed_from or YearMonth.of(since).next.clamp(1)
        terms = changed_terms(lease.terms, what.change, from_, lease.rounding)
        return expected_rents(terms, lease.starts_on, lease.ends_on, lease.policy, since, until)

    def _lasting(self, prop: PropertyRow, since: date) -> Iterator[Lease]:
        """The leases that last beyond `since`, those cancelled before they began left out."""
        lasting = leases.c.ends_on.is_(None) | ((leases.c.ends_on > since) & (leases.c.ends_on > leases.c.starts_on))
        query = select(leases.c.id).where(leases.c.property_id == prop.id, lasting).order_by(leases.c.id)
        ids: Sequence[int] = self._conn.execute(query).scalars().all()
        for start in range(0, len(ids), CHUNK):
            yield from load_leases(self._conn, leases.c.id.in_(ids[start : start + CHUNK]))
