"""The payments."""

from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType

from locales.catalogs import N_
from tui.clock import today
from tui.dialogs.days import Days, DaysDialog
from tui.listings.payments import PAYMENTS
from tui.screens.listed import ListScreen


class PaymentsScreen(ListScreen):
    """What came in, in which days."""

    MODE = "payments"
    LISTING = PAYMENTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "days", N_("Days"), id="payments.days"),
        Binding("left_square_bracket", "month(-1)", N_("Month before"), show=False, id="payments.month_before"),
        Binding("right_square_bracket", "month(1)", N_("Month after"), show=False, id="payments.month_after"),
    ]

    def action_days(self) -> None:
        """Ask from when until when."""
        self.app.push_screen(DaysDialog(Days(self.scope.since, self.scope.until)), self._show_days)

    def action_month(self, by: int) -> None:
        """A month before or after the one that is shown; at first the one of today."""
        shown = self.scope.since or self.scope.until
        first = (shown or today()).replace(day=1)
        if shown:
            first = _first(first + timedelta(days=31)) if by > 0 else _first(first - timedelta(days=1))
        self._show_days(Days(first, _first(first + timedelta(days=31)) - timedelta(days=1)))

    def _show_days(self, days: Days | None) -> None:
        if days is not None:
            self.scope = self.scope.but(since=days.since, until=days.until)
            self.ask()


def _first(day: date) -> date:
    return day.replace(day=1)
