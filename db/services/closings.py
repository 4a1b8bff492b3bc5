"""Closings: every tenant's totals at the end of a month, so that a balance is worked out from few months.

One is exact or not there: an entry of an earlier day deletes it, in the entry's own transaction. Nobody depends on
one; without it older months are read as well.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Date, bindparam, text

from db.domain.periods import YearMonth
from db.engine import Database
from db.errors import N_, RuleError
from db.services.holding import IDS, Progress, ignore, in_chunks

# So many months are kept: entries rarely come in later than that.
KEPT = 13

_OPEN = text("select coalesce(min(business_date(timezone)) <= :day, false) from properties")
_CLOSE = text("""
insert into balance_closings (tenant_id, closed_on, total_charges, total_payments)
select tenant_id, :day, total_charges, total_payments from ledger_totals(:tenant_ids, :day)
on conflict do nothing
""").bindparams(IDS, bindparam("day", type_=Date))
_FORGET = text("""
delete from balance_closings
 where tenant_id = any (:tenant_ids) and closed_on < :day - make_interval(months => :kept)
""").bindparams(IDS, bindparam("day", type_=Date))


class MonthOpenError(RuleError):
    """The month has not ended at every property."""

    code = "month_open"
    message = N_("The month that ends on {day} is not over.")
    hint = N_("Close it when its last day has passed at every property.")


def close_month(database: Database, month: date, *, progress: Progress = ignore) -> int:
    """Keep the totals of every tenant at the end of the month in which `month` lies; returns how many were missing.

    Safe to be repeated. Raises MonthOpenError; DatabaseBusyError as `in_chunks`.
    """
    day = YearMonth.of(month).clamp(31)
    with database.reading() as conn:
        if conn.execute(_OPEN, {"day": day}).scalar_one():
            raise MonthOpenError(day=day)
    made = 0

    def close(conn: Connection, tenant_ids: Sequence[int]) -> None:
        nonlocal made
        made += close_tenants(conn, tenant_ids, day)

    in_chunks(database, close, progress=progress)
    return made


def close_tenants(conn: Connection, tenant_ids: Sequence[int], day: date) -> int:
    """Keep the totals of tenants that are held at the end of `day`, the last of a month; how many were missing."""
    made = conn.execute(_CLOSE, {"tenant_ids": tenant_ids, "day": day}).rowcount
    conn.execute(_FORGET, {"tenant_ids": tenant_ids, "day": day, "kept": KEPT})
    return made
