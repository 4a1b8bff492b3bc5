"""A row with every cell in full, those among them that no width has room for."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from locales.catalogs import _
from tui.dialogs.dialog import Dialog

# Cells in a line of the box.
ROOM = 64


class WholeDialog(Dialog[None]):
    """What stands in each column, by its heading; words come in safe."""

    def __init__(self, cells: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._cells = cells

    def title_text(self) -> str:
        """What this is."""
        return _("The whole row")

    def questions(self) -> ComposeResult:
        """A heading and behind it its words, or below it where there are many; nothing of empty cells."""
        told = [(label, words) for label, words in self._cells if words.strip()]
        wide = max((cell_len(label) for label, _words in told), default=0)
        with VerticalScroll(classes="dialog--text"):
            yield Static(Content.assemble(*(part for cell in told for part in _told(*cell, wide))))


def _told(label: str, words: str, wide: int) -> tuple[tuple[str, str], str]:
    beside = wide + cell_len(words) < ROOM
    gap = " " * (wide - cell_len(label) + 2) if beside else "\n"
    return (label, "bold"), f"{gap}{words}\n"
