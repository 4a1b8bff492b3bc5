"""Who owes what."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from locales.catalogs import N_
from tui.listings.balances import AGING, BALANCES
from tui.screens.listed import ListScreen


class BalancesScreen(ListScreen):
    """Balances, the worst first; or how long they have been due."""

    MODE = "balances"
    LISTING = BALANCES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "status", N_("Status"), id="balances.status"),
        Binding("a", "age", N_("Aging"), id="balances.aging"),
    ]
    STATUSES = ("unpaid", "partial", "credit", "paid")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """By age they are of all states."""
        return self.listing is BALANCES if action == "status" else super().check_action(action, parameters)

    def action_age(self) -> None:
        """By status, or by how long it has been due."""
        self.change_list(AGING if self.listing is BALANCES else BALANCES)
        self.refresh_bindings()
