"""Words and colours for states and kinds, where commands look for them."""

from locales.statuses import status_style, status_word

__all__ = ["status_style", "status_word"]
