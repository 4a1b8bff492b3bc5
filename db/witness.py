"""Who sees that a primary is another one than before, and what was lost on the way.

A standby that takes over without synchronous replication may lack the last changes that were acknowledged. Its log
goes on from another point under a new timeline number, so comparing positions alone says "all is there". So at every
first contact the timeline is compared with the one of this person's last change; is it another one, each of the last
changes is looked up by its request key or its event, and what is not there is told.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event

from db import writes
from db.errors import N_, EkostError
from db.session import UNKNOWN, Position, Session, SessionFile
from db.writes import RECENT, Write

# After the commit and in a statement of its own, as the position behind all that was inserted: with an asynchronous
# commit the written position lies before it. pg_control_checkpoint() tells the old timeline until the next checkpoint.
_POSITION = """
select (select system_identifier from pg_control_system()) || '/' ||
       (select oid from pg_database where datname = current_database()),
       ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int,
       (pg_current_wal_insert_lsn() - '0/0')::bigint
 where not pg_is_in_recovery()
"""
_WAIT_FOR_STANDBY = "SyncRepWaitForLSN"
_KEYS = "select key from request_keys where key = any(%s)"
_EVENTS = """
select e.id from unnest(%s::bigint[], %s::timestamptz[]) as w (id, at)
  join events e on e.id = w.id and e.recorded_at = w.at
"""
_TENANTS = (
    "select t.id, t.code, p.currency from tenants t join properties p on p.id = t.property_id where t.id = any(%s)"
)


class LostWriteError(EkostError):
    """An acknowledged change is not in the database that took over. Told in passing: the command itself goes on."""

    code = "write_lost"
    message = N_("Lost in a failover: “{what}”, acknowledged {at}, is not in the database that answers now.")
    hint = N_("Look whether somebody has recorded it again; if not, do it now.")


class LostKeyError(LostWriteError):
    """The same of a change with a request key."""

    hint = N_("Repeat it with its key {key}: that books nothing twice.")


class LostMoreError(LostWriteError):
    """All changes that are remembered are gone, so that older ones may be too."""

    message = N_("Lost in a failover: all of your last {count} changes; earlier ones may be lost as well.")
    hint = N_("Compare `ekost events list` with your own records since {at}.")


class UnconfirmedWriteError(EkostError):
    """A commit that waits for a synchronous standby was interrupted: it holds here. Told in passing as well."""

    code = "write_unconfirmed"
    message = N_("The change is committed, but no standby has confirmed that it has it.")
    hint = N_("Don't repeat it without looking; should this server be lost before a standby answers, it is lost too.")


class Witness:
    """Keeps the session of the process's primary; `tell` hears of what was lost, else `lost` collects it."""

    def __init__(self, file: SessionFile, tell: Callable[[EkostError], None] | None = None) -> None:
        self.file = file
        self.lost: list[EkostError] = []
        self._tell = tell or self.lost.append

    def watch(self, engine: Engine) -> None:
        """Look at every new connection of the primary."""
        event.listen(engine, "connect", lambda driver, _record: self._met(driver))

    def committed(self, conn: Connection) -> None:
        """A transaction was committed: remember what it changed, and where. Never fails, since it is committed."""
        driver: Any = conn.connection.driver_connection
        wrote, position = writes.taken(conn), position_of(driver)

        def remember(session: Session) -> Session:
            if position is None:
                known = session.position
                return replace(session, position=known and known._replace(lsn=UNKNOWN)).wrote(wrote)
            return self._moved(session, position, driver).wrote(wrote)

        self.file.change(remember)

    def _met(self, driver: "psycopg.Connection[Any]") -> None:
        """A connection was made."""
        driver.add_notice_handler(self._noticed)
        position, session = position_of(driver), self.file.load()
        if position is None:
            return
        known = session.position
        if known is None or known.lsn == UNKNOWN or not known.follows(position):
            self.file.change(lambda session: self._moved(session, position, driver))

    def _noticed(self, notice: psycopg.errors.Diagnostic) -> None:
        """The server says something beside an answer, in its own language; where it says it is the same in all."""
        if notice.source_function == _WAIT_FOR_STANDBY:
            self._tell(UnconfirmedWriteError())

    def _moved(self, session: Session, position: Position, driver: "psycopg.Connection[Any]") -> Session:
        """The session at a new position; in another history its changes are looked up first, or later if that fails."""
        if session.position is None or session.position.follows(position):
            return session.moved(position)
        try:
            for error in _missing(session.recent, driver):
                self._tell(error)
        except psycopg.Error:
            return session
        finally:
            _end(driver)
        return replace(session, position=position, recent=(), replica="", away={})


def position_of(driver: "psycopg.Connection[Any]") -> Position | None:
    """Where the log of the primary ends; None on a standby, and where it can't be asked."""
    try:
        found = driver.execute(_POSITION).fetchone()
    except psycopg.Error:
        return None
    finally:
        _end(driver)
    return Position(*found) if found else None


def _missing(recent: tuple[Write, ...], driver: "psycopg.Connection[Any]") -> list[LostWriteError]:
    """Those of the changes that are not there."""
    by_event = [write for write in recent if write.key is None and write.event_id is not None]
    keys = {row[0] for row in driver.execute(_KEYS, [[write.key for write in recent if write.key]])}
    asked = [[write.event_id for write in by_event], [write.at for write in by_event]]
    events = {row[0] for row in driver.execute(_EVENTS, asked)}
    lost = [write for write in recent if not (write.key in keys if write.key else write.event_id in events)]
    found = driver.execute(_TENANTS, [[write.tenant_id for write in lost if write.tenant_id]])
    tenants = {row[0]: row[1:] for row in found}
    told = [_error(write, *tenants.get(write.tenant_id, (None, None))) for write in lost]
    if len(told) == RECENT:
        told.append(LostMoreError(**told[0].fields | {"count": RECENT}))
    return told


def _error(write: Write, tenant: str | None, currency: str | None) -> LostWriteError:
    kind = LostKeyError if write.key else LostWriteError
    return kind(
        what=write.type, at=write.at or None, key=write.key,
        number=write.number, tenant=tenant, about=dict(write.about), currency=currency,
    )  # fmt: skip


def _end(driver: "psycopg.Connection[Any]") -> None:
    """Leave no transaction behind."""
    with suppress(psycopg.Error):
        driver.rollback()
