"""A room out of a row of a file: the same step as on the command line, and the cell to blame."""

from collections.abc import Mapping

from sqlalchemy import Connection

from db.errors import EkostError
from db.repositories.imports import ImportRow
from db.services.imports.cells import CellMissingError, read_amount, read_basis, read_number
from db.services.imports.newtenants import column_name, property_of
from db.services.imports.rejections import RowRejectedError, blaming
from db.services.rooms import add_room


def add_room_row(conn: Connection, row: ImportRow, cells: Mapping[str, str]) -> int:
    """Add the room of a row. Returns its id. Raises RowRejectedError."""
    for field in ("number", "rent"):
        if not cells[field]:
            raise RowRejectedError(CellMissingError(column=column_name(row, field)), field)
    prop = property_of(conn, row, cells)
    with blaming("rent"):
        rent = read_amount(cells["rent"], row.options["amounts"])
    with blaming("capacity"):
        capacity = read_number(cells["capacity"]) if cells.get("capacity") else 1
    with blaming("basis"):
        basis = read_basis(cells["basis"]) if cells.get("basis") else None
    try:
        return add_room(conn, prop, cells["number"], rent, room_type=cells.get("type"), capacity=capacity, basis=basis)
    except EkostError as error:
        raise RowRejectedError(error, str(error.fields.get("field", "number"))) from None
