"""The book at a glance."""

from collections.abc import Callable, Iterable
from functools import partial

from textual.containers import Grid
from textual.widget import Widget

from db.errors import EkostError
from locales.catalogs import N_
from tui import glance as g
from tui.clock import today
from tui.listings.balances import BALANCES
from tui.scope import House, Scope
from tui.screens.frame import MORE, Frame
from tui.widgets.bars import StatusLine
from tui.widgets.panel import Panel
from tui.work import start

PANELS: tuple[tuple[str, str, Callable[[g.Glance, int], list[str]]], ...] = (
    ("rooms", N_("Rooms"), g.rooms_told),
    ("months", N_("Charged and received"), g.months_told),
    ("debts", N_("Largest debts"), g.debts_told),
    ("payments", N_("Last payments"), g.payments_told),
    ("due", N_("Due today"), g.due_told),
    ("leaving", N_("Leaving soon"), g.leaving_told),
)


class OverviewScreen(Frame):
    """How full, who is behind, what came in, what is next."""

    MODE = "overview"
    CSS_PATH = MORE

    def body(self) -> Iterable[Widget]:
        """Six panels."""
        with Grid(id="overview"):
            for name, title, _tell in PANELS:
                yield Panel(title, id=name)

    def on_mount(self) -> None:
        """Ask at once."""
        super().on_mount()
        self.reread()

    def house_chosen(self, house: House | None) -> None:
        """The same of another property."""
        self.tell_place()
        self.reread()

    def reread(self) -> None:
        """Everything again."""
        words = BALANCES.command_line(Scope(house=self.ekost.house, usual=self.ekost.usual_property))
        self.query_one(StatusLine).show(command=f"{words} --limit {g.FEW}")
        start(self, self._ask, "glance")

    async def _ask(self) -> None:
        try:
            with self.ekost.book.on_screen(self.MODE):
                seen = await self.ekost.book.ask(g.glance(self.ekost.house, today()))
        except EkostError as error:
            self.ekost.tell(error)
            return
        for name, _title, tell in PANELS:
            self.query_one(f"#{name}", Panel).say(partial(tell, seen))
