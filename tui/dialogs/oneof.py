"""One of a few, all in one line: chosen with the arrows, the first letter, or the mouse."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.widget import Widget

from locales.catalogs import N_


class OneOf(Widget, can_focus=True):
    """Answers with a code; shows words. Where there is no room for all of them only the chosen one is seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", N_("The one before"), show=False, id="choice.before"),
        Binding("right,space", "turn(1)", N_("The next one"), show=False, id="choice.next"),
        Binding("enter", "onward", N_("Onward"), show=False, id="choice.onward"),
    ]

    class Changed(Message):
        """Another one was chosen."""

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self, codes: Sequence[str], value: str, *, said: Callable[[str], str], id: str) -> None:
        super().__init__(id=id)
        self._codes, self._said = tuple(codes), said
        self._value = value if value in self._codes else self._codes[0]

    @property
    def value(self) -> str:
        """The code that is chosen."""
        return self._value

    @value.setter
    def value(self, code: str) -> None:
        if code in self._codes and code != self._value:
            self._value = code
            self.refresh()
            self.post_message(self.Changed())

    def action_turn(self, by: int) -> None:
        """The one before or behind, in a circle."""
        self.value = self._codes[(self._codes.index(self._value) + by) % len(self._codes)]

    def action_onward(self) -> None:
        """Enter goes on to the next line."""
        self.post_message(self.Submitted())

    def on_key(self, event: Key) -> None:
        """The first letter of a word chooses it, the next of several with each press."""
        at = self._codes.index(self._value)
        for code in self._codes[at + 1 :] + self._codes[:at]:
            if event.character and self._said(code).lower().startswith(event.character.lower()):
                self.value = code
                event.stop()
                return

    def on_click(self, event: Click) -> None:
        """The word that was clicked, or the next one where only one is seen."""
        if not self._fits:
            self.action_turn(1)
            return
        end = 0
        for code in self._codes:
            end += cell_len(self._word(code))
            if event.x < end:
                self.value = code
                return

    def render(self) -> Content:
        """All of them, or the chosen one between arrows."""
        style = "reverse" if self.has_focus else "bold underline"
        if not self._fits:
            return Content.assemble("‹ ", (self._said(self._value), style), " ›")
        return Content.assemble(*((self._word(code), style if code == self._value else "") for code in self._codes))

    @property
    def _fits(self) -> bool:
        return sum(cell_len(self._word(code)) for code in self._codes) <= self.size.width

    def _word(self, code: str) -> str:
        return f" {self._said(code)} "
