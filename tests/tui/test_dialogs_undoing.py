"""An import taken back whole, and dead work given up: final, and told beforehand."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database
from db.repositories.imports import ImportRow, Imports
from db.repositories.jobs import Jobs
from db.services.imports.run import run_import
from db.services.imports.staging import Request, stage_file
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import assert_sound, balance_of, fill, notes, told
from tui.details.batch import ImportDetail
from tui.dialogs import undoing
from tui.dialogs.form import FormDialog

SITI = ("SITI", "KOSA")
PAYMENTS = "penyewa,jumlah,tanggal\nSITI,250000,2026-03-01\nSITI,150000,2026-04-01\n"


def bring(database: Database, folder: Path, kind: str, content: str, *, through: bool = True) -> ImportRow:
    """An import, at its end or failed before its first row."""
    file = folder / f"{kind}.csv"
    file.write_text(content)
    with database.transaction() as conn, file.open("rb") as stream:
        row = stage_file(conn, Request(kind, "KOSA"), stream, file.name).row
        if not through:
            why = {"id": row.id, "why": '{"code": "database_busy", "fields": {}}'}
            conn.execute(text("update imports set state = 'failed', failure = cast(:why as jsonb) where id = :id"), why)
    return run_import(database, row.id) if through else row


def state(database: Database, row: ImportRow) -> str:
    with database.reading() as conn:
        return Imports(conn).row(row.id).state


async def test_imports_are_taken_back_small_and_large_ones(
    screens: Screens, lived_in: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = balance_of(lived_in, *SITI)
    first = bring(lived_in, tmp_path, "payments", PAYMENTS)
    async with screens(lived_in.url) as pilot:
        await press(pilot, "6", "home", "U")
        assert told(pilot).splitlines() == [
            "payments: payments.csv", "Payments that are reversed today: 2", "The file can be imported again then.",
        ]  # fmt: skip
        assert told(pilot, "#command") == f"$ ekost import undo {first.id}"
        assert balance_of(lived_in, *SITI) == before - 400_000
        await press(pilot, "enter")  # no single key does it
        assert state(lived_in, first) == "done"
        await press(pilot, "tab", "enter")
        assert notes(pilot) == [f"Import {first.id} is taken back."]
        assert (state(lived_in, first), balance_of(lived_in, *SITI)) == ("undone", before)
        await press(pilot, "home", "U")  # once is enough
        assert not isinstance(pilot.app.screen, FormDialog)

        second = bring(lived_in, tmp_path, "payments", PAYMENTS)
        monkeypatch.setitem(undoing.TRIED, "payments", 1)
        await press(pilot, "r")
        await press(pilot, "home", "enter", "U")
        assert told(pilot).splitlines() == [
            "payments: payments.csv", "Payments that are reversed today: 2",
            "They are many: it goes on in the background, piece by piece.",
        ]  # fmt: skip
        await press(pilot, "ctrl+s")
        assert notes(pilot)[-1] == f"Import {second.id} is being taken back."
        for _tenth in range(50):
            if state(lived_in, second) == "undone":
                break
            await pilot.pause(0.1)
        assert balance_of(lived_in, *SITI) == before
        assert isinstance(pilot.app.screen, ImportDetail)


async def test_rooms_that_are_let_stay(
    screens: Screens, lived_in: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = bring(lived_in, tmp_path, "rooms", "nomor,sewa\nZ9,900000\n")
    with lived_in.transaction() as conn:
        conn.execute(text("update leases set room_id = (select id from rooms where number = 'Z9'), slot = 1 "
                          "where tenant_id = (select id from tenants where code = 'SITI')"))  # fmt: skip
    async with screens(lived_in.url) as pilot:
        await press(pilot, "6", "home", "U")
        assert told(pilot, ".dialog--error").startswith(f"Import {used.id} can't be undone: in use are KOSA/Z9.")
        monkeypatch.setitem(undoing.TRIED, "rooms", 0)
        await press(pilot, "escape", "U")
        assert told(pilot).endswith("Rooms that are archived: 1\nThey are many: it takes a while.")
        await press(pilot, "ctrl+s")
        assert told(pilot, ".dialog--error").startswith(f"Import {used.id} can't be undone: in use are KOSA/Z9.")
    assert state(lived_in, used) == "done"


async def test_dead_work_is_given_up_with_a_reason(screens: Screens, lived_in: Database, tmp_path: Path) -> None:
    row = bring(lived_in, tmp_path, "payments", PAYMENTS, through=False)
    with lived_in.transaction() as conn:
        conn.execute(text(
            "update deliveries set state = 'dead', last_error = 'boom' where (event_id, consumer) in "
            "(select event_id, consumer from deliveries where consumer = 'audit' and state <> 'done' limit 1)"
        ))  # fmt: skip
        job = next(one.id for one in Jobs(conn).page(states=("dead",)).items if one.queue == "audit")
    async with screens(lived_in.url) as pilot:
        await press(pilot, "7", "t", "home", "X")
        assert "audit" in "\n".join(text_of(pilot))
        await press(pilot, "ctrl+s")
        assert told(pilot, ".dialog--error") == "Something must stand here: Reason."
        await fill(pilot, reason="noted by hand")
        assert "boom" in told(pilot)
        assert "dead → given up" in told(pilot)
        assert told(pilot, "#command") == f"$ ekost jobs discard {job} --reason 'noted by hand'"
        await press(pilot, "ctrl+s")
        await press(pilot, "6", "home", "question_mark")
        assert "U                Take the import back" in "\n".join(text_of(pilot))
        await press(pilot, "escape", "colon", *"give up")
        await pilot.pause(0.6)
        await press(pilot, "enter")
        await pilot.pause(0.1)
        await settled(pilot)
        await fill(pilot, reason="wrong file")
        assert told(pilot, "#command") == f"$ ekost jobs discard import-{row.id} --reason 'wrong file'"
        await press(pilot, "ctrl+s")
        assert notes(pilot) == [f"Job {job} is given up.", f"Job import-{row.id} is given up."]
    with lived_in.reading() as conn:
        assert Jobs(conn).row(job).discard_reason == "noted by hand"
    assert state(lived_in, row) == "undone"
    assert_sound(lived_in)
