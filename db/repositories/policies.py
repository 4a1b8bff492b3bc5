"""Questions about policies: which one is in force on a day, and what comes later."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.sql.selectable import TableValuedAlias

from db.domain.dates import EARLIEST
from db.domain.late_fees import LateFee, Mode
from db.domain.moveout import Refund
from db.domain.policies import cap_words, fee_words, order_words
from db.repositories.leases import Lease
from db.repositories.lookup import PropertyRow
from db.tables import properties, property_policies


class PolicyRow(NamedTuple):
    """How a property bills from a day on; the first policy, of its beginning, has no day.

    `late_fee`, `late_fee_cap` and `charge_order` are written as they may be typed. `state`: `active`, `coming`, `ended`
    by a later one, or `replaced` by one written later for the same day.
    """

    property: str
    effective_on: date | None
    state: str
    billing_day: int | None
    grace_days: int
    proration: str
    rounding: Decimal
    refund: str
    basis: str
    late_fee: str
    late_fee_grace: int
    late_fee_every: int
    late_fee_cap: str | None
    charge_order: str
    actor: str
    created_at: datetime
    currency: str


class InForce(NamedTuple):
    """The policy of a day, as a change needs it."""

    billing_day: int | None
    grace_days: int
    proration: str
    rounding: Decimal
    refund: Refund
    basis: str
    late_fee: Mode
    late_fee_rate: Decimal
    late_fee_grace: int
    late_fee_every: int
    late_fee_cap_percent: Decimal | None
    late_fee_cap_amount: Decimal | None
    charge_order: Sequence[str]

    @property
    def fee(self) -> LateFee:
        """What being late costs (R15)."""
        return _fee(self)


_p = property_policies.c


class Policies:
    """Questions about policies, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def on(self, property_id: int, day: date) -> InForce:
        """The policy in force on a day."""
        policy = in_force(property_id, day)
        return InForce._make(self._conn.execute(select(*(policy.c[name] for name in InForce._fields))).one())

    def rows(self, property_id: int) -> list[PolicyRow]:
        """All policies of a property by the day from which they count, those replaced among them."""
        order = (_p.effective_on, _p.id)
        later = func.lead(_p.effective_on).over(order_by=order).label("later")
        today = func.business_date(properties.c.timezone).label("today")
        columns = (property_policies, properties.c.code, properties.c.currency, today, later)
        query = select(*columns).join_from(property_policies, properties).where(_p.property_id == property_id)
        rows = [(row.event_id, _row(row)) for row in self._conn.execute(query.order_by(*order))]
        # A property that is added with more of a policy than its table has begins with that, not with a change.
        return [row for told, row in rows if told is not None or row.state != "replaced"]

    def next_after(self, property_id: int, day: date) -> date | None:
        """The first day after `day` on which another policy begins."""
        query = select(func.min(_p.effective_on)).where(_p.property_id == property_id, _p.effective_on > day)
        return self._conn.execute(query).scalar()


def shown_property(conn: Connection, prop: PropertyRow, day: date | None = None) -> dict[str, Any]:
    """A property with the policy in force on a day, today if none is given, and when the next one begins."""
    found = Policies(conn)
    asked = day or prop.today
    policy = found.on(prop.id, asked)
    following = {"next_policy_on": found.next_after(prop.id, asked)}
    return prop._asdict() | policy._asdict() | signed(policy) | following


def signed(policy: InForce | Lease) -> dict[str, Any]:
    """What a lease has of a policy; fee, cap and order as they may be typed."""
    return {
        "grace_days": policy.grace_days, "proration": policy.proration, "rounding": policy.rounding,
        "refund": policy.refund, "late_fee": fee_words(policy.fee), "late_fee_grace": policy.late_fee_grace,
        "late_fee_every": policy.late_fee_every, "late_fee_cap": cap_words(policy.fee),
        "charge_order": order_words(policy.charge_order),
    }  # fmt: skip


def in_force(property_id: Any, day: Any) -> TableValuedAlias:
    """The policy of a day as a table of one row, also beside a row of `properties`."""
    names = [column.name for column in property_policies.columns]
    types = {column.name: column.type for column in property_policies.columns}
    function = func.policy_on(property_id, day).table_valued(*names, name="policy")
    for name in names:
        function.c[name].type = types[name]
    return function


def _row(row: Any) -> PolicyRow:
    fee = _fee(row)
    if row.later == row.effective_on:
        state = "replaced"
    elif row.effective_on > row.today:
        state = "coming"
    else:
        state = "active" if row.later is None or row.later > row.today else "ended"
    return PolicyRow(
        row.code, None if row.effective_on <= EARLIEST else row.effective_on, state, row.billing_day, row.grace_days,
        row.proration, row.rounding, row.refund, row.basis, fee_words(fee), fee.grace_days, fee.every, cap_words(fee),
        order_words(row.charge_order), row.actor, row.created_at, row.currency,
    )  # fmt: skip


def _fee(row: Any) -> LateFee:
    return LateFee(
        row.late_fee, row.late_fee_rate, row.late_fee_grace, row.late_fee_every, row.late_fee_cap_percent,
        row.late_fee_cap_amount,
    )  # fmt: skip
