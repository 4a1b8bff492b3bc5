"""Amounts in words, as papers have them beside the figures."""

import re
from decimal import Decimal

from locales.catalogs import current_language


def in_words(amount: Decimal, currency: str) -> str:
    """`Satu juta lima ratus ribu rupiah`: the amount in the reader's language, hundredths only where there are some."""
    from num2words import num2words  # noqa: PLC0415 - only papers need it

    language = current_language()
    whole, cents = divmod(int(amount.quantize(Decimal("0.01")) * 100), 100)
    spelt = re.sub(r"\b(juta|miliar|triliun) satu ribu\b", r"\1 seribu", num2words(whole, lang=language))
    words = f"{spelt} {_currency(whole, currency, language)}"
    if cents:
        words += f" {num2words(cents, lang=language)} {_CENTS.get((currency, language), '/ 100')}"
        words = re.sub(r"\bone cents$", "one cent", words)
    return words[:1].upper() + words[1:]


# What a hundredth is called; of other currencies it is written as a fraction.
_CENTS = {("IDR", "id"): "sen", ("IDR", "en"): "sen", ("USD", "id"): "sen", ("USD", "en"): "cents",
          ("EUR", "id"): "sen", ("EUR", "en"): "cents", ("SGD", "id"): "sen", ("SGD", "en"): "cents"}  # fmt: skip


def _currency(whole: int, currency: str, language: str) -> str:
    if currency == "IDR":
        return "rupiah"
    from babel.numbers import get_currency_name  # noqa: PLC0415 - half a second of locale data

    return get_currency_name(currency, whole, locale=language)
