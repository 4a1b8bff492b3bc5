"""What a cell says: every rule for a single text, the same for a file as for the command line.

A spreadsheet's export may put an apostrophe before a text that begins like a formula; it is taken off again.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from db.domain.dates import LATEST, require_plausible
from db.domain.methods import METHODS, MethodError
from db.domain.money import parse_amount, parse_machine_amount, require_positive
from db.domain.texts import clean, clean_or_none
from db.errors import N_, UsageError

# Reads one cell: the text of the value as the database takes it, or None for nothing. Raises EkostError.
Reader = Callable[[str], str | None]

_SHOWN = 40

_GUARDED = re.compile(r"'[\s\u00a0]*[=+\-@'＝＋－＠]")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DMY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", re.ASCII)
_METHODS = {name: name for name in METHODS} | {
    "": "cash",
    "tunai": "cash",
    "kas": "cash",
    "transfer bank": "transfer",
    "bank": "transfer",
    "tf": "transfer",
    "e-wallet": "ewallet",
    "dompet digital": "ewallet",
    "lainnya": "other",
    "lain-lain": "other",
}
_BASES = {
    "": "per_tenant", "per_tenant": "per_tenant", "per tenant": "per_tenant", "per penyewa": "per_tenant",
    "split_room": "split_room", "split room": "split_room", "per kamar": "split_room", "bagi rata": "split_room",
}  # fmt: skip


class CellMissingError(UsageError):
    """A cell that must not be empty is."""

    code = "cell_missing"
    message = N_("Nothing stands under {column}.")


class CellDateError(UsageError):
    """A cell is not a day of the calendar in the notation of the file."""

    code = "date_invalid"
    message = N_("“{text}” is not a date.")
    hint = N_("Write it like 2026-03-01, or name the notation of the file with --dates dmy for 01/03/2026.")


class CellNumberError(UsageError):
    """A cell is not a whole number."""

    code = "number_invalid"
    message = N_("“{text}” is not a whole number.")


class BasisError(UsageError):
    """Not a way in which the tenants of a room pay."""

    code = "basis"
    message = N_("“{text}” is not a basis of rent.")
    hint = N_("Write per_tenant (per penyewa) or split_room (per kamar).")


def unguarded(text: str) -> str:
    """The text without the apostrophe that keeps a spreadsheet from computing it."""
    return text[1:] if _GUARDED.match(text) else text


def required(reader: Reader, column: str) -> Reader:
    """A reader that refuses an empty cell under `column` with CellMissingError."""

    def read(text: str) -> str | None:
        if not text.strip():
            raise CellMissingError(column=column)
        return reader(text)

    return read


def words_reader(field: str, most: int) -> Reader:
    """Free text of at most `most` characters. The reader raises UncleanTextError, TextLengthError."""
    return lambda text: clean_or_none(unguarded(text), field, most)


def amount_reader(notation: str) -> Reader:
    """Money, positive (M4). The reader raises AmountError, NonPositiveAmountError."""
    return lambda text: str(require_positive(read_amount(text, notation)))


def past_reader(notation: str) -> Reader:
    """A day, as ISO text. The reader raises CellDateError, DateTooOldError; what is in the future a calendar knows."""

    def read(text: str) -> str:
        day = parse_date(text, notation)
        require_plausible(min(day, LATEST))
        return day.isoformat()

    return read


def payment_readers(options: Mapping[str, Any]) -> dict[str, Reader]:
    """How the cells of a payment are read; an empty method is cash."""
    return {
        "tenant": words_reader("tenant", 200),
        "amount": amount_reader(options["amounts"]),
        "date": past_reader(options["dates"]),
        "method": read_method,
        "reference": words_reader("reference", 200),
        "note": words_reader("note", 500),
    }


def read_amount(text: str, notation: str) -> Decimal:
    """Money in machine format, or with `id` as an Indonesian writes it (M4). Raises AmountError."""
    plain = unguarded(text)
    return parse_amount(plain, language="id") if notation == "id" else parse_machine_amount(plain)


def read_date(text: str, notation: str) -> date:
    """A day as `parse_date` reads it. Raises CellDateError, DateTooOldError, DateTooFarError."""
    return require_plausible(parse_date(text, notation))


def parse_date(text: str, notation: str) -> date:
    """A day written year-month-day, or with `dmy` also day/month/year. Raises CellDateError."""
    plain = unguarded(text).strip()
    turned = _DMY.fullmatch(plain) if notation == "dmy" else None
    if turned is None and _ISO.fullmatch(plain) is None:
        raise CellDateError(text=shown(plain))
    try:
        return date(int(turned[3]), int(turned[2]), int(turned[1])) if turned else date.fromisoformat(plain)
    except ValueError:
        raise CellDateError(text=shown(plain)) from None


def read_number(text: str) -> int:
    """A small whole number. Raises CellNumberError."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 6):
        raise CellNumberError(text=shown(plain))
    return int(plain)


def read_method(text: str) -> str:
    """A way to pay, in either language. Raises MethodError, UncleanTextError."""
    word = clean(text, "method").lower() if text.strip() else ""
    if word not in _METHODS:
        raise MethodError(value=word[:_SHOWN])
    return _METHODS[word]


def read_basis(text: str) -> str:
    """How the tenants of a room pay, in either language; per tenant if nothing is said. Raises BasisError."""
    word = text.strip().lower()
    if word not in _BASES:
        raise BasisError(text=shown(text))
    return _BASES[word]


def shown(text: str) -> str:
    """A text as an error repeats it: not longer than a line."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
