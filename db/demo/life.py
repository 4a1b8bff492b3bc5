"""Two years go by: residents come, move and leave, and rent is posted as the days pass.

Everything is done in the order of its days, since what is posted is never priced again: a rent that is
raised before the months at the old one are posted would be charged for those too.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from db.demo.plot import IsBilled, Leaves, Moves, PaysRent, Resident, Turn, UsedPower
from db.repositories.lookup import TenantRef, find_room, find_tenant, get_property
from db.services.billing import accrue
from db.services.charges import post_charge
from db.services.leases import assign_tenant, change_billing_day, change_rent
from db.services.moves import move_out, move_tenant

# Rupiah for a kilowatt hour.
TARIFF = Decimal(1445)


class _Step(NamedTuple):
    """What happens on a day; without a `turn` the resident moves in."""

    on: date
    resident: Resident
    turn: Turn | None = None


def live(conn: Connection, residents: Iterable[Resident], today: date) -> None:
    """Let everything happen until `today`, and what is planned for later."""
    for step in sorted(_steps(residents, today), key=lambda step: step.on):
        accrue(conn, until=step.on - timedelta(days=1))
        tenant = find_tenant(conn, step.resident.code, step.resident.house)
        if step.turn is None:
            room = find_room(conn, step.resident.room, step.resident.house)
            assign_tenant(conn, tenant, room, step.on, billing_day=step.resident.billing_day, until=step.on)
        else:
            _turn(conn, tenant, step)
    accrue(conn)


def _steps(residents: Iterable[Resident], today: date) -> Iterator[_Step]:
    for resident in residents:
        yield _Step(resident.since(today), resident)
        for turn in resident.turns:
            yield _Step(turn.on(today), resident, turn)


def _turn(conn: Connection, tenant: TenantRef, step: _Step) -> None:
    match step.turn:
        case Moves(room=number):
            move_tenant(conn, tenant, find_room(conn, number, step.resident.house), step.on)
        case PaysRent(amount=amount):
            change_rent(conn, tenant, Decimal(amount), step.on)
        case IsBilled(day=day):
            change_billing_day(conn, tenant, day, step.on)
        case Leaves(refund=refund):
            move_out(conn, tenant, step.on, refund=refund)
        case UsedPower(kilowatt_hours=used):
            _charge_power(conn, tenant, step.on, used)


def _charge_power(conn: Connection, tenant: TenantRef, on: date, used: Decimal) -> None:
    """By the meter (R16), due with the rent of that day."""
    due_on = on + timedelta(days=get_property(conn, tenant.property_id).grace_days)
    words = f"Listrik {used} kWh × Rp{TARIFF}".replace(".", ",")
    post_charge(
        conn,
        tenant,
        (used * TARIFF).quantize(Decimal(1), ROUND_HALF_UP),
        "electricity",
        due_on=due_on,
        charged_on=on,
        description=words,
        key=f"demo-power-{tenant.code}-{on}",
    )
