"""Those who are to be reminded today: the text is copied, and who was sent one is gone from the list."""

from sqlalchemy import text

from db.engine import Database
from db.repositories.reminders import Reminders
from locales.reminders import message_of
from tests.tui.conftest import Screens, press, text_of


async def test_a_text_is_copied_and_marked_as_sent(screens: Screens, lived_in: Database) -> None:
    with lived_in.reading() as conn:
        first, second = Reminders(conn).page(limit=2).items
    async with screens(lived_in.url, size=(80, 24)) as pilot:
        await press(pilot, "9")
        shown = text_of(pilot)
        assert first.name in shown[2]
        assert shown[-2].startswith(" $ ekost reminder list")
        await press(pilot, "t")
        assert pilot.app.clipboard == message_of(first).text
        shown = text_of(pilot)
        assert any("To pay" in line for line in shown)
        await press(pilot, "l")
        assert pilot.app.clipboard == message_of(first).link
        await press(pilot, "d")
        assert second.name in text_of(pilot)[2]
        await press(pilot, "d")
        assert second.name not in text_of(pilot)[2]
    with lived_in.reading() as conn:
        sent = conn.execute(text("select tenant_id, stage from reminders order by id")).all()
    assert [tuple(row) for row in sent] == [(first.tenant_id, first.stage), (second.tenant_id, second.stage)]


async def test_who_may_only_look_marks_nothing(screens: Screens, lived_in_url: str) -> None:
    async with screens(read_only=True) as pilot:
        await press(pilot, "9", "d", "t", "d")
        assert "read-only" in text_of(pilot)[0]
    with Database(lived_in_url).reading() as conn:
        assert conn.execute(text("select count(*) from reminders")).scalar_one() == 0
