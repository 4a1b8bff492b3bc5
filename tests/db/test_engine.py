"""Transactions: one change, all or nothing, and what can go wrong said without a secret."""

import psycopg
import pytest
from sqlalchemy import text

from db.connecting import DatabaseUnreachableError
from db.engine import BELL, ConnectionLostError, ConstraintError, Database, DatabaseBusyError, DatabaseURLError, Limits


def test_a_change_is_committed_with_its_transaction(database: Database) -> None:
    with database.transaction() as conn:
        conn.execute(text("insert into properties (code, name) values ('KOSA', 'Kos')"))
    with database.reading() as conn:
        assert conn.execute(text("select count(*) from properties")).scalar_one() == 1


def test_a_dry_run_and_an_error_keep_nothing(database: Database) -> None:
    with database.transaction(dry_run=True) as conn:
        conn.execute(text("insert into properties (code, name) values ('KOSA', 'Kos')"))
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(database)
    with database.reading() as conn:
        assert conn.execute(text("select count(*) from properties")).scalar_one() == 0


def fail_after_writing(database: Database) -> None:
    with database.transaction() as conn:
        conn.execute(text("insert into properties (code, name) values ('KOSA', 'Kos')"))
        raise ZeroDivisionError


def test_a_reader_can_change_nothing_and_sees_one_moment(database: Database) -> None:
    with database.reading() as conn:
        before = conn.execute(text("select count(*) from properties")).scalar_one()
        with database.transaction() as other:
            other.execute(text("insert into properties (code, name) values ('KOSA', 'Kos')"))
        assert conn.execute(text("select count(*) from properties")).scalar_one() == before
    with pytest.raises(Exception, match="read-only"), database.reading() as conn:
        conn.execute(text("insert into properties (code, name) values ('KOSB', 'Kos')"))


def test_money_is_written_only_with_synchronous_commit(database: Database) -> None:
    kept = Database(database.url, Limits(pool_size=1))
    with kept.transaction() as conn:
        conn.execute(text("set session synchronous_commit = off"))
    with kept.transaction() as conn:
        assert conn.execute(text("show synchronous_commit")).scalar_one() == "on"
        conn.rollback()
        assert conn.execute(text("show synchronous_commit")).scalar_one() == "off"
    kept.engine.dispose()


def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    gone = Database("postgresql://ekost:s3cret@127.0.0.1:1/kos", Limits(connect_timeout=1))
    with pytest.raises(DatabaseUnreachableError) as refused, gone.reading():
        pass
    assert "127.0.0.1/kos" in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///x.db", "", "mysql://h/x"])
def test_an_address_that_cannot_be_read_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(DatabaseURLError) as refused:
        Database(url)
    assert not url or url not in str(refused.value)


def test_a_broken_connection_is_told_as_not_known(database: Database) -> None:
    with pytest.raises(ConnectionLostError):
        be_cut_off(database)


def be_cut_off(database: Database) -> None:
    with database.transaction() as conn:
        mine = conn.execute(text("select pg_backend_pid()")).scalar_one()
        with database.transaction() as other:
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": mine})
        conn.execute(text("select 1"))


def test_a_row_held_too_long_is_told_as_busy(database: Database) -> None:
    with database.transaction() as conn:
        conn.execute(text("insert into properties (code, name) values ('KOSA', 'Kos')"))
    hurried = Database(database.url, Limits(lock_timeout=50))
    with database.transaction() as holder:
        holder.execute(text("select * from properties for update"))
        with pytest.raises(DatabaseBusyError), hurried.transaction() as conn:
            conn.execute(text("select * from properties for update"))


def test_a_refused_row_names_the_constraint_and_no_value(database: Database) -> None:
    with pytest.raises(ConstraintError) as refused, database.transaction() as conn:
        conn.execute(text("insert into properties (code, name) values ('secret code', 'Kos')"))
    assert "properties_code_form" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_who_listens_hears_of_a_commit_only_when_it_is_rung(database: Database) -> None:
    with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as listener:
        listener.execute(f"listen {BELL}")
        with database.transaction():
            pass
        with database.transaction(ring=True, dry_run=True):
            pass
        assert list(listener.notifies(timeout=0.2)) == []
        with database.transaction(ring=True):
            pass
        assert [notice.channel for notice in listener.notifies(timeout=5, stop_after=1)] == [BELL]


@pytest.mark.parametrize(
    ("address", "hosts", "ports"),
    [
        ("postgresql://kos:p%40ss@a:5433,b/kos?target_session_attrs=read-write", "a,b", "5433,5432"),
        ("postgresql://kos@10.0.0.1,[fe80::1]:6000/kos", "10.0.0.1,fe80::1", "5432,6000"),
        ("postgresql://kos:secret@/kos?host=/run/a,/run/b&port=5433,5432", "/run/a,/run/b", "5433,5432"),
    ],
)
def test_several_servers_may_be_named_as_postgresql_itself_writes_them(address: str, hosts: str, ports: str) -> None:
    database = Database(address)
    assert (database.hosts, database.place, database.parts) == (
        hosts,
        f"{hosts}/kos",
        ("kos", "kos", f"{hosts}:{ports}"),
    )
    _words, given = database.engine.dialect.create_connect_args(database.engine.url)
    assert (given["host"], given["port"], given["dbname"]) == (hosts, ports, "kos")
    assert given.get("password", "p@ss") in {"p@ss", "secret"}
