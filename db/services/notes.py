"""Notes about tenants and rooms: written once, taken back with a reason, never edited."""

from sqlalchemy import Connection, Row, insert, select

from db.domain.texts import clean
from db.errors import N_, RuleError
from db.events import Event, append, reserve_event
from db.repositories.lookup import RoomRef, TenantRef
from db.repositories.notes import NoteNotFoundError
from db.repositories.values import NOTE, told
from db.services.guard import refusing
from db.services.leases import lock_tenant
from db.services.requests import claim_key
from db.tables import note_voids, notes

# Characters of a note.
MOST = 1000


class NoteVoidedError(RuleError):
    """A note is taken back once."""

    code = "note_voided"
    message = N_("Note {id} was taken back already.")


def add_note(conn: Connection, about: TenantRef | RoomRef, text: str, *, key: str | None = None) -> int:
    """Keep what was written about a tenant or a room, up to 1000 characters on one line. Returns the note's id.

    Raises UncleanTextError, TextLengthError, KeyReusedError.
    """
    body = clean(text, "note", MOST)
    tenant_id, room_id = (about.id, None) if isinstance(about, TenantRef) else (None, about.id)
    claim = claim_key(conn, key, "add_note", tenant_id, room_id, body)
    if claim.answer is not None:
        return claim.answer
    if tenant_id is not None:
        lock_tenant(conn, tenant_id)
    event_id = reserve_event(conn)
    row = {"property_id": about.property_id, "tenant_id": tenant_id, "room_id": room_id, "body": body,
           "event_id": event_id}  # fmt: skip
    note = conn.execute(insert(notes).values(row).returning(notes)).one()
    _tell(conn, "NoteAdded", note, event_id, {"after": told(NOTE, note._mapping)})
    claim.keep(note.id)
    return int(note.id)


def void_note(conn: Connection, note_id: int, reason: str, *, key: str | None = None) -> int:
    """Take a note back; what it said stays on record. Returns its id. Raises NoteNotFoundError, NoteVoidedError."""
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "void_note", note_id, why)
    if claim.answer is not None:
        return claim.answer
    note = conn.execute(select(notes).where(notes.c.id == note_id)).first()
    if note is None:
        raise NoteNotFoundError(id=note_id)
    if note.tenant_id is not None:
        lock_tenant(conn, note.tenant_id)
    event_id = reserve_event(conn)
    with refusing(conn, {"note_voids_once": NoteVoidedError(id=note_id)}):
        conn.execute(insert(note_voids).values(note_id=note_id, reason=why, event_id=event_id))
    _tell(conn, "NoteVoided", note, event_id, {"reason": why, "before": told(NOTE, note._mapping)})
    claim.keep(note_id)
    return note_id


def _tell(
    conn: Connection, type_: str, note: Row[tuple[object, ...]], event_id: int, payload: dict[str, object]
) -> None:
    place = {} if note.room_id is None else {"roomId": note.room_id}
    event = Event(type_, "note", note.id, payload | place, note.property_id, note.tenant_id)
    append(conn, event, event_id=event_id)
