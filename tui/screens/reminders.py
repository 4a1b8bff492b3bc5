"""Whom to remind today: the text to the clipboard, and marked as sent with a key when it has gone."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from db.errors import EkostError
from locales.catalogs import N_, _
from locales.safe import safe
from tui.book import ReadOnlyError
from tui.listings.reminders import REMINDERS
from tui.screens.listed import ListScreen
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.reminders import ReminderRow


class RemindersScreen(ListScreen):
    """Those of today. Who was sent one, or has paid, is gone from it."""

    MODE = "reminders"
    LISTING = REMINDERS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "text", N_("Text"), id="reminders.text"),
        Binding("d", "sent", N_("Mark as sent"), id="reminders.sent"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to say only to somebody, and nothing to mark where one may only look."""
        if action in ("text", "sent"):
            return self.is_mounted and self.row is not None and not (action == "sent" and self.ekost.book.read_only)
        return super().check_action(action, parameters)

    @property
    def row(self) -> "ReminderRow | None":
        """The one under the cursor."""
        line = self.table.current
        return None if line is None else line.row

    def action_text(self) -> None:
        """Show the text and its link, and bring it to the clipboard."""
        from tui.dialogs.message import MessageDialog

        if (row := self.row) is not None:
            self.app.push_screen(MessageDialog(row), lambda sent: self._mark(row) if sent else None)

    def action_sent(self) -> None:
        """Write down that it has gone."""
        if (row := self.row) is not None:
            self._mark(row)

    def _mark(self, row: "ReminderRow") -> None:
        if self.ekost.book.read_only:
            self.ekost.tell(ReadOnlyError())
        else:
            start(self, partial(self._send, row), "sending", beside=True)

    async def _send(self, row: "ReminderRow") -> None:
        try:
            await self.ekost.book.change(partial(_sent, row.tenant_id))
        except EkostError as error:
            self.ekost.tell(error)
        else:
            self.notify(safe(_("Marked as sent: {name}.").format(name=row.name)), timeout=3, markup=False)
        self.reread()


def _sent(tenant_id: int, conn: "Connection") -> None:
    from db.repositories.lookup import find_tenant
    from db.services.reminders import send_reminder

    send_reminder(conn, find_tenant(conn, str(tenant_id)))
