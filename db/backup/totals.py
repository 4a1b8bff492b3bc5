"""What the ledger of each property comes to: the few figures by which a copy is known to be whole."""

from typing import NamedTuple

from sqlalchemy import Connection, text

# Tables and columns of the first revision alone: an old copy is counted before it is brought up to date.
_TOTALS = text("""
select p.code as property,
       coalesce(c.count, 0) as charges_count, coalesce(c.sum, 0)::text as charges,
       coalesce(y.count, 0) as payments_count, coalesce(y.sum, 0)::text as payments,
       coalesce(d.count, 0) as deposits_count, coalesce(d.sum, 0)::text as deposits
  from properties p
  left join (select property_id, count(*), sum(amount) from charges group by 1) c on c.property_id = p.id
  left join (select property_id, count(*), sum(amount) from payments group by 1) y on y.property_id = p.id
  left join (select property_id, count(*), sum(amount) from deposit_entries group by 1) d on d.property_id = p.id
 order by p.id
""")


class Totals(NamedTuple):
    """How many entries a property's ledgers have and what they sum up to, as a decimal text."""

    property: str
    charges_count: int
    charges: str
    payments_count: int
    payments: str
    deposits_count: int
    deposits: str


def ledger_totals(conn: Connection) -> tuple[Totals, ...]:
    """The totals of every property, archived ones too, as this transaction sees them."""
    return tuple(Totals(*row) for row in conn.execute(_TOTALS))


def differing(one: tuple[Totals, ...], other: tuple[Totals, ...]) -> list[str]:
    """The codes of the properties that do not have the same totals in both."""
    return sorted({row.property for row in set(one) ^ set(other)})
