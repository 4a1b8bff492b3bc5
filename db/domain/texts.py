"""Text that a person typed or a file brought: what may be stored, and what may not."""

import re
import unicodedata

from db.errors import N_, RuleError

# Control, bidirectional and invisible characters: they could rewrite a terminal or hide a name.
HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

# In which tenants are written to: receipts, reminders.
RECIPIENT_LANGUAGES = ("id", "en")


class UncleanTextError(RuleError):
    """The text holds characters that a terminal would obey instead of show."""

    code = "text_control"
    message = N_("{field} holds a control or invisible character.")
    hint = N_("Type it again by hand; pasted text often brings such characters.")


class TextLengthError(RuleError):
    """The text is empty or too long."""

    code = "text_length"
    message = N_("{field} needs 1 to {most} characters, not {length}.")


class CodeFormError(RuleError):
    """A code or number may hold only letters, digits and a few signs."""

    code = "code_form"
    message = N_("{value} is no valid code: use letters, digits, - and _.")
    hint = N_("A tenant's code also needs at least one letter.")


def clean(text: str, field: str, most: int = 200) -> str:
    """The text in NFC, without blanks around it. Raises UncleanTextError, TextLengthError."""
    if HARMFUL.search(text):
        raise UncleanTextError(field=field)
    tidy = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(tidy) <= most:
        raise TextLengthError(field=field, most=most, length=len(tidy))
    return tidy


def clean_or_none(text: str | None, field: str, most: int = 200) -> str | None:
    """Like `clean`; nothing, or only blanks, is None."""
    return None if text is None or not text.strip() else clean(text, field, most)


def clean_code(text: str, *, most: int = 16, letter: bool = False) -> str:
    """A code in capitals. Raises CodeFormError."""
    code = text.strip().upper()
    allowed = re.fullmatch(r"[A-Z0-9][A-Z0-9._-]*", code) is not None and len(code) <= most
    if not allowed or (letter and (not re.search("[A-Z]", code) or "." in code)):
        raise CodeFormError(value=code[:40].encode("ascii", "replace").decode())
    return code


def code_from_name(name: str) -> str:
    """A short code from the first word of a name: `Siti Aminah` gives SITI."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = re.findall(r"[A-Z]+", plain)
    return (next((word for word in words if len(word) > 1), None) or "T")[:16]
