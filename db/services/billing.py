"""Accrual (R14): post the rent that has become due, as often as anybody likes, with the same result.

Leases are taken in small chunks, locked and skipped if another run has them; a unique index on lease, kind
and period start makes the posting itself idempotent. A lease that was not billed for weeks catches up in date order.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Numeric,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.domain.rent import RentDue, next_period_start, rent_due
from db.events import note_written
from db.repositories.leases import Lease, lease_columns, with_terms
from db.services.rooms import sync_room_statuses
from db.services.surcharges import add_flat, catch_up_flat
from db.tables import leases, properties

CHUNK = 500
# So many leases are brought up to date on the way, before balances are shown; more wait for `billing run`.
LITTLE = 200


class Accrued(NamedTuple):
    """What a run posted: leases looked at, charges posted and their sum."""

    leases: int
    charges: int
    amount: Decimal

    def __add__(self, other: object) -> "Accrued":
        """The sum of two chunks."""
        if not isinstance(other, Accrued):
            return NotImplemented
        return Accrued(self.leases + other.leases, self.charges + other.charges, self.amount + other.amount)


NOTHING = Accrued(0, 0, Decimal(0))


class _Due(NamedTuple):
    lease: Lease
    rents: Sequence[RentDue]
    next_period_on: date | None


def accrue(
    conn: Connection,
    *,
    until: date | None = None,
    property_id: int | None = None,
    tenant_id: int | None = None,
    limit: int = CHUNK,
) -> Accrued:
    """Post the rent due until `until` (never past today at the property) for up to `limit` leases.

    Utilities at a flat rate are posted with it; when all rent is posted, those of earlier periods whose tariff came
    late. `leases` of the result is 0 when nothing is due. For one tenant it waits for another run instead of skipping.
    """
    wait = tenant_id is not None
    chosen = _due_leases(conn, until, property_id, tenant_id, limit, wait=wait)
    dues = [_work_out(lease, last) for lease, last in chosen]
    if dues:
        return _post(conn, dues) + Accrued(0, *add_flat(conn, [due.lease.id for due in dues]))
    if tenant_id is not None:
        return NOTHING
    late = catch_up_flat(conn, property_id)
    return Accrued(late.charges, *late)


def count_due(conn: Connection, *, property_id: int | None = None, tenant_id: int | None = None, most: int) -> int:
    """How many leases have rent to post, counted up to `most`."""
    due = _is_due(None, property_id, tenant_id)
    query = select(leases.c.id).join_from(leases, properties).where(*due).limit(most)
    return int(conn.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def pass_day(conn: Connection) -> int:
    """What a new day changes besides rent: prices and statuses of rooms, how tenants are found, sums, partitions ahead.

    Returns the rooms changed.
    """
    conn.execute(text("select ensure_partitions_ahead()"))
    conn.execute(text("select settle_policies()"))
    conn.execute(text("select settle_past_rooms()"))  # tenants before rooms, as everywhere
    conn.execute(text("select apply_raises(), fold_cash()"))
    return sync_room_statuses(conn)


def _is_due(until: date | None, property_id: int | None, tenant_id: int | None) -> list[ColumnElement[bool]]:
    today = func.business_date(properties.c.timezone, type_=Date)
    # No zone is more than a day ahead of UTC: the plain bound is the one that the index can use.
    conditions = [leases.c.next_period_on <= func.current_date() + 1, leases.c.next_period_on <= today]
    if until is not None:
        conditions.append(leases.c.next_period_on <= until)
    if property_id is not None:
        conditions.append(leases.c.property_id == property_id)
    if tenant_id is not None:
        conditions.append(leases.c.tenant_id == tenant_id)
    return conditions


def _due_leases(
    conn: Connection,
    until: date | None,
    property_id: int | None,
    tenant_id: int | None,
    limit: int,
    *,
    wait: bool,
) -> list[tuple[Lease, date]]:
    today = func.business_date(properties.c.timezone, type_=Date)
    query = (
        select(*lease_columns(), today)
        .join_from(leases, properties)
        .where(*_is_due(until, property_id, tenant_id))
        .order_by(leases.c.next_period_on, leases.c.id)
        .limit(limit)
        .with_for_update(of=leases, key_share=True, skip_locked=not wait)
    )
    rows = conn.execute(query).all()
    lasts = [row[-1] if until is None else min(until, row[-1]) for row in rows]
    found = with_terms(conn, [row[:-1] for row in rows]) if rows else []
    return list(zip(found, lasts, strict=True))


def _work_out(lease: Lease, until: date) -> _Due:
    rents = list(
        rent_due(lease.terms, lease.starts_on, lease.ends_on, lease.policy, since=lease.next_period_on, until=until)
    )
    following = next_period_start(lease.terms, lease.starts_on, until)
    ended = lease.ends_on is not None and following >= lease.ends_on
    return _Due(lease, rents, None if ended else following)


_POST = text("""
select * from post_rents(:leases_due, :nexts, :lease_ids, :starts, :ends, :days, :of_days, :dues, :amounts)
""").bindparams(
    *(bindparam(name, type_=ARRAY(BigInteger)) for name in ("leases_due", "lease_ids")),
    *(bindparam(name, type_=ARRAY(Date)) for name in ("nexts", "starts", "ends", "dues")),
    *(bindparam(name, type_=ARRAY(Integer)) for name in ("days", "of_days")),
    bindparam("amounts", type_=ARRAY(Numeric(14, 2))),
)


def _post(conn: Connection, dues: Sequence[_Due]) -> Accrued:
    """Post the rents of a chunk under one event; its leases go on."""
    lines = [(due.lease.id, rent) for due in dues for rent in due.rents if rent.amount > 0]
    values = {
        "leases_due": [due.lease.id for due in dues],
        "nexts": [due.next_period_on for due in dues],
        "lease_ids": [lease_id for lease_id, _ in lines],
        "starts": [rent.period.start for _, rent in lines],
        "ends": [rent.period.end for _, rent in lines],
        "days": [rent.days for _, rent in lines],
        "of_days": [rent.of_days for _, rent in lines],
        "dues": [rent.due_on for _, rent in lines],
        "amounts": [rent.amount for _, rent in lines],
    }
    row = conn.execute(_POST, values).one()
    if row.posted:
        payload = {"count": row.posted, "amount": row.amount}
        note_written(conn, "ChargesPosted", row.event, None, row.event, row.recorded_at, payload)
    return Accrued(len(dues), row.posted, row.amount)
