"""Questions about late fees (R15): whom they concern, what is due and what turned out too much."""

from collections.abc import Collection, Sequence
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
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.domain.allocation import still_open
from db.domain.late_fees import (
    PRINCIPAL,
    FeeDue,
    LateFee,
    Overdue,
    PostedFee,
    accrued,
    excess,
    fee_due,
    overdue,
    stage_end,
    to_void,
)
from db.domain.ledger import ChargeEntry, living
from db.domain.money import ZERO
from db.domain.periods import Period
from db.repositories.entries import Entries
from db.repositories.leases import Lease, load_leases
from db.repositories.pages import Page
from db.tables import balances, leases, properties, tenants

# Tenants whose ledgers are read at once.
CHUNK = 200


class Candidate(NamedTuple):
    """A tenant whose fees are to be looked at, and the day up to which."""

    oldest_due_on: date | None
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

    def overdue(
        self,
        *,
        until: date | None = None,
        property_id: int | None = None,
        after: tuple[date, int] | None = None,
        limit: int = CHUNK,
        lock: bool = False,
    ) -> list[Candidate]:
        """Tenants with a late fee in a lease and something overdue, the longest first; locked ones are left out.

        Found by an index, so that a book of many tenants who pay in time costs nothing.
        """
        oldest, last = balances.c.oldest_due_on, _last(until)
        # No zone is more than a day ahead of UTC: the plain bound is the one that the index can use.
        conditions = [oldest <= func.current_date(), oldest < last, _has_late_fee()]
        if after is not None:
            conditions.append(tuple_(oldest, balances.c.tenant_id) > tuple_(*after))
        query = _candidates(last, conditions, property_id).order_by(oldest, balances.c.tenant_id).limit(limit)
        if lock:
            query = query.with_for_update(of=tenants, key_share=True, skip_locked=True)
        return [Candidate._make(row) for row in self._conn.execute(query)]

    def page(
        self, *, property_id: int | None = None, until: date | None = None, after: str | None = None
    ) -> Page[FeeRow]:
        """The fees of a chunk of tenants, by their number: what is overdue, and what stands posted too much."""
        last = _last(until)
        owing = and_(balances.c.oldest_due_on < last, _has_late_fee())
        doubtful = select(_DOUBTFUL.c.tenant_id)
        conditions = [balances.c.tenant_id > int(after or 0), or_(owing, balances.c.tenant_id.in_(doubtful))]
        query = _candidates(last, conditions, property_id).order_by(balances.c.tenant_id).limit(CHUNK)
        found = [Candidate._make(row) for row in self._conn.execute(query)]
        cases = self.cases(found, doubtful=True)
        rows = [_row(one, case) for one in found for case in cases[one.tenant_id]]
        following = str(found[-1].tenant_id) if len(found) == CHUNK else None
        return Page([row for row in rows if row.due or row.posted or row.excess], following, None)

    def cases(self, candidates: Sequence[Candidate], *, doubtful: bool = False) -> dict[int, list[Case]]:
        """The overdue charges of each tenant that a fee can be due on; with `doubtful` also those paid or taken back
        since, whose fees may be too much.
        """
        found: dict[int, list[Case]] = {one.tenant_id: [] for one in candidates}
        wanted = self._overdue_charges(candidates) | (self._doubtful_charges(found) if doubtful else set())
        under = self._leases_of(wanted)
        concerned = [one for one in found if any(lease.tenant_id == one for lease in under.values())]
        posted = self._posted(wanted)
        for tenant_id, ledger in Entries(self._conn).of_tenants(concerned).items():
            alive = {entry.id for entry in living(ledger.charges)}
            for charge in sorted(ledger.charges, key=lambda entry: (entry.due_on, entry.id)):
                if charge.id in under:
                    late = overdue(charge, ledger.charges, ledger.payments) if charge.id in alive else None
                    found[tenant_id].append(Case(charge, under[charge.id], late, posted.get(charge.id, [])))
        return found

    def _overdue_charges(self, candidates: Sequence[Candidate]) -> set[int]:
        """The charges that something is open of, and that are past their due date."""
        owing = select(balances.c.tenant_id, balances.c.outstanding_balance)
        query = owing.where(balances.c.tenant_id.in_([one.tenant_id for one in candidates]))
        owed = {row.tenant_id: row.outstanding_balance for row in self._conn.execute(query)}
        debts = Entries(self._conn).last_debts({one: owes for one, owes in owed.items() if owes > 0})
        return {
            line.debt.id
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


def _last(until: date | None) -> ColumnElement[date]:
    """Today at the property, or the day asked for, if that is earlier."""
    today = func.business_date(properties.c.timezone, type_=Date)
    return today if until is None else func.least(today, until, type_=Date)


def _has_late_fee() -> ColumnElement[bool]:
    return exists().where(leases.c.tenant_id == balances.c.tenant_id, leases.c.late_fee != "off")


def _candidates(
    last: ColumnElement[date], conditions: Sequence[ColumnElement[bool]], property_id: int | None
) -> Select[Any]:
    columns = (balances.c.oldest_due_on, balances.c.tenant_id, last, tenants.c.code, tenants.c.name,
               properties.c.code.label("house"), properties.c.currency)  # fmt: skip
    query = (
        select(*columns)
        .join_from(balances, tenants, tenants.c.id == balances.c.tenant_id)
        .join(properties, properties.c.id == balances.c.property_id)
        .where(tenants.c.deleted_at.is_(None), *conditions)
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
