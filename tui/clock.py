"""The day of today where nothing names a property."""

from datetime import UTC, date, datetime

from db.domain.dates import business_date
from locales.fields import HOME_TIMEZONE


def today() -> date:
    """The day on the wall at home (M3)."""
    return business_date(datetime.now(UTC), HOME_TIMEZONE)
