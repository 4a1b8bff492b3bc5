"""Business dates (M3)."""

from datetime import UTC, date, datetime

import pytest

from db.domain.dates import FutureDateError, TimezoneError, business_date, require_not_future


def test_six_in_the_evening_utc_is_already_april_in_jakarta() -> None:
    instant = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
    assert business_date(instant, "Asia/Jakarta") == date(2026, 4, 1)
    assert business_date(instant, "UTC") == date(2026, 3, 31)


def test_an_instant_without_an_offset_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="offset"):
        business_date(datetime(2026, 3, 31, 18, 0), "Asia/Jakarta")  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("timezone", ["Asia/Jakarata", "", "../../etc/passwd", "/etc/localtime", "Asia", "a\0b"])
def test_an_unknown_time_zone_is_refused(timezone: str) -> None:
    with pytest.raises(TimezoneError):
        business_date(datetime(2026, 3, 31, tzinfo=UTC), timezone)


def test_a_payment_may_lie_in_the_past_never_in_the_future() -> None:
    today = date(2026, 4, 1)
    assert require_not_future(date(2019, 1, 1), today) == date(2019, 1, 1)
    assert require_not_future(today, today) == today
    with pytest.raises(FutureDateError):
        require_not_future(date(2026, 4, 2), today)
