"""A book in which every text is an attack: put there by SQL, past the rules that keep such text out.

So what shows it has nobody to rely on but itself.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO

from sqlalchemy import Connection, text

from db.demo.small import load_small_demo
from db.engine import Database
from db.repositories.lookup import find_room, find_tenant
from db.services.deposits import add_deposit
from db.services.imports.run import run_import
from db.services.imports.staging import Request, stage_file
from db.services.inventory import add_item
from db.services.notes import add_note, void_note
from jobs.drain import drain

# A formula, markup that closes what was never opened, a button, a title for the terminal, a sequence of one byte,
# a turn to the left and a sign that nobody sees.
POISON = "=1+1[/][@click=app.quit]\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u200b[link=x]"
# What a terminal would obey, or what would not be seen on it.
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
SEEN = "=1+1[/][@click=app.quit]"

_COLUMNS = text("""
select c.table_name, c.column_name from information_schema.columns c
  join pg_class t on t.relname = c.table_name and t.relnamespace = 'public'::regnamespace
 where c.domain_name = 'clean_text' and t.relkind in ('r', 'p') and not t.relispartition
   and c.column_name not in ('code', 'number')
""")
_MORE = """
update import_errors set value = :poison, column_name = :poison, raw = to_jsonb(array[cast(:poison as text)]);
update imports set failure = jsonb_build_object('code', 'file_unreadable', 'fields',
  jsonb_build_object('path', cast(:poison as text), 'reason', cast(:poison as text)));
update deliveries set last_error = :poison;
update deliveries set state = 'dead', done_at = null
 where (event_id, consumer) = (select min(event_id), 'audit' from deliveries where consumer = 'audit');
"""
# History lets nobody change it.
_LET_IT = """
do $$ declare name regclass; begin
  for name in select oid from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace loop
    execute 'alter table ' || name || ' disable trigger user';
  end loop;
end $$"""
# Rules of the length of words would not bear what is put before them.
_BEAR_IT = """
do $$ declare rule record; begin
  for rule in select conrelid::regclass as name, conname from pg_constraint
               where contype = 'c' and conrelid <> 0 and coninhcount = 0
                 and pg_get_constraintdef(oid) like '%length(%' loop
    execute format('alter table %s drop constraint %I', rule.name, rule.conname);
  end loop;
end $$"""
_WRITE = "update {table} set {column} = :poison || {column} where {column} is not null"
_READ = "select {key}, {column} from {table} where {column} is not null"
_REWRITE = "update {table} set {column} = cast(:told as jsonb) where {key} = :number"
_HISTORY = (
    ("events", "id", "payload"), ("audit_log", "position", "before"), ("audit_log", "position", "after"),
    ("audit_log", "position", "details"),
)  # fmt: skip
# Names of things are read by the program; free words are what people wrote.
_WORDS = ("name", "note", "description", "reason", "reference", "address", "email", "phone", "body", "roomType")


def furnish(database: Database) -> None:
    """Fill an empty book with the kos of the examples and an import with errors, then put poison into all of it."""
    load_small_demo(database)
    content = "penyewa,jumlah,tanggal\nNOBODY,100000,2026-01-22\nRINI,100000,2026-01-22\n"
    with database.transaction() as conn:
        row = stage_file(conn, Request("payments", "KOSA"), BytesIO(content.encode()), "bank.csv").row
    run_import(database, row.id)
    with database.transaction() as conn:
        tenant, room = find_tenant(conn, "BUDI"), find_room(conn, "KOSA/A1")
        add_deposit(conn, tenant, Decimal(1000), note="words")
        add_item(conn, room, "Gelas", note="words")
        void_note(conn, add_note(conn, tenant, "words"), "more words")
        add_note(conn, room, "words")
    drain(database, "audit")
    poison(database)
    database.engine.dispose()


def poison(database: Database) -> None:
    """Write it into every line that people can write."""
    with database.transaction() as conn:
        conn.exec_driver_sql(_LET_IT)
        conn.execution_options(no_parameters=True).exec_driver_sql(_BEAR_IT)
        conn.exec_driver_sql("alter domain clean_text drop constraint clean_text_no_control")
        for table, column in conn.execute(_COLUMNS).all():
            conn.execute(text(_WRITE.format(table=table, column=column)), {"poison": POISON})
        for statement in filter(str.strip, _MORE.split(";")):
            conn.execute(text(statement), {"poison": POISON})
        _poison_history(conn)


def _poison_history(conn: Connection) -> None:
    for table, key, column in _HISTORY:
        names = {"table": table, "key": key, "column": column}
        for number, told in conn.execute(text(_READ.format(**names))).all():
            written = json.dumps(dict(_poisoned(told)))
            conn.execute(text(_REWRITE.format(**names)), {"told": written, "number": number})


def _poisoned(told: dict[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield name, dict(_poisoned(value))
        else:
            yield name, POISON if name in _WORDS and isinstance(value, str) else value
