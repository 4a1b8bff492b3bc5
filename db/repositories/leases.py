"""Leases as a change needs them: with their terms, ready for the rules."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, select

from db.domain.late_fees import LateFee, Mode
from db.domain.moveout import Refund
from db.domain.rent import Policy, RentDue, Terms, next_period_start, rent_due
from db.tables import lease_terms, leases

# Nobody pays further ahead than this.
FAR_AHEAD = timedelta(days=20 * 366)
# Not cancelled before it began.
BEGUN = leases.c.ends_on.is_distinct_from(leases.c.starts_on)


class Lease(NamedTuple):
    """A lease: half-open [starts_on, ends_on), the policy of its signing, and its terms in date order."""

    id: int
    property_id: int
    tenant_id: int
    room_id: int
    slot: int
    starts_on: date
    ends_on: date | None
    basis: str
    grace_days: int
    proration: str
    rounding: Decimal
    next_period_on: date | None
    billed_from_on: date
    refund: Refund
    late_fee: Mode
    late_fee_rate: Decimal
    late_fee_grace: int
    late_fee_every: int
    late_fee_cap_percent: Decimal | None
    late_fee_cap_amount: Decimal | None
    charge_order: Sequence[str]
    terms: tuple[Terms, ...] = ()

    @property
    def policy(self) -> Policy:
        """The billing policy as the rules take it."""
        return Policy(self.grace_days, cast(Literal["daily", "none"], self.proration), self.rounding)

    @property
    def fee(self) -> LateFee:
        """What being late costs, as the rules take it (R15)."""
        return LateFee(
            self.late_fee, self.late_fee_rate, self.late_fee_grace, self.late_fee_every, self.late_fee_cap_percent,
            self.late_fee_cap_amount,
        )  # fmt: skip

    def terms_on(self, day: date) -> Terms:
        """The terms in force on a day; before the first, the first."""
        found = [row for row in self.terms if row.effective_on <= day]
        return found[-1] if found else self.terms[0]

    def covers(self, day: date) -> bool:
        """Is the night of `day` part of the lease?"""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


_COLUMNS = [leases.c[name] for name in Lease._fields if name != "terms"]


def load_leases(conn: Connection, *conditions: ColumnElement[bool], lock: bool = False) -> list[Lease]:
    """The leases that meet the conditions, by start, each with its terms (two statements, however many)."""
    query = select(*_COLUMNS).where(*conditions).order_by(leases.c.starts_on, leases.c.id)
    if lock:
        query = query.with_for_update(key_share=True)
    return with_terms(conn, conn.execute(query).all())


def with_terms(conn: Connection, rows: Sequence[Any]) -> list[Lease]:
    """Rows of leases, each with its terms."""
    t = lease_terms.c
    wanted = select(t.lease_id, t.effective_on, t.monthly_rent, t.billing_day)
    found: dict[int, list[Terms]] = {}
    query = wanted.where(t.lease_id.in_([row[0] for row in rows])).order_by(t.effective_on)
    for row in conn.execute(query):
        found.setdefault(row.lease_id, []).append(Terms(row.effective_on, row.monthly_rent, row.billing_day))
    return [Lease._make((*row, tuple(found.get(row[0], ())))) for row in rows]


def tenant_leases(conn: Connection, tenant_id: int, *, lock: bool = False) -> list[Lease]:
    """All leases of a tenant, by start, those cancelled before they began left out."""
    return load_leases(conn, leases.c.tenant_id == tenant_id, BEGUN, lock=lock)


def coming_rent(found: Sequence[Lease], as_of: date) -> Iterator[RentDue]:
    """The rent of the periods that begin after `as_of`, of one tenant: what money paid ahead was to cover (R13)."""
    for lease in found:
        if lease.ends_on is None or lease.ends_on > as_of:
            since = max(next_period_start(lease.terms, lease.starts_on, as_of), lease.billed_from_on)
            until = as_of + FAR_AHEAD
            return rent_due(lease.terms, lease.starts_on, lease.ends_on, lease.policy, since=since, until=until)
    return iter(())


def lease_columns() -> list[ColumnElement[Any]]:
    """The columns that `with_terms` needs."""
    return list(_COLUMNS)
