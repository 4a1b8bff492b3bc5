"""A row with every cell in full, those among them that no width has room for."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from locales.catalogs import _
from tui.dialogs.dialog import Dialog


class WholeDialog(Dialog[None]):
    """What stands in each column, by its heading; words come in safe."""

    def __init__(self, cells: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._cells = cells

    def title_text(self) -> str:
        """What this is."""
        return _("The whole row")

    def questions(self) -> ComposeResult:
        """A heading and below it its words, where there are any."""
        with VerticalScroll(classes="dialog--text"):
            parts = [
                part for label, words in self._cells if words.strip() for part in ((label, "bold"), f"\n{words}\n")
            ]
            yield Static(Content.assemble(*parts))
