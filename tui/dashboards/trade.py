"""Business and cache: how full the houses are and what twelve months brought, and what the cache answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from locales.catalogs import N_, _
from locales.codes import code_word
from locales.formats import money, number
from tui.dashboards.lines import Group, Line, Past
from tui.houses import NO_HOUSE
from tui.scope import House

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.cache.stats import KindRow
    from db.repositories.overview import Totals
    from db.repositories.summaries import MonthRow

MONTHS, PAGE = 12, 500
TODAY, YEAR = N_("Today, and while this is open"), N_("This month, and twelve months")
NO_MONTHS = N_("No month was summed up yet: the calendar does that each night.")
NO_CACHE = N_("There is no cache.")


class Business(NamedTuple):
    """Of one moment: the sums of each currency, and the months of each property."""

    totals: "Sequence[Totals]"
    months: "Sequence[MonthRow]"


def read_business(conn: "Connection", house: House | None, day: date) -> Business:
    """The question."""
    from db.repositories.overview import Overview
    from db.repositories.summaries import Summaries

    since = (day.replace(day=1) - timedelta(days=(MONTHS - 1) * 30)).replace(day=1)
    months: list[MonthRow] = []
    after: str | None = None
    while True:
        page = Summaries(conn).page(property_id=house.id if house else None, since=since, after=after, limit=PAGE)
        months += page.items
        after = page.next
        if after is None:
            return Business(Overview(conn, day).totals(house.code if house else None), months)


def business_told(seen: Business, past: Past) -> list[Group]:
    """For each currency what is so now, then the months."""
    lines = [line for totals in seen.totals for line in _today(totals, past)]
    if not lines:
        return [Group(TODAY, (), NO_HOUSE)]
    return [Group(TODAY, lines), Group(YEAR, [*_months(seen.months)], NO_MONTHS)]


def _today(totals: "Totals", past: Past) -> Iterator[Line]:
    currency = totals.currency
    beds = _("{taken} of {beds}").format(taken=number(totals.beds_taken), beds=number(totals.beds))
    for name, now, value in (
        (_("Beds taken"), beds, totals.beds_taken),
        (_("Debtors"), number(totals.behind), totals.behind),
        (_("Outstanding"), money(totals.owed, currency), totals.owed),
        (_("Paid ahead"), money(totals.credit, currency), totals.credit),
    ):
        yield Line(name, now, past.with_this(f"{name} {currency}", float(value)))


def _months(months: "Sequence[MonthRow]") -> Iterator[Line]:
    """Amounts of each currency, then who lives there and how full each property is."""
    for currency in sorted({row.currency for row in months}):
        rows = [row for row in months if row.currency == currency]
        for name, field in ((_("Income"), "received"), (_("Charged"), "earned")):
            sums = _by_month(rows, field)
            yield Line(name, money(sums[-1], currency), [float(amount) for amount in sums])
    if months:
        people = _by_month(months, "tenants")
        yield Line(_("Tenants"), number(people[-1]), [float(count) for count in people])
    for code in sorted({row.property for row in months}):
        known = [row for row in reversed(months) if row.property == code and row.occupancy is not None]
        if known:
            yield Line(
                _("Occupancy of {property}").format(property=code), f"{number(known[-1].occupancy or Decimal(0))} %",
                [float(row.occupancy or 0) for row in known][-MONTHS:], None, 100.0,
            )  # fmt: skip


def _by_month(rows: "Iterable[MonthRow]", field: str) -> list[Decimal]:
    sums: defaultdict[date, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.month] += getattr(row, field)
    return [sums[month] for month in sorted(sums)][-MONTHS:]


def cache_told(rows: "Iterable[KindRow] | None", past: Past) -> list[Group]:
    """Hit rate of each kind, and how much is kept."""
    title = N_("Answered by the cache, and while this is open")
    if rows is None:
        return [Group(title, (), NO_CACHE)]
    found = list(rows)
    lines = [Line(code_word(row.kind), _rate(row), past.with_this(row.kind, row.rate), None, 100.0) for row in found]
    whole = found[-1]
    counts = ((_("Kept answers"), whole.kept), (_("Refused"), whole.refused), (_("Not answered in time"), whole.errors))
    more = [Line(name, number(count), past.with_this(name, count)) for name, count in counts]
    return [Group(title, lines), Group(N_("All together"), more)]


def _rate(row: "KindRow") -> str:
    return "-" if row.rate is None else f"{row.rate} %"
