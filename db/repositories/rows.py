"""Lines of lists without what reads them: a screen that begins knows its rows before the database is loaded."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class TenantRow(NamedTuple):
    """A line of the tenant list; `room` and `monthly_rent` are of today's lease, or of the next one."""

    id: int
    code: str
    name: str
    phone: str | None
    email: str | None
    property: str
    room: str | None
    monthly_rent: Decimal | None
    moved_in_on: date | None
    moved_out_on: date | None
    outstanding_balance: Decimal
    created_at: datetime
    currency: str
