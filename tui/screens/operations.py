"""What happens in the background."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from db.errors import EkostError
from locales.catalogs import N_, _
from locales.formats import number
from locales.safe import safe
from tui.listings.jobs import JOBS
from tui.screens.listed import ListScreen
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.workers import WorkerRow


class OperationsScreen(ListScreen):
    """Who works, and what is left to do."""

    MODE = "operations"
    LISTING = JOBS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("t", "status", N_("State"), id="jobs.state")]
    STATUSES = ("dead", "ready", "leased", "done", "discarded")

    def body(self) -> Iterable[Widget]:
        """The workers above the work."""
        yield Static(id="workers")
        yield from super().body()

    def ask(self) -> None:
        """The workers are asked for with the work."""
        super().ask()
        self._ask_workers()

    def reread(self) -> None:
        """Both again."""
        super().reread()
        self._ask_workers()

    def look_again(self) -> None:
        """Both again."""
        super().look_again()
        self._ask_workers()

    def _ask_workers(self) -> None:
        async def ask() -> None:
            try:
                workers = await self.ekost.book.ask(_workers)
            except EkostError as error:
                self.ekost.tell(error)
            else:
                self.query_one("#workers", Static).update(Content(workers_told(workers)))

        start(self, ask, "workers")


def workers_told(workers: "list[WorkerRow]") -> str:
    """Who works, in a line for each."""
    if not workers:
        return _("No worker is there: `ekost worker` or `ekost up --worker` starts one.")
    told = _("{host}, process {pid}: {queues}")
    return "\n".join(
        safe(told.format(host=worker.host, pid=number(worker.pid), queues=", ".join(worker.queues)))
        + (" " + _("(without Redis)") if worker.by_hand else "")
        for worker in workers
    )


def _workers(conn: "Connection") -> "list[Any]":
    from db.repositories.workers import Workers

    return Workers(conn).rows()
