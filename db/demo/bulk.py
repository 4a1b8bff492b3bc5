"""Many rows in one statement, told as one event: what an import of older books does."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import BigInteger, Connection, Date, Numeric, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.demo.habits import Planned
from db.events import Event, append, reserve_event
from db.services.balances import recalculate

_PARTITIONS = text("""
select ensure_partition('payments', month::date)
  from (select distinct date_trunc('month', day) as month from unnest(:days) as day) months order by month
""").bindparams(bindparam("days", type_=ARRAY(Date)))

_PAYMENTS = text("""
insert into payments (property_id, tenant_id, payment_date, amount, method, reference, event_id)
select t.property_id, t.id, new.payment_date, new.amount, new.method, new.reference, :event_id
  from unnest(:tenant_ids, :days, :amounts, :methods, :refs)
       with ordinality as new (tenant_id, payment_date, amount, method, reference, place)
  join tenants t on t.id = new.tenant_id
 order by new.payment_date, new.place
""").bindparams(
    bindparam("tenant_ids", type_=ARRAY(BigInteger)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("amounts", type_=ARRAY(Numeric(14, 2))),
    *(bindparam(name, type_=ARRAY(Text)) for name in ("methods", "refs")),
)


def post_payments(conn: Connection, paid: Sequence[tuple[int, Planned]], property_id: int | None = None) -> None:
    """Post payments of tenants, given by id, under one event, and work out their balances."""
    if not paid:
        return
    event_id = reserve_event(conn)
    values = {
        "event_id": event_id,
        "tenant_ids": [tenant_id for tenant_id, _ in paid],
        "days": [one.paid_on for _, one in paid],
        "amounts": [one.amount for _, one in paid],
        "methods": [one.method for _, one in paid],
        "refs": [one.reference for _, one in paid],
    }
    conn.execute(_PARTITIONS, {"days": values["days"]})
    conn.execute(_PAYMENTS, values)
    payload = {"count": len(paid), "amount": sum((one.amount for _, one in paid), Decimal(0))}
    append(conn, Event("PaymentsImported", "billing", event_id, payload, property_id), event_id=event_id)
    recalculate(conn, {tenant_id for tenant_id, _ in paid})
