"""What every dialog is: a box in the middle, left by Esc without a change."""

from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from locales.catalogs import N_
from tui.widgets.bars import KeyBar

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """The base of dialogs. The answer is None when it was left."""

    # Read with the first dialog: what no list needs would delay the first frame.
    CSS_PATH = Path(__file__).with_name("dialogs.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", N_("Back"), id="dialog.leave")]

    def compose(self) -> ComposeResult:
        """A title, what is asked, and the keys."""
        with Vertical(classes="dialog"):
            yield Static(Content(self.title_text()), classes="dialog--title")
            yield from self.questions()
            yield KeyBar()

    def title_text(self) -> str:
        """What this is about, in the language of now."""
        raise NotImplementedError

    def questions(self) -> ComposeResult:
        """The inputs."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
