"""The page about the terminal UI names every key there is, by the name under which it is known."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

from textual.binding import Binding

import tui
from tests.docs.pages import DOCS, text_of
from tui.modes import MODES

PAGE = text_of(DOCS / "tui.md")
SIGNS = {
    "colon": ":", "slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]",
    "escape": "Esc", "enter": "Enter", "tab": "Tab", "shift+tab": "Shift-Tab", "space": "Space",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "home": "Home", "end": "End", "pageup": "PgUp",
    "pagedown": "PgDn", "minus": "-", "plus": "+",
}  # fmt: skip


def sign(key: str) -> str:
    """A key as people write it."""
    return SIGNS.get(key) or key.replace("ctrl+", "Ctrl-").replace("shift+", "Shift-")


def bindings() -> Iterator[Binding]:
    """Every key of ours: those that have a name."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and kind.__module__ == module.name:
                for binding in Binding.make_bindings(kind.__dict__.get("BINDINGS", ())):
                    if binding.id:
                        yield binding


def test_every_key_is_told_with_its_name() -> None:
    known: dict[str, dict[str, str]] = {}
    screens = {f"app.{mode.name}" for mode in MODES}
    for binding in bindings():
        if binding.id in screens:
            continue
        keys = known.setdefault(binding.id or "", {"says": binding.description})
        keys[sign(binding.key)] = ""
    rows = {
        f"| {' '.join(f'`{key}`' for key in keys if key != 'says')} | {keys['says']} | `{name}` |"
        for name, keys in known.items()
    }
    assert len(rows) > 50
    told = {line for line in PAGE.splitlines() if re.search(r"\| `[a-z]+\.[a-z_]+` \|$", line)}
    assert rows - told == set(), "these rows belong in docs/tui.md"
    assert told - rows == set(), "these rows of docs/tui.md tell of no key"


def test_every_screen_is_told() -> None:
    assert [mode.label for mode in MODES if f"| `{mode.key}` | {mode.label} |" not in PAGE] == []
