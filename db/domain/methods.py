"""How money changes hands."""

from db.errors import N_, UsageError

CASH = "cash"
METHODS = (CASH, "transfer", "qris", "ewallet", "other")


class MethodError(UsageError):
    """Not a way to pay that we know."""

    code = "method"
    message = N_("{value} is no payment method.")
    hint = N_("Use cash, transfer, qris, ewallet or other.")


def require_method(value: str) -> str:
    """The method, if it is one. Raises MethodError."""
    if value not in METHODS:
        raise MethodError(value=value[:40])
    return value
