"""What came in from files."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from db.errors import EkostError
from locales.catalogs import N_
from locales.safe import safe
from tui.link import State
from tui.listings.imports import IMPORTS
from tui.pace import LOOK, Pace, progress_told
from tui.screens.frame import MORE
from tui.screens.listed import ListScreen
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.imports import ImportRow

# Running imports whose progress is shown; more of them at once are rare.
FEW = 3


class ImportsScreen(ListScreen):
    """Imports as they go on, and how they ended. Those that run are looked at every second."""

    MODE = "imports"
    CSS_PATH = MORE
    LISTING = IMPORTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "status", N_("State"), id="imports.state"),
        Binding("d", "bank", N_("Bank lines"), id="imports.bank"),
    ]
    STATUSES = ("queued", "running", "done", "failed", "undone")

    def __init__(self) -> None:
        super().__init__()
        self._paces: dict[int, Pace] = {}

    def body(self) -> Iterable[Widget]:
        """What runs above all that ran."""
        yield Static(id="progress", classes="-hidden")
        yield from super().body()

    def on_mount(self) -> None:
        """Look on from now on."""
        self.set_interval(LOOK, self._look_on)

    def action_bank(self) -> None:
        """Whose money the lines of bank statements are."""
        from tui.screens.reconcile import ReconcileScreen

        self.app.push_screen(ReconcileScreen())

    def _look_on(self) -> None:
        """Ask how far those are that run; not while something else is seen, nor when there are none."""
        if not self.is_current or self.ekost.book.link.state is not State.UP:
            return
        if self._paces or any(line.row.is_open() for line in self.table.rows):
            start(self, self._ask_running, "progress")

    async def _ask_running(self) -> None:
        try:
            running = await self.ekost.book.ask(_running)
        except EkostError as error:
            self.ekost.tell(error)
            return
        ended = self._paces.keys() - {row.id for row in running}
        self._paces = {row.id: self._paces.get(row.id, Pace()) for row in running}
        for row in running:
            self._paces[row.id].look(row.rows_done())
        self._tell_progress(running)
        if ended:
            self.table.reread()

    def _tell_progress(self, running: "list[ImportRow]") -> None:
        static = self.query_one("#progress", Static)
        static.set_class(not running, "-hidden")
        width = self.size.width - 2
        lines = []
        for row in running:
            name = f"#{row.id} {safe(row.file_name)}"
            lines += [name[:width], progress_told(row, self._paces[row.id], width)]
        static.update(Content("\n".join(lines)))


def _running(conn: "Connection") -> "list[ImportRow]":
    from db.repositories.imports import Imports

    imports = Imports(conn)
    return [*imports.page(state="running", limit=FEW).items, *imports.page(state="queued", limit=FEW).items][:FEW]
