"""A change of rent as people type it."""

from typing import TYPE_CHECKING

from ekost_cli.context import Context

if TYPE_CHECKING:
    from db.domain.raises import Change


def change_of(ekost: Context, text: str, currency: str) -> "Change":
    """`5%` or an amount of money. Raises RaiseError, AmountError."""
    from decimal import Decimal, InvalidOperation

    from db.domain.raises import Change, RaiseError

    if not text.rstrip().endswith("%"):
        return Change(amount=ekost.amount(text, currency))
    try:
        return Change(percent=Decimal(text.rstrip()[:-1].strip().replace(",", ".")).quantize(Decimal("0.001")))
    except InvalidOperation:
        raise RaiseError(text=text[:40]) from None
