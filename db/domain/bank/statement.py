"""A statement as any bank's file tells it, and whether it adds up.

A line that was lost in a download, or read with the wrong sign, shows in the balances and nowhere else: so they are
an assertion, and a file that breaks it is refused.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from db.errors import N_, RuleError, UsageError


class StatementError(UsageError):
    """Something in the file can't be read; the base of what is told by line."""

    code = "statement_line"
    message = N_("Line {line}: “{text}” can't be read as {what}.")
    hint = N_("Nothing was kept. Is it the right --format, with the right --dates and --amounts?")


class StatementYearError(UsageError):
    """A day without a year, and no period, or a too long one, that would tell it."""

    code = "statement_year"
    message = N_("Line {line}: the year of “{text}” is not certain: the file names no period that holds this day once.")
    hint = N_("Download the statement with its period in the header, of a year at most.")


class StatementFormError(UsageError):
    """The file has no table of this bank."""

    code = "statement_form"
    message = N_("The file has no table with the columns {columns}.")
    hint = N_("Use --format bca, mandiri, bni or generic, as the file was downloaded.")


class BalanceBrokenError(RuleError):
    """Lines and balances contradict each other."""

    code = "statement_balance"
    message = N_("Line {line}: the balance should be {expected}, but the statement says {told}.")
    hint = N_("A line may be missing: download it again, or import it with --no-assert, which is written down.")


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line; `amount` is above zero for money that came in, `balance` the one behind it, `line` where it stands."""

    line: int
    booked_on: date
    amount: Decimal
    description: str
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file holds, the oldest line first. `period_end` is the day after the last; `pending` are left out."""

    lines: tuple[BankLine, ...]
    number: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    pending: int = 0


def in_order(lines: Sequence[BankLine]) -> tuple[BankLine, ...]:
    """The oldest line first: some banks write the latest first, and days or balances tell so."""
    backwards = tuple(reversed(lines))
    days = [line.booked_on for line in lines]
    if days != sorted(days):
        return backwards if days == sorted(days, reverse=True) else tuple(lines)
    one_day = len(set(days)) == 1
    return backwards if one_day and not _follows(lines) and _follows(backwards) else tuple(lines)


def _follows(lines: Sequence[BankLine]) -> bool:
    known = [line for line in lines if line.balance is not None]
    pairs = pairwise(known)
    return all(a.balance is not None and a.balance + b.amount == b.balance for a, b in pairs)


def assert_balances(statement: Statement) -> bool | None:
    """Whether opening and lines come to each balance and to the closing one; None where nothing is told to compare.

    Raises BalanceBrokenError.
    """
    running, compared, last = statement.opening, False, 0
    for line in statement.lines:
        last = line.line
        if running is not None:
            running += line.amount
        if line.balance is not None:
            if running is not None:
                _equal(line.line, running, line.balance)
                compared = True
            running = line.balance
    if statement.closing is not None and running is not None:
        _equal(last, running, statement.closing)
        compared = True
    return True if compared else None


def _equal(line: int, expected: Decimal, told: Decimal) -> None:
    if expected != told:
        raise BalanceBrokenError(line=line, expected=f"{expected:f}", told=f"{told:f}")


def fingerprints(lines: Sequence[BankLine]) -> Iterator[bytes]:
    """What tells each line from others of its account: the same in every statement that holds its whole day.

    Two transfers alike on one day are the first and the second of that day. The balance is left out: not every
    export has it.
    """
    seen: Counter[tuple[date, Decimal, str]] = Counter()
    for line in lines:
        key = (line.booked_on, line.amount, "".join(line.description.upper().split()))
        seen[key] += 1
        told = "\n".join((key[0].isoformat(), f"{key[1]:.2f}", key[2], str(seen[key])))
        yield hashlib.sha256(told.encode()).digest()
