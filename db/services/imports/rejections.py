"""Why rows are rejected. A row keeps the error's code and fields; told again, they make the error itself.

So a list of rejected rows speaks the language of who reads it, and the same words as the command line.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.domain import dates, money, opening, periods, texts
from db.domain.methods import MethodError
from db.engine import ConstraintError, DatabaseBusyError
from db.errors import N_, EkostError, RuleError, UsageError
from db.events import plain
from db.repositories import lookup
from db.services import leases, rooms, tenants
from db.services.charges import ZeroChargeError
from db.services.imports import cells
from db.services.imports.tables import ImportLostError

_LONGEST_VALUE = 200


class RowShapeError(UsageError):
    """The row has more or fewer cells than the header has names."""

    code = "row_shape"
    message = N_("The row has {found} cells, the header {expected}.")
    hint = N_("A text that holds the delimiter must stand in quotation marks.")


class RowUnreadableError(UsageError):
    """Quotation marks that open or close in the wrong place."""

    code = "row_unreadable"
    message = N_("The row can't be read: its quotation marks don't match.")
    hint = N_('Inside a text in quotation marks, write a mark twice: "".')


class TenantKnownError(RuleError):
    """Somebody of that name and phone is there already."""

    code = "tenant_known"
    message = N_("{ref} has the same name and phone number.")
    hint = N_("Change the tenant there is with `ekost tenant edit`, or `ekost tenant assign` a room.")


_CLASSES: tuple[type[EkostError], ...] = (
    money.AmountInvalidError, money.AmountNotPlainError, money.AmountAmbiguousError, money.AmountScaleError,
    money.AmountTooLargeError, money.NonPositiveAmountError, periods.BillingDayError, periods.DateOutOfRangeError,
    texts.UncleanTextError, texts.TextLengthError, texts.CodeFormError, dates.FutureDateError, ConstraintError,
    lookup.PropertyNotFoundError, lookup.PropertyMissingError, lookup.RoomNotFoundError, lookup.TenantNotFoundError,
    lookup.AmbiguousError, leases.RoomFullError, leases.RoomClosedError, leases.RoomElsewhereError,
    rooms.RoomExistsError, rooms.RoomValueError, tenants.TenantExistsError, tenants.TenantHousedError,
    tenants.PhoneError, tenants.EmailError, tenants.NationalIdError, ZeroChargeError, MethodError,
    cells.CellMissingError, cells.CellDateError, dates.DateTooOldError, dates.DateTooFarError, cells.CellNumberError,
    cells.BasisError, opening.PaidThroughError, opening.PaidBeforeError, opening.OpeningTwiceError,
    RowShapeError, RowUnreadableError, TenantKnownError,
    # These stop a whole import.
    DatabaseBusyError, ImportLostError,
)  # fmt: skip
_BY_CODE = {kind.code: kind for kind in _CLASSES}


class RowRejectedError(Exception):
    """A row can't be taken. `field` is the one to blame, or empty for the whole row."""

    def __init__(self, error: EkostError, field: str = "") -> None:
        super().__init__(error.code)
        self.error = error
        self.field = field


@contextmanager
def blaming(field: str) -> Iterator[None]:
    """What is refused inside is the fault of the cell under `field`: raises RowRejectedError for any EkostError."""
    try:
        yield
    except EkostError as error:
        raise RowRejectedError(error, field) from None


class Rejected(NamedTuple):
    """A row that was not taken, as the list of errors keeps it."""

    line: int
    column: str
    error: EkostError
    value: str
    cells: list[str]


def error_of(code: str, fields: Mapping[str, object]) -> EkostError:
    """The error that a rejected row or a failed import keeps, to be told in any language."""
    return _BY_CODE.get(code, EkostError)(**fields)


_KEEP = text("""
insert into import_errors (import_id, line, column_name, code, fields, value, raw)
values (:import_id, :line, :column, :code, cast(:fields as jsonb), :value, cast(:raw as jsonb))
""")


def keep(conn: Connection, import_id: int, rejected: list[Rejected]) -> None:
    """Write rejected rows down."""
    rows = [
        {
            "import_id": import_id, "line": row.line, "column": row.column, "code": row.error.code,
            "fields": _json({key: plain(value) for key, value in row.error.fields.items()}),
            "value": row.value[:_LONGEST_VALUE], "raw": _json(row.cells),
        }
        for row in rejected
    ]  # fmt: skip
    if rows:
        conn.execute(_KEEP, rows)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
