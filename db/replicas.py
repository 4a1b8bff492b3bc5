"""Which replica a reader is sent to, and why to none.

Only what may be a moment old is read there; who asks decides that, here it is decided whether a replica is good
enough: it answers, is a standby of our system with our schema, is not too far behind, and has replayed the log up to
this person's last change, or does so within a quarter of a second. Otherwise the primary is read, which always can.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.connecting import DatabaseUnreachableError
from db.engine import ConnectionLostError, Database, Limits, sqlstate
from db.errors import N_, EkostError
from db.migrations.runner import schema_status
from db.session import UNKNOWN, Position, Session, SessionFile
from db.witness import position_of

# Seconds: for a connection (libpq knows no less), until the log has come, between two looks, without one that failed.
CONNECT, WAIT, LOOK, AWAY = 2, 0.25, 0.005, 30.0
# Seconds after a change in which a replica must show that it follows our timeline.
FRESH = 600.0
# A standby ended the reader: to go on with the log (also as a deadlock), or it is being shut down or promoted.
_ITS_FAULT = frozenset({"40001", "40P01", "25006"})

# Seconds behind: none where all that was received is replayed, and somebody sends. What is sent is seen, and so is
# the timeline, only with pg_read_all_stats. An idle primary makes the last replayed commit old, and nothing is behind.
_STANDING = text("""
select pg_is_in_recovery() as standby,
       (select system_identifier from pg_control_system()) || '/' ||
       (select oid from pg_database where datname = current_database()) as system,
       r.pid is not null as connected,
       r.received_tli as timeline,
       (pg_last_wal_replay_lsn() - '0/0')::bigint as replayed,
       case when r.pid is not null
             and pg_last_wal_replay_lsn() >= greatest(pg_last_wal_receive_lsn(), r.latest_end_lsn) then 0
            else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 end as behind
  from (select) one left join pg_stat_wal_receiver r on true
""")


class Standing(NamedTuple):
    """How a server stands: the columns of the question. `behind` is in seconds, None where nobody can tell."""

    standby: bool
    system: str
    connected: bool
    timeline: int | None
    replayed: int | None
    behind: float | None


class Refusal(NamedTuple):
    """Why a replica is not read: a sentence, and what fills it."""

    reason: str
    fields: dict[str, object]


class Choice(NamedTuple):
    """Where to read: a replica and how many seconds it is behind, or None for the primary; and who was refused.

    `last_resort` lost its primary, but has all that this person has changed: better than nothing, with a warning.
    """

    database: Database | None
    refusals: tuple[Refusal, ...] = ()
    behind: float | None = 0.0
    last_resort: Database | None = None

    @property
    def name(self) -> str:
        """The replica's name for messages."""
        return name_of(self.database) if self.database else ""


UNANSWERED = N_("The replica {place} does not answer.")
ABSENT = N_("The replica {place} did not answer a moment ago.")
PROMOTED = N_("{place} is no replica, or no longer.")
FOREIGN = N_("The replica {place} belongs to another database.")
BEHIND = N_("The replica {place} is {seconds} s behind.")
LOST_TOUCH = N_("The replica {place} has no connection to its primary.")
NOT_YET = N_("The replica {place} does not have your last change yet.")
OTHER_TIMELINE = N_("The replica {place} follows another primary than your last change.")
UNSEEN = N_("The replica {place} does not show whom it follows: grant pg_read_all_stats to {user}.")
OTHER_SCHEMA = N_("The replica {place} has another schema.")
# With these a server is what it should be.
_USABLE = frozenset({"", BEHIND, LOST_TOUCH})


class Replicas:
    """The replicas of one process; each is connected to when it is first asked."""

    def __init__(self, urls: Sequence[str], limits: Limits, most_behind: int, file: SessionFile) -> None:
        limits = replace(limits, connect_timeout=min(limits.connect_timeout or CONNECT, CONNECT))
        self._all = [Database(url, limits) for url in urls]
        self._most_behind = most_behind
        self._file = file
        self._heard: Position | None = None
        self._heard_at = 0.0

    def catch_up(self, primary: Database) -> None:
        """Somebody has changed something, or the primary was read: from now on read nothing that is older."""
        with suppress(DBAPIError), primary.engine.connect() as conn:
            driver: Any = conn.connection.driver_connection
            if (position := position_of(driver)) is not None:
                self._heard, self._heard_at = position, time.time()

    def choose(self) -> Choice:
        """A replica that is good enough now, the one of last time first."""
        session = self._session()
        refusals: list[Refusal] = []
        if session.position is None or session.position.lsn == UNKNOWN:
            return Choice(None)  # the first look at the primary tells where it stands
        deadline, resort = time.monotonic() + WAIT, Choice(None)
        for replica in self._ordered(session):
            found = self._examined(replica, session, session.position, deadline)
            if found.database is not None:
                self._prefer(replica, session)
                return found._replace(refusals=tuple(refusals))
            refusals += found.refusals
            resort = resort if resort.last_resort else found
        return resort._replace(refusals=tuple(refusals))

    def examined(self) -> Iterator[Choice]:
        """How each of them stands, for who examines the installation; nothing where nothing can be remembered."""
        session = replace(self._session(), away={})
        if session.position is not None:
            for replica in self._all:
                yield self._examined(replica, session, session.position, time.monotonic() + WAIT)

    def failed(self, replica: Database, error: EkostError) -> bool:
        """Whether the replica is to blame for an error, so that the primary will answer; it is left alone then."""
        cause = error.__cause__
        lost = isinstance(error, ConnectionLostError | DatabaseUnreachableError)
        if not lost and not (isinstance(cause, DBAPIError) and sqlstate(cause) in _ITS_FAULT):
            return False
        self._blame(replica)
        return True

    def _blame(self, replica: Database) -> None:
        replica.engine.dispose()
        until = time.time() + AWAY
        self._file.change(lambda session: replace(session, away={**session.away, name_of(replica): until}))

    def close(self) -> None:
        """Let go of all connections."""
        for replica in self._all:
            replica.engine.dispose()

    def _session(self) -> Session:
        """What is remembered, at the position heard of last if that is farther."""
        session = self._file.load()
        if self._heard is None or session.position is None:
            return session
        return replace(session.moved(self._heard), changed_at=max(session.changed_at, self._heard_at))

    def _ordered(self, session: Session) -> Iterator[Database]:
        """The one that was read last, then the others, beginning with another one in each process."""
        start = os.getpid() % len(self._all) if self._all else 0
        turned = self._all[start:] + self._all[:start]
        yield from sorted(turned, key=lambda replica: name_of(replica) != session.replica)

    def _examined(self, replica: Database, session: Session, wanted: Position, deadline: float) -> Choice:
        """Itself, or why it can't be read."""
        fields: dict[str, object] = {"place": name_of(replica), "user": replica.parts[1]}
        if session.away.get(name_of(replica), 0.0) > time.time():
            return Choice(None, (Refusal(ABSENT, fields),))
        try:
            with replica.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
                standing = _awaited(conn, wanted, deadline)
                reason = _unfit(standing, wanted, session.changed_at) or self._late(standing, wanted)
                if reason in _USABLE and not schema_status(conn).current:
                    reason = OTHER_SCHEMA
        except DBAPIError:
            self._blame(replica)
            return Choice(None, (Refusal(UNANSWERED, fields),))
        if not reason:
            return Choice(replica, (), standing.behind)
        complete = reason in _USABLE and not standing.connected and (standing.replayed or 0) >= wanted.lsn
        refusal = Refusal(reason, fields | {"seconds": f"{standing.behind or 0.0:.1f}"})
        return Choice(None, (refusal,), standing.behind, replica if complete else None)

    def _late(self, standing: Standing, wanted: Position) -> str:
        if standing.behind is None and self._most_behind:
            return LOST_TOUCH
        if self._most_behind and (standing.behind or 0.0) > self._most_behind:
            return BEHIND
        return NOT_YET if (standing.replayed or 0) < wanted.lsn else ""

    def _prefer(self, replica: Database, session: Session) -> None:
        """Read it next time too: another one may be a little behind it, and rows would vanish again."""
        if session.replica != name_of(replica):
            self._file.change(lambda session: replace(session, replica=name_of(replica)))


def name_of(replica: Database) -> str:
    """A replica for messages and in the session: host, port and database."""
    database, _user, hosts = replica.parts
    return f"{hosts.removesuffix(':') or 'localhost'}/{database}"


def _awaited(conn: Connection, wanted: Position, deadline: float) -> Standing:
    """How it stands when it has what is wanted, or when the time is over."""
    while True:
        standing = Standing(**dict[str, Any](conn.execute(_STANDING).one()._mapping))
        reached = (standing.replayed or 0) >= wanted.lsn
        if reached or not standing.connected or time.monotonic() > deadline:
            return standing
        time.sleep(LOOK)


def _unfit(standing: Standing, wanted: Position, changed_at: float) -> str:
    """Why it is the wrong server, whatever it has replayed."""
    if not standing.standby:
        return PROMOTED
    if standing.system != wanted.system:
        return FOREIGN
    if standing.timeline is None:
        return "" if time.time() - changed_at > FRESH else UNSEEN if standing.connected else LOST_TOUCH
    return "" if standing.timeline == wanted.timeline else OTHER_TIMELINE
