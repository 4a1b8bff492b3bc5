"""Questions about late fees (R15): whom they concern, what is due and what turned out too much."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.domain.allocation import Debt, still_open
from db.domain.late_fees import (
    PRINCIPAL,
    FeeDue,
    LateFee,
    Overdue,
    PostedFee,
    accrued,
    excess,
    fee_due,
    is_settled,
    overdue,
    stage_end,
    to_void,
)
from db.domain.ledger import ChargeEntry, living
from db.domain.money import ZERO
from db.domain.periods import Period
from db.repositories.entries import Entries
from db.repositories.leases import Lease, load_leases
from db.tables import balances, leases, properties, tenants

# Tenants whose ledgers are read at once.
CHUNK = 200


class Candidate(NamedTuple):
    """A tenant whose fees are to be looked at, and the day up to which."""

    tenant_id: int
    until: date
    tenant: str
    tenant_name: str
    property: str
    currency: str


class FeeRow(NamedTuple):
    """A charge and its fees: `due` by what is known now, `posted` and standing, `waived`, what is `to_post`.

    `excess` stands posted beyond what is due: voiding the fees named by `void` takes it back, and `again` besides,
    which is to be charged by hand if it is wanted.
    """

    charge: int
    tenant: str
    tenant_name: str
    property: str
    kind: str
    due_on: date
    days_late: int
    open: Decimal
    due: Decimal
    posted: Decimal
    waived: Decimal
    to_post: Decimal
    excess: Decimal
    void: str | None
    again: Decimal
    reckoning: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class Case:
    """One charge that a fee can be due on: its lease, what was open when (None: it was taken back), its fees so far."""

    charge: ChargeEntry
    lease: Lease
    late: Overdue | None
    posted: Sequence[PostedFee]

    @property
    def fee(self) -> LateFee:
        """The policy at signing."""
        return self.lease.fee

    def due(self, day: date) -> FeeDue | None:
        """What there is to post on `day`, while something of the charge is overdue and open."""
        if self.late is None or self.charge.due_on >= day or self.late.open_on(day) <= 0:
            return None
        return fee_due(self.fee, self.late, self.posted, day, self.lease.rounding)

    def excess(self) -> Decimal:
        """How much too much stands posted."""
        return excess(self.fee, self.late, self.posted, self.lease.rounding)


class LateFees:
    """Questions about late fees, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def overdue(self, *, until: date | None = None, property_id: int | None = None) -> list[int]:
        """The tenants with a late fee in a lease and something overdue, by number.

        Found by an index, so that a book of many tenants who pay in time costs nothing. All at once and not page by
        page: how many owe something is what a database guesses worst.
        """
        query = _numbers(_is_overdue(until), property_id)
        return list(self._conn.execute(query).scalars())

    def concerned(self, *, until: date | None = None, property_id: int | None = None) -> list[int]:
        """These, and the tenants with fees that may be too much."""
        doubtful = balances.c.tenant_id.in_(select(_DOUBTFUL.c.tenant_id))
        more = self._conn.execute(_numbers(doubtful, property_id)).scalars()
        return sorted({*self.overdue(until=until, property_id=property_id), *more})

    def rows(self, tenant_ids: Sequence[int], *, until: date | None = None) -> Iterator[FeeRow]:
        """The fees of these tenants, in chunks: what is overdue, and what stands posted too much."""
        for place in range(0, len(tenant_ids), CHUNK):
            found = self.candidates(tenant_ids[place : place + CHUNK], until=until)
            cases = self.cases(found, doubtful=True)
            rows = (_row(one, case) for one in found for case in cases[one.tenant_id])
            yield from (row for row in rows if row.due or row.posted or row.excess)

    def candidates(
        self, tenant_ids: Sequence[int], *, until: date | None = None, lock: bool = False
    ) -> list[Candidate]:
        """What of tenants is to be known first, by number; with `lock` those that nobody else holds."""
        last = _last(until)
        columns = (balances.c.tenant_id, last, tenants.c.code, tenants.c.name, properties.c.code.label("house"),
                   properties.c.currency)  # fmt: skip
        query = (
            select(*columns)
            .join_from(balances, tenants, tenants.c.id == balances.c.tenant_id)
            .join(properties, properties.c.id == balances.c.property_id)
            .where(tenants.c.deleted_at.is_(None), balances.c.tenant_id.in_(tenant_ids))
            .order_by(balances.c.tenant_id)
        )
        if lock:
            query = query.with_for_update(of=tenants, key_share=True, skip_locked=True)
        return [Candidate._make(row) for row in self._conn.execute(query)]

    def cases(self, candidates: Sequence[Candidate], *, doubtful: bool = False) -> dict[int, list[Case]]:
        """The overdue charges of each tenant that a fee can be due on; with `doubtful` also those paid or taken back
        since, whose fees may be too much.
        """
        found: dict[int, list[Case]] = {one.tenant_id: [] for one in candidates}
        late_ones = self._overdue_charges(candidates)
        wanted = late_ones.keys() | (self._doubtful_charges(found) if doubtful else set())
        under, posted = self._leases_of(wanted), self._posted(wanted)
        if not doubtful:
            under = {
                one: lease for one, lease in under.items() if not _done(late_ones[one], lease, posted.get(one, ()))
            }
        concerned = list({lease.tenant_id for lease in under.values()})
        for tenant_id, ledger in Entries(self._conn).of_tenants(concerned).items():
            alive = {entry.id for entry in living(ledger.charges)}
            for charge in sorted(ledger.charges, key=lambda entry: (entry.due_on, entry.id)):
                if charge.id in under:
                    late = overdue(charge, ledger.charges, ledger.payments) if charge.id in alive else None
                    found[tenant_id].append(Case(charge, under[charge.id], late, posted.get(charge.id, [])))
        return found

    def _overdue_charges(self, candidates: Sequence[Candidate]) -> dict[int, tuple[Debt, date]]:
        """The charges that something is open of, and that are past their due date; each with the day looked at."""
        owing = select(balances.c.tenant_id, balances.c.outstanding_balance)
        query = owing.where(balances.c.tenant_id.in_([one.tenant_id for one in candidates]))
        owed = {row.tenant_id: row.outstanding_balance for row in self._conn.execute(query)}
        debts = Entries(self._conn).last_debts({one: owes for one, owes in owed.items() if owes > 0})
        return {
            line.debt.id: (line.debt, one.until)
            for one in candidates
            for line in still_open(debts.get(one.tenant_id, ()), owed[one.tenant_id])
            if line.debt.kind in PRINCIPAL and line.debt.due_on < one.until
        }

    def _doubtful_charges(self, tenant_ids: Collection[int]) -> set[int]:
        query = select(_DOUBTFUL.c.related_id).where(_DOUBTFUL.c.tenant_id.in_(tenant_ids))
        return set(self._conn.execute(query).scalars())

    def _leases_of(self, charge_ids: Collection[int]) -> dict[int, Lease]:
        """The lease whose policy each charge is under; none for those without a late fee, ever."""
        found: dict[int, int] = {}
        for charge_id, lease_id in self._conn.execute(_LEASES, {"charges": list(charge_ids)}):
            found[charge_id] = lease_id
        signed = {lease.id: lease for lease in load_leases(self._conn, leases.c.id.in_(set(found.values())))}
        return {charge_id: signed[lease_id] for charge_id, lease_id in found.items()}

    def _posted(self, charge_ids: Collection[int]) -> dict[int, list[PostedFee]]:
        """All fees of these charges, in the order of their days."""
        found: dict[int, list[PostedFee]] = {}
        for row in self._conn.execute(_POSTED, {"charges": list(charge_ids)}):
            fee = PostedFee(row.id, Period(row.period_start, row.period_end), row.amount, row.live)
            found.setdefault(row.related_id, []).append(fee)
        return found


_CHARGES = bindparam("charges", type_=ARRAY(BigInteger))
_POSTED = text("""
select c.id, c.related_id, c.period_start, c.period_end, c.amount,
       not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id) as live
  from charges c
 where c.related_id = any (:charges) and c.kind = 'late_fee' and c.reverses_id is null
 order by c.related_id, c.period_start
""").bindparams(_CHARGES)
_LEASES = text("""
select c.id, l.id from charges c cross join lateral lease_of_charge(c) l
 where c.id = any (:charges) and l.late_fee <> 'off'
""").bindparams(_CHARGES)
# Fees that stand, of charges that were taken back, or of whose days something was told only later.
_DOUBTFUL = (
    text("""
select distinct f.tenant_id, f.related_id from charges f
 where f.kind = 'late_fee' and f.related_id is not null and f.reverses_id is null
   and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = f.id)
   and (exists (select from reversals r where r.entry = 'charge' and r.entry_id = f.related_id)
        or exists (select from payments p where p.tenant_id = f.tenant_id and p.payment_date < f.period_end
                                            and p.event_id > f.event_id)
        or exists (select from charges c where c.tenant_id = f.tenant_id and c.charged_on < f.period_end
                                           and c.event_id > f.event_id and c.kind <> 'late_fee'))
""")
    .columns(tenant_id=BigInteger, related_id=BigInteger)
    .subquery("doubtful")
)


def _done(late: tuple[Debt, date], lease: Lease, posted: Sequence[PostedFee]) -> bool:
    debt, day = late
    return is_settled(lease.fee, debt.amount, lease.rounding, posted, day)


def _last(until: date | None) -> ColumnElement[date]:
    """Today at the property, or the day asked for, if that is earlier."""
    today = func.business_date(properties.c.timezone, type_=Date)
    return today if until is None else func.least(today, until, type_=Date)


def _is_overdue(until: date | None) -> ColumnElement[bool]:
    oldest = balances.c.oldest_due_on
    signed = exists().where(leases.c.tenant_id == balances.c.tenant_id, leases.c.late_fee != "off")
    # No zone is more than a day ahead of UTC: the plain bound is the one that the index can use.
    return and_(oldest <= func.current_date(), oldest < _last(until), signed)


def _numbers(condition: ColumnElement[bool], property_id: int | None) -> Select[Any]:
    query = (
        select(balances.c.tenant_id)
        .join(properties, properties.c.id == balances.c.property_id)
        .where(condition)
        .order_by(balances.c.tenant_id)
    )
    return query if property_id is None else query.where(balances.c.property_id == property_id)


def _row(one: Candidate, case: Case) -> FeeRow:
    charge, late, day = case.charge, case.late, one.until
    due, too_much = case.due(day), case.excess()
    chosen = to_void(case.posted, too_much) if too_much else []
    ended = stage_end(case.fee, charge, day)
    return FeeRow(
        charge=charge.id, tenant=one.tenant, tenant_name=one.tenant_name, property=one.property, kind=charge.kind,
        due_on=charge.due_on, days_late=max((day - charge.due_on).days, 0),
        open=ZERO if late is None else late.open_on(day),
        due=ZERO if late is None else accrued(case.fee, late, ended, case.lease.rounding),
        posted=sum((fee.amount for fee in case.posted if fee.live), ZERO),
        waived=sum((fee.amount for fee in case.posted if not fee.live), ZERO),
        to_post=ZERO if due is None else due.amount, excess=too_much,
        void=", ".join(str(fee.id) for fee in chosen) or None,
        again=max(sum((fee.amount for fee in chosen), ZERO) - too_much, ZERO),
        reckoning=None if due is None else due.reckoning, currency=one.currency,
    )  # fmt: skip
