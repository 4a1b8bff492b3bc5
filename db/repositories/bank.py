"""Questions about bank lines: which are open, what became of the others, and what each may be."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, literal, select

from db.domain.bank.matching import NEAR, Candidate, Payer, Recorded, candidates
from db.domain.bank.rules import Rule
from db.errors import N_, NotFoundError
from db.repositories.bills import Bills
from db.repositories.lookup import get_property
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import (
    bank_accounts,
    bank_lines,
    bank_living,
    bank_rules,
    expenses,
    payments,
    properties,
    reversals,
    tenants,
)
from db.tables.views import tenant_list


class BankLineNotFoundError(NotFoundError):
    """No line has this number."""

    code = "bank_line_not_found"
    message = N_("There is no bank line {id}.")
    hint = N_("`ekost bank lines` shows the numbers.")


class LineRow(NamedTuple):
    """A line of a statement and what it was found to be; `amount` is below zero for money that went out.

    `state` is open, matched or ignored; `made` says that its payment or expense was made of it.
    """

    id: int
    property: str
    account: str
    booked_on: date
    amount: Decimal
    description: str
    balance: Decimal | None
    state: str
    tenant: str | None
    tenant_name: str | None
    payment_id: int | None
    expense_id: int | None
    category: str | None
    reason: str | None
    actor: str | None
    matched_at: datetime | None
    made: bool | None
    property_id: int
    match_id: int | None
    currency: str
    timezone: str


class Suggestion(NamedTuple):
    """What a line may be, or what was made of it; `reasons` are words of ours, `what` the tenant's code or such."""

    line: int
    booked_on: date
    amount: Decimal
    description: str
    kind: str
    score: int
    what: str
    name: str | None
    room: str | None
    payment_id: int | None
    reasons: tuple[str, ...]
    tenant_id: int | None
    currency: str


class RuleRow(NamedTuple):
    """A rule as it is kept."""

    id: int
    property: str
    pattern: str
    action: str
    value: str
    learned: bool
    actor: str
    created_at: datetime
    timezone: str


_l, _m, _t = bank_lines.c, bank_living.c, tenants.c
_STATE = case((_m.id.is_(None), "open"), (_m.ignored.is_not(None), "ignored"), else_="matched")


class Bank:
    """Lines of banks, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        state: str | None = None,
        account: str | None = None,
        match: str | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[LineRow]:
        """A page of lines, the latest first; `match` stands in the description."""
        query = _lines()
        if property_id is not None:
            query = query.where(_l.property_id == property_id)
        if state is not None:
            query = query.where(literal(state) == _STATE)
        if account is not None:
            query = query.where(func.lower(bank_accounts.c.name) == account.lower())
        if match is not None:
            query = query.where(func.lower(_l.description).contains(match.lower(), autoescape=True))
        keyset = Keyset([_l.booked_on, _l.id], descending=True)
        scope = (property_id, state, account, match)
        return read_page(self._conn, query, keyset, LineRow._make, scope=scope, after=after, limit=limit, way=way)

    def row(self, line_id: int) -> LineRow:
        """One line. Raises BankLineNotFoundError."""
        found = self._conn.execute(_lines().where(_l.id == line_id)).first()
        if found is None:
            raise BankLineNotFoundError(id=line_id)
        return LineRow._make(found)

    def open_lines(self, property_id: int | None = None, limit: int | None = None) -> list[LineRow]:
        """The lines that nothing is known of, the oldest first."""
        query = _lines().where(_m.id.is_(None)).order_by(_l.booked_on, _l.id).limit(limit)
        if property_id is not None:
            query = query.where(_l.property_id == property_id)
        return [LineRow._make(row) for row in self._conn.execute(query)]

    def count_open(self, property_id: int | None = None) -> int:
        """How many lines are open."""
        query = select(func.count()).select_from(bank_lines).outerjoin(bank_living, _m.line_id == _l.id)
        query = query.where(_m.id.is_(None))
        if property_id is not None:
            query = query.where(_l.property_id == property_id)
        return int(self._conn.execute(query).scalar_one())

    def rules(self, property_id: int | None = None) -> list[RuleRow]:
        """The rules, by property and pattern."""
        r = bank_rules.c
        action = case((r.tenant_id.is_not(None), "tenant"), (r.category.is_not(None), "category"), else_="ignore")
        value = func.coalesce(_t.code, r.category, r.ignored)
        query = (
            select(r.id, properties.c.code, r.pattern, action, value, r.learned, r.actor, r.created_at,
                   properties.c.timezone)
            .join_from(bank_rules, properties, properties.c.id == r.property_id)
            .outerjoin(tenants, _t.id == r.tenant_id)
            .order_by(properties.c.code, r.pattern)
        )  # fmt: skip
        if property_id is not None:
            query = query.where(r.property_id == property_id)
        return [RuleRow._make(row) for row in self._conn.execute(query)]

    def suggestions(self, lines: Sequence[LineRow]) -> list[list[Suggestion]]:
        """What each of these lines may be, the likeliest first; a few statements for each property."""
        insights = {house: Insight.of(self._conn, house, lines) for house in {line.property_id for line in lines}}
        return [[suggestion(line, one) for one in insights[line.property_id].candidates(line)] for line in lines]


class Insight:
    """All that lines of one property are compared with."""

    def __init__(self, payers: list[Payer], recorded: list[Recorded], rules: list[Rule]) -> None:
        self.payers, self.recorded, self.rules = payers, recorded, rules

    @classmethod
    def of(cls, conn: Connection, property_id: int, lines: Sequence[LineRow]) -> "Insight":
        """What there is on the days of these lines."""
        days = [line.booked_on for line in lines if line.property_id == property_id]
        near = timedelta(days=NEAR)
        recorded = _recorded(conn, property_id, min(days) - near, max(days) + near)
        rules = [Rule(row.pattern, row.action, row.value) for row in Bank(conn).rules(property_id)]  # type: ignore[arg-type]
        return cls(_payers(conn, property_id), recorded, rules)

    def candidates(self, line: LineRow) -> list[Candidate]:
        """What this line may be."""
        return candidates(line.booked_on, line.amount, line.description, self.payers, self.recorded, self.rules)

    def linked(self, payment_id: int | None) -> None:
        """A payment was matched and is no candidate any more."""
        self.recorded = [one for one in self.recorded if one.payment_id != payment_id]


def suggestion(line: LineRow, one: Candidate) -> Suggestion:
    """The candidate of a line, as it is shown."""
    return Suggestion(
        line.id, line.booked_on, line.amount, line.description, one.kind, one.score, one.code, one.name, one.room,
        one.payment_id, one.reasons, one.tenant_id, line.currency,
    )  # fmt: skip


def _payers(conn: Connection, property_id: int) -> list[Payer]:
    t = tenant_list.c
    query = select(t.id, t.code, t.name, t.phone, t.room, t.outstanding_balance, t.monthly_rent).where(
        t.property_id == property_id, t.deleted_at.is_(None)
    )
    rows = conn.execute(query).all()
    owed = {row.id: row.outstanding_balance for row in rows}
    bills = Bills(conn).of_tenants(owed, get_property(conn, property_id).today) if owed else {}
    return [Payer(*row, frozenset(bill.open for bill in bills[row.id].open)) for row in rows]


def _recorded(conn: Connection, property_id: int, first: date, last: date) -> list[Recorded]:
    """Payments of these days, both inclusive, that stand and that no line was matched with."""
    p = payments.c
    taken_back = select(literal(1)).where(reversals.c.entry == "payment", reversals.c.entry_id == p.id)
    matched = select(literal(1)).where(_m.payment_id == p.id)
    query = select(p.id, p.tenant_id, p.payment_date, p.amount).where(
        p.property_id == property_id, p.payment_date.between(first, last), p.reverses_id.is_(None),
        p.method != "deposit", ~taken_back.exists(), ~matched.exists(),
    )  # fmt: skip
    return [Recorded._make(row) for row in conn.execute(query)]


def _lines() -> Select[Any]:
    columns = (
        _l.id, properties.c.code, bank_accounts.c.name, _l.booked_on, _l.amount, _l.description, _l.balance, _STATE,
        _t.code, _t.name, _m.payment_id, _m.expense_id, expenses.c.category, _m.ignored, _m.actor, _m.created_at,
        _m.made, _l.property_id, _m.id, properties.c.currency, properties.c.timezone,
    )  # fmt: skip
    return (
        select(*columns)
        .join_from(bank_lines, bank_accounts, bank_accounts.c.id == _l.account_id)
        .join(properties, properties.c.id == _l.property_id)
        .outerjoin(bank_living, _m.line_id == _l.id)
        .outerjoin(payments, payments.c.id == _m.payment_id)
        .outerjoin(tenants, _t.id == payments.c.tenant_id)
        .outerjoin(expenses, expenses.c.id == _m.expense_id)
    )
