"""Utilities by the meter (R16): what was used between two readings, what it costs, and who pays which part.

usage × the tariff of the reading's day, exact, rounded half up once: a rounded price of a day, or a usage that is
rounded first, would not add up to what the meter says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median

from db.domain.money import round_to_step, split_evenly
from db.domain.notation import ENGLISH, decimals, readings_of
from db.domain.periods import Period
from db.errors import N_, RuleError, UsageError

# What NUMERIC(12,3) holds.
LARGEST = Decimal("999999999.999")
# So many times the usual usage of a day is asked about once more.
JUMP = Decimal(3)
UNITS = {"electricity": "kWh", "water": "m3", "gas": "m3", "other": "unit"}
KINDS = tuple(UNITS)
MODES = ("included", "flat", "metered", "token")


class ReadingTextError(UsageError):
    """A text is not what a meter shows."""

    code = "reading_invalid"
    message = N_("“{text}” is not a meter reading.")
    hint = N_("Write the figures of the meter, like 1327.8 or 1327,8, with at most three decimals.")


class ReadingAmbiguousError(ReadingTextError):
    """The text has two readings, and a guess could be wrong a thousandfold."""

    code = "reading_ambiguous"
    message = N_("“{text}” can be read as {first} or as {second}.")
    hint = N_("Write it without a sign that groups thousands, like 1327, or with other decimals, like 1327.80.")


class ReadingFallsError(RuleError):
    """A meter never counts backwards."""

    code = "reading_falls"
    message = N_("Meter {meter} showed {previous} on {day}; {value} is less.")
    hint = N_("If the meter was replaced, say so: --replaced OLD_LAST NEW_FIRST.")


class ReadingOrderError(RuleError):
    """Readings come one after the other."""

    code = "reading_order"
    message = N_("Meter {meter} has a reading of {day} already; {read_on} is before that.")
    hint = N_("Take the later readings back first (`ekost meter void`), then enter all of them again.")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A new meter in the place of an old one: the last figure of the old one, the first of the new one."""

    old_last: Decimal
    new_first: Decimal


def parse_reading(text: str) -> Decimal:
    """What a meter shows, as a person types it: `1327.8`, `1327,8`, `1.327,8`; at most three decimals.

    Raises ReadingAmbiguousError for what may be thousands or decimals (`1.327`), ReadingTextError.
    """
    plain = text.strip()
    found = sorted(set(readings_of(plain))) if len(plain) <= 20 and re.fullmatch("[0-9.,]+", plain, re.ASCII) else []
    if len(found) == 2:
        raise ReadingAmbiguousError(text=plain, first=found[0].normalize(), second=found[1])
    return _checked(found[0] if found else None, text)


def parse_shown(text: str) -> tuple[Decimal, Replacement | None]:
    """What a meter shows, or of a replaced one the old one's last figure before it: `1340>12.5`, or with the new one's
    first figure between them, `1340>3>12.5`. Raises as `parse_reading`.
    """
    old, *rest = text.split(">")
    if not rest:
        return parse_reading(text), None
    if len(rest) > 2:
        raise ReadingTextError(text=text[:40])
    first = parse_reading(rest[0]) if len(rest) == 2 else Decimal(0)
    return parse_reading(rest[-1]), Replacement(parse_reading(old), first)


def parse_machine_reading(text: str) -> Decimal:
    """What a meter shows, in a file: `1327` or `1327.8`. Raises ReadingTextError."""
    plain = text.strip() if len(text) <= 40 and "," not in text else ""
    return _checked(ENGLISH.read(plain), text)


def usage_between(
    previous: Decimal,
    value: Decimal,
    replacement: Replacement | None = None,
    *,
    meter: str = "",
    on: date | None = None,
) -> Decimal:
    """What was used between two readings, never less than nothing (R16). Raises ReadingFallsError.

    With a replacement: what the old meter counted up to its last figure, and the new one from its first.
    """
    last, first = (value, value) if replacement is None else (replacement.old_last, replacement.new_first)
    if last < previous:
        raise ReadingFallsError(meter=meter, previous=previous, day=on, value=last)
    if value < first:
        raise ReadingFallsError(meter=meter, previous=first, day=on, value=value)
    return last - previous + value - first


def cost_of(usage: Decimal, price: Decimal, step: Decimal) -> Decimal:
    """usage × price, exact until one rounding, half up, to the property's step (R16, M2)."""
    return round_to_step(usage * price, step)


def shares_of(amount: Decimal, tenants: int, step: Decimal) -> tuple[Decimal, ...]:
    """What each of those who live in a room pays: as even as the step allows, and all of it together (R9)."""
    return split_evenly(amount, tenants, step) if tenants else ()


def flat_share(amount: Decimal, days: int | None, of_days: int | None, step: Decimal, *, whole: bool) -> Decimal:
    """The flat amount of a month for a rent period: all of it, or of a part of a month as its rent is (R3)."""
    if whole or not days or not of_days or days >= of_days:
        return amount
    return min(round_to_step(Fraction(amount) * days / of_days, step), amount)


def span_of(previous_on: date, read_on: date) -> Period | None:
    """The days between two readings; None where both are of one day."""
    return Period(previous_on, read_on) if previous_on < read_on else None


def is_jump(usage: Decimal, days: int, earlier: Sequence[tuple[Decimal, int]], factor: Decimal = JUMP) -> bool:
    """Whether more than `factor` times the usual was used: the median of earlier usages per day.

    `earlier` holds usages and their days; where nothing was used or read before, nothing is usual.
    """
    usual = median(used / max(length, 1) for used, length in earlier) if earlier else Decimal(0)
    return usual > 0 and usage / max(days, 1) > factor * usual


def working(
    previous: Decimal, value: Decimal, replacement: Replacement | None, unit: str, price: Decimal, sharers: int = 1
) -> str:
    """How a charge was worked out, in plain figures that every language shows its own way.

    `1250.3 → 1327.8 = 77.5 kWh × 1445`; with a replaced meter `1250.3 → 1260, 0 → 12.5 = …`; shared: `… ÷ 2`.
    """
    usage = usage_between(previous, value, replacement)
    spans = [(previous, value)]
    if replacement is not None:
        spans = [(previous, replacement.old_last), (replacement.new_first, value)]
    counted = ", ".join(f"{plain(start)} → {plain(end)}" for start, end in spans)
    shared = f" ÷ {sharers}" if sharers > 1 else ""
    return f"{counted} = {plain(usage)} {unit} × {plain(price)}{shared}"


def plain(figure: Decimal) -> str:
    """A figure without needless zeros, and never with an exponent."""
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _checked(value: Decimal | None, text: str) -> Decimal:
    if value is None or value > LARGEST or decimals(value) > 3:
        shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:40])
        raise ReadingTextError(text=shown)
    return value
