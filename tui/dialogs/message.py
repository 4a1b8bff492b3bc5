"""The text that reminds somebody, as it would be sent: copied when it is shown, and its link with a key."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from locales.catalogs import N_, _
from locales.reminders import Message, message_of
from locales.safe import safe
from tui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from db.repositories.reminders import ReminderRow


class MessageDialog(Dialog[bool]):
    """Answers whether it has been sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_text", N_("Copy the text"), id="message.text"),
        Binding("l", "copy_link", N_("Copy the link"), id="message.link"),
        Binding("d", "sent", N_("Mark as sent"), id="message.sent"),
    ]

    def __init__(self, row: "ReminderRow") -> None:
        super().__init__()
        self.row = row
        self.message: Message = message_of(row)

    def title_text(self) -> str:
        """To whom it goes."""
        return _("Reminder to {name}").format(name=safe(self.row.name))

    def questions(self) -> ComposeResult:
        """The text line by line, and what opens it."""
        with VerticalScroll(classes="dialog--text"):
            yield Static(Content.assemble(self.message.text, "\n\n", (self._link_told(), "dim")))

    def _link_told(self) -> str:
        """Where the link leads; behind that it has all of the text once more."""
        if self.message.link is None:
            return _("{name} has no phone and no e-mail address.").format(name=safe(self.row.name))
        return self.message.link.partition("?")[0] + "?…"

    def on_mount(self) -> None:
        """Whoever looks wants to paste it."""
        self.action_copy_text()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a phone or an address there is no link."""
        return action != "copy_link" or self.message.link is not None

    def action_copy_text(self) -> None:
        """Bring the text to the clipboard."""
        self._copy(self.message.text)

    def action_copy_link(self) -> None:
        """Bring the link to the clipboard: a browser opens the text in WhatsApp with it."""
        self._copy(self.message.link or "")

    def action_sent(self) -> None:
        """It has gone."""
        self.dismiss(True)

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(_("Copied."), timeout=2)
