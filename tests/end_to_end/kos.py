"""A kos kept with the real command: short words for what the tests do to it and look at."""

import json
import re
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from db.engine import Database
from db.repositories.checks.runner import run_checks
from tests.end_to_end.forks import Done, Forks

ENVIRONMENT = {"LANG": "C.UTF-8", "COLUMNS": "80", "TERM": "xterm", "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}

_TABLES = text("""
select c.oid::regclass::text from pg_class c
 where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1
""")


class Kos:
    """One database and the command on it."""

    def __init__(self, database: Database, forks: Forks) -> None:
        self.database = database
        self.forks = forks
        self.kept: dict[str, tuple[int, str]] | None = None
        self.env = ENVIRONMENT | {"EKOST_DATABASE_URL": database.url}

    # -- doing

    def run(self, *words: str, stdin: str = "", **variables: str) -> Done:
        """One command line, however it ends."""
        return self.forks.run(words, self.env | variables, stdin)

    def do(self, *words: str, stdin: str = "", **variables: str) -> str:
        """A command that must succeed; its stdout."""
        done = self.run(*words, stdin=stdin, **variables)
        assert done.status == 0, (words, done)
        return done.out

    def get(self, *words: str, **variables: str) -> Any:
        """What a command that must succeed prints in JSON."""
        return json.loads(self.do(*words, "-o", "json", **variables))

    def items(self, *words: str, **variables: str) -> list[dict[str, Any]]:
        """The rows of a list, all of them."""
        found: list[dict[str, Any]] = self.get(*words, "--all", **variables)["items"]
        return found

    def race(self, command_lines: Sequence[Sequence[str]]) -> list[Done]:
        """All these command lines at once, a process for each."""
        return self.forks.wait(self.forks.start(command_lines, self.env))

    def refused(self, status: int, code: str, *words: str) -> str:
        """A command that must fail so, for people and in JSON, and change nothing; its English line."""
        before = self.kept or self.content()
        told, plain = self.race([[*words, "-o", "json"], [*words, "--lang", "id"]])
        assert {told.status, plain.status} == {status}, (words, told, plain)
        assert self.content() == before, words
        error = json.loads(told.err)["error"]
        assert list(error) == ["code", "message", "hint", "exit", "details"], words
        assert (error["code"], error["exit"]) == (code, status), (words, error)
        assert (told.out, plain.out) == ("", ""), words
        assert_one_line(plain.err)
        assert_one_line("".join(f"{line}\n" for line in (f"ekost: error: {error['message']}", error["hint"]) if line))
        return str(error["message"])

    def keep(self) -> None:
        """From now on nothing may change."""
        self.kept = self.content()

    # -- a world to start from

    def house(self, *rooms: str, rent: str = "1500000", capacity: int = 1, code: str = "KOSA", **policy: str) -> None:
        """A property with rooms."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in policy.items()]
        self.do("property", "add", code, f"Kos {code.title()}", *options)
        for number in rooms:
            self.do("room", "add", number, "--rent", rent, f"--capacity={capacity}", "--property", code)

    def tenant(self, name: str, room: str | None = None, *more: str, since: str = "today", code: str = "KOSA") -> str:
        """A tenant, in a room if one is named; the code."""
        added: str = self.get("tenant", "add", name, "--property", code)["code"]
        if room is not None:
            self.do("tenant", "assign", added, f"{code}/{room}", "--from", since, "--property", code, *more)
        return added

    def travel(self, day: str) -> None:
        """From now on it is `day` at every property."""
        checked = date.fromisoformat(day)
        self.sql(f"""create or replace function business_date(timezone text) returns date
                     language sql stable parallel safe return date '{checked}'""")

    # -- looking

    def sql(self, statement: str, **values: object) -> Any:
        """The first value of a statement that is committed; None when it returns no rows."""
        with self.database.transaction() as conn:
            result = conn.execute(text(statement), values)
            return result.scalar() if result.returns_rows else None

    def balance(self, tenant: str) -> str:
        """What a tenant owes today."""
        found: str = self.get("balance", "show", tenant)["outstanding_balance"]
        return found

    def content(self) -> dict[str, tuple[int, str]]:
        """How many rows each table has, and a digest of them."""
        with self.database.reading() as conn:
            return _content(conn)

    def assert_sound(self) -> None:
        """Every invariant of the book holds."""
        with self.database.reading() as conn:
            broken = list(run_checks(conn))
        assert not broken, broken[:5]

    def wait_until_blocked(self, count: int = 1) -> list[int]:
        """The backends of `count` commands that wait for a lock."""
        waiting = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        for _ in range(1000):
            with self.database.reading() as conn:
                pids = list(conn.execute(text(waiting)).scalars())
            if len(pids) >= count:
                return pids
            time.sleep(0.01)
        raise AssertionError("nobody waits for a lock")


def _content(conn: Connection) -> dict[str, tuple[int, str]]:
    tables = list(conn.execute(_TABLES).scalars())
    parts = [
        f"select '{name}', count(*), coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {name} t"  # noqa: S608
        for name in tables
    ]
    if not parts:
        return {}
    return {name: (count, digest) for name, count, digest in conn.execute(text(" union all ".join(parts)))}


def assert_one_line(err: str) -> None:
    """One line of error and at most a line of hint; nothing of a library, nothing that a terminal obeys."""
    lines = err.splitlines()
    assert 1 <= len(lines) <= 2, err
    assert lines[0].startswith("ekost: error: "), err
    assert not lines[0].endswith((" ", ":")), err
    for leak in ("Traceback", "psycopg", "sqlalchemy", "SELECT", "INSERT", 'File "', "Internal error"):
        assert leak not in err, err
    assert not re.search(r"\{[a-z_]+\}", err), err
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", err), err
