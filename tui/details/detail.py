"""The base of details: a card that says who or what it is, and below it one of several lists about it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from db.errors import EkostError
from locales.catalogs import N_, _
from tui.details.view import View
from tui.screens.frame import MORE, Frame
from tui.things import NOTHING, Things
from tui.widgets.bars import StatusLine
from tui.widgets.table.messages import Moved, Opened, ReadingFailed
from tui.widgets.table.table import KeysetTable
from tui.widgets.tabs import Tabs
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

S = TypeVar("S")


class DetailScreen(Frame, Generic[S]):
    """On top of the list that it was opened from; `mode` is the mode of that."""

    VIEWS: ClassVar[tuple[View, ...]] = ()
    CSS_PATH = MORE
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Back"), id="detail.leave"),
        Binding("tab", "turn(1)", N_("Next list"), id="detail.next", priority=True),
        Binding("shift+tab", "turn(-1)", N_("List before"), show=False, id="detail.before", priority=True),
    ]

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.MODE = mode
        self.view = self.VIEWS[0]
        self.subject: S | None = None
        self._seen: tuple[Things, bool] = NOTHING, True

    # -- what each detail says

    def about(self) -> Any:
        """What the views are asked about."""
        raise NotImplementedError

    def read_subject(self, conn: "Connection") -> S:
        """What the card shows. Raises what its questions raise."""
        raise NotImplementedError

    def card_told(self, subject: S) -> Iterator[str]:
        """The lines of the card, safe to show."""
        raise NotImplementedError

    def subject_read(self, subject: S) -> None:
        """It was asked for and has come."""

    def things_of(self, row: Any) -> Things:
        """What can be done something with while this row is under the cursor, or none."""
        return NOTHING

    def words(self) -> dict[str, str]:
        """What is put into the commands of the views."""
        raise NotImplementedError

    # -- what stands on the screen

    def body(self) -> Iterable[Widget]:
        """The card above, the names of the lists, the list that is shown."""
        yield Static(id="card")
        yield Tabs(self)
        yield KeysetTable(self.view.columns)

    @property
    def table(self) -> KeysetTable:
        """The list itself."""
        return self.query_one(KeysetTable)

    @property
    def things(self) -> Things:
        """What the detail and the row under the cursor are about."""
        line = self.table.current if self.is_mounted else None
        return self.things_of(None if line is None else line.row)

    @property
    def awaits_rows(self) -> bool:
        """Whether what it is about, or its first list, is not there yet."""
        return self.table.awaited

    def on_mount(self) -> None:
        """Ask at once."""
        super().on_mount()
        self.table.focus()
        self._ask_subject()
        self.show_view(self.view)

    def show_view(self, view: View) -> None:
        """Show this list."""
        table, self.view = self.table, view
        table.change_columns(view.columns)
        table.notice = _("Reading…")
        table.show(view.reader(self.ekost.book, self.about()))
        self.query_one(StatusLine).show(command=view.command.format(**self.words()))
        self.query_one(Tabs).refresh()

    @property
    def tabs(self) -> list[str]:
        """The names of the lists."""
        return [view.label for view in self.VIEWS]

    @property
    def tab(self) -> int:
        """Which one is shown."""
        return self.VIEWS.index(self.view)

    def show_tab(self, number: int) -> None:
        """Show the list with this number."""
        self.show_view(self.VIEWS[number])

    def action_turn(self, by: int) -> None:
        """Another list."""
        self.show_tab((self.tab + by) % len(self.VIEWS))

    def reread(self) -> None:
        """Card and list as they are now."""
        self._ask_subject()
        self.table.reread()

    def look_again(self) -> None:
        """Both again, unless pages are on their way."""
        if not self.table.busy:
            self.reread()

    def renamed(self, before: object, after: object) -> None:
        """What it is about may be found otherwise from now on."""
        if self.about() == before != after:
            self.follow(after)
            self.show_view(self.view)

    def follow(self, after: Any) -> None:
        """From now on it is about this, which is the same by another name."""

    def retell(self) -> None:
        """Everything in another language."""
        super().retell()
        self._tell_card()

    def _ask_subject(self) -> None:
        async def ask() -> None:
            try:
                with self.ekost.book.on_screen(type(self).__name__):
                    self.subject = await self.ekost.book.ask(self.read_subject)
            except EkostError as error:
                self.ekost.tell(error)
            else:
                self.subject_read(self.subject)
                self._tell_card()
                self._tell_things()

        start(self, ask, "subject")

    def _tell_card(self) -> None:
        if self.subject is not None:
            self.query_one("#card", Static).update(Content("\n".join(self.card_told(self.subject))))

    def _tell_things(self) -> None:
        seen = self.things, self.table.current is None
        if self._seen != seen:
            self._seen = seen
            self.refresh_bindings()

    @on(Moved)
    def tell_position(self) -> None:
        """Say on which row of how many the cursor is."""
        table = self.table
        if table.loaded and not table.known[0]:
            table.notice = _(self.view.nothing)
        self.query_one(StatusLine).show(position=table.place_told())
        self._tell_things()

    @on(ReadingFailed)
    def tell_failure(self, event: ReadingFailed) -> None:
        """The last rows stay in sight."""
        self.ekost.tell(event.error)
        event.table.notice = "" if event.table.rows else _("Nothing could be read.")

    @on(Opened)
    def open_row(self, event: Opened) -> None:
        """Look at what the row is about, or at all of a row that is about what is seen."""
        from tui.details.opening import detail_of

        found = detail_of(self.row_behind(event.line.row), self.MODE)
        if found is not None:
            self.app.push_screen(found)
        else:
            event.table.action_whole()

    def row_behind(self, row: Any) -> Any:
        """What is opened for a row."""
        return row

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.app.pop_screen()
