"""What the keys do where one is."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from locales.catalogs import _
from tui.dialogs.dialog import Dialog


class HelpDialog(Dialog[None]):
    """Every key of ours on the screen below, in the language of now; ours have an id, by which they can be changed."""

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        found: dict[str, tuple[list[str], str]] = {}
        for active in below.active_bindings.values():
            binding = active.binding
            if binding.id and active.enabled:
                keys, _text = found.setdefault(binding.action, ([], binding.description))
                keys.append(below.app.get_key_display(binding))
        self._keys = list(found.values())

    def title_text(self) -> str:
        """What this is."""
        return _("Keys")

    def questions(self) -> ComposeResult:
        """A line for each."""
        with VerticalScroll():
            lines = [f"{' '.join(keys):<16} {_(text)}" for keys, text in self._keys]
            yield Static(Content("\n".join(lines)))
