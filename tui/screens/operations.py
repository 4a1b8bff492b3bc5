"""What happens in the background, and whether everything is in order."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.css.query import NoMatches
from textual.widget import Widget
from textual.widgets import Static

from db.errors import EkostError
from db.repositories.pages import Page
from locales.catalogs import N_, _
from locales.findings import finding_told
from locales.safe import safe
from tui.details.view import sliced
from tui.listings.jobs import JOBS
from tui.listings.listing import Listing
from tui.listings.operations import CACHE, CHECKS, HEALTH, QUEUES, SCHEDULES, WORKERS, whole_text
from tui.screens.frame import MORE
from tui.screens.listed import ListScreen
from tui.standing import standing, standing_told
from tui.widgets.table.feeding import Cut, Reader
from tui.widgets.table.lines import line_maker
from tui.widgets.table.messages import Moved
from tui.widgets.tabs import Tabs
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.checks.check import Violation

# Seconds between two looks at how far the checks are.
LOOK = 0.5
LISTINGS: tuple[tuple[str, Listing], ...] = (
    (N_("Work"), JOBS),
    (N_("Queues"), QUEUES),
    (N_("Workers"), WORKERS),
    (N_("Calendar"), SCHEDULES),
    (N_("Health"), HEALTH),
    (N_("Checks"), CHECKS),
    (N_("Cache"), CACHE),
)


class OperationsScreen(ListScreen):
    """What needs a person above; below it the work, who does it, and how the installation is."""

    MODE = "operations"
    CSS_PATH = MORE
    LISTING = JOBS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dashboards", N_("Dashboards"), id="operations.dashboards"),
        Binding("tab", "turn_list(1)", N_("Next list"), id="operations.next", priority=True),
        Binding("shift+tab", "turn_list(-1)", N_("List before"), show=False, id="operations.before", priority=True),
        Binding("t", "status", N_("State"), id="jobs.state"),
        Binding("C", "check", N_("Check the book"), id="operations.check"),
    ]
    STATUSES = ("dead", "ready", "leased", "done", "discarded")

    def __init__(self) -> None:
        super().__init__()
        # What the checks found; None before they were run.
        self._violations: list[Violation] | None = None
        self._checking: tuple[int, int, str] | None = None

    def body(self) -> Iterable[Widget]:
        """What needs a person, the names of the lists, the list, and what of a row has no room in it."""
        yield Static(id="standing")
        yield Tabs(self)
        yield from super().body()
        yield Static(id="whole", classes="-hidden")

    # -- the lists

    @property
    def tabs(self) -> list[str]:
        """The names of the lists."""
        return [name for name, listing in LISTINGS if listing is not CACHE or self.ekost.cache_stats is not None]

    @property
    def tab(self) -> int:
        """Which one is shown."""
        return next(at for at, (_name, listing) in enumerate(LISTINGS) if listing is self.listing)

    def show_tab(self, number: int) -> None:
        """Show the list with this number."""
        self.change_list(LISTINGS[number][1])
        self.query_one(Tabs).refresh()
        self.refresh_bindings()

    def action_turn_list(self, by: int) -> None:
        """Another list."""
        self.show_tab((self.tab + by) % len(self.tabs))

    def action_dashboards(self) -> None:
        """Curves of how everything goes."""
        from tui.screens.dashboards import DashboardsScreen

        self.app.push_screen(DashboardsScreen())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only work has states, and an order that can be turned."""
        if action in ("status", "turn"):
            return self.listing is JOBS
        return super().check_action(action, parameters)

    def reader(self) -> Reader:
        """What was examined is no question to the book."""
        elsewhere = ((HEALTH, self._examined), (CHECKS, self._found), (CACHE, self._kept))
        rows = next((rows for listing, rows in elsewhere if listing is self.listing), None)
        if rows is None:
            return super().reader()
        make = line_maker(self.listing.columns, self.listing.key)

        async def read(cut: Cut) -> Page[Any]:
            return sliced(await rows(), cut).mapped(make)

        return read

    async def _examined(self) -> list[Any]:
        return [finding_told(finding) for finding in await asyncio.to_thread(self._examine)]

    def _examine(self) -> list[Any]:
        if self.ekost.examine is not None:
            return list(self.ekost.examine())
        from db.doctor.database import examine_database

        return list(examine_database(self.ekost.book.database))

    async def _kept(self) -> list[Any]:
        return list(await asyncio.to_thread(self.ekost.cache_stats)) if self.ekost.cache_stats is not None else []

    async def _found(self) -> "list[Violation]":
        return self._violations or []

    # -- asking

    def ask(self) -> None:
        """How things stand is asked for with the list."""
        super().ask()
        self._ask_standing()

    def reread(self) -> None:
        """Both again."""
        super().reread()
        self._ask_standing()

    def look_again(self) -> None:
        """Both again; what takes longer only when it is asked for."""
        if self.listing not in (HEALTH, CHECKS):
            super().look_again()
        self._ask_standing()

    def _ask_standing(self) -> None:
        async def ask() -> None:
            try:
                found = await self.ekost.book.ask(standing)
            except EkostError as error:
                self.ekost.tell(error)
            else:
                app = self.ekost
                lines = list(standing_told(found, app.key_of, read_only=app.book.read_only))
                parts = [(text + "\n" * (at < len(lines) - 1), style) for at, (text, style) in enumerate(lines)]
                self.query_one("#standing", Static).update(Content.assemble(*parts))

        start(self, ask, "standing")

    # -- the checks

    def action_check(self) -> None:
        """Examine the whole book beside the screen; a second time while it goes on does nothing."""
        if self._checking is None:
            self.show_tab(self.tabs.index("Checks"))
            start(self, self._check, "checking")

    async def _check(self) -> None:
        self._checking, self._violations = (0, 0, ""), None
        looking = self.set_interval(LOOK, self._tell_checking)
        try:
            self._violations = await self.ekost.book.ask(self._run_checks)
        except EkostError as error:
            self.ekost.tell(error)
        finally:
            self._checking = None
            looking.stop()
        if self.listing is CHECKS:
            self.ask()

    def _run_checks(self, conn: "Connection") -> "list[Violation]":
        from db.repositories.checks.runner import find_checks, run_checks, take_your_time

        take_your_time(conn)
        found: list[Violation] = []
        checks = find_checks()
        for number, check in enumerate(checks, 1):
            self._checking = (number, len(checks), check.description)
            found += run_checks(conn, [check])
        return found

    def _tell_checking(self) -> None:
        if self._checking is not None and self.listing is CHECKS:
            number, count, name = self._checking
            told = _("Checking {number} of {count}: {name}")
            self.table.notice = told.format(number=number, count=count, name=_(name))

    def nothing_told(self) -> str:
        """That the checks found nothing is not that they were not run."""
        if self.listing is CHECKS and self._checking is not None:
            return self.table.notice
        if self.listing is CHECKS and self._violations is not None:
            return _("All checks hold.")
        if self.listing is CHECKS:
            return _(CHECKS.nothing).format(key=self.ekost.key_of("operations.check"))
        return super().nothing_told()

    @on(Moved)
    def tell_whole(self) -> None:
        """What of the row is too long for its cells."""
        line = self.table.current
        words = "" if line is None else safe(whole_text(line.row))
        with suppress(NoMatches):
            static = self.query_one("#whole", Static)
            static.set_class(not words, "-hidden")
            static.update(Content(words))
