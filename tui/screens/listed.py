"""A screen that is one big list."""

from asyncio import sleep
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from db.errors import EkostError
from db.repositories.pages import Extent
from locales.catalogs import N_, _
from locales.formats import number
from tui.houses import NO_HOUSE, has_house
from tui.listings.listing import Listing
from tui.scope import House, Scope
from tui.screens.frame import Frame
from tui.things import NOTHING, Things, things_in
from tui.widgets.bars import StatusLine
from tui.widgets.table.feeding import Reader
from tui.widgets.table.messages import HeadingChosen, Moved, Opened, ReadingFailed
from tui.widgets.table.table import KeysetTable
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Seconds of silence after a key before the list is asked for.
DEBOUNCE = 0.15
# Seconds after the first rows before they are counted: what else waits for them goes first.
BEHIND = 0.1
# Seconds between two looks whether the first rows are there, and between two counts of one list.
LOOK, ANEW = 0.02, 5.0


class ListScreen(Frame):
    """Shows `LISTING`; `scope` is what is asked of it."""

    LISTING: ClassVar[Listing]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", N_("Filter"), key_display="/", id="list.filter"),
        Binding("s", "sort", N_("Sort"), id="list.sort"),
        Binding("S", "turn", N_("Turn the order"), show=False, id="list.turn"),
        Binding("x", "export", N_("Write to a file"), show=False, id="list.export"),
        Binding("ctrl+y", "copy_command", N_("Copy the command below"), show=False, id="list.copy_command"),
        Binding("escape", "leave", N_("Back"), show=False, id="list.leave"),
    ]

    # The states that the list can be narrowed to, one after the other.
    STATUSES: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.listing = self.LISTING
        self._has_row = False
        self.scope = Scope(sort=self.LISTING.sorts[0].name)
        # How long the list is, once that was counted, and when that was by the monotonic clock.
        self._total: Extent | None = None
        self._counted_at = 0.0
        # There is not even a property.
        self._bare = False
        # Words were typed that were not asked for yet.
        self._typing = False

    def body(self) -> Iterable[Widget]:
        """The table, and the line to filter it."""
        yield KeysetTable(self.listing.columns)
        yield Input(id="filter", classes="-hidden", compact=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Not every list can be narrowed to some words, or has several orders."""
        if action == "sort":
            return len(self.listing.sorts) > 1
        if action == "filter":
            return self.listing.matches
        if action == "export":
            return bool(self.listing.fields)
        return super().check_action(action, parameters)

    @property
    def table(self) -> KeysetTable:
        """The list itself."""
        return self.query_one(KeysetTable)

    def on_mount(self) -> None:
        """Begin with the property that was chosen before."""
        super().on_mount()
        self.scope = self.scope.but(house=self.ekost.house, usual=self.ekost.usual_property)
        self.table.focus()
        if not self.ekost.looks_for_house:
            self.ask()

    def house_chosen(self, house: House | None) -> None:
        """The same list of another property."""
        self.scope = self.scope.but(house=house)
        self.tell_place()
        self.ask()

    def ask(self) -> None:
        """Begin the list anew, as the scope wants it."""
        table = self.table
        table.sorted_by = self.listing.direction(self.scope)
        table.notice = _("Reading…") if not table.loaded else ""
        table.show(self.reader())
        self.query_one(StatusLine).show(command=self.listing.command_line(self.scope))
        self._typing, self._total = False, None
        start(self, self._count, "count")

    @property
    def awaits_rows(self) -> bool:
        """Whether the rows that were asked for are not there yet."""
        return self._typing or self.table.awaited

    async def _count(self) -> None:
        """Find out how long the list is, behind its first rows and never before them; or why there are none."""
        count, scope = self.listing.counted, self.scope
        while self.table.awaited:
            await sleep(LOOK)
        await sleep(BEHIND)
        with suppress(EkostError):
            empty = self.listing.of_house and self.table.known == (0, True)
            self._bare = empty and not await self.ekost.book.ask(has_house)
            self.tell_position()
        if count is None or self.table.known[1]:
            return
        self._counted_at = monotonic()

        def counted(conn: "Connection") -> Extent | None:
            found = count(conn, scope)
            # Said here already: what writes large numbers is loaded beside the screen.
            number(found.rows if found else 0)
            return found

        with suppress(EkostError):
            self._total = await self.ekost.book.ask(counted)
            self.tell_position()

    def reader(self) -> Reader:
        """What reads the pages of the list."""
        return self.listing.reader(self.ekost.book, self.scope)

    def nothing_told(self) -> str:
        """Why there are no rows."""
        return _(NO_HOUSE) if self._bare else self.listing.empty_notice(self.scope)

    def reread(self) -> None:
        """Read what is seen again, and count anew if that is long ago."""
        self.table.reread()
        if monotonic() - self._counted_at > ANEW:
            start(self, self._count, "count")

    def look_again(self) -> None:
        """Read what is seen again, unless pages are on their way."""
        if not self.table.busy:
            ListScreen.reread(self)

    def change_list(self, listing: Listing) -> None:
        """Show another list of the same things."""
        self.listing = listing
        self.scope = self.scope.but(sort=listing.sorts[0].name, reverse=False, status=None)
        self.table.change_columns(listing.columns)
        self.ask()

    def action_status(self) -> None:
        """Only those of one state; after the last state all of them again."""
        states = (None, *self.STATUSES)
        self.scope = self.scope.but(status=states[(states.index(self.scope.status) + 1) % len(states)])
        self.ask()

    def action_sort(self) -> None:
        """The next order."""
        names = [sort.name for sort in self.listing.sorts]
        at = names.index(self.listing.sort(self.scope).name)
        self.scope = self.scope.but(sort=names[(at + 1) % len(names)], reverse=False)
        self.ask()

    def action_turn(self) -> None:
        """The same order from the other end."""
        self.scope = self.scope.but(reverse=not self.scope.reverse)
        self.ask()

    @on(HeadingChosen)
    def sort_by(self, event: HeadingChosen) -> None:
        """Sort by the heading that was clicked, the other way round when it is sorted by already."""
        for sort in self.listing.sorts:
            if sort.field == event.column.field.name:
                again = sort.name == self.listing.sort(self.scope).name
                self.scope = self.scope.but(sort=sort.name, reverse=again and not self.scope.reverse)
                self.ask()

    def action_export(self) -> None:
        """All rows of this view to a file."""
        from tui.dialogs.exporting import ExportDialog

        def written(told: str | None) -> None:
            if told:
                self.notify(told, markup=False)

        form = ExportDialog(self.ekost.book, self.listing, self.scope, self.MODE)
        self.app.push_screen(form, written)

    def action_copy_command(self) -> None:
        """Bring the command that gives this list to the clipboard."""
        self.table.copy(self.query_one(StatusLine).command)

    # -- the row

    @property
    def things(self) -> Things:
        """What the row under the cursor is about."""
        line = self.table.current if self.is_mounted else None
        return NOTHING if line is None else things_in(line.row)

    @on(Opened)
    def open_row(self, event: Opened) -> None:
        """Look at what this row is about, or at all of a row that is about nothing else."""
        from tui.details.opening import detail_of

        if (detail := detail_of(event.line.row, self.MODE)) is not None:
            self.app.push_screen(detail)
        else:
            event.table.action_whole()

    # -- the filter

    def action_filter(self) -> None:
        """Open the line to type words in."""
        line = self.query_one("#filter", Input)
        line.placeholder = _("words to look for")
        line.remove_class("-hidden")
        line.focus()

    def action_leave(self) -> None:
        """Back to the list; a second time takes the filter away."""
        line = self.query_one("#filter", Input)
        if not line.has_focus and line.value:
            line.value = ""
        line.set_class(not line.value, "-hidden")
        self.table.focus()

    @on(Input.Changed, "#filter")
    def typed(self, event: Input.Changed) -> None:
        """Wait until nothing more is typed; a question that is on its way is dropped."""
        if event.value != self.scope.matching:
            self.scope = self.scope.but(matching=event.value)
            self._typing = True
            start(self, self._ask_later, "typing")

    @on(Input.Submitted, "#filter")
    def chosen(self) -> None:
        """Enter goes to the list."""
        self.action_leave()

    def look_for(self, words: str) -> None:
        """Filter by these words, as if they had been typed."""
        line = self.query_one("#filter", Input)
        line.remove_class("-hidden")
        line.value = words

    async def _ask_later(self) -> None:
        await sleep(DEBOUNCE)
        self.ask()

    # -- telling

    @on(Moved)
    def tell_position(self) -> None:
        """Say on which row of how many the cursor is."""
        table = self.table
        table.notice = self.nothing_told() if table.loaded and not table.known[0] else table.notice
        if self._has_row != (table.current is not None):
            self._has_row = not self._has_row
            self.refresh_bindings()
        marked = _("{count} marked").format(count=number(len(table.marks))) + "  " if table.marks else ""
        self.query_one(StatusLine).show(position=marked + table.place_told(self._total))

    @on(ReadingFailed)
    def tell_failure(self, event: ReadingFailed) -> None:
        """The last rows stay in sight; the line of state says why."""
        self.ekost.tell(event.error)
        event.table.notice = "" if event.table.rows else _("Nothing could be read.")
