"""Whether to lose what was typed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from locales.catalogs import N_, _
from tui.dialogs.dialog import Dialog


class LeaveDialog(Dialog[bool]):
    """Answers True when it may be lost. Esc and Enter stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right", "app.focus_next", N_("The other one"), show=False, id="ask.other")
    ]

    def title_text(self) -> str:
        """What is asked."""
        return _("Leave, and lose what was typed?")

    def questions(self) -> ComposeResult:
        """Stay, or leave."""
        with Horizontal(classes="dialog--line"):
            yield Button(Content(_("Stay")), id="stay", compact=True)
            yield Button(Content(_("Leave")), id="leave", compact=True)

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """One of the two."""
        self.dismiss(event.button.id == "leave")
