"""The book at a glance: what the overview asks in one go, and how it is said."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len

from locales.catalogs import _
from locales.formats import date_short, money, month_name, number, short_money
from locales.safe import safe
from locales.statuses import status_word
from tui.houses import NO_HOUSE
from tui.listings.signs import PAID, ROOM
from tui.scope import House
from tui.widgets.plots import FULL, SHADED, bar, columns
from tui.widgets.table.painting import fitted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.agenda import MonthRow
    from db.repositories.balances import BalanceRow
    from db.repositories.ledger import ChargeRow, PaymentRow
    from db.repositories.overview import Totals
    from db.repositories.rooms import LeaseRow

# Rows of each short list, and days within which somebody leaves soon.
FEW, SOON = 8, 30
PLOT = 5


class Glance(NamedTuple):
    """Everything of one moment. `totals` are of each currency, the plots of all amounts as they are."""

    totals: "Sequence[Totals]"
    months: "Sequence[MonthRow]"
    debts: "Sequence[BalanceRow]"
    payments: "Sequence[PaymentRow]"
    due: "Sequence[ChargeRow]"
    leaving: "Sequence[LeaseRow]"


def glance(house: House | None, day: date) -> "Callable[[Connection], Glance]":
    """The question."""

    def ask(conn: "Connection") -> Glance:
        from db.repositories.agenda import Agenda
        from db.repositories.balances import Balances
        from db.repositories.ledger import Ledger
        from db.repositories.overview import Overview

        where = house.id if house else None
        agenda = Agenda(conn, day, where)
        debts = Balances(conn).page(property_id=where, limit=FEW).items
        return Glance(
            Overview(conn, day).totals(house.code if house else None),
            agenda.months(),
            [row for row in debts if row.outstanding_balance > 0],
            Ledger(conn).payments(property_id=where, limit=FEW).items,
            agenda.due(FEW),
            agenda.leaving(SOON, FEW),
        )

    return ask


def rooms_told(seen: Glance, width: int) -> list[str]:
    """How full the houses are, and what is owed."""
    lines = []
    for totals in seen.totals:
        free = totals.rooms - totals.occupied - totals.renovation
        for code, count in (("occupied", totals.occupied), ("available", free), ("renovation", totals.renovation)):
            word = fitted(f"{ROOM[code]} {status_word(code)}", 17, to_the_right=False)
            room = width - 25  # behind the word and the count
            lines.append(f"{word}{number(count):>7}" + (" " + bar(count, totals.rooms, room - 1) if room > 3 else ""))
        taken, beds = number(totals.beds_taken), number(totals.beds)
        lines.append(_("{taken} of {beds} beds taken").format(taken=taken, beds=beds))
        lines.append(_("{count} tenants behind").format(count=number(totals.behind)))
        amounts = _("owed {owed}; paid ahead {credit}")
        owed, credit = money(totals.owed, totals.currency), money(totals.credit, totals.currency)
        lines.append(amounts.format(owed=owed, credit=credit))
    return lines or _(NO_HOUSE).splitlines()


def months_told(seen: Glance, width: int) -> list[str]:
    """Twelve months or as many as there is room for, two columns each: what was charged, and what came in."""
    gap = " " * (2 if width >= 12 * 4 else 1)
    months = seen.months[-max((width + len(gap)) // (2 + len(gap)), 1) :]
    highest = max(max(month.charged, month.received) for month in months)
    told = _("{shaded} charged, {full} received, up to {amount}")
    told = told.format(shaded=SHADED, full=FULL, amount=short_money(highest))
    height = PLOT - (cell_len(told) > width)  # else its last words would have no line
    charged = columns([month.charged for month in months], height, highest, full=SHADED)
    received = columns([month.received for month in months], height, highest)
    lines = [
        gap.join(a + b for a, b in zip(left, right, strict=True)) for left, right in zip(charged, received, strict=True)
    ]
    step = 2 + len(gap)
    names = (fitted(month_name(month.month)[: step - 1], step, to_the_right=False) for month in months)
    return [*lines, "".join(names).rstrip(), told]


def debts_told(seen: Glance, width: int) -> list[str]:
    """Who owes most."""
    return [
        _line(f"{PAID.get(row.status, ' ')} {row.tenant_name}", money(row.outstanding_balance, row.currency), width)
        for row in seen.debts
    ] or [_("Nobody owes anything.")]


def payments_told(seen: Glance, width: int) -> list[str]:
    """What came in last."""
    return [
        _line(f"{date_short(row.payment_date)} {row.tenant_name}", money(row.amount, row.currency), width)
        for row in seen.payments
    ] or [_("There are no payments yet.")]


def due_told(seen: Glance, width: int) -> list[str]:
    """What falls due today."""
    return [
        _line(f"{row.tenant_name}: {status_word(row.kind)}", money(row.amount, row.currency), width) for row in seen.due
    ] or [_("Nothing falls due today.")]


def leaving_told(seen: Glance, width: int) -> list[str]:
    """Whose room will be free."""
    return [
        _line(f"{row.tenant_name}, {row.property}/{row.room}", date_short(row.ends_on), width)
        for row in seen.leaving
        if row.ends_on
    ] or [_("Nobody leaves in the next {count} days.").format(count=number(SOON))]


def _line(left: str, right: Any, width: int) -> str:
    room = max(width - cell_len(right) - 1, 4)
    return f"{fitted(safe(left), room, to_the_right=False)} {right}"
