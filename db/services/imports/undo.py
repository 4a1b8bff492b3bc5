"""Take a whole import back. Money is reversed, never deleted; what was added and never used is archived.

Payments go chunk by chunk, each with its balances and its event in one transaction: a killed undo goes on where it
stopped, since a payment that is reversed already is left alone. The fingerprints are released at the very end, so
that nobody can import the file again while half of it still counts.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, text, update

from db.engine import Database
from db.errors import N_, RuleError
from db.events import Event, append, note_written
from db.repositories.detached import require_import_attached
from db.repositories.imports import ImportRow, Imports
from db.services.imports import chunks
from db.services.imports.tables import take_time
from db.services.imports.unused import archive_rooms, archive_tenants
from db.tables import imports

CHUNK = 50_000

Progress = Callable[[int], None]


class AlreadyUndoneError(RuleError):
    """It was undone before."""

    code = "import_undone"
    message = N_("Import {id} has been undone already.")


class Undone(NamedTuple):
    """What was taken back: so many payments, tenants or rooms.

    `also_in` names later imports of which rows were skipped because this one had brought them: to have these rows
    again, such an import must be undone and its file imported anew.
    """

    row: ImportRow
    taken_back: int
    also_in: list[int]


def ignore(count: int) -> None:
    """A progress that nobody watches."""


def undo_import(database: Database, import_id: int, *, reason: str, progress: Progress = ignore) -> Undone:
    """Reverse every payment of an import, or archive the tenants or rooms that it added.

    `reason` is kept with each reversal. A run that is still going on is stopped first. Raises ImportNotFoundError,
    AlreadyUndoneError, ImportInUseError.
    """
    with database.transaction() as conn:
        row = stop(conn, import_id)
    count = 0
    if row.kind == "payments":
        after = 0
        while True:
            with database.transaction() as conn:
                last, reversed_now = reverse_chunk(conn, import_id, reason, after)
            if last is None:
                break
            after, count = last, count + reversed_now
            progress(count)
    with database.transaction() as conn:
        return finish_undo(conn, import_id, count)


def undo_within(conn: Connection, import_id: int, *, reason: str) -> Undone:
    """The same in one transaction, for a dry run that is rolled back."""
    row, count, after = stop(conn, import_id), 0, 0
    while row.kind == "payments":
        last, reversed_now = reverse_chunk(conn, import_id, reason, after)
        if last is None:
            break
        after, count = last, count + reversed_now
    return finish_undo(conn, import_id, count)


def stop(conn: Connection, import_id: int) -> ImportRow:
    """Lock the import; one that is still open is held, so that no worker goes on with it.

    Raises PartitionDetachedError where some of its payments could not be taken back.
    """
    chunks.wait_for_all(conn, import_id)
    row = Imports(conn).lock(import_id)
    if row.state == "undone":
        raise AlreadyUndoneError(id=import_id)
    if row.kind == "payments":
        require_import_attached(conn, import_id)
    held = {"state": "failed"} if row.is_open() else {}
    options = {**row.options, "undoing": True}
    conn.execute(update(imports).where(imports.c.id == import_id).values(**held, options=options))
    return row


_REVERSE = text("select * from reverse_import(:import_id, :reason, :after, :size)").bindparams(
    *(bindparam(name, type_=BigInteger) for name in ("import_id", "after", "size"))
)


def reverse_chunk(conn: Connection, import_id: int, reason: str, after: int) -> tuple[int | None, int]:
    """Reverse the next payments behind the id `after`; the last id looked at (None at the end), and how many."""
    take_time(conn)
    Imports(conn).lock(import_id)
    values = {"import_id": import_id, "reason": reason, "after": after, "size": CHUNK}
    done = conn.execute(_REVERSE, values).one()
    if done.reversed:
        payload = {"count": done.reversed, "amount": done.amount, "reason": reason}
        note_written(conn, "PaymentsReversed", import_id, None, done.event, done.recorded_at, payload)
    return done.last, int(done.reversed)


_ALSO_IN = """
select id from imports where state <> 'undone' and jsonb_exists(options -> 'known_from', cast(:import_id as text))
 order by id
"""


def finish_undo(conn: Connection, import_id: int, count: int) -> Undone:
    """Archive what was added, release the fingerprints, and tell it as ImportUndone. Raises ImportInUseError."""
    take_time(conn)
    chunks.wait_for_all(conn, import_id)
    row = Imports(conn).lock(import_id)
    if row.state == "undone":
        raise AlreadyUndoneError(id=import_id)
    if row.kind != "payments":
        count = (archive_tenants if row.kind == "tenants" else archive_rooms)(conn, import_id)
    conn.execute(text("select release_import(:import_id)"), {"import_id": import_id})
    options = {key: value for key, value in row.options.items() if key != "undoing"}
    conn.execute(update(imports).where(imports.c.id == import_id).values(state="undone", options=options))
    payload = {"importId": import_id, "kind": row.kind, "count": count}
    append(conn, Event("ImportUndone", "import", import_id, payload, row.property_id))
    also_in = list(conn.execute(text(_ALSO_IN), {"import_id": import_id}).scalars())
    return Undone(Imports(conn).row(import_id), count, also_in)
