"""One of many, found by typing."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from db.errors import EkostError
from locales.catalogs import _
from locales.safe import safe
from tui.dialogs.dialog import Dialog
from tui.dialogs.entries import UnforeseenError
from tui.sentences import sentence
from tui.work import start

T = TypeVar("T")


class Choice(NamedTuple, Generic[T]):
    """Something to choose: what it is called, and what it is."""

    label: str
    value: T


Finder = Callable[[str], Awaitable[Sequence[Choice[T]]]]


class ChooseDialog(Dialog[Choice[T]], Generic[T]):
    """A line to type in, and what fits below it. `find` is asked with every key; older questions are dropped."""

    def __init__(self, title: str, find: Finder[T]) -> None:
        super().__init__()
        self._title_text, self._find = title, find
        self.found: Sequence[Choice[T]] = ()
        self._looking = self._hurried = False

    def title_text(self) -> str:
        """What is asked."""
        return self._title_text

    def questions(self) -> ComposeResult:
        """The line and the list."""
        yield Input(placeholder=_("words to look for"), compact=True)
        yield OptionList(markup=False)
        yield Static(classes="dialog--error")

    def on_mount(self) -> None:
        """Begin with everything."""
        self._look("")

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Look for what is typed."""
        self._look(event.value)

    def _look(self, words: str) -> None:
        self._looking = True

        async def look() -> None:
            try:
                self.found = await self._find(words.strip())
            except EkostError as error:
                self._complain(error)
                return
            except Exception as error:
                # A list that can't be read is no reason to lose the form behind it.
                self._complain(UnforeseenError(name=type(error).__name__))
                return
            self._looking = False
            self.query_one(".dialog--error", Static).update("" if self.found else Content(_("Nothing fits.")))
            options = self.query_one(OptionList)
            options.clear_options()
            options.add_options([Option(Content(safe(choice.label))) for choice in self.found])
            options.highlighted = 0 if self.found else None
            if self._hurried:
                self.chosen()

        start(self, look, "looking")

    def _complain(self, error: EkostError) -> None:
        self._looking = self._hurried = False
        self.found = ()
        self.query_one(OptionList).clear_options()
        self.query_one(".dialog--error", Static).update(Content(sentence(error)))

    def on_key(self, event: Key) -> None:
        """Arrows move in the list while the line keeps the focus."""
        if event.key in ("down", "up"):
            options = self.query_one(OptionList)
            options.action_cursor_down() if event.key == "down" else options.action_cursor_up()
            event.stop()

    @on(Input.Submitted)
    def chosen(self) -> None:
        """The one that is lit, or will be when the answer to what was typed is there."""
        self._hurried = self._looking
        if self._hurried:
            return
        at = self.query_one(OptionList).highlighted
        if at is not None and at < len(self.found):
            self.take(self.found[at])

    def take(self, choice: Choice[T]) -> None:
        """This one it is."""
        self.dismiss(choice)

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        """The one that was clicked."""
        self.take(self.found[event.option_index])
