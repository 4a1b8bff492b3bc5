"""`ekost alerts check`: silent and 0, or a line for each alert and 1."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database
from tests.ekost_cli.conftest import Ekost


@pytest.fixture
def ekost(swift: Ekost) -> Ekost:
    return swift


def test_nothing_is_said_until_something_needs_a_person(ekost: Ekost, database: Database, tmp_path: Path) -> None:
    own = {"EKOST_DATABASE_URL": database.url}
    for form in ("table", "tsv"):
        done = ekost("alerts", "check", "--deep", "-o", form, **own)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads(ekost("alerts", "check", "-o", "json", **own).stdout) == {"items": [], "next": None}

    with database.transaction() as conn:
        conn.execute(text("drop trigger no_truncate on payments_default"))
    done = ekost("alerts", "check", "--backups", str(tmp_path), "-o", "json", **own)
    assert done.returncode == 1
    rows = json.loads(done.stdout)["items"]
    assert [(row["name"], row["severity"], row["about"], row["value"], row["limit"]) for row in rows] == [
        ("invariants", "critical", "history_is_guarded", 1, 0), ("backup_missing", "critical", "", 1, 0),
    ]  # fmt: skip
    told = ekost("alerts", "check", "--backups", str(tmp_path), "-o", "table", **own).stdout.splitlines()
    assert told[0].split(" (")[0] == "Rows that break a rule of the book"
    assert len(told) == 2

    assert ekost("alerts", "check", "--backups", str(tmp_path / "none"), **own).returncode in (2, 4)
    gone = ekost("alerts", "check", EKOST_DATABASE_URL="postgresql://x@127.0.0.1:1/none")
    assert (gone.returncode, gone.stdout) == (3, "")
