"""Take a whole import back. Money is reversed, never deleted; what was added and never used is archived.

Payments go chunk by chunk, each with its balances and its event in one transaction: a killed undo goes on where it
stopped, since a payment that is reversed already is left alone. The fingerprints are released at the very end, so
that nobody can import the file again while half of it still counts.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, delete, text, update

from db.engine import Database
from db.errors import N_, RuleError
from db.events import Event, append, reserve_event
from db.repositories.detached import require_import_attached
from db.repositories.imports import ImportRow, Imports
from db.services.balances import recalculate
from db.services.imports import chunks
from db.services.imports.tables import drop_tables, take_time
from db.services.imports.unused import archive_rooms, archive_tenants
from db.tables import import_rows, imports

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


# Ids follow the order of posting, which is tenant by tenant: a chunk changes each balance once.
_REVERSE = """
with chosen as materialized (
  select p.*, nextval('payments_id_seq') as reversal_id,
         greatest(p.payment_date, business_date(h.timezone)) as day
    from (select * from payments where import_id = :import_id and id > :after and reverses_id is null
           order by id limit :size) p
    join properties h on h.id = p.property_id
   where not exists (select from reversals r where r.entry = 'payment' and r.entry_id = p.id)
), claimed as (
  -- Somebody may be voiding one of them in this moment.
  insert into reversals (entry, entry_id, reversal_id, reason)
  select 'payment', id, reversal_id, :reason from chosen order by id
  on conflict on constraint reversals_once do nothing returning reversal_id
), posted as (
  insert into payments (id, property_id, tenant_id, payment_date, amount, method, reverses_id, event_id)
  overriding system value
  select reversal_id, property_id, tenant_id, day, -amount, method, id, :event_id
    from chosen join claimed using (reversal_id) order by reversal_id
)
select count(*) as reversed, coalesce(sum(-amount), 0) as amount, array_agg(distinct tenant_id) as tenants
  from chosen join claimed using (reversal_id)
"""

_LAST = """
select max(id) from (select id from payments where import_id = :import_id and id > :after and reverses_id is null
                      order by id limit :size) p
"""


def reverse_chunk(conn: Connection, import_id: int, reason: str, after: int) -> tuple[int | None, int]:
    """Reverse the next payments behind the id `after`; the last id looked at (None at the end), and how many."""
    take_time(conn)
    row = Imports(conn).lock(import_id)
    span = {"import_id": import_id, "after": after, "size": CHUNK}
    last = conn.execute(text(_LAST), span).scalar()
    if last is None:
        return None, 0
    today = text("select ensure_partition('payments', max(business_date(timezone))) from properties")
    conn.execute(today)
    event_id = reserve_event(conn)
    done = conn.execute(text(_REVERSE), {**span, "event_id": event_id, "reason": reason}).one()
    if done.reversed:
        payload = {"importId": import_id, "count": done.reversed, "amount": done.amount, "reason": reason}
        append(conn, Event("PaymentsReversed", "import", import_id, payload, row.property_id), event_id=event_id)
        recalculate(conn, done.tenants)
    return int(last), int(done.reversed)


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
    conn.execute(delete(import_rows).where(import_rows.c.import_id == import_id))
    drop_tables(conn, import_id)
    options = {key: value for key, value in row.options.items() if key != "undoing"}
    conn.execute(update(imports).where(imports.c.id == import_id).values(state="undone", options=options))
    payload = {"importId": import_id, "kind": row.kind, "count": count}
    append(conn, Event("ImportUndone", "import", import_id, payload, row.property_id))
    also_in = list(conn.execute(text(_ALSO_IN), {"import_id": import_id}).scalars())
    return Undone(Imports(conn).row(import_id), count, also_in)
