"""What the keys do where one is."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from locales.catalogs import N_, _
from tui.dialogs.dialog import Dialog

# What keys are about, by the beginnings of their names; all others are of one screen.
GROUPS = {
    "do": N_("With the row under the cursor"),
    "": N_("On this screen"),
    "list": N_("In the list"),
    "table": N_("In the list"),
    "app": N_("Everywhere"),
}


class HelpDialog(Dialog[None]):
    """Every key of ours on the screen below, in the language of now; ours have an id, by which they can be changed."""

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._found: dict[str, dict[str, tuple[list[str], str]]] = {title: {} for title in GROUPS.values()}
        for active in below.active_bindings.values():
            binding = active.binding
            if binding.id and active.enabled:
                title = GROUPS.get(binding.id.partition(".")[0], GROUPS[""])
                keys, _text = self._found[title].setdefault(binding.action, ([], binding.description))
                keys.append(below.app.get_key_display(binding))

    def title_text(self) -> str:
        """What this is."""
        return _("Keys")

    def questions(self) -> ComposeResult:
        """A line for each, below what they are about."""
        parts: list[tuple[str, str]] = []
        for title, known in self._found.items():
            lines = "".join(f"\n{' '.join(keys):<16} {_(text)}" for keys, text in known.values())
            if lines:
                parts += [(_(title), "bold"), (lines + "\n", "")]
        with VerticalScroll(classes="dialog--long"):
            yield Static(Content.assemble(*parts))
