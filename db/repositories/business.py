"""The business in numbers, by property: for who watches, who needs no right to see a payment or a name."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from db.repositories.gauges import Gauge
from db.repositories.overview import HOUSED_AND_STANDING

# What the month has brought is of the last night, as `monthly_summary` has it: the payments themselves are not read.
_PROPERTIES = text(f"""
with {HOUSED_AND_STANDING}
select p.code, p.currency, coalesce(h.beds_taken, 0) as tenants, coalesce(h.beds, 0) as beds,
       coalesce(h.rooms, 0) as rooms, coalesce(h.occupied, 0) as occupied, coalesce(s.behind, 0) as debtors,
       coalesce(s.owed, 0) as owed, coalesce(s.credit, 0) as credit, m.earned, m.received
  from properties p
  left join housed h on h.property_id = p.id
  left join standing s on s.property_id = p.id
  left join monthly_summary m
    on m.property_id = p.id and m.month = date_trunc('month', business_date(p.timezone))::date
 where p.archived_at is null
 order by p.code
""")  # noqa: S608 - of our own texts
_COUNTS = {
    "ekost_tenants": "tenants", "ekost_beds": "beds", "ekost_rooms": "rooms", "ekost_rooms_occupied": "occupied",
    "ekost_debtors": "debtors",
}  # fmt: skip
_AMOUNTS = {
    "ekost_outstanding_amount": "owed", "ekost_credit_amount": "credit",
    "ekost_month_charged_amount": "earned", "ekost_month_income_amount": "received",
}  # fmt: skip


def read_business(conn: Connection) -> Iterator[Gauge]:
    """Tenants, occupancy and money of each property; no income while the month was never summarised."""
    for row in conn.execute(_PROPERTIES).mappings():
        for metric, name in _COUNTS.items():
            yield Gauge(metric, row[name], "property", row["code"])
        for metric, name in _AMOUNTS.items():
            if row[name] is not None:
                yield Gauge(metric, float(row[name]), "property", row["code"], (("currency", row["currency"]),))
