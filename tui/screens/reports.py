"""Reports: a table and its bars, of now or of the end of any month."""

from collections.abc import Iterable
from datetime import date, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from db.repositories.pages import Page
from locales.catalogs import N_
from tui.clock import today
from tui.details.view import sliced
from tui.drawing import Bar, drawn
from tui.listings.reports import REPORTS, Report
from tui.screens.frame import MORE
from tui.screens.listed import ListScreen
from tui.widgets.table.feeding import BEGINNING, Cut, Reader
from tui.widgets.table.lines import line_maker
from tui.widgets.table.messages import Moved
from tui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Seconds before a change elsewhere has a report worked out again: it reads the whole ledger.
ANEW = 30.0
# The lines above and below the table and the bars, and how much of the rest the bars may take.
AROUND, SHARE = 4, 0.4


class ReportsScreen(ListScreen):
    """One report at a time. Without a month it is of today; a range is the twelve months that end there."""

    MODE = "reports"
    CSS_PATH = MORE
    LISTING = REPORTS[0].listing
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "turn_report(1)", N_("Next report"), id="reports.next", priority=True),
        Binding("shift+tab", "turn_report(-1)", N_("Report before"), show=False, id="reports.before", priority=True),
        Binding("left_square_bracket", "month(-1)", N_("Month before"), id="reports.month_before"),
        Binding("right_square_bracket", "month(1)", N_("Month after"), id="reports.month_after"),
        Binding("t", "chart", N_("Chart"), id="reports.chart"),
    ]

    def __init__(self) -> None:
        super().__init__()
        # The rows of what is shown and their bars, once they are there; a newer question has a box of its own.
        self._worked: list[tuple[list[Any], list[Bar]]] = []
        self._asked_at = 0.0
        self._bars_wanted = True

    def body(self) -> Iterable[Widget]:
        """The names of the reports, the rows, and the bars below them."""
        yield Tabs(self)
        yield from super().body()
        yield Static(id="chart", classes="-hidden")

    @property
    def report(self) -> Report:
        """The one that is shown."""
        return REPORTS[self.tab]

    @property
    def tabs(self) -> list[str]:
        """The names of the reports."""
        return [report.label for report in REPORTS]

    @property
    def tab(self) -> int:
        """Which one is shown."""
        return next(at for at, report in enumerate(REPORTS) if report.listing is self.listing)

    def show_tab(self, number: int) -> None:
        """Show the report with this number, of the same month."""
        self.change_list(REPORTS[number].listing)
        self.query_one(Tabs).refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A report has its own order, and no month lies ahead of today."""
        if action == "turn":
            return False
        if action == "month" and parameters == (1,):
            return self.scope.until is not None
        return super().check_action(action, parameters)

    def action_turn_report(self, by: int) -> None:
        """Another report."""
        self.show_tab((self.tab + by) % len(REPORTS))

    def action_month(self, by: int) -> None:
        """To the end of a month before or after; after the last whole month it is today."""
        self.scope = self.scope.but(until=month_end(self.scope.until, by, today()))
        self.refresh_bindings()
        self.ask()

    def action_chart(self) -> None:
        """Rows alone, or bars below them."""
        self._bars_wanted = not self._bars_wanted
        self.draw_bars()

    # -- reading

    def reader(self) -> Reader:
        """Works the report out when its beginning is asked for; other pages are parts of it."""
        report, listing, scope = self.report, self.listing, self.scope
        make = line_maker(listing.columns, listing.key)
        box: list[tuple[list[Any], list[Bar]]] = []
        self._worked, self._asked_at = box, monotonic()

        def work_out(conn: "Connection") -> tuple[list[Any], list[Bar]]:
            rows = listing.read(conn, scope, BEGINNING).items
            return rows, report.bars(rows)

        async def read(cut: Cut) -> Page[Any]:
            if not box:
                with self.ekost.book.on_screen(listing.command.removeprefix("ekost ")):
                    box.append(await self.ekost.book.browse(work_out))
            return sliced(box[0][0], cut).mapped(make)

        return read

    def reread(self) -> None:
        """Work it out again."""
        self._worked.clear()
        self._asked_at = monotonic()
        super().reread()

    def look_again(self) -> None:
        """Not for every change of many."""
        if monotonic() - self._asked_at > ANEW and not self.table.busy:
            self.reread()

    # -- drawing

    @on(Moved)
    def draw_bars(self) -> None:
        """The bars of what was read."""
        chart = self.query_one("#chart", Static)
        lines: list[str] = []
        if self._worked and self._bars_wanted:
            height = max(int((self.size.height - AROUND) * SHARE), 1)
            lines = drawn(self._worked[0][1], max(self.size.width - 1, 20), height, latest=self.report.latest)
        chart.set_class(not lines, "-hidden")
        chart.update(Content("\n".join(lines)))

    def on_resize(self) -> None:
        """The same for other room."""
        self.draw_bars()


def month_end(shown: date | None, by: int, now: date) -> date | None:
    """The last day of the month before or after the one whose end is shown; None is `now`, beyond which nothing is."""
    if by < 0:
        return (shown or now).replace(day=1) - timedelta(days=1)
    if shown is None:
        return None
    after = (shown + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return after if after < now else None
