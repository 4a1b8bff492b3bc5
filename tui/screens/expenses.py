"""What was spent, and who holds how much cash."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from db.domain.expenses import CATEGORIES
from db.errors import EkostError
from locales.catalogs import N_, _
from locales.formats import money
from locales.safe import safe
from tui.dialogs.days import Days, DaysDialog
from tui.listings.expenses import EXPENSES, HANDOVERS
from tui.screens.frame import MORE
from tui.screens.listed import ListScreen
from tui.things import Things
from tui.work import start

if TYPE_CHECKING:
    from db.repositories.cash import HeldRow

# People whose cash is told; of more there is a count.
FEW = 4


class ExpensesScreen(ListScreen):
    """Expenses, or handovers of cash, below what each person holds."""

    MODE = "expenses"
    CSS_PATH = MORE
    LISTING = EXPENSES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "status", N_("Category"), id="expenses.category"),
        Binding("a", "handovers", N_("Cash"), id="expenses.handovers"),
        Binding("d", "days", N_("Days"), id="expenses.days"),
    ]
    STATUSES = CATEGORIES

    @property
    def things(self) -> Things:
        """What the row is about, and that money is spent here."""
        return super().things._replace(spending=True)

    def body(self) -> Iterable[Widget]:
        """The cash above the list."""
        yield Static(id="cash")
        yield from super().body()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Handovers have no category, and are too few to choose days."""
        if action in ("status", "days"):
            return self.listing is EXPENSES
        return super().check_action(action, parameters)

    def ask(self) -> None:
        """The list anew, and the cash with it."""
        super().ask()
        start(self, self._ask_cash, "cash")

    def reread(self) -> None:
        """Both again."""
        super().reread()
        start(self, self._ask_cash, "cash")

    def action_handovers(self) -> None:
        """What was spent, or how cash was handed on."""
        self.scope = self.scope.but(since=None, until=None)
        self.change_list(HANDOVERS if self.listing is EXPENSES else EXPENSES)
        self.refresh_bindings()

    def action_days(self) -> None:
        """Ask from when until when."""
        self.app.push_screen(DaysDialog(Days(self.scope.since, self.scope.until)), self._show_days)

    def _show_days(self, days: Days | None) -> None:
        if days is not None:
            self.scope = self.scope.but(since=days.since, until=days.until)
            self.ask()

    async def _ask_cash(self) -> None:
        from db.repositories.cash import Cash

        house = self.scope.property_id
        try:
            held = await self.ekost.book.ask(lambda conn: Cash(conn).held(property_id=house))
        except EkostError as error:
            self.ekost.tell(error)
            return
        self.query_one("#cash", Static).update(Content("\n".join(cash_told(held))))


def cash_told(held: "Sequence[HeldRow]") -> list[str]:
    """A line for each person with cash, the largest sum first."""
    there = sorted((row for row in held if row.held or row.pending), key=lambda row: -row.held)
    if not there:
        return [_("Nobody holds cash.")]
    lines = [_one(row) for row in there[: FEW if len(there) <= FEW else FEW - 1]]
    more = len(there) - len(lines)
    return [*lines, *([_("… and {count} more").format(count=more)] if more else [])]


def _one(row: "HeldRow") -> str:
    told = _("{actor} holds {held} of {property}").format(
        actor=safe(row.actor), held=money(row.held, row.currency), property=row.property
    )
    if not row.pending:
        return told
    return told + "  " + _("({amount} to be confirmed)").format(amount=money(row.pending, row.currency))
