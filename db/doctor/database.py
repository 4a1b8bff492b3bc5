"""The database: whether it answers, keeps what it acknowledges, and has everything that the book rests on."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import available_timezones

from sqlalchemy import Connection, text

from db.doctor.finding import Finding, broken, doubtful, fine, guarded
from db.doctor.privileges import examine_privileges
from db.engine import Database
from db.errors import N_
from db.migrations.runner import HEAD, is_served, schema_status
from db.repositories.checks.runner import find_checks, run_checks

OLDEST, NEWEST_KNOWN = 15, 18
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
SKEW_SEEN, SKEW_WRONG = 5, 300
"""Seconds by which two clocks may differ: more is worth a look, much more dates payments wrongly."""
CROWDED = 0.8
STRUCTURE = (
    "partitions_ahead", "default_partitions_empty", "history_is_guarded", "balances_follow_entries",
    "rule_guards_in_place", "schema_is_valid",
)  # fmt: skip


def examine_database(database: Database) -> Iterator[Finding]:
    """The server first; the book only where its schema is the one that this program knows."""
    yield from guarded("database", lambda: _examine(database))


def _examine(database: Database) -> Iterator[Finding]:
    started = time.monotonic()
    with database.reading() as conn:
        took = (time.monotonic() - started) * 1000
        yield fine("database", N_("{place} answers within {ms} ms."), place=database.place, ms=round(took))
        yield _version(conn)
        yield examine_writable(conn, database.place)
        yield _encoding(conn)
        yield from _durability(conn)
        yield _clock(conn)
        yield _connections(conn)
        yield _size(conn)
        yield from _extensions(conn)
        schema = examine_schema(conn)
        yield schema
        if schema.status == "pass":
            yield from examine_privileges(conn)
            yield _zones(conn)
            yield from _structure(conn)


def _version(conn: Connection) -> Finding:
    number, name = int(_setting(conn, "server_version_num")), _setting(conn, "server_version").split()[0]
    if number // 10_000 < OLDEST:
        hint = N_("Use PostgreSQL 15 or newer, or the bundled one.")
        return broken("version", N_("PostgreSQL {version} is too old."), hint, version=name)
    if number // 10_000 > NEWEST_KNOWN:
        told = N_("PostgreSQL {version} is newer than this program knows.")
        return doubtful("version", told, N_("Look for a newer release of E-Kost."), version=name)
    return fine("version", N_("PostgreSQL {version}"), version=name)


def examine_writable(conn: Connection, place: str) -> Finding:
    """Whether this is a server that takes changes."""
    if conn.execute(text("select pg_is_in_recovery()")).scalar_one():
        hint = N_("Let EKOST_DATABASE_URL name the primary server.")
        return broken("writable", N_("{place} is a standby and takes no changes."), hint, place=place)
    if _setting(conn, "default_transaction_read_only") == "on":
        hint = N_("Set default_transaction_read_only to off for this role or database.")
        return broken("writable", N_("{place} is set to read only."), hint, place=place)
    return fine("writable", N_("Changes are taken."))


def _encoding(conn: Connection) -> Finding:
    encoding = _setting(conn, "server_encoding")
    if encoding != "UTF8":
        hint = N_("Create the database anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0")
        return broken("encoding", N_("Texts are stored as {encoding}."), hint, encoding=encoding)
    return fine("encoding", N_("Texts are stored as {encoding}."), encoding=encoding)


def _durability(conn: Connection) -> Iterator[Finding]:
    """Settings with which the server forgets what it has acknowledged, or does not notice that it did."""
    lost = [name for name in ("fsync", "full_page_writes") if _setting(conn, name) == "off"]
    for name in lost:
        told = N_("{name} is off: a crash can destroy payments that were acknowledged.")
        yield broken("durability", told, N_("Turn it on: ALTER SYSTEM SET {name} = on"), name=name)
    if _setting(conn, "synchronous_commit") == "off":
        told = N_("synchronous_commit is off: other programs may lose what they were told is safe.")
        yield doubtful("durability", told, N_("E-Kost turns it on for itself. Turn it on for all."))
    if _setting(conn, "data_checksums") == "off":
        told = N_("Data checksums are off: a damaged disk would go unnoticed.")
        yield doubtful("durability", told, N_("Stop the server and run pg_checksums --enable."))
    elif not lost:
        yield fine("durability", N_("What is acknowledged survives a crash."))


def _clock(conn: Connection) -> Finding:
    before = datetime.now(UTC)
    there = conn.execute(text("select clock_timestamp()")).scalar_one()
    here = before + (datetime.now(UTC) - before) / 2
    skew = round(abs((there - here).total_seconds()))
    if skew < SKEW_SEEN:
        return fine("clock", N_("The clocks of this machine and the database agree."))
    told = N_("The clocks of this machine and the database differ by {seconds} seconds.")
    hint = N_("Set both by NTP: the date of a payment depends on them.")
    return (broken if skew >= SKEW_WRONG else doubtful)("clock", told, hint, seconds=skew)


def _connections(conn: Connection) -> Finding:
    query = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
    used, most = conn.execute(text(query)).scalar_one(), int(_setting(conn, "max_connections"))
    fields = {"used": used, "most": most}
    if used >= most * CROWDED:
        hint = N_("Close what is not needed, raise max_connections, or put PgBouncer in front.")
        return doubtful("connections", N_("{used} of {most} connections are taken."), hint, **fields)
    return fine("connections", N_("{used} of {most} connections are taken."), **fields)


def _size(conn: Connection) -> Finding:
    size = conn.execute(text("select pg_database_size(current_database())")).scalar_one()
    return fine("size", N_("The database takes {size} MB."), size=round(size / (1 << 20)))


def _extensions(conn: Connection) -> Iterator[Finding]:
    query = """select e.name, i.extname is not null as installed, a.name is not null as available
                 from unnest(cast(:names as text[])) as e (name)
                 left join pg_extension i on i.extname = e.name
                 left join pg_available_extensions a on a.name = e.name"""
    missing = [row for row in conn.execute(text(query), {"names": list(EXTENSIONS)}) if not row.installed]
    for row in missing:
        if row.available:
            hint = N_("`ekost db migrate` adds it; where it may not: CREATE EXTENSION {name}")
        else:
            hint = N_("Install PostgreSQL's contrib package on the server.")
        yield broken("extensions", N_("The extension {name} is missing."), hint, name=row.name)
    if not missing:
        yield fine("extensions", N_("The extensions {names} are there."), names=", ".join(EXTENSIONS))


def examine_schema(conn: Connection) -> Finding:
    """Whether the schema is the one that this program knows."""
    status = schema_status(conn)
    if status.current:
        return fine("schema", N_("The schema is {found}, as it should be."), found=status.found)
    fields = {"found": status.found or "-", "wanted": status.wanted}
    told = N_("The database has schema {found}, this program needs {wanted}.")
    newer = N_("The database is newer: update the program.")
    if is_served(conn, status):
        return doubtful(
            "schema", N_("The database has schema {found}, newer than {wanted}; it still works."), newer, **fields
        )
    return broken("schema", told, newer if status.found > HEAD else N_("Run `ekost db migrate`."), **fields)


def _zones(conn: Connection) -> Finding:
    query = """select distinct timezone, timezone in (select name from pg_timezone_names) as known from properties"""
    here = available_timezones()
    unknown = [row.timezone for row in conn.execute(text(query)) if not (row.known and row.timezone in here)]
    if unknown:
        told = N_("The time zone {zone} of a property is unknown here or in the database.")
        hint = N_("`ekost property edit --timezone` sets another one; or update the time zone data.")
        return broken("zones", told, hint, zone=unknown[0])
    return fine("zones", N_("The time zones of all properties are known."))


def _structure(conn: Connection) -> Iterator[Finding]:
    """What the rules rest on; the invariants of the data themselves are for `ekost check`."""
    found = sorted({row.check for row in run_checks(conn, find_checks(STRUCTURE))})
    for name in found:
        yield broken(
            "structure", N_("The check {name} fails."), N_("`ekost check {name}` shows what is wrong."), name=name
        )
    if not found:
        yield fine("structure", N_("Partitions, triggers and constraints are in place."))


def _setting(conn: Connection, name: str) -> str:
    return str(conn.execute(text("select current_setting(:name)"), {"name": name}).scalar_one())
