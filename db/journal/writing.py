"""The whole journal, line by line: accounts before they are used, entries by day, and what they must come to."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from db.errors import N_, UsageError
from db.journal import accounts
from db.journal.entries import Transaction, standings, transactions
from db.journal.syntax import SYNTAXES, Syntax

_LAST = date(9998, 12, 30)


class SpanTurnedError(UsageError):
    """The last day comes before the first."""

    code = "span_turned"
    message = N_("{since} comes after {until}: there is no day between them.")
    hint = N_("Exchange the two days.")


class Span(NamedTuple):
    """What a journal is about: a property or all, and the days from `since` to `until`, both included."""

    property_id: int | None = None
    since: date | None = None
    until: date | None = None


def journal(conn: Connection, syntax: str, title: str, span: Span) -> Iterator[str]:
    """The lines of a journal in a `syntax` of SYNTAXES. What was before `since` is one entry for each property.

    Needs memory for the accounts alone. Raises SpanTurnedError.
    """
    if span.since and span.until and span.since > span.until:
        raise SpanTurnedError(since=span.since, until=span.until)
    writer = SYNTAXES[syntax]()
    book = _Book(writer)
    yield from writer.head(title)
    until = span.until or _LAST
    found = transactions(conn, span.property_id, until)
    for told in _opened(found, span.since) if span.since else found:
        yield from book.entry(told)
    yield from book.end(conn, span, until)


class _Book:
    """Remembers what has been declared, and when the last entry was."""

    def __init__(self, writer: Syntax) -> None:
        self._writer = writer
        self._known: set[str] = set()
        self._last: date | None = None

    def entry(self, told: Transaction) -> Iterator[str]:
        self._last = told.day
        if told.currency not in self._known:
            self._known.add(told.currency)
            yield from self._writer.currency(told.currency)
        yield ""
        for account, _amount in told.postings:
            if account not in self._known:
                self._known.add(account)
                yield from self._writer.declare(account, told.day, told.names.get(account, ""))
        yield from self._writer.transaction(told)

    def end(self, conn: Connection, span: Span, until: date) -> Iterator[str]:
        """Every tenant's balance and deposit as the book has it: both programs refuse a journal that differs."""
        if self._last is None:
            return
        day = span.until or self._last
        told = (one for one in standings(conn, span.property_id, until) if one.account in self._known)
        yield ""
        yield from self._writer.assertions(day, told)


def _opened(found: Iterable[Transaction], since: date) -> Iterator[Transaction]:
    """The same, with all that was before `since` as what was there on that day."""
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    names: dict[str, str] = {}
    begun = False
    for told in found:
        if told.day < since:
            there = sums.setdefault((told.property, told.currency), {})
            for account, amount in told.postings:
                there[account] = there.get(account, Decimal(0)) + amount
            names |= told.names
            continue
        if not begun:
            begun = True
            yield from _openings(sums, names, since)
        yield told
    if not begun:
        yield from _openings(sums, names, since)


def _openings(
    sums: dict[tuple[str, str], dict[str, Decimal]], names: dict[str, str], since: date
) -> Iterator[Transaction]:
    for (prop, currency), there in sorted(sums.items()):
        # What was earned and spent before is no income of these days.
        kept = {name: amount for name, amount in there.items() if amount and name.startswith(("Assets", "Liabilities"))}
        postings = (*sorted(kept.items()), (accounts.opening(prop), -sum(kept.values(), Decimal(0))))
        yield Transaction(since, prop, currency, "", "opening balances", {"property": prop}, postings, names)
