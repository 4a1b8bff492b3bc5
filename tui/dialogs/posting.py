"""Whether to post what was shown."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from locales.catalogs import N_, _
from tui.dialogs.dialog import Dialog


class PostDialog(Dialog[bool]):
    """Answers True when it may be posted. Esc leaves all as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right", "app.focus_next", N_("The other one"), show=False, id="post.other")
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title_text, self._lines = title, lines

    def title_text(self) -> str:
        """What is asked."""
        return self._title_text

    def questions(self) -> ComposeResult:
        """What it comes to, and the two answers."""
        yield Static(Content("\n".join(self._lines)))
        with Horizontal(classes="dialog--line"):
            yield Button(Content(_("Post")), id="post", compact=True)
            yield Button(Content(_("Stay")), id="stay", compact=True)

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """One of the two."""
        self.dismiss(event.button.id == "post")
