"""Databases beside the book: one to restore into that is dropped again, or put in the book's place in one moment.

A restore never writes into the book itself: until the last moment it is as it was, and that moment is one transaction.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from db.backup.drafts import FORGOTTEN
from db.backup.errors import BookInUseError, DatabasesRefusedError, FormerBookNotFoundError
from db.connecting import DatabaseUnreachableError, knock
from db.engine import Database, sqlstate
from db.transport import distrust_of

PREFIX = "ekost_scratch_"
_BEFORE = "_before_"
# How often somebody is sent away who comes back at once.
_TRIES = 10
_REFUSED, _IN_USE = ("42501",), "55006"

# The new database sorts and folds as the old one does; before version 17 the locale of a provider has another name.
_LOCALE = """
select d.datcollate as collate, d.datctype as ctype, d.datlocprovider as provider,
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') as locale
  from pg_database d where d.datname = current_database()
"""
_OURS = text("""
select datname from pg_database where starts_with(datname, :begin) and pg_has_role(datdba, 'MEMBER')
""")
_FORMER = text("select datname from pg_database where starts_with(datname, :begin) order by 1")
_PROVIDERS = {"b": "builtin", "i": "icu"}
_SEND_AWAY = text("""
select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = :name and pid <> pg_backend_pid()
""")


@contextmanager
def scratch(database: Database) -> Iterator[Database]:
    """An empty database on the same server, like this one, dropped at the end unless it has been renamed.

    Raises DatabasesRefusedError.
    """
    name = f"{PREFIX}{int(time.time())}_{secrets.token_hex(4)}"
    with _commanding(database) as conn:
        _drop_forgotten(conn)
        _create(conn, name)
    try:
        yield beside(database, name)
    finally:
        drop(database, name)


@contextmanager
def hurried(database: Database) -> Iterator[None]:
    """Let who connects to a database not wait for the disk: a crash leaves it incomplete, and it is made anew then."""
    with _commanding(database) as conn:
        there = _quoted(conn, conn.exec_driver_sql("select current_database()").scalar_one())
        conn.exec_driver_sql(f"alter database {there} set synchronous_commit = off")
        yield
        # This waits for the disk, and so for all that came before it.
        conn.exec_driver_sql(f"alter database {there} reset synchronous_commit")


def beside(database: Database, name: str) -> Database:
    """Another database of the same server; no connection to it stays open, so that it can be renamed."""
    url = make_url(database.url).set(database=name).render_as_string(hide_password=False)
    return Database(url, replace(database.limits, pool_size=0, slow_query_ms=0))


def drop(database: Database, name: str) -> None:
    """Drop a database of the same server, if it is there."""
    with _commanding(database) as conn:
        conn.exec_driver_sql(f"drop database if exists {_quoted(conn, name)} with (force)")


def drop_former(database: Database, name: str) -> None:
    """Drop a book in whose place a backup was put. Raises FormerBookNotFoundError; no other database is dropped."""
    with database.reading() as conn:
        there = conn.execute(_FORMER, {"begin": f"{_begin(database)}{_BEFORE}"}).scalars().all()
    if name not in there:
        raise FormerBookNotFoundError(name=name, known=", ".join(there) or "-")
    drop(database, name)


def _begin(database: Database) -> str:
    """What the name of a former book begins with: it has to fit into 63 bytes."""
    return (make_url(database.url).database or "")[:40]


def put_in_place(database: Database, new: Database) -> str:
    """Let `new` have the name of `database` from one moment to the next; the name that the old book has now.

    Who works in the old one is sent away. Raises BookInUseError, DatabasesRefusedError; nothing has changed then.
    """
    name, new_name = (make_url(one.url).database or "" for one in (database, new))
    old_name = f"{_begin(database)}{_BEFORE}{datetime.now(UTC):%Y%m%dT%H%M%S}"
    database.engine.dispose()
    # Neither can be renamed from inside.
    with scratch(database) as outside, _commanding(outside) as conn:
        for patience in reversed(range(_TRIES)):
            try:
                _rename(conn, name, old_name, new_name)
                return old_name
            except DBAPIError as error:
                if sqlstate(error) in _REFUSED:
                    raise _refused(conn, name) from error
                if sqlstate(error) != _IN_USE or not patience:
                    raise BookInUseError(database=name) from error
                time.sleep(0.2)
    raise BookInUseError(database=name)


def _rename(conn: Connection, name: str, old_name: str, new_name: str) -> None:
    for busy in (name, new_name):
        _send_away(conn, busy)
    there, old, new = (_quoted(conn, one) for one in (name, old_name, new_name))
    conn.exec_driver_sql(
        f"begin; alter database {there} rename to {old}; alter database {new} rename to {there}; commit"
    )


def _send_away(conn: Connection, name: str) -> None:
    try:
        conn.execute(_SEND_AWAY, {"name": name})
    except DBAPIError as error:
        raise BookInUseError(database=name) from error


@contextmanager
def _commanding(database: Database) -> Iterator[Connection]:
    """A connection on which each statement is its own transaction: databases are made and dropped in none."""
    engine = create_engine(database.url, isolation_level="AUTOCOMMIT", poolclass=NullPool, hide_parameters=True)
    try:
        conn = knock(engine.connect, database.place, database.limits.connect_timeout)
    except OperationalError as error:
        raise distrust_of(error, database.place) or DatabaseUnreachableError(place=database.place) from error
    with conn:
        yield conn


def _create(conn: Connection, name: str) -> None:
    found = conn.exec_driver_sql(_LOCALE).one()
    words = f"lc_collate {_literal(found.collate)} lc_ctype {_literal(found.ctype)}"
    if provider := _PROVIDERS.get(found.provider):
        words += f" locale_provider {provider} {provider}_locale {_literal(found.locale)}"
    try:
        conn.exec_driver_sql(f"create database {_quoted(conn, name)} template template0 encoding 'UTF8' {words}")
    except DBAPIError as error:
        if sqlstate(error) in _REFUSED:
            raise _refused(conn, make_url(str(conn.engine.url)).database or "") from error
        raise


def _drop_forgotten(conn: Connection) -> None:
    """What a command left that was killed: its name tells when it was made."""
    for name in conn.execute(_OURS, {"begin": PREFIX}).scalars():
        made = name.removeprefix(PREFIX).partition("_")[0]
        if made.isdigit() and time.time() - int(made) > FORGOTTEN:
            conn.exec_driver_sql(f"drop database if exists {_quoted(conn, name)} with (force)")


def _refused(conn: Connection, name: str) -> DatabasesRefusedError:
    role = conn.exec_driver_sql("select current_user").scalar_one()
    return DatabasesRefusedError(role=role, database=name)


def _quoted(conn: Connection, name: str) -> str:
    return conn.dialect.identifier_preparer.quote_identifier(name)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
