"""An import that somebody else carries on is looked at while it goes: how far, how fast, and what it rejected."""

from datetime import timedelta

from sqlalchemy import text
from textual.pilot import Pilot
from textual.widgets import Static

from db.engine import Database
from tests.tui.conftest import Screens, press, settled, text_of
from tui.details.batch import ImportDetail
from tui.pace import Pace
from tui.widgets.bars import TopBar

REJECTED = 500


def test_a_pace_is_that_of_the_last_half_minute() -> None:
    pace = Pace()
    assert pace.left(10) is None
    pace.look(1000, now=10)
    pace.look(3000, now=14)
    assert (pace.rate, pace.left(1000)) == (500.0, timedelta(seconds=2))
    pace.look(3000, now=40.5)  # the look at 10 no longer counts
    assert (pace.rate, pace.left(1)) == (0.0, None)
    pace.look(0, now=41)  # begun anew
    assert pace.left(1) is None


async def test_a_running_import_is_followed_and_its_rejected_rows_are_read_page_by_page(
    screens: Screens, lived_in: Database
) -> None:
    with lived_in.transaction() as conn:
        number = conn.execute(
            text("""insert into imports (kind, file_name, file_hash, state, rows_total, rows_applied, worked_at)
                    values ('payments', 'bank [b].csv', repeat('ab', 32), 'running', 10000, 2500, now())
                    returning id""")
        ).scalar_one()
    async with screens(lived_in.url) as pilot:
        await press(pilot, "6")
        await looked(pilot, "25 %  2,500/10,000 rows")
        assert f"#{number} bank [b].csv" in text_of(pilot)[1]
        go_on(lived_in, number, applied=5000)
        await looked(pilot, "50 %  5,000/10,000 rows")
        assert "rows/s" in text_of(pilot)[2]
        assert "left" in text_of(pilot)[2]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ImportDetail)
        await looked(pilot, "50 %  5,000/10,000 rows")
        with lived_in.transaction() as conn:
            conn.execute(
                text("""insert into import_errors (import_id, line, column_name, code, fields, value)
                        select :number, n + 1, 'penyewa', 'tenant_not_found', '{"ref": "NOBODY"}', 'X'
                          from generate_series(1, :many) n"""),
                {"many": REJECTED, "number": number},
            )
        go_on(lived_in, number, applied=9500, rejected=REJECTED, state="done")
        await looked(pilot, f"10,000 of 10,000 rows: 9,500 applied, 0 skipped, {REJECTED} rejected")
        assert not any("rows/s" in line for line in text_of(pilot))
        assert len(pilot.app.screen.table.rows) < REJECTED
        await press(pilot, "end")
        last = next(line for line in text_of(pilot) if f" {REJECTED + 1} " in line)
        assert last.split(maxsplit=2)[1] == "penyewa"
        assert "There is no tenant NOBODY" in last
        await press(pilot, "escape")
        await looked(pilot, "✓ done")
        assert pilot.app.screen.query_one("#progress", Static).has_class("-hidden")
        assert pilot.app.screen.query_one(TopBar).mode == "imports"


def go_on(database: Database, number: int, *, applied: int, rejected: int = 0, state: str = "running") -> None:
    with database.transaction() as conn:
        conn.execute(
            text("""update imports set rows_applied = :applied, rows_rejected = :rejected, state = :state,
                           finished_at = case when :state = 'done' then now() end where id = :number"""),
            {"applied": applied, "rejected": rejected, "state": state, "number": number},
        )


async def looked(pilot: Pilot[None], words: str) -> None:
    """Wait until the screen has looked again and says so."""
    for _moment in range(100):
        if any(words in line for line in text_of(pilot)):
            return
        await pilot.pause(0.05)
        await settled(pilot)
    raise AssertionError("\n".join(text_of(pilot)))
