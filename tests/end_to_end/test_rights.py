"""Every role against every command, and against plain SQL: what the tool hides, anybody can type into psql."""

import json
import shlex
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege
from sqlalchemy import make_url, text

from db.engine import Database
from ekost_cli.examples import all_verbs
from jobs.schedules import SCHEDULES, Calendar
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos
from tests.end_to_end.rights import ELSEWHERE, ELSEWHERE_NOUNS, ONLY, RIGHTS, ROLES, RULES

# Refused, or there is no such thing in what the role sees.
FORBIDDEN = {"not_allowed", "logins_not_allowed", "whole_book", "import_not_found", "property_not_found",
             "login_not_found", "raise_not_found", "receipt_not_found",
             "book_owner", "handover_signer", "cash_to_oneself"}  # fmt: skip
SECRET = "a-long-password"


class House(NamedTuple):
    """A book with a login for every role, by its letter."""

    kos: Kos
    urls: dict[str, str]
    logins: dict[str, str]
    folder: Path

    def connect(self, letter: str) -> psycopg.Connection:
        return psycopg.connect(self.urls[letter].replace("+psycopg", ""), autocommit=True)


@pytest.fixture(scope="module")
def house(shared_kos: Kos, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    kos, tail = shared_kos, uuid.uuid4().hex[:8]
    folder = tmp_path_factory.mktemp("rights")
    (folder / "payments.csv").write_text("tenant,amount,date\nSITI,1000,2026-01-05\n")
    (folder / "tenants.csv").write_text("name,property\nUdin,KOSA\n")
    (folder / "meters.txt").write_text("A1 1327.8\n")
    (folder / "rooms.csv").write_text("number,rent\nA77,1000\n")
    kos.do("demo")
    kos.do("import", "payments", str(folder / "payments.csv"))
    (folder / "payments.csv").write_text("tenant,amount,date\nSITI,1000,2026-01-06\n")
    kos.do("room", "add", "A98", "--rent", "1000", "--property", "KOSA")
    kos.do("property", "add", "KOSC", "Kos")
    bank = "date,description,amount\n2026-01-05,SITI RAHMAWATI,1500000\n2026-01-06,TOKEN PLN,-8\n2026-01-07,BUNGA,9\n"
    (folder / "statement.csv").write_text(bank)
    kos.do(
        "import", "bank", str(folder / "statement.csv"), "--format", "generic", "--account", "BCA", "--property", "KOSA"
    )
    (folder / "statement.csv").write_text("date,description,amount\n2026-01-08,X,1\n")
    kos.do("bank", "ignore", "3", "--reason", "interest")
    kos.do("raise", "add", "5%", "--from", "2031-01-01", "--rooms", "A98", "--property", "KOSA")
    kos.do("receipt", "print", "10")
    with kos.database.transaction() as conn:
        conn.execute(text("update deliveries set state = 'dead' where event_id = 1"))
    owner = make_url(kos.database.url)
    urls, logins = {"o": kos.database.url}, {"o": str(owner.username)}
    for letter, role in list(ROLES.items())[1:]:
        logins[letter] = login = f"{letter}_{tail}"
        only = ("--only", ONLY[letter]) if letter in ONLY else ()
        added = kos.run("user", "add", login, "--role", role, *only, "--password-stdin", stdin=SECRET)
        assert added.status == 0, added
        urls[letter] = owner.set(username=login, password=SECRET).render_as_string(hide_password=False)
    handed = ("cash", "hand-over", "1000", "--to", "owner", "--counted", "1000", "--property", "KOSA")
    assert kos.run(*handed, EKOST_DATABASE_URL=urls["s"]).status == 0
    yield House(kos, urls, logins, folder)
    for login in list(logins.values())[1:]:
        kos.do("user", "revoke", login, "--yes")


def test_every_command_is_known_here() -> None:
    known = {" ".join(shlex.split(line)[:2]) for line in RIGHTS} | {shlex.split(line)[0] for line in RIGHTS}
    asked = {path for path, _verb in all_verbs() if path not in ELSEWHERE and path.split()[0] not in ELSEWHERE_NOUNS}
    assert asked - known == set()


@pytest.mark.parametrize("letter", ROLES)
def test_every_role_against_every_command(house: House, forks: Forks, letter: str) -> None:
    names = {"folder": str(house.folder), "login": house.logins["s"], "letter": letter,
             "receipt": house.kos.items("receipt", "list")[0]["ref"]}  # fmt: skip
    lines = [(line, [*shlex.split(line.format(**names)), "-o", "json"]) for line in RIGHTS]
    env = house.kos.env | {"EKOST_DATABASE_URL": house.urls[letter]}
    before = _content(house.kos)
    wrong = []
    for start in range(0, len(lines), 8):
        batch = lines[start : start + 8]
        ended = forks.wait(forks.start([words for _, words in batch], env))
        for (line, _), done in zip(batch, ended, strict=True):
            code = _code(done.err)
            fine = (line in RULES) != (done.status == 0) if letter in RIGHTS[line] else True
            if not fine or (letter in RIGHTS[line]) == (code in FORBIDDEN):
                wrong.append((line, done.status, code, done.err[-200:]))
    assert not wrong, "\n".join(map(str, wrong))
    assert _content(house.kos) == before


def _content(kos: Kos) -> dict[str, tuple[int, str]]:
    """What is in the book, but for the day of its last backup."""
    return {name: what for name, what in kos.content().items() if name != "schedules"}


def _code(err: str) -> str:
    last = err.splitlines()[-1] if err else ""
    return str(json.loads(last)["error"]["code"]) if last.startswith('{"error"') else ""


HISTORY = ("payments", "charges", "reversals", "deposit_entries", "events", "audit_log", "notes", "note_voids",
           "inventory", "inventory_checks", "balance_drifts", "reminders", "meter_readings", "meter_reading_voids",
           "tariffs", "utility_charges",
           "expenses", "cash_handovers", "cash_confirmations", "cash_voids", "bank_accounts", "bank_statements",
           "bank_lines", "bank_matches", "bank_match_voids")  # fmt: skip
LEDGER = ("payments", "charges", "reversals", "deposit_entries", "expenses", "cash_")


def test_nobody_but_the_owner_rewrites_history_or_writes_the_ledger(house: House) -> None:
    parts = """select c.oid::regclass::text from pg_class c left join pg_inherits i on i.inhrelid = c.oid
                where coalesce(i.inhparent, c.oid) = any (%s::text[]::regclass[]) and c.relkind in ('r', 'p')"""
    with house.connect("o") as owner:
        tables = [row[0] for row in owner.execute(parts, (list(HISTORY),))]
    assert len(tables) > 20
    for letter in list(ROLES)[1:]:
        with house.connect(letter) as conn:
            tried = [f"{verb} {name}" for name in tables for verb in ("delete from", "truncate")]
            tried += [f"update {name} set actor = 'x'" for name in tables if "drifts" not in name]  # noqa: S608
            tried += [f"insert into {name} default values" for name in tables if name.startswith(LEDGER)]
            tried += [f"alter table {name} disable trigger all" for name in LEDGER if name in tables]
            for statement in tried:
                with pytest.raises(InsufficientPrivilege):
                    conn.execute(statement)


@pytest.mark.parametrize("letter", ["w", "s"])
def test_who_has_one_property_sees_and_changes_nothing_of_another(house: House, letter: str) -> None:
    with house.connect("o") as owner:
        (other,) = owner.execute("select id from properties where code = 'KOSB'").fetchone() or (0,)
        (tenant,) = owner.execute("select min(id) from tenants where property_id = %s", (other,)).fetchone() or (0,)
        (room,) = owner.execute("select min(id) from rooms where property_id = %s", (other,)).fetchone() or (0,)
        (charge,) = owner.execute("select min(id) from charges where property_id = %s", (other,)).fetchone() or (0,)
        (mine,) = owner.execute("select id from tenants where code = 'SITI'").fetchone() or (0,)
    with house.connect(letter) as conn:
        for name in ("rooms", "tenants", "leases", "charges", "payments", "deposit_entries", "balances", "notes",
                     "expenses", "cash_received", "cash_handovers", "bank_lines", "bank_matches", "bank_rules",
                     "events", "audit_log", "tenant_list", "payment_list", "monthly_summary"):  # fmt: skip
            assert conn.execute(f"select count(*) from {name} where property_id = {other}").fetchone() == (0,)  # noqa: S608
        assert conn.execute("select count(*) from lease_terms where lease_id in (select id from leases)").fetchone()
        assert conn.execute("update tenants set name = 'x' where id = %s", (tenant,)).rowcount == 0
        names = "charge_id, stage, due_on, amount, channel, sent_on, event_id"
        row = f"{charge}, 0, current_date, 1, 'sms', current_date, 1"
        refused = [
            ("insert into tenants (property_id, code, name) values (%s, 'X', 'X')", other),
            ("select record_payment(null, null, %s, current_date, 1, 'cash', null, null)", tenant),
            ("select post_charge(%s, 'other', current_date, current_date, 1, null)", tenant),
            ("select post_deposit(%s, 'received', current_date, 1, null)", tenant),
            ("select reverse_charge(%s, 'x')", charge),
            ("select append_event(reserve_event(), 'RoomChanged', 'room', 1, %s, null, '{}')", other),
            ("select count(*) from monthly_business_summary where property_id = %s", other),
            ("update rooms set property_id = %s", other),
            ("insert into notes (property_id, room_id, body, event_id, actor) values (1, %s, 'x', 1, 'ekost')", room),
            (f"insert into reminders (property_id, tenant_id, {names}) select %s, {tenant}, {row}", other),
            (f"update leases set room_id = {room} where tenant_id = %s", mine),  # noqa: S608
            (f"insert into meters ({METER}) select 1, {room}, 'gas', 'm3', 1, %s", 1),
            ("insert into meter_readings (property_id, meter_id, read_on, value, event_id) select %s, 1, now(), 1,1",
             other),
            ("insert into tariffs (property_id, kind, effective_on, mode, event_id) select %s, 'gas', now(), 'token',1",
             other),
        ]  # fmt: skip
        for statement, value in refused:
            with pytest.raises(InsufficientPrivilege):
                conn.execute(statement, (value,))


METER = "property_id, room_id, kind, unit, position, event_id"
CHANGES = (
    "update tenants set name = 'x' where id = 11",
    "update tenants set phone = null, version = version + 1 where id = 11",
    "insert into tenants (property_id, code, name) values (1, 'XX', 'X')",
    "update rooms set monthly_rent = 1 where id = 1",
    "update rooms set status = 'renovation' where id = 1",
    "insert into rooms (property_id, number, monthly_rent) values (1, 'X1', 1)",
    "update properties set name = 'x' where id = 1",
    "update leases set ends_on = current_date where tenant_id = 11",
    "update lease_terms set monthly_rent = 1 where lease_id = 11",
    "update meters set retired_on = current_date where id = 1",
    f"insert into meters ({METER}) select 1, null, 'gas', 'm3', 1, 1",
    "insert into meter_readings (property_id, meter_id, read_on, value, event_id) select 1, 1, current_date, 1e6, 1",
    "insert into tariffs (property_id, kind, effective_on, mode, event_id) select 1, 'gas', now(), 'token', 1",
)


def test_what_may_be_changed_by_a_command_is_not_changed_unseen(house: House) -> None:
    with house.connect("l") as conn:
        for statement in CHANGES:
            with pytest.raises(psycopg.Error) as refused:
                conn.execute(statement)
            assert refused.value.sqlstate == "EK004", statement
        assert conn.execute("update leases set next_period_on = next_period_on where tenant_id = 11").rowcount == 1


def test_a_landlord_and_staff_change_by_command_what_is_theirs(house: House) -> None:
    kos, landlord, staff = house.kos, house.urls["l"], house.urls["s"]
    for words in (
        ("property", "edit", "KOSC", "--name", "Kos Kenanga"),
        ("room", "add", "C1", "--rent", "1000", "--property", "KOSC"),
        ("room", "add", "C2", "--rent", "2000", "--property", "KOSC", "--capacity", "2", "--basis", "split_room"),
        ("room", "edit", "C1", "--rent", "1500"), ("room", "status", "C1", "renovation"),
        ("room", "status", "C1", "available"), ("tenant", "add", "Zaki", "--property", "KOSC"),
        ("tenant", "edit", "ZAKI", "--phone", "0812-0000-9999"), ("tenant", "add", "Zeno", "--property", "KOSC"),
        ("tenant", "assign", "ZAKI", "KOSC/C1"), ("tenant", "assign", "ZENO", "KOSC/C2"),
        ("lease", "rent", "ZAKI", "1200", "--from", "2031-01-01"),
        ("meter", "add", "KOSC/C1"), ("meter", "tariff", "KOSC", "electricity", "1445"),
        ("meter", "read", "KOSC/C1", "10", "--on", "yesterday"), ("meter", "retire", "KOSC/C1"),
        ("raise", "add", "5%", "--from", "2032-01-01", "--property", "KOSC"),
        ("tenant", "move", "ZAKI", "KOSC/C2", "--on", "2031-05-01"), ("tenant", "move-out", "ZAKI"),
        ("tenant", "archive", "ZAKI", "--yes"),
    ):  # fmt: skip
        kos.do(*words, EKOST_DATABASE_URL=landlord)
    kos.do("tenant", "edit", "SITI", "--email", "siti@example.com", EKOST_DATABASE_URL=staff)
    read = kos.get("meter", "read", "KOSA/A1", "1251.3", EKOST_DATABASE_URL=staff)
    kos.do("meter", "void", str(read["id"]), "--reason", "misread", EKOST_DATABASE_URL=staff)
    assert {row["actor"] for row in kos.get("events", "list")["items"][:20]} == {house.logins["l"], house.logins["s"]}


def test_a_worker_of_the_role_does_all_that_a_day_brings(house: House) -> None:
    told: list[object] = []
    database = Database(house.urls["k"])
    with house.connect("k") as conn:
        conn.execute(
            "select ensure_partition('payments', date '2020-03-01'), ensure_partition('payments', '2020-04-01')"
        )
        conn.execute("delete from schedules")
    assert Calendar(database, lambda *what, **more: told.append((what, more))).look() == len(SCHEDULES)
    assert told == []


def test_no_way_around(house: House) -> None:
    """What a person with psql would try: other roles, settings, functions of the inside, tables of her own."""
    for letter in list(ROLES)[1:]:
        with house.connect(letter) as conn:
            for statement in (
                f"set role {house.logins['o']}",
                f"set session authorization {house.logins['o']}",
                "set session_replication_role = replica",
                "create table public.mine (id int)",
                "create function public.standings(text) returns int language sql return 1",
                "insert into logins (role_name, grade) values (session_user, 'landlord')",
                "update logins set property_ids = null",
                "select write_event(1, 'PaymentRecorded', 'payment', 1, null, null, '{}')",
                "select post_payment(1, 1, current_date, 1, 'cash', null, null)",
                "select add_login('x', 'landlord', null, 'x')",
                "select attach_partition('payments', 'x', 'y', current_date, current_date)",
                "select attach_again('payments_2024')",
                "select detach_payments('payments_2024', 1)",
                "select append_event(reserve_event(), 'CashConfirmed', 'cash', 2, 1, null, '{}')"
                if letter != "k"
                else "select hold_handover(2, true)",
                "select append_event(reserve_event(), 'PaymentRecorded', 'payment', 1, 1, 1, '{}')"
                if letter != "k"
                else "select install_roles()",
            ):
                with pytest.raises(InsufficientPrivilege):
                    conn.execute(statement)


def test_the_ledger_takes_no_nonsense_from_who_may_write_it(house: House) -> None:
    with house.connect("l") as conn:
        for statement in (
            "select record_payment(null, null, 11, current_date + 2, 1, 'cash', null, null)",
            "select record_payment(null, null, 11, current_date, -1, 'cash', null, null)",
            "select record_payment(null, null, 11, current_date, 1, 'deposit', null, null)",
            "select post_charge(11, 'other', current_date + 2, current_date, 1, null)",
            "select post_charge(11, 'other', current_date, current_date, -1, null)",
            "select post_deposit(11, 'refunded', current_date, 999999999, null)",
            "select post_lease_charge(11, 'refund', current_date, current_date + 1, 1, 1, 1, null, 1)",
        ):
            with pytest.raises(CheckViolation):
                conn.execute(statement)


def test_who_may_not_post_rent_is_told_that_it_is_missing(house: House) -> None:
    env = house.kos.env | {"EKOST_DATABASE_URL": house.urls["r"]}
    with house.connect("o") as owner:
        owner.execute("update leases set next_period_on = current_date where tenant_id = 11")
    done = house.kos.forks.run(["balance", "list"], env)
    assert (done.status, "your login may not post it" in done.err) == (0, True), done
    house.kos.do("billing", "run")
    assert "may not post" not in house.kos.forks.run(["balance", "list"], env).err


def test_what_somebody_does_is_told_in_her_name_and_ends_with_her_login(house: House) -> None:
    kos, login = house.kos, f"x_{uuid.uuid4().hex[:8]}"
    assert kos.run("user", "add", login, "--role", "staff", "--password-stdin", stdin=SECRET).status == 0
    url = make_url(house.urls["s"]).set(username=login).render_as_string(hide_password=False)
    kos.do("payment", "add", "SITI", "1000", EKOST_DATABASE_URL=url)
    assert kos.items("events", "list")[0]["actor"] == login
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as still_open:
        kos.do("user", "revoke", login, "--yes")
        with pytest.raises(InsufficientPrivilege):
            still_open.execute("select count(*) from tenants")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("+psycopg", ""))
    assert kos.items("events", "list")[0]["type"] == "LoginRevoked"


def test_a_book_restored_on_another_server_gives_its_people_their_logins_again(house: House) -> None:
    kos, login = house.kos, f"x_{uuid.uuid4().hex[:8]}"
    with house.connect("o") as owner:
        owner.execute("insert into logins (role_name, grade) values (%s, 'landlord')", (login,))
    done = kos.run("user", "add", login, "--role", "staff", "--only", "KOSA", "--password-stdin", stdin=SECRET)
    assert done.status == 0, done
    (found,) = [row for row in kos.get("user", "list")["items"] if row["name"] == login]
    assert (found["role"], found["properties"], found["active"]) == ("staff", "KOSA", True), found
    kos.do("user", "revoke", login, "--yes")
