"""What a tenant brings along who lived there before the book began (R17), out of the cells of a row."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from db.domain.dates import require_not_future
from db.domain.opening import OpeningTwiceError, take_over
from db.repositories.imports import ImportRow
from db.repositories.lookup import TenantRef
from db.services.charges import post_charge
from db.services.deposits import bring_deposit
from db.services.imports.cells import read_amount, read_date
from db.services.imports.rejections import blaming


class Start(NamedTuple):
    """From when on a lease lasts and is billed, and on which day; None is left to the property."""

    starts_on: date
    billing_day: int | None
    billed_from: date | None


def start_of_lease(
    row: ImportRow, cells: Mapping[str, str], today: date, billing_day: int | None, usual: int | None
) -> Start:
    """Where the book takes over a lease; `usual` is the property's billing day. Raises RowRejectedError.

    Rent is owed from the day after `paid_through` on; else, with `billed_from` or an opening balance, from the next
    period on or after that day.
    """
    starts_on, billed_from = _day(row, cells, "moved_in_on"), _day(row, cells, "billed_from")
    paid_through, opened_on = _day(row, cells, "paid_through"), _day(row, cells, "opening_on")
    if paid_through is None:
        since = billed_from or opened_on or (today if cells.get("opening_balance") else None)
        return Start(starts_on or min(today, since or today), billing_day, since)
    with blaming("paid_through"):
        taken = take_over(paid_through, starts_on, billing_day or usual, today)
        if billed_from not in (None, taken.billed_from):
            raise OpeningTwiceError(day=paid_through, billed_from=billed_from)
    return Start(taken.starts_on, taken.billing_day, taken.billed_from)


def open_ledger(conn: Connection, row: ImportRow, tenant: TenantRef, cells: Mapping[str, str]) -> None:
    """Post the balance and the deposit that were there, dated `opening_on`, else today. Raises RowRejectedError."""
    opened_on = _day(row, cells, "opening_on")
    with blaming("opening_on"):
        require_not_future(opened_on or tenant.today, tenant.today)
    with blaming("opening_balance"):
        if amount := _amount(row, cells, "opening_balance"):
            due_on = opened_on or _day(row, cells, "billed_from") or tenant.today
            post_charge(conn, tenant, amount, "opening", due_on=due_on)
    with blaming("deposit"):
        if amount := _amount(row, cells, "deposit"):
            bring_deposit(conn, tenant, amount, opened_on)


def _amount(row: ImportRow, cells: Mapping[str, str], field: str) -> Decimal:
    """The money of a cell; nothing is zero, as many write it."""
    return read_amount(cells[field], row.options["amounts"]) if cells.get(field) else Decimal(0)


def _day(row: ImportRow, cells: Mapping[str, str], field: str) -> date | None:
    with blaming(field):
        return read_date(cells[field], row.options["dates"]) if cells.get(field) else None
