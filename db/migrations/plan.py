"""What a migration would do, before it does it: statement by statement, with the lock that each takes.

Read from the files of the revisions, so that nothing is locked for the answer. Which statement takes which lock is
PostgreSQL's documentation, "Explicit Locking".
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from db.migrations.runner import HEAD, schema_status

_SQL = Path(__file__).parent / "sql"
NOTHING, ROWS, WRITES, TRIGGERS, GENTLE, ALL = (
    "", "ROW EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "ACCESS EXCLUSIVE",
)  # fmt: skip
# The first that fits counts. `t` is the table (or index, view) that is locked.
_KINDS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), lock)
    for pattern, lock in (
        (r"create (?:unique )?index \S+ on (?:only )?(?P<t>[\w.]+)", WRITES),
        (r"create (?:or replace )?(?:constraint )?trigger \S+ .*? on (?P<t>[\w.]+)", TRIGGERS),
        (r"create table \S+ partition of (?P<t>[\w.]+)", ALL),
        (r"create policy \S+ on (?P<t>[\w.]+)", ALL),
        (r"create ", NOTHING),
        (r"alter table (?:only )?(?P<t>[\w.]+) (?:set \(|validate )", GENTLE),
        (r"alter table (?:only )?(?P<t>[\w.]+)[^;]*add (?:constraint \S+ )?foreign key", TRIGGERS),
        (r"alter (?:table|materialized view|view|index) (?:only )?(?P<t>[\w.]+)", ALL),
        (r"drop (?:table|materialized view|view|index|trigger \S+ on) (?:if exists )?(?P<t>[\w.]+)", ALL),
        (r"(?:insert into|update|delete from) (?P<t>[\w.]+)", ROWS),
        (r"analyze (?P<t>[\w.]+)", GENTLE),
    )
)
# In a block of procedural code it is not always written down which tables are meant.
_SEVERAL = re.compile(r"\b(?:alter table|create (?:constraint )?trigger|create policy|drop trigger)\b", re.IGNORECASE)
_REWRITES = re.compile(
    r"add (?:column )?\w+ [^,;]*generated always|alter (?:column )?\w+ (?:set data )?type", re.IGNORECASE
)
_TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|(?P<quote>\$\w*\$).*?(?P=quote)|;|begin atomic|.", re.DOTALL)
MOST = 70


class Planned(NamedTuple):
    """A statement of a revision: its beginning, what it locks and how, and whether it writes the table anew."""

    revision: str
    subject: str
    statement: str
    table: str
    lock: str
    rewrites: bool


def plan(conn: Connection) -> Iterator[Planned]:
    """What `migrate` would run on this database; nothing when its schema is that of the program, or newer."""
    found = schema_status(conn).found
    for folder in sorted(_SQL.iterdir()):
        if found < folder.name <= HEAD:
            for file in sorted(folder.glob("*.sql")):
                subject = file.stem.partition("_")[2]
                for statement in statements(file.read_text(encoding="utf-8")):
                    yield Planned(folder.name, subject, *judged(statement))


def statements(sql: str) -> Iterator[str]:
    """The statements of a file, without comments; what is quoted is not looked into."""
    parts: list[str] = []
    for token in _TOKEN.finditer(sql):
        word = token.group()
        if word == ";":
            yield " ".join("".join(parts).split())
            parts = []
        elif not word.startswith("--"):
            parts.append(word)
    if rest := "".join(parts).split():
        yield " ".join(rest)


def judged(statement: str) -> tuple[str, str, str, bool]:
    """The beginning of a statement, the table it locks, how, and whether it writes that anew."""
    begins = statement if len(statement) <= MOST else statement[: MOST - 1] + "…"
    if statement.lower().startswith("do "):
        several = _SEVERAL.search(statement) is not None
        return begins, "*" if several else "", ALL if several else NOTHING, False
    for kind, lock in _KINDS:
        if found := kind.match(statement):
            table = found.groupdict().get("t") or ""
            return begins, table, lock, _REWRITES.search(statement) is not None and lock == ALL
    return begins, "", NOTHING, False
