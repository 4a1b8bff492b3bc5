"""The lines around every screen: where one is, what a shell would say, which keys there are."""

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from locales.catalogs import _
from locales.safe import safe
from tui.modes import MODES

if TYPE_CHECKING:
    from tui.app import EkostApp

# Keys that are seen wherever there is room for any: the others give way.
ALWAYS = ("app.help", "app.quit")


class TopBar(Widget):
    """The modes with their keys, the current one lit, and the property that everything is about."""

    mode = ""
    house = ""

    def show(self, mode: str, house: str) -> None:
        """Light another mode or name another property."""
        self.mode, self.house = mode, house
        self.refresh()

    def render(self) -> Content:
        """Keys of all modes, the name of the current one, and as many other names as there is room for."""
        place = f"{safe(self.house)} "
        app = cast("EkostApp", self.app)
        keys = [app.key_of(f"app.{mode.name}") if app.keys else mode.key for mode in MODES]
        labels = [f"{key} {_(mode.label)}" for key, mode in zip(keys, MODES, strict=True)]
        labels = self._fitting(keys, labels, self.size.width - cell_len(place))
        parts = [
            part
            for label, mode in zip(labels, MODES, strict=True)
            for part in ((" ", ""), (label, "reverse" if mode.name == self.mode else ""))
        ]
        used = sum(cell_len(text) for text, _style in parts)
        return Content.assemble(*parts, " " * max(self.size.width - used - cell_len(place), 1), (place, "bold"))

    def _fitting(self, keys: list[str], labels: list[str], room: int) -> list[str]:
        """The modes in `room` cells: the first ones by name, those behind by their keys."""
        lit = [mode.name == self.mode for mode in MODES]
        shown = [label if here else key for key, label, here in zip(keys, labels, lit, strict=True)]
        room -= sum(map(cell_len, shown)) + len(shown)
        for at, label in enumerate(labels):
            more = cell_len(label) - cell_len(shown[at])
            if more > room:
                break
            shown[at], room = label, room - more
        return shown


class StatusLine(Widget):
    """What a shell would have to be told to show the same, and how things stand."""

    command = ""
    position = ""
    trouble = ""

    def show(self, *, command: str | None = None, position: str | None = None, trouble: str | None = None) -> None:
        """Say something else; what is not given stays."""
        self.command = self.command if command is None else command
        self.position = self.position if position is None else position
        self.trouble = self.trouble if trouble is None else trouble
        self.refresh()

    def render(self) -> Content:
        """The command to the left, the position to the right; trouble in place of the command."""
        right = f" {safe(self.position)} "
        room = max(self.size.width - cell_len(right), 0)
        left = (
            Content(f" {safe(self.trouble)}").stylize("bold $text-warning")
            if self.trouble
            else Content(f" $ {safe(self.command)}")
        )
        return Content.assemble(left.truncate(room, ellipsis=True, pad=True), right)


class KeyBar(Widget):
    """The keys that do something here, as many as there is room for."""

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def render(self) -> Content:
        """Each key once, with what it does in the language of now; the last ones give way, but not the help."""
        keys = self._keys()
        kept = {name: text for name, text in keys.items() if name in ALWAYS}
        room = self.size.width - sum(_cells(text) for text in kept.values())
        parts: list[tuple[str, str]] = []
        for name, (key, description) in keys.items():
            if name not in kept and (room := room - _cells((key, description))) < 0:
                break
            if name not in kept:
                parts += _parts(key, description)
        return Content.assemble(*parts, *(part for text in kept.values() for part in _parts(*text)))

    def _keys(self) -> dict[str, tuple[str, str]]:
        """What is shown of each action: the first of its keys, and what it does."""
        shown: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.enabled:
                shown.setdefault(active.binding.id or active.binding.action, active.binding)
        return {name: (self.app.get_key_display(binding), _(binding.description)) for name, binding in shown.items()}


def _parts(key: str, description: str) -> list[tuple[str, str]]:
    return [(f" {key}", "bold $footer-key-foreground"), (f" {description} ", "")]


def _cells(text: tuple[str, str]) -> int:
    return sum(map(cell_len, text)) + 3
