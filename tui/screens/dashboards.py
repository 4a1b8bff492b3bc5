"""Four dashboards, one at a time: performance, database, business, cache."""

import asyncio
from collections.abc import Iterable
from functools import partial
from time import monotonic
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from db.errors import EkostError
from locales.catalogs import N_, _
from tui.clock import today
from tui.dashboards.lines import Group, Past, told
from tui.scope import House
from tui.screens.frame import MORE, Frame
from tui.widgets.bars import StatusLine
from tui.widgets.tabs import Tabs
from tui.work import start

# Each with the command that tells the same.
PANES = (
    ("performance", N_("Performance"), "ekost metrics show"),
    ("database", N_("Database"), "ekost metrics show --kind query"),
    ("business", N_("Business"), "ekost report monthly"),
    ("cache", N_("Cache"), "ekost cache stats"),
)
# Seconds between two looks, however often the book is changed meanwhile.
ANEW = 2.0


class DashboardsScreen(Frame):
    """On top of the operations."""

    MODE = "operations"
    CSS_PATH = MORE
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Back"), id="dashboards.leave"),
        Binding("tab,d", "turn(1)", N_("Next dashboard"), id="dashboards.next", priority=True),
        Binding("shift+tab", "turn(-1)", N_("Dashboard before"), show=False, id="dashboards.before", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.tab = 0
        self._pasts = {name: Past() for name, _title, _command in PANES}
        self._groups: dict[str, list[Group]] = {}
        self._asked_at = 0.0

    def body(self) -> Iterable[Widget]:
        """The names of the dashboards, and the one that is shown; it scrolls where it is longer than the screen."""
        yield Tabs(self)
        with VerticalScroll():
            yield Static(id="dashboard")

    @property
    def tabs(self) -> list[str]:
        """The names of the dashboards."""
        return [title for _name, title, _command in PANES]

    def on_mount(self) -> None:
        """Ask at once."""
        super().on_mount()
        self.query_one(VerticalScroll).focus()
        self.show_tab(0)

    def on_resize(self) -> None:
        """The same for other room."""
        self._tell()

    def show_tab(self, number: int) -> None:
        """Show the dashboard with this number."""
        self.tab = number
        self.query_one(Tabs).refresh()
        self.query_one(StatusLine).show(command=PANES[number][2])
        self.query_one(VerticalScroll).scroll_home(animate=False)
        self._tell()
        self.reread()

    def action_turn(self, by: int) -> None:
        """Another dashboard."""
        self.show_tab((self.tab + by) % len(PANES))

    def action_leave(self) -> None:
        """Back to the operations."""
        self.app.pop_screen()

    def house_chosen(self, house: House | None) -> None:
        """The business of another property begins anew."""
        self._pasts["business"] = Past()
        self._groups.pop("business", None)
        self.tell_place()
        self.reread()

    def look_again(self) -> None:
        """Again, but not for every change of many."""
        if monotonic() - self._asked_at > ANEW:
            self.reread()

    def reread(self) -> None:
        """Ask for what is shown."""
        self._asked_at = monotonic()
        start(self, partial(self._ask, PANES[self.tab][0]), "dashboard")

    async def _ask(self, name: str) -> None:
        try:
            self._groups[name] = await self._read(name)
        except EkostError as error:
            self._groups.setdefault(name, [Group(N_("Nothing could be read."), ())])
            self.ekost.tell(error)
        self._tell()

    async def _read(self, name: str) -> list[Group]:
        """Questions go to threads: the screen keeps answering keys."""
        book, past, house, stats = self.ekost.book, self._pasts[name], self.ekost.house, self.ekost.cache_stats
        if name in ("performance", "database"):
            from tui.dashboards.measures import measured, read_numbers

            return await asyncio.to_thread(measured, name, await book.ask(read_numbers), past)
        from tui.dashboards.trade import business_told, cache_told, read_business

        if name == "business":
            return business_told(await book.ask(lambda conn: read_business(conn, house, today())), past)
        return cache_told(None if stats is None else await asyncio.to_thread(lambda: list(stats())), past)

    def _tell(self) -> None:
        groups = self._groups.get(PANES[self.tab][0])
        room = max(self.size.width - 4, 20)  # beside it the scroll bar
        self.query_one("#dashboard", Static).update(Content.assemble(told(groups, room) if groups else _("Reading…")))
