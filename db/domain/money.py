"""Money (M1, M2, M4): exact decimals, one rounding at the end, and a parser that never guesses.

Without it a float loses a rupiah here, a library reads `1.5` as 15 there, and two halves of a rent
no longer add up to the rent.
"""

import re
from decimal import Decimal
from fractions import Fraction

from db.domain.notation import (
    INDONESIAN,
    Notation,
    Written,
    decimals,
    factors,
    notation_of,
    readings_of,
    take_apart,
)
from db.errors import N_, RuleError, UsageError

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
# What NUMERIC(14,2) holds.
LARGEST = Decimal("999999999999.99")
_LONGEST_TEXT = 64
_SHOWN = 40
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)


class AmountError(UsageError):
    """A text is not an amount of money; the base of every reading error."""

    code = "amount_invalid"
    message = N_("“{text}” is not an amount.")
    hint = N_("Write it like 1500000, 1.500.000, Rp1.500.000, 1,5jt or 750rb.")


class AmountInvalidError(AmountError):
    """The text has no reading at all."""


class AmountNotPlainError(AmountError):
    """A cell of a file is not in machine format."""

    code = "amount_not_plain"
    message = N_("“{text}” is not a plain amount.")
    hint = N_("Write 1500000 or 1500000.00, or name the notation of the file with --amounts id.")


class AmountAmbiguousError(AmountError):
    """The text has two readings, and a guess could be wrong a thousandfold."""

    code = "amount_ambiguous"
    message = N_("“{text}” can be read as {first} or as {second}.")
    hint = N_("Write it without separators, like 1500000, or in full, like Rp1.500.000,00.")


class AmountScaleError(AmountError):
    """More decimals than money has; the database would round them away silently."""

    code = "amount_scale"
    message = N_("“{text}” has more than two decimals.")
    hint = N_("Write at most two decimals, like 1500000.00.")


class AmountTooLargeError(AmountError):
    """More than NUMERIC(14,2) holds."""

    code = "amount_too_large"
    message = N_("“{text}” is too large: an amount is at most {largest}.")
    hint = N_("Check for digits too many.")


class NonPositiveAmountError(RuleError):
    """Zero or less where only more than zero makes sense."""

    code = "amount_not_positive"
    message = N_("An amount must be more than zero, not {amount}.")
    hint = N_("To take money back, void the payment instead.")


def parse_amount(text: str, *, language: str = "id", currency: str = "IDR") -> Decimal:
    """Read money typed by a person, negative if it says so, with two decimals (M4).

    A lone separator counts only where the language and the currency agree on it: `750.000` is
    Indonesian for rupiah, `1,500` and `1.5` are refused. Raises subclasses of AmountError.
    """
    written = take_apart(text) if len(text) <= _LONGEST_TEXT else None
    if written is None or written.mark not in _marks(currency):
        raise AmountInvalidError(text=_shown(text))
    return _checked(_decide(written, text, _voters(written, language, currency)), text)


def parse_machine_amount(text: str) -> Decimal:
    """Read money from a file: `1500000` or `1500000.00`, a minus allowed (M4)."""
    plain = text.strip(" \t\r\n") if len(text) <= _LONGEST_TEXT else ""
    if _PLAIN.fullmatch(plain) is None:
        raise AmountNotPlainError(text=_shown(text))
    return _checked(Decimal(plain), text)


def require_positive(amount: Decimal) -> Decimal:
    """The amount itself, or NonPositiveAmountError."""
    if not amount > 0:
        raise NonPositiveAmountError(amount=amount)
    return amount


def round_to_step(value: Fraction | Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of `step`, halves away from zero so that a credit mirrors its charge (M2)."""
    exact, unit = Fraction(value), Fraction(step)
    if unit <= 0:
        raise ValueError(f"a rounding step is more than zero, not {step}")
    count = int(abs(exact) / unit + Fraction(1, 2))
    return (Decimal(count if exact >= 0 else -count) * step).quantize(CENT)


def split_evenly(total: Decimal, parts: int, step: Decimal) -> tuple[Decimal, ...]:
    """Shares that differ by at most `step` and add up exactly, the larger ones first (R9)."""
    if parts < 1 or step <= 0:
        raise ValueError(f"can't split into {parts} parts of step {step}")
    if total < 0:
        return tuple(-share for share in split_evenly(-total, parts, step))
    base = Decimal(int(Fraction(total) / parts / Fraction(step))) * step
    left = total - base * parts
    shares = []
    for _ in range(parts):
        # What is smaller than a step can't be shared; it goes whole to the next in line.
        extra = min(step, left)
        shares.append((base + extra).quantize(CENT))
        left -= extra
    return tuple(shares)


def complement(total: Decimal, first: Decimal) -> Decimal:
    """The second part of an amount split in two: never rounded by itself (M2)."""
    return total - first


def _marks(currency: str) -> tuple[str, ...]:
    return ("", "rp", "idr") if currency == "IDR" else ("", currency.lower())


def _voters(written: Written, language: str, currency: str) -> tuple[Notation, ...]:
    """The notations that must agree on a lone separator."""
    if written.mark == "rp" or written.unit:
        return (INDONESIAN,)
    return (notation_of(language), INDONESIAN) if currency == "IDR" else (notation_of(language),)


def _decide(written: Written, text: str, voters: tuple[Notation, ...]) -> Decimal:
    """The one value that the writer can have meant, or the error that says why there is none."""
    readings = readings_of(written.number)
    if not readings:
        raise AmountInvalidError(text=_shown(text))
    if not written.unit and all(decimals(reading) > 2 for reading in readings):
        raise AmountScaleError(text=_shown(text))
    meanings = readings if written.speaks_for_itself else _meanings(written, voters)
    scales = [-factor if written.negative else factor for factor in factors(written.unit)]
    values = list(dict.fromkeys(meaning * scale for meaning in meanings for scale in scales))
    if len(values) > 1:
        # As texts: an amount in the reader's own notation would look like what was typed.
        first, second = (f"{_tidy(value):f}" for value in values[:2])
        raise AmountAmbiguousError(text=_shown(text), first=first, second=second)
    return values[0]


def _meanings(written: Written, voters: tuple[Notation, ...]) -> list[Decimal]:
    """What a number with one lone separator can mean: one value only when all voters read it alike."""
    votes = {notation.read(written.number) for notation in voters}
    agreed = votes.pop() if len(votes) == 1 else None
    # `1.500jt` is written for 1.5 million as often as for 1500 million.
    grouped = written.unit and "." in written.number
    if agreed is not None and decimals(agreed) <= 2 and not grouped:
        return [agreed]
    return [*readings_of(written.number), Decimal(re.sub("[.,]", "", written.number))]


def _checked(value: Decimal, text: str) -> Decimal:
    """The value as NUMERIC(14,2) holds it, refused where the database would round or overflow."""
    if abs(value) > LARGEST:
        raise AmountTooLargeError(text=_shown(text), largest=LARGEST)
    if decimals(value) > 2:
        raise AmountScaleError(text=_shown(text))
    return value.quantize(CENT) + ZERO  # adding zero turns -0.00 into 0.00


def _tidy(value: Decimal) -> Decimal:
    """Without the zeros that would make 1.5 look like 1.500 again."""
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def _shown(text: str) -> str:
    """The text as an error may repeat it: short, and unable to steer a terminal."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in cut)
