"""The screens that fill the terminal, by number key. Each is imported when it is first looked at."""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from textual.binding import Binding, BindingType
from textual.screen import Screen

from locales.catalogs import N_


class Mode(NamedTuple):
    """A screen to switch to: `target` is its `module:Class` under `tui.screens`."""

    key: str
    name: str
    label: str
    target: str

    def build(self) -> Screen[None]:
        """The screen itself."""
        module, _, kind = self.target.partition(":")
        screen: Screen[None] = getattr(import_module(f"tui.screens.{module}"), kind)()
        return screen


MODES = (
    Mode("1", "overview", N_("Overview"), "overview:OverviewScreen"),
    Mode("2", "tenants", N_("Tenants"), "tenants:TenantsScreen"),
    Mode("3", "rooms", N_("Rooms"), "rooms:RoomsScreen"),
    Mode("4", "payments", N_("Payments"), "payments:PaymentsScreen"),
    Mode("5", "balances", N_("Balances"), "balances:BalancesScreen"),
    Mode("6", "imports", N_("Imports"), "imports:ImportsScreen"),
    Mode("7", "operations", N_("Operations"), "operations:OperationsScreen"),
    Mode("8", "expenses", N_("Expenses"), "expenses:ExpensesScreen"),
    Mode("9", "reminders", N_("Reminders"), "reminders:RemindersScreen"),
    Mode("0", "reports", N_("Reports"), "reports:ReportsScreen"),
)
BY_NAME = {mode.name: mode for mode in MODES}


def bindings() -> list[BindingType]:
    """A key for each."""
    return [
        Binding(mode.key, f"switch_mode('{mode.name}')", mode.label, show=False, id=f"app.{mode.name}")
        for mode in MODES
    ]


def builders() -> dict[str, str | Callable[[], Screen[None]]]:
    """The modes as Textual wants them."""
    return {mode.name: mode.build for mode in MODES}
