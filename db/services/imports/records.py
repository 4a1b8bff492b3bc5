"""Turn the lines of a file into rows for COPY: the plain ones as they are, the quoted ones parsed.

A broken row must not take its neighbours along: a quotation mark that is never closed costs its own line only.
"""

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator

from db.services.imports.reading import LONGEST_ROW, RowTooLongError

# A quoted cell may hold line ends; one that goes on for longer than this was never closed.
LOOK_AHEAD = 30

# What stands in the column `cells` of a row that has no cells one could trust; else it is their number.
UNREADABLE = -1


class Rows:
    """Rows as lines of CSV for COPY: line number, `cells` (only of a misshapen row), then the cells.

    Of a misshapen row the cells stand as a JSON array in the first one. Blank rows are left out.
    Feeding raises RowTooLongError.
    """

    def __init__(self, delimiter: str, width: int, *, lines_before: int) -> None:
        self.count = 0
        self._delimiter = delimiter
        self._width = width
        self._line = lines_before
        self._held: deque[str] = deque()

    def feed(self, blocks: Iterable[str]) -> Iterator[str]:
        """The rows of all `blocks`, as text for COPY."""
        for block in blocks:
            lines = block[:-1].split("\n")
            self._refuse_giants(lines)
            plain = not self._held and '"' not in block and "\r" not in block
            self._held.extend(lines)
            yield "".join(self._plain() if plain else self._quoted(LOOK_AHEAD))
        yield "".join(self._quoted(0))

    def _refuse_giants(self, lines: list[str]) -> None:
        if max(map(len, lines)) > LONGEST_ROW:
            before = self._line + len(self._held)
            giant = next(number for number, line in enumerate(lines, before + 1) if len(line) > LONGEST_ROW)
            raise RowTooLongError(line=giant, most=LONGEST_ROW)

    def _plain(self) -> Iterator[str]:
        """Rows without any quotation: told apart by counting delimiters, which is all that a million rows allow."""
        delimiter, commas, empty = self._delimiter, self._width - 1, self._delimiter * (self._width - 1)
        for line in self._held:
            self._line += 1
            if line.count(delimiter) == commas and line != empty:
                if commas or not line.isspace():
                    self.count += 1
                    yield f"{self._line}{delimiter}{delimiter}{line}\n"
            else:
                yield self._row(self._line, line.split(delimiter))
        self._held.clear()

    def _quoted(self, wait_for: int) -> Iterator[str]:
        """Rows with quotation marks, as far as they are complete or `wait_for` more lines would not complete them."""
        while self._held:
            lines, cells = self._take()
            if cells is None and lines == len(self._held) and lines < wait_for:
                return
            if cells is None or (lines > 1 and not self._is_one(cells)):
                lines = 1
                cells = self._parse(self._held[0])
            start = self._line + 1
            text = self._held[0]
            for _ in range(lines):
                self._held.popleft()
            self._line += lines
            yield self._row(start, cells) if cells is not None else self._misshapen(start, UNREADABLE, [text])

    def _take(self) -> tuple[int, list[str] | None]:
        """How many held lines make the next row, and its cells; None when the quotation is still open or is broken."""
        text = ""
        for number, line in enumerate(self._held):
            text = f"{text}\n{line}" if number else line
            cells = self._parse(text)
            if cells is not None:
                return number + 1, cells
            # With one more mark it would be whole: the quotation goes on in the next line.
            if number + 1 >= LOOK_AHEAD or len(text) > LONGEST_ROW or self._parse(text + '"') is None:
                return LOOK_AHEAD, None
        return len(self._held), None

    def _parse(self, text: str) -> list[str] | None:
        if '"' not in text and "\r" not in text:
            return text.split(self._delimiter)
        if len(text) > LONGEST_ROW:
            return None
        try:
            return next(csv.reader((text,), delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            return None

    def _is_one(self, cells: list[str]) -> bool:
        """Whether what several lines make is one row, and no stray mark that swallowed the rows below it."""
        below = (line for cell in cells for line in cell.split("\n")[1:])
        return self._fits(cells) and not any(line.count(self._delimiter) >= self._width - 1 for line in below)

    def _fits(self, cells: list[str]) -> bool:
        return len(cells) == self._width

    def _row(self, line: int, cells: list[str]) -> str:
        """One row, whatever its shape; nothing for a blank one. Spreadsheets add empty cells behind the last column."""
        while len(cells) > self._width and not cells[-1].strip():
            cells.pop()
        if not any(cell.strip() for cell in cells):
            return ""
        if not self._fits(cells):
            return self._misshapen(line, len(cells), cells)
        self.count += 1
        return f"{line}{self._delimiter}{self._delimiter}{self._joined(cells)}\n"

    def _misshapen(self, line: int, found: int, cells: list[str]) -> str:
        self.count += 1
        row = [json.dumps(cells, ensure_ascii=False), *([""] * (self._width - 1))]
        return f"{line}{self._delimiter}{found}{self._delimiter}{self._joined(row)}\n"

    def _joined(self, cells: list[str]) -> str:
        return self._delimiter.join(['"' + cell.replace('"', '""') + '"' for cell in cells])
