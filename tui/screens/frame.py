"""What every screen stands in: the modes above it, the line of state and the keys below."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from locales.catalogs import _
from locales.formats import number
from tui import actions
from tui.app import EkostApp
from tui.link import Link, State
from tui.scope import House
from tui.things import NOTHING, Things
from tui.widgets.bars import KeyBar, StatusLine, TopBar

# What only some screens look like: each rule costs time before the first frame.
MORE = Path(__file__).with_name("screens.tcss")


class Frame(Screen[None]):
    """The base of all screens. `MODE` is the mode it belongs to."""

    MODE = ""
    # Whether what is typed into a line is about rows as well, and waits for them.
    HOLDS_WORDS: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings()

    @property
    def ekost(self) -> EkostApp:
        """The application."""
        app = self.app
        assert isinstance(app, EkostApp)  # noqa: S101 - these screens stand in no other one
        return app

    def compose(self) -> ComposeResult:
        """The lines above and below, and what the screen shows between them."""
        yield TopBar()
        yield from self.body()
        yield StatusLine()
        yield KeyBar()

    def body(self) -> Iterable[Widget]:
        """What the screen shows."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Say where we are."""
        self.tell_place()

    @property
    def things(self) -> Things:
        """What can be done something with."""
        return NOTHING

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on what is under the cursor; nothing where one may only look."""
        if action != "do":
            return True
        return not self.ekost.book.read_only and actions.BY_NAME[str(parameters[0])].about(self.things) is not None

    def action_do(self, name: str) -> None:
        """Open the form of an action."""
        action, things, house = actions.BY_NAME[name], self.things, self.ekost.house
        if house is not None:
            things = things._replace(house=house.code)
        self.ekost.fill_in(action.build(self.ekost.book, action.about(things)))

    @property
    def awaits_rows(self) -> bool:
        """Whether the rows that a key may be about are on their way."""
        return False

    def reread(self) -> None:
        """Ask the book again for what is shown; the place in it is kept."""

    def look_again(self) -> None:
        """Something may have changed elsewhere: ask again, unless one is just reading on."""
        self.reread()

    def house_chosen(self, house: House | None) -> None:
        """Everything is about another property from now on."""

    def renamed(self, before: object, after: object) -> None:
        """Somebody or something has another code or number from now on."""

    def retell(self) -> None:
        """Another language is spoken: say everything again."""
        self.tell_place()
        self.refresh(recompose=False, layout=True)
        for widget in self.walk_children():
            widget.refresh(layout=True)
        self.reread()

    def tell_place(self) -> None:
        """Light our mode and name the property."""
        house = self.ekost.house
        place = house.code if house else _("all")
        self.query_one(TopBar).show(
            self.MODE, _("{place}, read-only").format(place=place) if self.ekost.book.read_only else place
        )
        self.tell_link(self.ekost.book.link)

    def tell_link(self, link: Link) -> None:
        """Say whether what is shown is of now."""
        self.query_one(StatusLine).show(trouble=trouble_of(link))


def trouble_of(link: Link) -> str:
    """Why nothing new comes, and when it is tried again."""
    if link.state is not State.DOWN:
        return ""
    when = f"{link.heard_at:%H:%M:%S}" if link.heard_at else "-"
    return _("The book can't be reached. Shown as of {time}; next try in {seconds} s.").format(
        time=when, seconds=number(link.wait)
    )
