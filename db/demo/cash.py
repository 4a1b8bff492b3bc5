"""Money changes hands: deposits, payments out of habit, and what is settled when somebody leaves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from sqlalchemy import Connection, select

from db.demo.bulk import post_payments
from db.demo.habits import Due, Planned, plan_payments
from db.demo.plot import Leaves, Resident
from db.repositories.lookup import TenantRef, find_tenant
from db.services.charges import post_charge
from db.services.deposits import add_deposit, apply_deposit, deposit_state, refund_deposit
from db.services.payments import record_payment
from db.tables import charges

# Payments of the last months are recorded one by one, like those of the two whom the manual is about;
# the older ones in one go, like an import: the demo is to be ready in a few seconds.
RECENT = timedelta(days=100)
SHOWN = ("BUDI", "ANI")


class _Paid(NamedTuple):
    """A payment and who made it, in the order in which they are recorded."""

    planned: Planned
    tenant: TenantRef


def take_deposits(conn: Connection, residents: Iterable[Resident]) -> None:
    """Take the deposit of everybody who has agreed on one, when they moved in or, if they have yet to, today."""
    for resident in residents:
        if resident.deposit:
            tenant = find_tenant(conn, resident.code, resident.house)
            day = min(resident.since(tenant.today), tenant.today)
            add_deposit(
                conn, tenant, Decimal(resident.deposit), day, method="transfer", key=f"demo-deposit-{resident.code}"
            )


def pay(conn: Connection, residents: Iterable[Resident], random: Random) -> None:
    """Record what everybody has paid until today, in the order of the days."""
    found = {resident: find_tenant(conn, resident.code, resident.house) for resident in residents}
    dues = dues_of(conn, [tenant.id for tenant in found.values()])
    paid = [
        _Paid(planned, tenant)
        for resident, tenant in found.items()
        for planned in plan_payments(dues[tenant.id], resident.habit, tenant.today, random)
    ]
    paid.sort(key=lambda one: (one.planned.paid_on, one.tenant.code))
    old = [one for one in paid if _is_old(one)]
    post_payments(conn, [(one.tenant.id, one.planned) for one in old])
    for number, (planned, tenant) in enumerate((one for one in paid if not _is_old(one)), start=1):
        record_payment(
            conn,
            tenant,
            planned.amount,
            planned.paid_on,
            method=planned.method,
            reference=planned.reference,
            key=f"demo-payment-{number}",
        )


def dues_of(conn: Connection, tenant_ids: Sequence[int]) -> Mapping[int, list[Due]]:
    """What fell due for each tenant, in date order."""
    c = charges.c
    query = select(c.tenant_id, c.due_on, c.amount).where(c.tenant_id.in_(tenant_ids)).order_by(c.due_on, c.id)
    dues: dict[int, list[Due]] = {tenant_id: [] for tenant_id in tenant_ids}
    for tenant_id, due_on, amount in conn.execute(query):
        dues[tenant_id].append(Due(due_on, amount))
    return dues


def settle_deposits(conn: Connection, residents: Iterable[Resident]) -> None:
    """Settle with those who left: damage is charged, debts are taken from the deposit, the rest is given back."""
    for resident in residents:
        for turn in resident.turns:
            if isinstance(turn, Leaves) and turn.settled:
                tenant = find_tenant(conn, resident.code, resident.house)
                _settle(conn, tenant, turn.on(tenant.today), Decimal(turn.damage))


def _settle(conn: Connection, tenant: TenantRef, on: date, damage: Decimal) -> None:
    if damage:
        words = {"description": "Kaca jendela pecah", "key": f"demo-damage-{tenant.code}"}
        post_charge(conn, tenant, damage, "damage", charged_on=on, due_on=on, **words)
    owed = tenant.outstanding_balance + damage
    if owed > 0:
        apply_deposit(conn, tenant, owed, on, key=f"demo-apply-{tenant.code}")
    elif owed < 0:
        # Credit that is paid out is an entry of its own (R13).
        post_charge(
            conn, tenant, -owed, "refund", charged_on=on, due_on=on, method="transfer", key=f"demo-credit-{tenant.code}"
        )
    refund_deposit(
        conn, tenant, deposit_state(conn, tenant.id).held, on, method="transfer", key=f"demo-refund-{tenant.code}"
    )


def _is_old(one: _Paid) -> bool:
    return one.tenant.code not in SHOWN and one.planned.paid_on < one.tenant.today - RECENT
