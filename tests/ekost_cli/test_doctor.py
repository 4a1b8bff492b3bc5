"""`ekost doctor`: every finding with its way out; status 1 when something is broken."""

import json
from pathlib import Path

from sqlalchemy import make_url, text

from db.engine import Database
from tests.ekost_cli.conftest import Ekost


def kept_apart(database: Database, home: Path) -> str:
    """The address without its password, which lies where it belongs."""
    url = make_url(database.url)
    (home / ".pgpass").write_text(f"*:*:*:*:{url.password}\n")
    (home / ".pgpass").chmod(0o600)
    return url._replace(password=None).render_as_string()


def test_an_installation_in_order_is_status_0(ekost: Ekost, database: Database, tmp_path: Path) -> None:
    done = ekost("doctor", "-o", "json", EKOST_DATABASE_URL=kept_apart(database, tmp_path))
    items = json.loads(done.stdout)["items"]
    assert {row["status"] for row in items} == {"pass"}, items
    assert list(items[0]) == ["check", "status", "message", "hint"]
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_broken_comes_with_a_way_out_and_status_1(ekost: Ekost, database: Database, tmp_path: Path) -> None:
    with database.transaction() as conn:
        conn.execute(text("drop trigger no_truncate on payments_default"))
    done = ekost("doctor", "-o", "ndjson", EKOST_DATABASE_URL=kept_apart(database, tmp_path))
    ills = [row for row in map(json.loads, done.stdout.splitlines()) if row["status"] != "pass"]
    assert done.returncode == 1
    assert [(row["check"], row["status"]) for row in ills] == [("structure", "fail")]
    assert "ekost check history_is_guarded" in ills[0]["hint"]


def test_without_a_book_there_is_nothing_made(ekost: Ekost, tmp_path: Path) -> None:
    done = ekost("doctor", EKOST_HOME=str(tmp_path / "home"))
    assert done.returncode == 0
    assert "There is no book yet." in done.stdout
    assert not (tmp_path / "home").exists()


def test_a_database_that_does_not_answer_is_a_finding(ekost: Ekost) -> None:
    done = ekost("doctor", EKOST_DATABASE_URL="postgresql://ekost:geheim@127.0.0.1:1/none", EKOST_INSECURE_TLS="1")
    assert done.returncode == 1
    assert "transport\twarn\tServers elsewhere may be reached" in done.stdout
    assert "does not answer" in done.stdout
    assert "geheim" not in done.stdout + done.stderr


def test_a_wrong_configuration_is_a_finding(ekost: Ekost) -> None:
    done = ekost("doctor", "-o", "ndjson", EKOST_LOCK_TIMEOUT="soon")
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["check"] == "configuration"


def test_a_person_reads_a_line_for_each_finding(ekost: Ekost, database: Database) -> None:
    lines = ekost("doctor", "-o", "table", EKOST_DATABASE_URL=database.url).stdout.splitlines()
    assert lines[0].startswith("fine         E-Kost ")
