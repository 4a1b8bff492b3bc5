"""Connections and transactions. `with database.transaction() as conn` is the unit of work.

A command-line process lives for one transaction, so it keeps no pool; the TUI and the workers pass a small one.
Limits are set per transaction (`SET LOCAL`): they hold behind PgBouncer too, which drops session state.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from db.addresses import hosts_apart
from db.connecting import DatabaseUnreachableError, TooManyConnectionsError, knock
from db.errors import N_, EkostError, RuleError, UnreachableError, UsageError
from db.metrics.collecting import COLLECTOR
from db.passwords import Ask, is_wanted, password_for, refusal_of
from db.preparing import prepare_where_it_lasts
from db.transport import distrust_of, secured
from db.writes import forget

if TYPE_CHECKING:
    from db.cache.keeper import Keeper
    from db.replicas import Replicas
    from db.witness import Witness

READER_IDLE = 3_600_000
# Connections beyond those that are kept, for a moment of more work; who needs yet another one waits.
OVERFLOW = 4
# The channel on which a commit is told to whoever listens.
BELL = "ekost"


class ConnectionLostError(UnreachableError):
    """The connection broke inside a transaction: whether it was committed is not known."""

    code = "connection_lost"
    message = N_("The connection to the database broke before it answered.")
    hint = N_("Look whether the change is there; with the same --key it is safe to repeat.")


class DatabaseBusyError(UnreachableError):
    """Another transaction held what this one needs for too long."""

    code = "database_busy"
    message = N_("The database took too long: another change holds the same rows.")
    hint = N_("Nothing was changed. Try again in a moment.")


class DatabaseSlowError(DatabaseBusyError):
    """One statement took longer than it may."""

    code = "database_slow"
    message = N_("The database took too long over one question, and it was given up.")
    hint = N_("Nothing was changed. Ask for less, or give it longer: EKOST_STATEMENT_TIMEOUT, in seconds.")


class ContendedError(DatabaseBusyError):
    """Two transactions got in each other's way and this one was ended, whole: it may be done again."""

    may_repeat = True


class DatabaseReadOnlyError(UnreachableError):
    """A change met a standby: the address names one server, and that is no primary."""

    code = "database_read_only"
    message = N_("The database takes no changes: it is read-only, as a standby is.")
    hint = N_("Name all servers: postgresql://user@a,b/database?target_session_attrs=read-write")


class DatabaseURLError(UsageError):
    """The configured address can't be read. The text is never shown: it may hold a password."""

    code = "database_url"
    message = N_("The database address (EKOST_DATABASE_URL) can't be read.")
    hint = N_("Write it as postgresql://user@host:5432/database.")


class ConstraintError(RuleError):
    """The database refused a row; only the constraint's name is told, never the values."""

    code = "constraint"
    message = N_("The database refused the change ({constraint}).")
    hint = N_("Nothing was changed.")


class NotAllowedError(RuleError):
    """The login has no right to it, or the row is of somebody else's property."""

    code = "not_allowed"
    message = N_("Your login may not do that.")
    hint = N_("Nothing was changed. `ekost user list` shows what it may; the owner of the book gives more.")


class SumTooLargeError(RuleError):
    """Each amount fits, their sum does not."""

    code = "sum_too_large"
    message = N_("The sum is too large for the book.")
    hint = N_("Check for digits too many. Nothing was changed.")


class PartitionDetachedError(RuleError):
    """What is asked for, or the time of a new entry, lies in a partition that was detached."""

    code = "partition_detached"
    message = N_("{name} is detached: its rows are not in the book.")
    hint = N_("`ekost db attach {name}` brings them back.")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in milliseconds (`connect_timeout`: seconds); 0 is for ever. Connections to keep open.

    With `insecure_tls` an address may ask for less than a verified connection over a network.
    """

    connect_timeout: int = 5
    statement_timeout: int = 60_000
    lock_timeout: int = 10_000
    idle_in_transaction_timeout: int = 60_000
    pool_size: int = 0
    insecure_tls: bool = False
    # Statements of so many milliseconds and more are written down there; 0 for none.
    slow_query_ms: int = 0
    slow_log: Path | None = None
    # Whether it is collected how long statements take and how many connections are in use.
    timed: bool = False


class Database:
    """One PostgreSQL database; connects when first used. Raises DatabaseURLError, InsecureDatabaseError."""

    def __init__(self, url: str, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._url = secured(_read_url(url), insecure=self.limits.insecure_tls)
        # Transactions of changes that this process has committed.
        self.commits = 0
        # Set where there are standbys: who remembers what was changed, and where else may be read.
        self.witness: Witness | None = None
        self.replicas: Replicas | None = None
        # Set where there is a cache: who tells it what was changed.
        self.keeper: Keeper | None = None
        # Who is asked for a password that is nowhere else.
        self.ask: Ask | None = None

    @property
    def url(self) -> str:
        """The whole address, password included: for a child process, never for a person."""
        return self._url.render_as_string(hide_password=False)

    def address_of(self, login: str) -> str:
        """The address for somebody else's login, without a password."""
        return self._url._replace(drivername="postgresql", username=login, password=None).render_as_string()

    @property
    def place(self) -> str:
        """Where the database is, for messages: host and name, without user and password."""
        return f"{self.hosts or 'localhost'}/{self._url.database or ''}"

    @property
    def hosts(self) -> str:
        """The hosts of the address, with commas between several: `target_session_attrs` chooses among them."""
        named = self._url.host or self._url.query.get("host") or ""
        return named if isinstance(named, str) else ",".join(named)

    @property
    def parts(self) -> tuple[str, str, str]:
        """Database, user and hosts with their ports, which tell one book from another."""
        port = self._url.port or self._url.query.get("port") or ""
        return self._url.database or "", self._url.username or "", f"{self.hosts}:{port}"

    @cached_property
    def engine(self) -> Engine:
        """The SQLAlchemy engine; errors carry no parameters."""
        pool: dict[str, Any] = {"poolclass": NullPool}
        arguments: dict[str, Any] = {"connect_timeout": self.limits.connect_timeout, "application_name": "ekost"}
        if self.limits.pool_size:
            lives_long = self.limits.pool_size > 1
            pool = {
                "poolclass": QueuePool,
                "pool_size": self.limits.pool_size,
                "max_overflow": OVERFLOW,
                "pool_pre_ping": lives_long,
            }
        else:  # over before anything is repeated often
            arguments["prepare_threshold"] = None
        engine = create_engine(self._url, hide_parameters=True, use_native_hstore=False, connect_args=arguments, **pool)
        if self.limits.pool_size:
            prepare_where_it_lasts(engine)
        if self.witness is not None:
            self.witness.watch(engine)
        if self.limits.timed or (self.limits.slow_query_ms and self.limits.slow_log):
            from db.timing import time_statements  # noqa: PLC0415 - only where it is wanted

            time_statements(engine, self.limits.slow_log, self.limits.slow_query_ms)
        if self.limits.timed and self.limits.pool_size > 1:
            COLLECTOR.watch(engine)
        return engine

    @contextmanager
    def transaction(
        self, *, dry_run: bool = False, statement_timeout_ms: int | None = None, ring: bool = False
    ) -> Iterator[Connection]:
        """One READ COMMITTED transaction: committed at the end, rolled back on an error or for a `dry_run`.

        With `ring`, who listens is told right after the commit: for what a person does, not for bulk work.
        Raises DatabaseUnreachableError, ConnectionLostError, DatabaseBusyError, ConstraintError.
        """
        with self._translating(), self._connect() as conn:
            forget(conn)
            conn.exec_driver_sql(self._opening(statement_timeout_ms, "set local synchronous_commit = on"))
            yield conn
            if dry_run:
                conn.rollback()
            else:
                conn.commit()
                self.commits += 1
                if self.witness is not None:
                    self.witness.committed(conn)
                if self.keeper is not None:
                    self.keeper.committed(conn)
                if ring:
                    _ring(conn)

    @contextmanager
    def reading(self, *, statement_timeout_ms: int | None = None) -> Iterator[Connection]:
        """One read-only REPEATABLE READ transaction: everything in it is of one moment."""
        begin = "set transaction isolation level repeatable read read only"
        with self._translating(), self._connect() as conn:
            # A reader holds no lock; somebody may look at the first page of a long list for a while.
            conn.exec_driver_sql(self._opening(statement_timeout_ms, begin, idle_timeout=READER_IDLE))
            yield conn
            conn.commit()  # nothing was written; what a rollback ends has to be prepared again

    def _connect(self) -> Connection:
        try:
            conn = knock(self.engine.connect, self.place, self.limits.connect_timeout)
        except OperationalError as error:
            if is_wanted(error) and self._url.password is None:
                return self._connect_with(password_for(self._url, self.place, self.ask))
            told = distrust_of(error, self.place) or refusal_of(error, self.place)
            raise told or DatabaseUnreachableError(place=self.place) from error
        except PoolTimeoutError as error:
            raise TooManyConnectionsError(place=self.place) from error
        except ProgrammingError as error:  # libpq knows no such parameter
            raise DatabaseURLError from error
        COLLECTOR.took()
        return conn

    def _connect_with(self, password: str) -> Connection:
        self.engine.dispose()
        del self.engine
        self._url = self._url.set(password=password)
        return self._connect()

    def _opening(self, statement_timeout_ms: int | None, first: str, *, idle_timeout: int | None = None) -> str:
        timeout = self.limits.statement_timeout if statement_timeout_ms is None else statement_timeout_ms
        idle = self.limits.idle_in_transaction_timeout if idle_timeout is None else idle_timeout
        return (
            f"{first}; set local timezone = 'UTC'; set local statement_timeout = {timeout}; "
            f"set local lock_timeout = {self.limits.lock_timeout}; "
            f"set local idle_in_transaction_session_timeout = {idle}"
        )

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise _told(error) from error


_TOLD: Mapping[str, type[EkostError]] = {
    "55P03": DatabaseBusyError,
    "25P03": DatabaseBusyError,
    "57014": DatabaseSlowError,
    "40001": ContendedError,
    "40P01": ContendedError,
    "25006": DatabaseReadOnlyError,
    "22003": SumTooLargeError,
    "42501": NotAllowedError,
}


def sqlstate(error: DBAPIError) -> str:
    """The five characters that name a PostgreSQL error, or an empty text."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def constraint_name(error: DBAPIError) -> str:
    """The constraint that refused a row, or an empty text."""
    return str(getattr(getattr(error.orig, "diag", None), "constraint_name", None) or "")


def _ring(conn: Connection) -> None:
    """Wake the relay and the screens; best effort, since they also look by themselves.

    After the commit and not in it: a notice inside a transaction makes all commits of the server queue up.
    """
    with suppress(DBAPIError):
        conn.exec_driver_sql(f"notify {BELL}")
        conn.commit()


def _told(error: DBAPIError) -> Exception:
    """The error in our own words. What the driver says may hold a person's data, so it is not passed on."""
    state = sqlstate(error)
    if error.connection_invalidated or state.startswith(("08", "57P")):
        return ConnectionLostError()
    if state in _TOLD:
        return _TOLD[state]()
    return _refused(error, state) or error


def _refused(error: DBAPIError, state: str) -> Exception | None:
    """What our own guards in the database refuse."""
    if state == "EK002":
        return PartitionDetachedError(name=str(getattr(getattr(error.orig, "diag", None), "table_name", None) or "-"))
    if state.startswith("23") or state in ("EK001", "EK004"):
        return ConstraintError(constraint=constraint_name(error) or state)
    return None


def _read_url(url: str) -> URL:
    try:
        parsed = make_url(hosts_apart(url))
    except (ArgumentError, ValueError) as error:
        raise DatabaseURLError from error
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseURLError
    return parsed.set(drivername="postgresql+psycopg")
