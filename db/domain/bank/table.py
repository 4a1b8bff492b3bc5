"""The table in a bank's file, with what stands before and behind it.

Every file of a bank is a page that was printed into cells: a header of names and values, a table, totals. What is
neither of these is refused by its line; nothing is skipped that might have been money.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

from db.domain.bank.cells import YearlessError, direction, read_amount, read_day, read_period, tidy
from db.domain.bank.layout import ACCOUNT, CLOSING, OPENING, PERIOD, TOTALS, Layout
from db.domain.bank.statement import (
    BankLine,
    Statement,
    StatementError,
    StatementFormError,
    StatementYearError,
    in_order,
)

DELIMITERS = (",", ";", "\t")
# Rows before the table in which it is looked for.
_HEADER_WITHIN = 60
_SHOWN = 40
T = TypeVar("T")


class _Row(NamedTuple):
    line: int
    cells: list[str]


@dataclass
class _Found:
    """What was read so far."""

    number: str | None = None
    period: tuple[date, date] | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    pending: int = 0
    lines: list[BankLine] = field(default_factory=list)


def read_table(text: str, layout: Layout) -> Statement:
    """The statement in a file's text. Raises StatementError, StatementYearError, StatementFormError."""
    for delimiter in DELIMITERS:
        rows = _rows(text, delimiter)
        before: list[_Row] = []
        for row in rows:
            places = _places(row.cells, layout)
            if places:
                return _statement(before, row, rows, places, layout)
            before.append(row)
            if len(before) > _HEADER_WITHIN:
                break
    names = ", ".join("/".join(layout.columns.get(role, ())[:2]) for role in ("date", "description"))
    raise StatementFormError(columns=names)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=False)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _unread(reader.line_num, "", "row") from None
        if any(cell.strip() for cell in cells):
            yield _Row(line, cells)
        line = reader.line_num + 1


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower()).split())


def _places(cells: Sequence[str], layout: Layout) -> Mapping[str, list[int]]:
    """Which columns hold what, if this row names them; nothing if it is no header of a table."""
    names = [_plain(cell) for cell in cells]
    places = {
        role: sorted((n for n, name in enumerate(names) if name in known), key=lambda n: known.index(names[n]))
        for role, known in layout.columns.items()
    }
    places = {role: found if role == "description" else found[:1] for role, found in places.items() if found}
    if "debit" in places and "credit" in places:
        places.pop("amount", None)
    elif "amount" not in places:
        return {}
    if "date" not in places or "description" not in places:
        return {}
    places["description"].sort()
    if "amount" in places and "sign" not in places:
        beside = places["amount"][0] + 1
        if beside < len(names) and not names[beside] and beside + 1 < len(names):
            places["sign"] = [beside]
    return places


def _statement(
    before: Sequence[_Row], header: _Row, rows: Iterator[_Row], places: Mapping[str, list[int]], layout: Layout
) -> Statement:
    found = _Found()
    for row in before:
        _read_told(row, found, layout)
    width = len(header.cells)
    for row in rows:
        _read_row(row, width, found, places, layout)
    lines = in_order(found.lines)
    days = [line.booked_on for line in lines]
    first, last = found.period or ((min(days), max(days)) if days else (None, None))
    end = None if last is None else min(last, date.max - timedelta(days=1)) + timedelta(days=1)
    return Statement(lines, found.number, first, end, found.opening, found.closing, found.pending)


def _read_told(row: _Row, found: _Found, layout: Layout) -> bool:
    """A name and its value, before the table or behind it; whether it is one that we know."""
    cells = [cell.strip() for cell in row.cells if cell.strip() not in ("", ":", "=")]
    if not cells:
        return False
    label, _, rest = cells[0].partition(":")
    name, values = _plain(label), ([rest] if rest.strip() else []) + cells[1:]
    value = values[0].strip() if values else ""
    if name in ACCOUNT:
        found.number = "".join(char for char in value if char.isascii() and char.isdigit()) or None
    elif name in PERIOD:
        found.period = _read(row, value, "period", lambda: read_period(value, "dmy"))
    elif name in OPENING:
        found.opening = _read(row, values[-1] if values else "", "amount", lambda: _signed(value, layout))
    elif name in CLOSING:
        found.closing = _read(row, values[-1] if values else "", "amount", lambda: _signed(value, layout))
    else:
        return name in TOTALS
    return True


def _read_row(row: _Row, width: int, found: _Found, places: Mapping[str, list[int]], layout: Layout) -> None:
    cells = _aligned(row, width, places)
    day = _cell(cells, places, "date").strip().lstrip("'").strip()
    if not day[:1].isdigit():
        if day.upper() in ("PEND", "PENDING"):
            found.pending += 1
            return
        if _read_told(row, found, layout) or [_plain(cell) for cell in cells if cell] == []:
            return
        if _places(row.cells, layout) == places:
            return  # the header of the next page
        raise _unread(row.line, day or " ".join(row.cells), "day")
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        raise _unread(row.line, ",".join(row.cells), "row")
    booked_on = _day(row, day, found.period, layout)
    account = _cell(cells, places, "account")
    number = "".join(char for char in account if char.isascii() and char.isdigit())
    if number:
        if found.number not in (None, number):
            raise _unread(row.line, account, "account")
        found.number = number
    told = " ".join(_cell_at(cells, place) for place in places["description"])
    balance = _cell(cells, places, "balance")
    found.lines.append(
        BankLine(
            row.line,
            booked_on,
            _amount(row, cells, places, layout),
            tidy(told) or "-",
            _read(row, balance, "amount", lambda: _signed(balance, layout)) if balance.strip() else None,
        )
    )


def _aligned(row: _Row, width: int, places: Mapping[str, list[int]]) -> list[str]:
    """The cells under their names: BCA writes CR and DB in a cell that its header does not have."""
    cells = row.cells
    if "amount" not in places or "sign" in places or len(cells) <= width:
        return cells
    at = places["amount"][0]
    if at + 1 < len(cells) and cells[at + 1].strip().upper() in ("CR", "DB"):
        return [*cells[:at], f"{cells[at]} {cells[at + 1].strip()}", *cells[at + 2 :]]
    return cells


def _cell_at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _cell(cells: Sequence[str], places: Mapping[str, list[int]], role: str) -> str:
    return _cell_at(cells, places[role][0]) if role in places else ""


def _day(row: _Row, text: str, period: tuple[date, date] | None, layout: Layout) -> date:
    try:
        return read_day(text, layout.dates, period)
    except YearlessError:
        raise StatementYearError(line=row.line, text=tidy(text)[:_SHOWN]) from None
    except ValueError:
        raise _unread(row.line, text, "day") from None


def _amount(row: _Row, cells: Sequence[str], places: Mapping[str, list[int]], layout: Layout) -> Decimal:
    """What came in, or with a minus what went out."""
    if "amount" not in places:
        went, came = (_part(row, _cell(cells, places, role), layout) for role in ("debit", "credit"))
        if (went == 0) == (came == 0):
            raise _unread(row.line, ",".join(row.cells), "amount")
        return came - went
    text, mark = _cell(cells, places, "amount"), _cell(cells, places, "sign")
    value, sign = _read(row, text, "amount", lambda: read_amount(text, layout.amounts))
    beside = _read(row, mark, "amount", lambda: direction(mark))
    if not value or (sign and beside and sign != beside):
        raise _unread(row.line, f"{text} {mark}", "amount")
    way = sign or beside or (1 if layout.minus else 0)
    if not way:
        raise _unread(row.line, text, "amount")
    return value * way


def _part(row: _Row, text: str, layout: Layout) -> Decimal:
    if text.strip() in ("", "-"):
        return Decimal(0)
    value, sign = _read(row, text, "amount", lambda: read_amount(text, layout.amounts))
    if sign:
        raise _unread(row.line, text, "amount")
    return value


def _signed(text: str, layout: Layout) -> Decimal:
    value, sign = read_amount(text, layout.amounts)
    return -value if sign < 0 else value


def _read(row: _Row, text: str, what: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (ValueError, OverflowError):
        raise _unread(row.line, text, what) from None


def _unread(line: int, text: str, what: str) -> StatementError:
    return StatementError(line=line, text=tidy(text)[:_SHOWN], what=what)
