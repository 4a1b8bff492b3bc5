"""Entries of the ledger as transactions that sum up to nothing, one by one in the order of their days."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Date, Row, bindparam, text

from db.journal import accounts

_BATCH = 2000

# Deposits that pay charges are told by their payments, which have an entry of their own there.
_ENTRIES = text("""
select x.entity, x.id, x.day, p.code as property, p.currency, t.code as tenant, t.name, x.kind, x.method,
       x.amount, x.words, x.period_start, x.period_end, x.reverses_id, x.opening
  from (select 'charge' as entity, id, property_id, tenant_id, charged_on as day, kind, method, amount,
               description as words, period_start, period_end, reverses_id, false as opening
          from charges
        union all
        select 'payment', id, property_id, tenant_id, payment_date, method, method, amount,
               concat_ws(' ', reference, note), null, null, reverses_id, false
          from payments
        union all
        select 'deposit', id, property_id, tenant_id, entry_on, kind, method, amount, note, null, null, null,
               opening
          from deposit_entries where kind <> 'applied'
        union all
        select 'expense', id, property_id, null, spent_on, category, method, amount,
               concat_ws(' ', payee, description), null, null, reverses_id, false
          from expenses
        union all
        -- Cash that was found to be more or less than it should have been, and a count that was taken back.
        select 'count', h.id, h.property_id, null, d.day, 'cash', 'cash', d.amount, h.note, null, null,
               case when d.amount <> h.variance then h.id end, false
          from cash_handovers h left join cash_voids v on v.handover_id = h.id
         cross join lateral (values (h.handed_on, h.variance), (v.voided_on, -h.variance)) d (day, amount)
         where h.receiver is null and d.amount <> 0 and d.day is not null) x
  join properties p on p.id = x.property_id
  left join tenants t on t.id = x.tenant_id
 where (x.property_id = :property or cast(:property as bigint) is null) and x.day <= :until
 order by x.day, x.entity, x.id
""").bindparams(bindparam("property", type_=BigInteger), bindparam("until", type_=Date))

_STANDINGS = text("""
select p.code as property, p.currency, t.code as tenant, l.total_charges - l.total_payments as owed,
       coalesce(d.held, 0) as held
  from ledger_totals(array(select id from tenants where property_id = :property or cast(:property as bigint) is null),
                     :until) l
  join tenants t on t.id = l.tenant_id
  join properties p on p.id = t.property_id
  left join (select tenant_id, sum(case kind when 'received' then amount else -amount end) as held
               from deposit_entries where entry_on <= :until group by tenant_id) d on d.tenant_id = t.id
 order by p.code, t.code
""").bindparams(bindparam("property", type_=BigInteger), bindparam("until", type_=Date))

Posting = tuple[str, Decimal]


class Transaction(NamedTuple):
    """Something that happened: postings (account, amount in `currency`) add up to zero; `tags` are numbers and codes.

    `whose` and `words` are harmless already. `names`: what accounts are called by people.
    """

    day: date
    property: str
    currency: str
    whose: str
    words: str
    tags: dict[str, str]
    postings: tuple[Posting, ...]
    names: dict[str, str]


class Balance(NamedTuple):
    """What an account must come to at the end, as the book has it."""

    account: str
    amount: Decimal
    currency: str


def transactions(conn: Connection, property_id: int | None, until: date) -> Iterator[Transaction]:
    """All entries up to and including `until`, of one property or of all; in constant memory."""
    values = {"property": property_id, "until": until}
    for row in conn.execute(_ENTRIES, values, execution_options={"yield_per": _BATCH}):
        yield _transaction(row)


def standings(conn: Connection, property_id: int | None, until: date) -> Iterator[Balance]:
    """What every tenant owes and has deposited at the end of `until`, worked out by the book itself."""
    for row in conn.execute(_STANDINGS, {"property": property_id, "until": until}):
        yield Balance(accounts.receivable(row.property, row.tenant), row.owed, row.currency)
        yield Balance(accounts.deposit(row.property, row.tenant), -row.held, row.currency)


def _transaction(row: Row[Any]) -> Transaction:
    tags = {row.entity: str(row.id)} | ({"tenant": row.tenant} if row.tenant else {})
    if row.reverses_id is not None:
        tags["reverses"] = str(row.reverses_id)
    if row.period_start is not None:
        tags |= {"begins": str(row.period_start), "ends": str(row.period_end)}
    said = " ".join(part for part in (row.entity if row.entity != "charge" else "", row.kind, row.words) if part)
    debit, credit = _accounts(row)
    who = accounts.harmless(row.name or "")
    return Transaction(
        day=row.day,
        property=row.property,
        currency=row.currency,
        whose=who,
        words=accounts.harmless(("reversal of " if row.reverses_id is not None else "") + said.replace("_", " ")),
        tags=tags,
        postings=((debit, row.amount), (credit, -row.amount)),
        names={account: who for account in (debit, credit) if who and account.count(":") > 2},
    )


def _accounts(row: Row[Any]) -> tuple[str, str]:
    """Where an entry's amount goes to, and where it comes from."""
    if row.tenant is None:
        kept = accounts.money(row.method, row.property)
        spent = row.entity == "expense"
        return (accounts.spent(row.kind, row.property), kept) if spent else (kept, accounts.difference(row.property))
    owed = accounts.receivable(row.property, row.tenant)
    held = accounts.deposit(row.property, row.tenant)
    match row.entity, row.kind:
        case "charge", kind:
            paid_out = row.method and accounts.money(row.method, row.property)
            return owed, paid_out or accounts.against_charge(kind, row.property)
        case "payment", "deposit":
            return held, owed
        case "payment", method:
            return accounts.money(method, row.property), owed
        case _:
            kept = accounts.money(row.method, row.property) if row.method else accounts.deposit_money(row.property)
            kept = accounts.opening(row.property) if row.opening else kept
            return (held, kept) if row.kind == "refunded" else (kept, held)
