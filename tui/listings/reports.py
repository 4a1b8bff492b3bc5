"""What the book comes to: reports that are worked out whole, each a list with its columns and its bars."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from db.domain.days import year_until
from db.repositories.pages import Page
from locales import reports as columns
from locales.catalogs import N_
from locales.fields import Field
from tui import drawing
from tui.clock import today
from tui.drawing import Bar
from tui.listings.listing import Listing, Sort
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import Column

if TYPE_CHECKING:
    from sqlalchemy import Connection

Ask = Callable[["Connection", Scope], Iterable[Any]]
# What names a row of any report.
KEYS = ("property", "room", "bed", "tenant", "month", "period", "currency")
# The most cells of a name.
NAME = 20


class Report(NamedTuple):
    """A report by its label; `bars` are what its rows look like, the `latest` of them where there is little room."""

    label: str
    listing: Listing
    bars: Callable[[list[Any]], list[Bar]]
    latest: bool = False


def _days(scope: Scope) -> tuple[date, date]:
    last = scope.until or today()
    return scope.since or year_until(last), last


def _roll(conn: "Connection", scope: Scope) -> Iterable[Any]:
    from db.repositories.reports.rentroll import RentRoll

    return RentRoll(conn).beds(scope.until, property_id=scope.property_id)


def _arrears(conn: "Connection", scope: Scope) -> Iterable[Any]:
    from db.repositories.reports.debts import Debts

    return Debts(conn).arrears(scope.until, property_id=scope.property_id)


def _aging(conn: "Connection", scope: Scope) -> Iterable[Any]:
    from db.repositories.reports.debts import Debts

    return Debts(conn).aged(scope.until, property_id=scope.property_id)


def _cash(conn: "Connection", scope: Scope) -> Iterable[Any]:
    from db.repositories.reports.money import Money

    return Money(conn).cash(*_days(scope), property_id=scope.property_id)


def _income(conn: "Connection", scope: Scope) -> Iterable[Any]:
    from db.repositories.reports.money import Money

    return Money(conn).income(*_days(scope), property_id=scope.property_id)


def _occupancy(conn: "Connection", scope: Scope) -> Iterable[Any]:
    from db.repositories.reports.nights import Nights

    return Nights(conn).occupancy(*_days(scope), property_id=scope.property_id)


def _listing(
    name: str, fields: tuple[Field, ...], first: str, ask: Ask, nothing: str, *, state: bool = False
) -> Listing:
    """A report as a list; a `state` is of one day and not of many. The fields that are named `first` never give way."""
    ranks = dict.fromkeys(first.split(), 0)

    def read(conn: "Connection", scope: Scope, cut: Cut) -> Page[Any]:
        return Page(list(ask(conn, scope)), None)

    return Listing(
        columns=tuple(
            Column(field, ranks.get(field.name, at + 20 * field.wide + 1), NAME) for at, field in enumerate(fields)
        ),
        sorts=(Sort("report", ""),),
        read=read,
        key=lambda row: tuple(getattr(row, name, None) for name in KEYS),
        command=f"ekost report {name}",
        command_sort="report",
        nothing=nothing,
        fields=fields,
        last_by="as-of" if state else "until",
        is_report=True,
    )


REPORTS = (
    Report(
        N_("Rent roll"),
        _listing(
            "rent-roll",
            columns.ROLL,
            "room tenant_name monthly_rent outstanding_balance status",
            _roll,
            N_("There is no room."),
            state=True,
        ),
        drawing.by_status,
    ),
    Report(
        N_("Arrears"),
        _listing(
            "arrears",
            columns.ARREARS,
            "tenant_name room outstanding_balance overdue days_overdue",
            _arrears,
            N_("Nobody owes anything."),
            state=True,
        ),
        lambda rows: drawing.of_people(rows, columns.ARREARS, "outstanding_balance"),
    ),
    Report(
        N_("Aging"),
        _listing(
            "aging", columns.AGING, "property over_90 credit total", _aging, N_("Nobody owes anything."), state=True
        ),
        lambda rows: drawing.of_parts(rows, [field for field in columns.AGING if field.kind == "money"][:-1]),
    ),
    Report(
        N_("Cash"),
        _listing(
            "cash", columns.CASH, "period property received spent net", _cash, N_("No money moved in these months.")
        ),
        lambda rows: drawing.of_months(rows, columns.CASH, "period", "net"),
        latest=True,
    ),
    Report(
        N_("Income"),
        _listing(
            "income",
            columns.INCOME,
            "month property income expenses net",
            _income,
            N_("Nothing was charged in these months."),
        ),
        lambda rows: drawing.of_months(rows, columns.INCOME, "month", "net"),
        latest=True,
    ),
    Report(
        N_("Occupancy"),
        _listing(
            "occupancy",
            columns.OCCUPANCY,
            "month property available let occupancy",
            _occupancy,
            N_("There is no room."),
        ),
        lambda rows: drawing.of_months(rows, columns.OCCUPANCY, "month", "occupancy"),
        latest=True,
    ),
)
