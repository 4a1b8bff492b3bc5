"""Which detail lies behind a row."""

from typing import TYPE_CHECKING, Any

from tui.account import Who
from tui.things import Paid, Where

if TYPE_CHECKING:
    from tui.details.detail import DetailScreen


def detail_of(row: Any, mode: str) -> "DetailScreen[Any] | None":
    """The detail of what a row is about, on top of the screen of `mode`; None where there is nothing more to see."""
    from db.repositories.imports import ImportRow
    from db.repositories.jobs import JobRow
    from db.repositories.ledger import PaymentRow
    from db.repositories.rooms import RoomRow
    from db.repositories.rows import TenantRow
    from tui.details.batch import ImportDetail
    from tui.details.payment import PaymentDetail
    from tui.details.room import RoomDetail
    from tui.details.tenant import TenantDetail

    found: DetailScreen[Any] | None = None
    match row := _named_by(row):
        case Who():
            found = TenantDetail(row, mode)
        case TenantRow():
            found = TenantDetail(Who(row.code, row.property), mode)
        case Where():
            found = RoomDetail(row, mode)
        case RoomRow():
            found = RoomDetail(Where(row.number, row.property), mode)
        case Paid():
            found = PaymentDetail(row.number, mode)
        case PaymentRow():
            found = PaymentDetail(row.id, mode)
        case ImportRow():
            found = ImportDetail(row.id, mode)
        case JobRow(queue="imports"):
            found = ImportDetail(row.number, mode)
    return found


def _named_by(row: Any) -> Any:
    """The tenant or the room that a row about something else names; else the row."""
    from db.repositories.balances import AgingRow, BalanceRow
    from db.repositories.reminders import ReminderRow
    from db.repositories.reports.debts import ArrearsRow
    from db.repositories.reports.rentroll import RollRow

    match row:
        case BalanceRow() | AgingRow() | ReminderRow() | ArrearsRow():
            return Who(row.tenant, row.property)
        case RollRow():
            return Who(row.tenant, row.property) if row.tenant else Where(row.room, row.property)
    return row
