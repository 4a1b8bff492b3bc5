"""The lines of a form as data: what each is called, how it is read, and how a shell would be told the same."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from shlex import quote
from typing import Any, NamedTuple

from db.domain.days import parse_date
from db.domain.money import parse_amount
from db.errors import EkostError, RuleError, UsageError
from locales.catalogs import N_, _, current_language
from locales.fields import HOME_CURRENCY
from locales.statuses import status_word
from tui.clock import today

Given = Mapping[str, Any]
Typed = Mapping[str, str]


class NeededError(UsageError):
    """A line of a form is empty that can't be."""

    code = "needed"
    message = N_("Something must stand here: {entry}.")


class NotWholeError(UsageError):
    """A line of a form is no whole number."""

    code = "not_whole"
    message = N_("“{text}” is not a whole number.")


class AlreadyDoneError(RuleError):
    """What was typed changed after an attempt that got no answer and yet was recorded."""

    code = "already_done"
    message = N_("The first attempt was recorded, as it stood then.")
    hint = N_("Leave this form and look; nothing was recorded twice.")


class UnforeseenError(EkostError):
    """A fault of ours inside a form: only the name of its class is told, since its text may hold people's data."""

    code = "unforeseen"
    message = N_("Something happened here that nobody foresaw ({name}).")
    hint = N_("What was typed is still there: try again, or leave and look.")


class Place(NamedTuple):
    """Where something is typed: the day and the money of the property."""

    today: date
    currency: str


def at_home() -> Place:
    """Where nothing names a property."""
    return Place(today(), HOME_CURRENCY)


def words(text: str, place: Place) -> str:
    """A text as it was typed."""
    return text


def amount(text: str, place: Place) -> Any:
    """An amount (M4). Raises subclasses of AmountError."""
    return parse_amount(text, language=current_language(), currency=place.currency)


def day(text: str, place: Place) -> date:
    """A day as on the command line. Raises DateError."""
    return parse_date(text, place.today)


def whole(text: str, place: Place) -> int:
    """A whole number. Raises NotWholeError."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise NotWholeError(text=text)
    return int(digits)


def plain(amount: Decimal) -> str:
    """An amount as it is typed, cents only where there are some."""
    return f"{amount:f}".removesuffix(".00")


# What a line for a day begins with, in the language of now: both languages' words are read.
TODAY = N_("today")


class Entry(NamedTuple):
    """A line. `option` is its option of the command, or None where the value stands without one.

    `usual` stands there at first and is what the command takes by itself. What `offers` can be chosen from a list;
    of few `choices`, codes that are `said` in words, all stand in the line.
    """

    name: str
    label: str
    read: Callable[[str, Place], Any] = words
    option: str | None = None
    needed: bool = False
    usual: str = ""
    choices: tuple[str, ...] = ()
    said: Callable[[str], str] = status_word
    offers: bool = False

    @property
    def stands(self) -> str:
        """What stands in the line at first."""
        return _(self.usual) if self.usual == TODAY else self.usual or "".join(self.choices[:1])


def read_entry(entry: Entry, text: str, place: Place) -> Any:
    """What a line means; None for an empty one. Raises what its reader raises."""
    return entry.read(text.strip(), place) if text.strip() else None


def spoken(entries: Iterable[Entry], typed: Typed) -> list[str]:
    """The lines as arguments and options of a command, without what it takes by itself."""
    said: list[str] = []
    for entry in entries:
        text = typed[entry.name].strip()
        if entry.option is None:
            said.append(quote(text) if text else entry.name.upper())
        elif text and not (entry.usual and text in (entry.usual, entry.stands)):
            said += [entry.option, quote(text)]
    return said
