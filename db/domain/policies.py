"""How people write late fees and the order of payments: `1%/day`, `30%`, `rent,utilities,other,late_fee`.

What is shown is written as it may be typed again.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from db.domain.late_fees import LateFee, Mode
from db.errors import N_, UsageError

# What payments fill first, of what is due on one day (R12).
CHARGE_ORDER = ("rent", "utilities", "other", "late_fee")
_NONE = frozenset({"off", "none", "no", "tidak"})
_PERCENT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?) ?%(?: ?(?:/|per ) ?(?:day|hari|d|h))?", re.ASCII)
Reader = Callable[[str], Decimal]


class LateFeeFormError(UsageError):
    """A text is no late fee, or no cap of one."""

    code = "late_fee_form"
    message = N_("“{text}” is no late fee.")
    hint = N_("Write off, an amount such as 50000, or percent a day such as 1%/day.")


class ChargeOrderError(UsageError):
    """Not every kind of debt, each once."""

    code = "charge_order"
    message = N_("“{text}” is no order of charges.")
    hint = N_("Write rent, utilities, other and late_fee in the order wanted, with commas between them.")


def read_late_fee(text: str, amount: Reader) -> tuple[Mode, Decimal]:
    """The mode and rate of `off`, `50000` or `1%/day`. Raises LateFeeFormError, AmountError."""
    word = text.strip().lower()
    if word in _NONE:
        return "off", Decimal(0)
    if (percent := _percent(word)) is not None:
        return "percent", percent
    flat = amount(text)
    if flat <= 0:
        raise LateFeeFormError(text=text[:40])
    return "flat", flat


def read_cap(text: str, amount: Reader) -> tuple[Decimal | None, Decimal | None]:
    """Percent of the charge, or an amount; of `none` neither. Raises LateFeeFormError, AmountError."""
    word = text.strip().lower()
    if word in _NONE:
        return None, None
    if (percent := _percent(word)) is not None:
        return percent, None
    most = amount(text)
    if most <= 0:
        raise LateFeeFormError(text=text[:40])
    return None, most


def read_charge_order(text: str) -> list[str]:
    """The kinds in the order in which payments fill them. Raises ChargeOrderError."""
    kinds = [kind.strip().lower() for kind in text.split(",")]
    if sorted(kinds) != sorted(CHARGE_ORDER):
        raise ChargeOrderError(text=text[:60])
    return kinds


def fee_words(fee: LateFee) -> str:
    """A late fee as it may be typed again."""
    if fee.mode == "off":
        return "off"
    return f"{_plain(fee.rate)}%/day" if fee.mode == "percent" else f"{fee.rate:f}"


def cap_words(fee: LateFee) -> str | None:
    """A cap as it may be typed again, None without one."""
    if fee.cap_percent is not None:
        return f"{_plain(fee.cap_percent)}%"
    return None if fee.cap_amount is None else f"{fee.cap_amount:f}"


def order_words(order: Sequence[str]) -> str:
    """An order as it may be typed again."""
    return ",".join(order)


def _percent(word: str) -> Decimal | None:
    found = _PERCENT.fullmatch(word)
    if found is None:
        return None
    percent = Decimal(found.group(1).replace(",", "."))
    if percent <= 0:
        raise LateFeeFormError(text=word[:40])
    return percent


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
