"""Dates as people type them, where commands look for them."""

from db.domain.days import DateError, parse_date

__all__ = ["DateError", "parse_date"]
