"""Who is to be reminded of what today, and who was.

Whom to look at is found by indexes: who owes something, and whose next rent comes near. Their open bills are read and
judged a chunk at a time, so that a page costs what its tenants have, and not what the book has.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select, text, union

from db.domain.reminders import choose
from db.errors import N_, NotFoundError
from db.repositories.bills import Bills
from db.repositories.lookup import TenantRef
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page, write_cursor
from db.tables import balances, charges, leases, properties, reminders, tenants
from db.tables.views import tenant_list

# Tenants that are looked at together.
CHUNK = 500


class NothingOpenError(NotFoundError):
    """There is nothing to write about."""

    code = "nothing_open"
    message = N_("{ref} has no open bill to be reminded of.")
    hint = N_("`ekost balance show {ref}` tells what is paid.")


class ReminderRow(NamedTuple):
    """A tenant to be reminded: which stage of which bill, what is open of it, and all that the message tells.

    `days` are those since it was due, below zero before; `stage` is None where none is due today. `balance` is the
    tenant's balance, `total` what is open of all bills with this one, `fees` the late fees in that. `contact` tells by
    what the tenant can be reached: whatsapp, email or no_contact.
    """

    tenant: str
    name: str
    property: str
    room: str | None
    stage: int | None
    kind: str
    due_on: date
    days: int
    amount: Decimal
    balance: Decimal
    contact: str
    phone: str | None
    email: str | None
    period_start: date | None
    period_end: date | None
    total: Decimal
    fees: Decimal
    house: str
    pay_to: str | None
    greeting: str
    language: str | None
    currency: str
    today: date
    tenant_id: int
    property_id: int
    charge_id: int | None
    lease_id: int | None


class SentRow(NamedTuple):
    """A reminder that was sent; `amount` was open of the bill then."""

    id: int
    tenant: str
    tenant_name: str
    property: str
    sent_on: date
    stage: int
    kind: str
    due_on: date
    amount: Decimal
    channel: str
    charge_id: int | None
    period_start: date | None
    actor: str
    created_at: datetime
    currency: str
    timezone: str


class _Person(NamedTuple):
    """A tenant and the house, as a message needs them."""

    tenant_id: int
    property_id: int
    tenant: str
    name: str
    property: str
    room: str | None
    phone: str | None
    email: str | None
    balance: Decimal
    currency: str
    language: str | None
    house: str
    pay_to: str | None
    greeting: str
    stages: Sequence[int]
    today: date


_v, _p, _r = tenant_list.c, properties.c, reminders.c
_LANGUAGE = func.coalesce(tenants.c.language, _p.language)
_PERSON = (
    _v.id, _v.property_id, _v.code, _v.name, _v.property, _v.room, _v.phone, _v.email, _v.outstanding_balance,
    _v.currency, _LANGUAGE, _p.name, _p.pay_to, _p.greeting, _p.reminder_stages, func.business_date(_p.timezone),
)  # fmt: skip
_SENT = (
    _r.id, tenants.c.code, tenants.c.name, _p.code, _r.sent_on, _r.stage, func.coalesce(charges.c.kind, "rent"),
    _r.due_on, _r.amount, _r.channel, _r.charge_id, _r.period_start, _r.actor, _r.created_at, _p.currency, _p.timezone,
)  # fmt: skip


# Where there is no property there is no day either, and nobody to remind.
_HORIZON = text("""
select least(min(s.stage), 0), coalesce(max(business_date(p.timezone)), current_date)
  from properties p left join lateral unnest(p.reminder_stages) as s (stage) on true
""")


class Reminders:
    """Questions about reminders on a day (today at each property), in one transaction."""

    def __init__(self, conn: Connection, on: date | None = None) -> None:
        self._conn = conn
        self._on = on

    def page(
        self,
        *,
        property_id: int | None = None,
        stage: int | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[ReminderRow]:
        """A page of those to be reminded, by their number; at most one row for a tenant."""
        wanted = self._candidates(property_id)
        keyset, scope = Keyset([wanted.selected_columns[0]]), ("reminders", self._on, property_id, stage)
        rows: list[ReminderRow] = []
        cursor, reading = after, way
        while len(rows) <= limit:
            chunk = read_page(
                self._conn, wanted, keyset, lambda row: int(row[0]), scope=scope, after=cursor, limit=CHUNK, way=reading
            )
            found = [row for row in self._due(chunk.items) if stage in (None, row.stage)]
            rows = found + rows if way.backwards else rows + found
            cursor = chunk.previous if way.backwards else chunk.next
            reading = Way.BEFORE if way.backwards else Way.BEHIND
            if cursor is None:
                break
        more = len(rows) > limit
        rows = rows[-limit:] if way.backwards else rows[:limit]
        if not rows:
            return Page([], None)
        first, last = (write_cursor(keyset, scope, [row.tenant_id]) for row in (rows[0], rows[-1]))
        before, behind = (more, after is not None) if way.backwards else (after is not None, more)
        return Page(rows, last if behind else None, first if before else None)

    def of_tenant(self, tenant: TenantRef) -> ReminderRow:
        """What to write to one tenant; with `stage` None where nothing is due today. Raises NothingOpenError."""
        person = self._people([tenant.id])[0]
        bills = Bills(self._conn).of_tenants({person.tenant_id: person.balance}, person.today + _FAR)[person.tenant_id]
        due = choose(bills.open, person.stages, person.today, bills.last)
        if due is not None:
            return _row(person, bills.open, due.bill, due.stage)
        if not bills.open:
            raise NothingOpenError(ref=tenant.code)
        return _row(person, bills.open, bills.open[0], None)

    def sent(
        self,
        *,
        tenant_id: int | None = None,
        property_id: int | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> Page[SentRow]:
        """A page of the reminders that were sent, the latest first."""
        query = select(*_SENT).join_from(reminders, tenants, tenants.c.id == _r.tenant_id)
        query = query.join(properties, _p.id == _r.property_id).outerjoin(charges, charges.c.id == _r.charge_id)
        if tenant_id is not None:
            query = query.where(_r.tenant_id == tenant_id)
        if property_id is not None:
            query = query.where(_r.property_id == property_id)
        keyset, scope = Keyset([_r.sent_on, _r.id], descending=True), ("sent", tenant_id, property_id)
        return read_page(self._conn, query, keyset, SentRow._make, scope=scope, after=after, limit=limit)

    def _due(self, tenant_ids: Sequence[int]) -> list[ReminderRow]:
        """Those of these tenants who are to be reminded."""
        people = self._people(tenant_ids)
        if not people:
            return []
        until = max(person.today - timedelta(days=min(person.stages, default=0)) for person in people)
        found = Bills(self._conn).of_tenants({person.tenant_id: person.balance for person in people}, until)
        rows = []
        for person in people:
            bills = found[person.tenant_id]
            due = choose(bills.open, person.stages, person.today, bills.last)
            if due is not None:
                rows.append(_row(person, bills.open, due.bill, due.stage))
        return rows

    def _people(self, tenant_ids: Sequence[int]) -> list[_Person]:
        query = select(*_PERSON).join_from(tenant_list, properties, _p.id == _v.property_id)
        query = query.join(tenants, tenants.c.id == _v.id)
        rows = self._conn.execute(query.where(_v.id.in_(tenant_ids), _v.deleted_at.is_(None)).order_by(_v.id))
        found = [_Person._make(row) for row in rows]
        return found if self._on is None else [person._replace(today=self._on) for person in found]

    def _candidates(self, property_id: int | None) -> Select[Any]:
        """The numbers of tenants who owe something, or whose next rent is near enough for the earliest stage."""
        first, last = self._conn.execute(_HORIZON).one()
        near = (self._on or last) - timedelta(days=first)
        owing = select(balances.c.tenant_id).where(balances.c.outstanding_balance > 0)
        coming = select(leases.c.tenant_id).where(leases.c.next_period_on <= near)
        if property_id is not None:
            owing = owing.where(balances.c.property_id == property_id)
            coming = coming.where(leases.c.property_id == property_id)
        return select(union(owing, coming).subquery("candidates").c.tenant_id)


# How far ahead the next bill is looked for, of a tenant who asks what comes.
_FAR = timedelta(days=30)


def _row(person: _Person, bills: Iterable[Any], bill: Any, stage: int | None) -> ReminderRow:
    """The facts of a message. The total is of all that is posted, or due by now, and of this bill."""
    contact = "whatsapp" if person.phone else "email" if person.email else "no_contact"
    told = [one for one in bills if one.event is not None or one.due_on <= person.today or one is bill]
    return ReminderRow(
        tenant=person.tenant, name=person.name, property=person.property, room=person.room, stage=stage,
        kind=bill.kind, due_on=bill.due_on, days=(person.today - bill.due_on).days, amount=bill.open,
        balance=person.balance, contact=contact, phone=person.phone, email=person.email, period_start=bill.period_start,
        period_end=bill.period_end, total=sum((one.open for one in told), Decimal(0)),
        fees=sum((one.open for one in told if one.kind == "late_fee"), Decimal(0)), house=person.house,
        pay_to=person.pay_to, greeting=person.greeting, language=person.language, currency=person.currency,
        today=person.today, tenant_id=person.tenant_id, property_id=person.property_id,
        charge_id=bill.key.charge_id, lease_id=bill.key.lease_id,
    )  # fmt: skip
