"""What the row under the cursor is about: a row of any list names a tenant, a room, an entry or a piece of work."""

from typing import Any, NamedTuple

from tui.account import Who


class Where(NamedTuple):
    """A room as lists name it: a number within a property."""

    number: str
    property: str


class Paid(NamedTuple):
    """A payment by its number."""

    number: int


class Things(NamedTuple):
    """What can be done something with. `housed` is None where the row does not tell whether the tenant has a room."""

    tenant: Who | None = None
    housed: bool | None = None
    room: Where | None = None
    payment: int | None = None
    charge: int | None = None
    import_: int | None = None
    job: str | None = None
    # An import that still counts, and a dead job, an import that brought nothing among them.
    undoable: int | None = None
    dead: str | None = None
    # A note that stands, and a thing in a room.
    note: int | None = None
    item: int | None = None
    # An expense and a handover that stand, and a handover that waits to be confirmed.
    expense: int | None = None
    handover: int | None = None
    unsigned: int | None = None
    # Whether expenses and cash are looked at.
    spending: bool = False
    # The code of the property that everything is about, or that the row names.
    house: str | None = None


NOTHING = Things()


def things_in(row: Any) -> Things:
    """What a row is about. Of tenants it is known before the database is loaded."""
    from db.repositories.rows import TenantRow

    if isinstance(row, TenantRow):
        return Things(Who(row.code, row.property), row.room is not None)
    return _things_in_other(row)


def _things_in_other(row: Any) -> Things:
    from db.repositories.balances import AgingRow, BalanceRow
    from db.repositories.cash import HandoverRow
    from db.repositories.expenses import ExpenseRow
    from db.repositories.imports import ImportRow
    from db.repositories.jobs import JobRow
    from db.repositories.ledger import PaymentRow
    from db.repositories.reminders import ReminderRow
    from db.repositories.reports.debts import ArrearsRow
    from db.repositories.reports.rentroll import RollRow
    from db.repositories.rooms import LeaseRow, RoomRow

    match row:
        case BalanceRow() | ArrearsRow():
            found = Things(Who(row.tenant, row.property), row.room is not None)
        case AgingRow() | LeaseRow() | ReminderRow():
            found = Things(Who(row.tenant, row.property))
        case RollRow():
            there = Where(row.room, row.property)
            found = Things(Who(row.tenant, row.property), housed=True) if row.tenant else Things(room=there)
        case PaymentRow():
            stands = row.reversed_by is None and row.reverses_id is None
            found = Things(Who(row.tenant, row.property), payment=row.id if stands else None)
        case RoomRow():
            found = Things(room=Where(row.number, row.property))
        case ImportRow():
            failed = row.state == "failed"
            found = Things(
                import_=row.id if failed or row.is_open() else None,
                undoable=row.id if row.state != "undone" else None,
                dead=f"import-{row.id}" if failed and not row.rows_applied else None,
            )
        case ExpenseRow():
            stands = row.reversed_by is None and row.reverses_id is None
            found = Things(expense=row.id if stands else None, house=row.property)
        case HandoverRow():
            found = Things(
                handover=row.id if row.state != "voided" else None,
                unsigned=row.id if row.state == "pending" else None,
                house=row.property,
            )
        case JobRow():
            dead = row.id if row.state == "dead" else None
            found = Things(job=dead, dead=dead)
        case _:
            found = NOTHING
    return found
