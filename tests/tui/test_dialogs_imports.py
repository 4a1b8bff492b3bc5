"""Files on their way into the book, and work that stopped and is tried again."""

from pathlib import Path

import pytest
from sqlalchemy import text
from textual.pilot import Pilot
from textual.widgets import Input

from db.engine import Database
from db.repositories.imports import ImportRow, Imports
from db.repositories.jobs import Jobs
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import assert_sound, balance_of, fill, form, notes, told
from tui.details.batch import ImportDetail
from tui.dialogs.files import FileDialog
from tui.dialogs.form import FormDialog

PAYMENTS = "penyewa,jumlah,tanggal,metode\nSITI,250000,2026-03-01,cash\nNOBODY,1000,2026-03-01,cash\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "bank [b].csv"
    file.write_text(PAYMENTS)
    return file


def imports(database: Database) -> list[ImportRow]:
    with database.reading() as conn:
        return Imports(conn).page().items


async def done(pilot: Pilot[None], database: Database) -> ImportRow:
    """The newest import, when it is at its end."""
    for _moment in range(100):
        row = imports(database)[0]
        if not row.is_open():
            return row
        await pilot.pause(0.1)
    raise AssertionError(row)


async def test_a_file_is_tried_out_and_then_imported_here_as_no_worker_is_there(
    screens: Screens, lived_in: Database, file: Path
) -> None:
    before, known = balance_of(lived_in, "SITI", "KOSA"), imports(lived_in)
    async with screens(lived_in.url) as pilot:
        await press(pilot, "6", "i")
        await fill(pilot, file=str(file), property="KOSA")
        assert "2 rows: 1 applied, 0 skipped, 1 rejected" in told(pilot)
        assert "Line 3" in told(pilot)
        assert "There is no tenant NOBODY." in told(pilot)
        assert told(pilot, "#command") == f"$ ekost import payments '{file}' --property KOSA"
        assert imports(lived_in) == known
        await press(pilot, "ctrl+s")
        row = await done(pilot, lived_in)
        assert (row.state, row.rows_applied, row.rows_rejected) == ("done", 1, 1)
        assert notes(pilot)[0] == f"Import {row.id} has begun: 6 shows how far it is."
        assert balance_of(lived_in, "SITI", "KOSA") == before - 250_000
        await press(pilot, "r", "home", "enter")
        assert isinstance(pilot.app.screen, ImportDetail)
        shown = "\n".join(text_of(pilot))
        assert "bank [b].csv" in shown
        assert "2 of 2 rows: 1 applied, 0 skipped, 1 rejected" in shown
        assert "There is no tenant NOBODY." in shown
        await press(pilot, "escape", "i")
        await fill(pilot, file=str(file), property="KOSA")
        assert told(pilot) == f"This file was imported before, as number {row.id}: nothing is done."
    assert_sound(lived_in)


async def test_a_worker_that_is_there_is_left_the_work(screens: Screens, lived_in: Database, file: Path) -> None:
    with lived_in.transaction() as conn:
        conn.execute(text("insert into workers (host, pid, queues) values ('here', 1, '{imports}')"))
    async with screens(lived_in.url) as pilot:
        await press(pilot, "6", "i")
        await fill(pilot, file=str(file), property="KOSA")
        await press(pilot, "ctrl+s")
        await pilot.pause(0.5)
        assert imports(lived_in)[0].state == "queued"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("", "The file is empty."), ("penyewa\nSITI\n", "column"), ("penyewa,jumlah,tanggal\n", "no rows")],
)
async def test_a_file_that_is_none_is_refused_in_the_form(
    screens: Screens, file: Path, content: str, sentence: str
) -> None:
    file.write_text(content)
    async with screens() as pilot:
        await press(pilot, "6", "i")
        await fill(pilot, file=str(file))
        assert sentence in told(pilot, ".dialog--error")
        await fill(pilot, file=f"{file}.gone")
        assert "There is no file" in told(pilot, ".dialog--error")


async def test_a_file_is_found_by_typing(screens: Screens, file: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.csv").write_text(PAYMENTS)
    async with screens() as pilot:
        await press(pilot, "6", "i", "tab")
        await fill(pilot, file=f"{tmp_path}/")
        await press(pilot, "ctrl+o")
        screen = pilot.app.screen
        assert isinstance(screen, FileDialog)
        assert [choice.label for choice in screen.found] == ["folder/", "bank [b].csv"]
        await press(pilot, "enter")
        assert [choice.label for choice in screen.found] == ["x.csv"]
        screen.query_one(Input).value = f"{tmp_path}/ba"
        await settled(pilot)
        await press(pilot, "enter")
        assert form(pilot).lines.typed["file"] == str(file)


async def test_a_failed_import_goes_on(screens: Screens, lived_in: Database, file: Path) -> None:
    from db.services.imports.staging import Request, stage_file

    with lived_in.transaction() as conn, file.open("rb") as stream:
        row = stage_file(conn, Request("payments", "KOSA"), stream, "bank.csv").row
        failure = """{"code": "database_busy", "fields": {}}"""
        conn.execute(text("update imports set state = 'failed', failure = cast(:why as jsonb)"), {"why": failure})
    async with screens(lived_in.url) as pilot:
        await press(pilot, "6", "R")
        assert "0 rows are done, 2 are left." in told(pilot)
        assert told(pilot, "#command") == f"$ ekost import retry {row.id}"
        await press(pilot, "ctrl+s")
        assert (await done(pilot, lived_in)).state == "done"
        await press(pilot, "r", "R")
        assert not isinstance(pilot.app.screen, FormDialog)  # done is done
    assert_sound(lived_in)


async def test_a_dead_job_is_tried_again(screens: Screens, lived_in: Database) -> None:
    with lived_in.transaction() as conn:
        conn.execute(text(
            "update deliveries set state = 'dead', last_error = 'boom' where (event_id, consumer) in "
            "(select event_id, consumer from deliveries where state <> 'done' order by 1 limit 1)"
        ))  # fmt: skip
        job = Jobs(conn).page(states=("dead",)).items[0].id
    async with screens(lived_in.url) as pilot:
        await press(pilot, "7", "t", "R")
        assert "dead → waiting" in told(pilot)
        assert told(pilot, "#command") == f"$ ekost jobs retry {job}"
        await press(pilot, "ctrl+s")
    with lived_in.reading() as conn:
        assert Jobs(conn).row(job).state == "ready"
