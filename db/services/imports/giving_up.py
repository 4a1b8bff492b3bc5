"""Give up an import that failed before it applied anything."""

from sqlalchemy import Connection, update

from db.domain.texts import clean
from db.errors import N_, RuleError
from db.events import Event, append
from db.repositories.imports import ImportRow, Imports
from db.services.imports import chunks
from db.services.imports.tables import drop_tables
from db.tables import imports


class ImportNotFailedError(RuleError):
    """Only what failed is given up."""

    code = "import_not_failed"
    message = N_("Import {id} has not failed: it is {state}.")
    hint = N_("`ekost import show {id}` shows how far it is.")


class ImportAppliedError(RuleError):
    """A part of the file is in the book already."""

    code = "import_applied"
    message = N_("Import {id} has applied {count} rows already.")
    hint = N_("Go on with `ekost import retry {id}`, or take them back with `ekost import undo {id}`.")


def discard_import(conn: Connection, import_id: int, reason: str) -> ImportRow:
    """Clear away what waited; the file may be imported again. Raises ImportNotFailedError, ImportAppliedError."""
    chunks.wait_for_all(conn, import_id)
    row = Imports(conn).lock(import_id)
    if row.state != "failed":
        raise ImportNotFailedError(id=import_id, state=row.state)
    if row.rows_applied:
        raise ImportAppliedError(id=import_id, count=row.rows_applied)
    drop_tables(conn, import_id)
    conn.execute(update(imports).where(imports.c.id == import_id).values(state="undone"))
    payload = {"importId": import_id, "kind": row.kind, "reason": clean(reason, "reason", 500)}
    append(conn, Event("ImportDiscarded", "import", import_id, payload, row.property_id))
    return Imports(conn).row(import_id)
