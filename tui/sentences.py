"""An error as a person is told it on a screen."""

from db.errors import EkostError
from locales.sentences import filled


def sentence(error: EkostError) -> str:
    """What went wrong, and what to do about it."""
    return " ".join(filter(None, (filled(text, error.fields) for text in (error.message, error.hint))))
