"""The rooms."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from locales.catalogs import N_
from tui.listings.rooms import ROOMS, floor_title, legend, place_of, tile_of
from tui.scope import House
from tui.screens.frame import MORE
from tui.screens.listed import ListScreen
from tui.widgets.board.board import Board
from tui.widgets.table.table import KeysetTable


class RoomsScreen(ListScreen):
    """Which rooms there are, and which are free: a board floor by floor where a property is chosen, or a list."""

    MODE = "rooms"
    CSS_PATH = MORE
    LISTING = ROOMS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("V", "board", N_("Board or list"), id="rooms.board"),
        Binding("t", "status", N_("Status"), id="rooms.status"),
        Binding("R", "round", N_("Meter round"), id="rooms.round"),
    ]
    STATUSES = ("available", "occupied", "renovation")

    def __init__(self) -> None:
        super().__init__()
        # What was asked for by key; before that a property is shown as a board, and all of them as a list.
        self._wanted: bool | None = None

    def body(self) -> Iterable[Widget]:
        """Both; one of them is seen."""
        yield Board(ROOMS.columns, tile_of, place_of, floor_title, legend=legend, id="board")
        yield from super().body()

    @property
    def on_board(self) -> bool:
        """Whether the board is seen."""
        return self.scope.house is not None if self._wanted is None else self._wanted

    @property
    def table(self) -> KeysetTable:
        """The one that is seen."""
        tables = self.query(KeysetTable)
        return tables.first() if self.on_board else tables.last()

    def on_mount(self) -> None:
        """Begin as the property that was chosen wants it."""
        self.scope = self.scope.but(house=self.ekost.house)
        self._show_one()

    def house_chosen(self, house: House | None) -> None:
        """The same of another property."""
        self.scope = self.scope.but(house=house)
        self._show_one()
        super().house_chosen(house)

    def action_board(self) -> None:
        """The other one, with the cursor on the same room."""
        before = self.table
        self._wanted = not self.on_board
        self._show_one()
        if before.busy or not before.loaded:
            self.ask()
        else:
            self.table.sorted_by = before.sorted_by
            self.table.take_over(before)
        self.table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where one may only look nothing is read."""
        if action == "round":
            return not self.ekost.book.read_only
        return super().check_action(action, parameters)

    def action_round(self) -> None:
        """Read all meters of the property, one after the other."""
        from tui.screens.meterround import RoundScreen

        self.app.push_screen(RoundScreen(self.ekost.house))

    def _show_one(self) -> None:
        had_focus = any(table.has_focus for table in self.query(KeysetTable))
        for table in self.query(KeysetTable):
            table.display = table is self.table
        if had_focus:
            self.table.focus()
