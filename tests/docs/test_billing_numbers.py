"""Every number in docs/billing.md is worked out here by the rules themselves and compared with the page."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

import pytest

from db.domain.aging import age
from db.domain.allocation import Debt, MoneyIn, allocate, paid_through
from db.domain.dates import business_date
from db.domain.deposit import DepositState
from db.domain.explain import explain
from db.domain.income import accrual_income, cash_income
from db.domain.late_fees import LateFee, accrued, overdue
from db.domain.ledger import ChargeEntry, PaymentEntry, balance
from db.domain.money import AmountError, complement, parse_amount, split_evenly
from db.domain.moveout import Refund, settle_move_out
from db.domain.periods import Period, YearMonth, next_boundary
from db.domain.rent import Policy, RentDue, Terms, accrues_from, move_adjustment, prorate, rent_due
from db.domain.utilities import cost_of, usage_between
from locales.catalogs import set_language
from locales.formats import money
from locales.values import plain
from tests.docs.pages import DOCS, Rows, sections, tables, text_of

RENT = Decimal(1_500_000)
RUPIAH = Decimal(1)
DAILY = Policy(0, "daily", RUPIAH)
SECTIONS = {name.split()[0]: body for name, body in sections(text_of(DOCS / "billing.md")).items()}
MARCH = date(2026, 3, 10)


def figure(amount: Decimal | int) -> str:
    """An amount as the page writes it: 1,500,000."""
    assert amount == int(amount)
    return f"{int(amount):,}"


def amount(cell: str) -> Decimal:
    """The amount at the end of a cell."""
    found = re.search(r"[-\d,]+$", cell)
    assert found
    return Decimal(found.group().replace(",", ""))


def day(cell: str) -> date:
    return date.fromisoformat(cell)


def posted(terms: list[Terms], until: date, policy: Policy = DAILY, since: date | None = None) -> list[RentDue]:
    return list(rent_due(terms, terms[0].effective_on, None, policy, since=since, until=until))


def rents(dues: Iterable[RentDue]) -> list[ChargeEntry]:
    """What the accrual writes for these rents."""
    return [
        ChargeEntry(
            number, "rent", due.period.start, due.due_on, due.amount, due.period.start, due.period.end, None,
            due.days, due.of_days,
        )
        for number, due in enumerate(dues, 1)
    ]  # fmt: skip


def lease(start: date, billing_day: int | None = None, rent: Decimal = RENT) -> list[Terms]:
    return [Terms(start, rent, billing_day or start.day)]


def m1(rows: Rows) -> Rows:
    made = []
    for row in rows:
        number, currency = row["Amount"].split()
        shown = {}
        for column, language in (("Indonesian", "id"), ("English", "en")):
            set_language(language)
            shown[column] = money(Decimal(number), currency)
        set_language("en")
        made.append(shown | {"JSON": f'"{plain(Decimal(number))}"'})
    return made


def m2(rows: Rows) -> Rows:
    made = []
    for row in rows:
        (days, of_days), rent = map(int, row["Days"].split(" of ")), amount(row["Rent"])
        charged = prorate(rent, days, of_days, amount(row["Rounding"]))
        made.append({"Charged": figure(charged), "The other days": figure(complement(rent, charged))})
    return made


def m3(rows: Rows) -> Rows:
    instants = [(datetime.fromisoformat(row["Recorded at"]), row["Time zone"]) for row in rows]
    return [{"Business date": f"{business_date(*instant)}"} for instant in instants]


def m4(rows: Rows) -> Rows:
    def read(text: str, language: str) -> str:
        try:
            return figure(parse_amount(text.strip("`"), language=language))
        except AmountError:
            return "refused"

    return [
        {"Speaking Indonesian": read(row["Typed"], "id"), "Speaking English": read(row["Typed"], "en")} for row in rows
    ]


def r1(rows: Rows) -> Rows:
    made = []
    for row in rows:
        due = posted(lease(day(row["Moved in"])), date(2027, 1, 1))[int(row["Period"]) - 1]
        made.append(_period(due.period) | {"Days": f"{due.days}", "Rent": figure(due.amount)})
    return made


def _period(period: Period) -> dict[str, str]:
    return {"Starts": f"{period.start}", "Until": f"{period.end}"}


def r2(rows: Rows) -> Rows:
    made = []
    for row in rows:
        policy = replace(DAILY, grace_days=int(row["Grace days"]))
        dues = posted(lease(day(row["Moved in"])), day(row["On"]), policy)
        first = f"{dues[0].due_on}" if dues else "-"
        made.append({"Owed": figure(balance(rents(dues), [])), "First due": first})
    return made


def r3(rows: Rows) -> Rows:
    made = []
    for row in rows:
        policy = replace(DAILY, proration=row["Proration"])  # type: ignore[arg-type]
        start = day(row["Moved in"])
        (due,) = posted(lease(start, int(row["Billing day"])), start, policy)
        made.append({"Until": f"{due.period.end}", "Days": _days(due), "First charge": figure(due.amount)})
    return made


def _days(due: RentDue) -> str:
    return f"{due.days} of {due.of_days}"


def r4(rows: Rows) -> Rows:
    terms = [*lease(date(2026, 2, 5)), Terms(date(2026, 3, 5), RENT, 20)]
    dues = posted(terms, date(2026, 3, 31))
    assert len(dues) == len(rows)
    return [_period(due.period) | {"Days": _days(due), "Amount": figure(due.amount)} for due in dues]


def r5(rows: Rows) -> Rows:
    terms = [*lease(date(2026, 1, 10)), Terms(date(2026, 7, 1), Decimal(1_650_000), 10)]
    paid = [PaymentEntry(1, date(2026, 1, 10), 6 * RENT)]
    made = []
    for row in rows:
        dues = posted(terms, day(row["On"]))
        made.append({"Rent of the period": figure(dues[-1].amount), "Balance": figure(balance(rents(dues), paid))})
    return made


def r6(rows: Rows) -> Rows:
    period = Period(MARCH, next_boundary(10, MARCH))
    made = []
    for row in rows:
        on = day(row["On"])
        credit, charge = move_adjustment(period, on, RENT, Decimal(1_800_000), period.days, RUPIAH)
        told = {"Days left": f"{(period.end - on).days} of {period.days}", "Credit": figure(credit)}
        made.append(told | {"Charge": figure(charge), "Difference": figure(charge - credit)})
    return made


def r7(rows: Rows) -> Rows:
    dues = posted(lease(date(2026, 4, 1)), date(2026, 5, 1))
    made = []
    for row in rows:
        refund: Refund = row["`--refund`"]  # type: ignore[assignment]
        on, april = day(row["`--on`"]), dues[0].period
        settled = settle_move_out(rents(dues), on, refund, RUPIAH)
        given_back = sum((unused.amount for unused in settled.credits), Decimal(0))
        told = {"Reversed": figure(sum(charge.amount for charge in settled.reverse)), "Credit": figure(given_back)}
        made.append(told | {"Unused days": f"{(april.end - on).days} of {april.days}"})
    return made


def r8(rows: Rows) -> Rows:
    state, made = DepositState(), []
    for row in rows:
        step = {"add": state.receive, "apply": state.apply, "refund": state.refund}[
            row["Step"].strip("`").split()[1][:-1]
        ]
        state = step(amount(row["Step"]))
        sums = {"Received": state.received, "Applied": state.applied, "Refunded": state.refunded, "Held": state.held}
        made.append({name: figure(value) for name, value in sums.items()})
    return made


def r9(rows: Rows) -> Rows:
    shares = (split_evenly(amount(row["Rent of the room"]), int(row["Tenants"]), RUPIAH) for row in rows)
    return [{"Shares": " + ".join(map(figure, split))} for split in shares]


def r10(rows: Rows) -> Rows:
    return [{"Balance": figure(total)} for total in accumulate(amount(row["Change"]) for row in rows)]


def r11(rows: Rows) -> Rows:
    owed = rents(posted(lease(MARCH), MARCH))
    wrong = PaymentEntry(1, MARCH, RENT)
    reversal = PaymentEntry(2, MARCH, -RENT, reverses_id=1)
    ledgers = [([wrong], []), ([wrong, reversal], []), ([wrong, reversal], [PaymentEntry(3, MARCH, RENT)])]
    assert len(ledgers) == len(rows)
    return [{"Ani": figure(balance(owed, ani)), "Budi": figure(balance(owed, budi))} for ani, budi in ledgers]


def r12(rows: Rows) -> Rows:
    debts = [Debt(n, "rent", date(2026, n, 10), RENT) for n in (1, 2, 3)]
    made = []
    for row in rows:
        filled = allocate(debts, [MoneyIn(1, MARCH, amount(row["Paid in all"]))]).lines
        cells = [f"{figure(line.open)} {line.state}" for line in filled]
        made.append(dict(zip(("January open", "February open", "March open"), cells, strict=True)))
    return made


def r13(rows: Rows) -> Rows:
    paid = [PaymentEntry(1, MARCH, 6 * RENT)]
    ahead = posted(lease(MARCH), date(2027, 12, 31))
    made = []
    for row in rows:
        on = day(row["On"])
        charges = rents(due for due in ahead if due.period.start <= on)
        found = allocate([_debt(charge) for charge in charges], [MoneyIn(1, MARCH, 6 * RENT)])
        until = paid_through(found.lines, credit=found.credit, upcoming=ahead[len(charges) :])
        told = {"Charged": figure(sum(charge.amount for charge in charges)), "Paid through": f"{until}"}
        made.append(told | {"Balance": figure(balance(charges, paid))})
    return made


def _debt(charge: ChargeEntry) -> Debt:
    return Debt(charge.id, charge.kind, charge.due_on, charge.amount, charge.period_start, charge.period_end)


def r14(rows: Rows) -> Rows:
    terms, since, made = lease(date(2026, 1, 10)), date(2026, 1, 10), []
    for row in rows:
        dues = posted(terms, day(row["Run on"]), since=since)
        since = dues[-1].period.end if dues else since
        made.append({"Posts the periods from": ", ".join(f"{due.period.start}" for due in dues) or "-"})
    return made


def r15(rows: Rows) -> Rows:
    rent = rents(posted(lease(MARCH), MARCH))[0]
    fee, late = LateFee("percent", Decimal(1), cap_percent=Decimal(30)), overdue(rent, [rent], [])
    ends = [rent.due_on + timedelta(days=int(row["Days late"])) for row in rows]
    return [{"Fee": figure(accrued(fee, late, end, RUPIAH))} for end in ends]


def r16(rows: Rows) -> Rows:
    used = [usage_between(Decimal(row["Before"]), Decimal(row["Now"])) for row in rows]
    prices = [amount(row["Price of a unit"]) for row in rows]
    return [{"Charge": figure(cost_of(*it, RUPIAH))} for it in zip(used, prices, strict=True)]


def r17(rows: Rows) -> Rows:
    leases = [(day(row["In since"]), day(row["Billed from"])) for row in rows]
    return [{"First rent": f"{accrues_from(lease(start), start, first)}"} for start, first in leases]


def r18(rows: Rows) -> Rows:
    charges = rents(posted(lease(date(2026, 1, 10)), date(2026, 4, 15)))
    found = allocate([_debt(charge) for charge in charges], [MoneyIn(1, date(2026, 1, 10), Decimal(1_000_000))])
    aged = age(found.lines, found.credit, date(2026, 4, 15))
    buckets = (aged.not_due, aged.d1_30, aged.d31_60, aged.d61_90, aged.over_90, aged.credit, aged.total)
    return [dict(zip(rows[0], map(figure, buckets), strict=True))]


def r19(rows: Rows) -> Rows:
    charges = rents(posted(lease(MARCH), date(2026, 8, 31)))
    cash, accrued = cash_income([PaymentEntry(1, MARCH, 6 * RENT)]), accrual_income(charges)
    months = [YearMonth(*map(int, row["Month"].split("-"))) for row in rows]
    return [{"Cash": figure(cash.get(it, Decimal(0))), "Accrual": figure(accrued[it])} for it in months]


def r20(rows: Rows) -> Rows:
    charges = rents(posted(lease(date(2026, 1, 15), 1), date(2026, 2, 1)))
    told = explain(charges, [PaymentEntry(1, date(2026, 1, 20), Decimal(1_000_000))])
    made = []
    for line in told.lines:
        is_charge = isinstance(line.entry, ChargeEntry)
        fills = [f"{figure(fill.amount)} of {fill.money.on}" for fill in line.fills] if is_charge else []
        days = f"{line.days} of {line.of_days}" if is_charge else "-"
        figures = {"Change": figure(line.change), "Balance": figure(line.balance), "Days": days}
        made.append(figures | {"On": f"{line.on}", "Filled by": ", ".join(fills) or "-"})
    return made


WORKED: dict[str, Callable[[Rows], Rows]] = {
    made.__name__.upper(): made
    for made in (
        m1,
        m2,
        m3,
        m4,
        r1,
        r2,
        r3,
        r4,
        r5,
        r6,
        r7,
        r8,
        r9,
        r10,
        r11,
        r12,
        r13,
        r14,
        r15,
        r16,
        r17,
        r18,
        r19,
        r20,
    )
}


@pytest.mark.parametrize("rule", WORKED)
def test_the_worked_numbers_are_what_the_rules_give(rule: str) -> None:
    (table,) = tables(SECTIONS[rule])
    computed = WORKED[rule](table)
    assert computed
    assert table == [row | made for row, made in zip(table, computed, strict=True)]


def test_every_rule_stands_in_the_page_with_a_table_that_is_checked() -> None:
    assert set(WORKED) == {name for name in SECTIONS if re.fullmatch(r"[MR]\d+", name)}
