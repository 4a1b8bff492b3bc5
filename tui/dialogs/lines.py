"""The lines of a form on the screen: what was typed in them, what it means, and what stood there before."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Input, Label, Static

from db.errors import EkostError
from locales.catalogs import _
from tui.dialogs.entries import Entry, Given, NeededError, Place, Typed, read_entry
from tui.dialogs.oneof import OneOf


class Lines(Vertical):
    """One line for each entry."""

    class Asked(Message):
        """Somebody wants to choose what a line may hold."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.entries = entries
        self._stood = {entry.name: entry.stands for entry in entries}

    def compose(self) -> ComposeResult:
        """Labels and boxes."""
        for entry in self.entries:
            with Horizontal(classes="dialog--line"):
                yield Label(Content(_(entry.label)))
                yield (
                    OneOf(entry.choices, entry.usual, said=entry.said, id=entry.name)
                    if entry.choices
                    else Input(entry.stands, id=entry.name, compact=True)
                )
                if entry.offers:
                    yield More(entry)

    def box(self, name: str) -> Input | OneOf:
        """Where one value is typed."""
        box = self.query_one(f"#{name}")
        assert isinstance(box, Input | OneOf)  # noqa: S101 - see compose
        return box

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the lines."""
        return {entry.name: self.box(entry.name).value for entry in self.entries}

    @property
    def touched(self) -> bool:
        """Whether anybody has typed something."""
        return self.typed != self._stood

    def fill(self, texts: Typed) -> None:
        """Let these texts stand there at first; what somebody has typed meanwhile stays."""
        for name, text in texts.items():
            box = self.box(name)
            if box.value == self._stood[name]:
                with self.prevent(Input.Changed, OneOf.Changed):
                    box.value = text
                if isinstance(box, Input) and box.has_focus:
                    box.action_select_all()
            self._stood[name] = text

    def read(self, place: Place) -> Given:
        """What was typed, each line by its own rule. Raises the error of the first line that is not clear."""
        given, errors = {}, []
        for entry in self.entries:
            box = self.box(entry.name)
            try:
                given[entry.name] = read_entry(entry, box.value, place)
            except EkostError as error:
                errors.append(error)
            box.set_class(entry.name not in given, "-wrong")
        if errors:
            raise errors[0]
        return given

    def missing(self) -> Iterator[Entry]:
        """Lines that are empty and can't be."""
        return (entry for entry in self.entries if entry.needed and not self.box(entry.name).value.strip())

    def require(self) -> None:
        """Go to the first empty line that can't be. Raises NeededError."""
        for entry in self.missing():
            self.box(entry.name).focus()
            raise NeededError(entry=_(entry.label))

    @property
    def offering(self) -> Entry | None:
        """The line under the cursor, if it offers something."""
        focused = self.screen.focused
        return next((entry for entry in self.entries if entry.offers and focused is self.box(entry.name)), None)


class More(Static):
    """A sign behind a line that can be clicked to choose."""

    def __init__(self, entry: Entry) -> None:
        super().__init__("…", classes="dialog--more", markup=False)
        self._entry = entry

    def on_click(self, event: Click) -> None:
        """Offer what there is."""
        event.stop()
        self.post_message(Lines.Asked(self._entry))
