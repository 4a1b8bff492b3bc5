"""What a table tells the screen that it stands on."""

from typing import TYPE_CHECKING

from textual.message import Message

from db.errors import EkostError
from tui.widgets.table.lines import Column, Line

if TYPE_CHECKING:
    from tui.widgets.table.table import KeysetTable


class Opened(Message):
    """Enter was pressed on a row, or it was clicked again."""

    def __init__(self, table: "KeysetTable", line: Line) -> None:
        super().__init__()
        self.table, self.line = table, line


class Moved(Message):
    """The cursor is elsewhere, or the rows under it have changed."""

    def __init__(self, table: "KeysetTable") -> None:
        super().__init__()
        self.table = table


class HeadingChosen(Message):
    """A heading was clicked."""

    def __init__(self, table: "KeysetTable", column: Column) -> None:
        super().__init__()
        self.table, self.column = table, column


class ReadingFailed(Message):
    """Rows could not be read; the old ones are still there, marked as stale."""

    def __init__(self, table: "KeysetTable", error: EkostError) -> None:
        super().__init__()
        self.table, self.error = table, error
