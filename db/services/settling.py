"""Closing the account of a tenant who leaves (R7, R8): meters, damage, the end of the lease, and the deposit, together.

All of it is one transaction: nobody is left with a damage charged and a deposit that nobody gave back.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from db.domain.dates import require_not_future
from db.domain.ledger import REFUND
from db.domain.methods import CASH, require_method
from db.domain.money import require_positive
from db.domain.moveout import Refund
from db.domain.settlement import StatementLine, open_lines, settle, total
from db.domain.texts import clean
from db.errors import N_, RuleError
from db.events import Event, append, reserve_event
from db.repositories.entries import Entries, TenantEntries
from db.repositories.leases import Lease, tenant_leases
from db.repositories.ledger import Ledger
from db.repositories.lookup import TenantRef, find_tenant, get_property
from db.repositories.meters import MeterNotFoundError, Meters
from db.repositories.rooms import Rooms
from db.repositories.statements import CLOSED, Statement, read_statement, statement_of, told_of
from db.services.billing import accrue
from db.services.charges import post_charge
from db.services.deposits import apply_deposit, deposit_state, refund_deposit
from db.services.late_fees import charge_late_fees
from db.services.leases import NoLeaseError, lock_tenant
from db.services.moves import move_out
from db.services.readings import Read, post_readings
from db.services.requests import claim_key


class Damage(NamedTuple):
    """What was found broken or dirty, and what that costs."""

    what: str
    amount: Decimal


class MeterElsewhereError(RuleError):
    """Somebody else may live behind the meter since."""

    code = "closing_meter"
    message = N_("{tenant} had left room {room} before {day}: the meter counts for others since.")
    hint = N_("Read it with `ekost meter read --on` the day of leaving.")


class ClosingDateError(RuleError):
    """A statement settles what is, not what will be."""

    code = "closing_in_future"
    message = N_("{day} is in the future; today is {today}.")
    hint = N_("Announce the end with `ekost tenant move-out --on`, and close the account on that day.")


def close_tenant(
    conn: Connection,
    tenant: TenantRef,
    on: date | None = None,
    *,
    meters: Mapping[str, Decimal] | None = None,
    damages: Sequence[Damage] = (),
    refund: Refund | None = None,
    keep_deposit: bool = False,
    method: str = CASH,
    key: str | None = None,
) -> Statement:
    """Settle with a tenant whose first day away is `on` (today unless said): closing readings by kind of meter, damage
    charges, the end of the lease, the deposit used for what is owed and the rest of it given back with what was paid
    too much (R8, R13), by `method`. With `keep_deposit` nothing is used or given back.

    Raises NoLeaseError, ClosingDateError, MeterElsewhereError, MeterNotFoundError, ReadingFallsError, KeyReusedError
    and what the charges and deposits raise.
    """
    figures = sorted((meters or {}).items())
    found = [Damage(clean(damage.what, "damage", 500), require_positive(damage.amount)) for damage in damages]
    asked = (tenant.id, on, str(figures), str([tuple(damage) for damage in found]), refund, keep_deposit,
             *(() if require_method(method) == CASH else (method,)))  # fmt: skip
    claim = claim_key(conn, key, "close_tenant", *asked)
    if claim.answer is not None:
        return read_statement(conn, claim.answer)
    lock_tenant(conn, tenant.id)
    accrue(conn, tenant_id=tenant.id)
    lease = _lease(conn, tenant, on)
    day = on or min(tenant.today, lease.ends_on or tenant.today)
    if day > tenant.today:
        raise ClosingDateError(day=day, today=tenant.today)
    require_not_future(day, tenant.today)
    charge_late_fees(conn, [tenant.id], until=day)
    before = _entries(conn, tenant)
    unread = _read_meters(conn, tenant, lease, day, dict(figures))
    for damage in found:
        post_charge(conn, tenant, damage.amount, "damage", charged_on=day, due_on=day, description=damage.what)
    if lease.ends_on is None or lease.ends_on > day:
        move_out(conn, tenant, day, refund=refund)
    statement = _settle(conn, tenant, lease, day, before, unread, None if keep_deposit else method)
    event_id = reserve_event(conn)
    payload = {"date": day, "leaseId": lease.id, "roomId": lease.room_id, "statement": told_of(statement)}
    append(conn, Event(CLOSED, "tenant", tenant.id, payload, tenant.property_id, tenant.id), event_id=event_id)
    claim.keep(event_id)
    return statement_of(event_id, told_of(statement))


def _lease(conn: Connection, tenant: TenantRef, on: date | None) -> Lease:
    """The lease that ends, or the last one that has ended. Raises NoLeaseError."""
    day = on or tenant.today
    begun = [lease for lease in tenant_leases(conn, tenant.id) if lease.starts_on <= day]
    if not begun:
        raise NoLeaseError(ref=tenant.code, day=day)
    return begun[-1]


def _read_meters(
    conn: Connection, tenant: TenantRef, lease: Lease, day: date, figures: dict[str, Decimal]
) -> tuple[str, ...]:
    """Enter the closing readings; the kinds of the room's meters that have none of this day."""
    there = Meters(conn).of_room(lease.room_id)
    if missing := figures.keys() - {meter.kind for meter in there}:
        raise MeterNotFoundError(ref=", ".join(sorted(missing)))
    reads = [Read(meter, figures[meter.kind]) for meter in there if meter.kind in figures]
    if reads:
        if not lease.covers(day - timedelta(days=1)):
            raise MeterElsewhereError(tenant=tenant.code, room=Rooms(conn).lease(lease.id).room, day=day)
        post_readings(conn, reads, day)
    return tuple(meter.kind for meter in there if meter.kind not in figures and meter.last_on != day)


def _settle(
    conn: Connection, tenant: TenantRef, lease: Lease, day: date, before: TenantEntries, unread: tuple[str, ...],
    method: str | None,
) -> Statement:  # fmt: skip
    """Use the deposit and give back the rest by `method`, without one nothing; tell how it stands."""
    posted = _posted(conn, tenant, {charge.id for charge in before.charges})
    lines = (*open_lines(before.charges, before.payments), *posted)
    opened, brought = total(lines, "open"), total(lines, "posted")
    deposit = deposit_state(conn, tenant.id)
    plan = settle(opened + brought, deposit, keep=method is None)
    if plan.applied:
        apply_deposit(conn, tenant, plan.applied, day)
    if plan.refunded:
        refund_deposit(conn, tenant, plan.refunded, day, method=method or CASH)
    if plan.credit:
        post_charge(conn, tenant, plan.credit, REFUND, charged_on=day, due_on=day, method=method)
    house, stay = get_property(conn, tenant.property_id), Rooms(conn).lease(lease.id)
    return Statement(
        0, tenant.code, tenant.name, house.code, house.name, house.address, stay.room, lease.starts_on, day,
        opened, brought, opened + brought, deposit.held, plan.applied, plan.refunded, plan.credit,
        plan.refunded + plan.credit, plan.held, find_tenant(conn, str(tenant.id)).outstanding_balance, unread, lines,
        tenant.currency,
    )  # fmt: skip


def _posted(conn: Connection, tenant: TenantRef, known: set[int]) -> list[StatementLine]:
    """What the closing has posted so far, in the order of the ledger."""
    page = Ledger(conn).charges(tenant_id=tenant.id, just_posted=True, limit=1000)
    return [
        StatementLine("posted", row.kind, row.period_start, row.period_end, row.due_on, row.amount, row.description)
        for row in reversed(page.items) if row.id not in known
    ]  # fmt: skip


def _entries(conn: Connection, tenant: TenantRef) -> TenantEntries:
    return Entries(conn).of_tenants([tenant.id])[tenant.id]
