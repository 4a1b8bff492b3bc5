"""Numbers of payments, charges and imports as people type them."""

from db.errors import N_, UsageError


class EntryNumberError(UsageError):
    """Not a number that a list could have shown."""

    code = "entry_number"
    message = N_("“{text}” is not a number of an entry.")
    hint = N_("Use the number in the first column of the list.")


def entry_number(text: str) -> int:
    """The id that was typed. Raises EntryNumberError."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise EntryNumberError(text=text[:40])
    return int(digits)
