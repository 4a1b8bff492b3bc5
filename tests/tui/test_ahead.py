"""The first rows come from another process, and what is asked later comes from the book."""

import os
import signal

import pytest
from sqlalchemy import text

from db.engine import Database
from tests.tui.conftest import Screens, press, text_of
from tests.tui.forms import notes
from tui.ahead import Ahead, Answers, first_rows


def known_ahead(book: Database, code: str | None = None) -> Ahead:
    """What a child has read of a book; by then somebody is called otherwise there."""
    ahead = Ahead(lambda: first_rows(lambda size: Database(book.url), code))
    assert ahead.answers()
    with book.transaction() as conn:
        conn.execute(text("update tenants set name = 'Aaron ' || name where code = 'ANI'"))
    return ahead


async def test_the_first_rows_are_those_that_were_read_beforehand(lived_in: Database, screens: Screens) -> None:
    async with screens(lived_in.url, ahead=known_ahead(lived_in)) as pilot:
        assert "Aaron" not in "\n".join(text_of(pilot))
        await press(pilot, "r")
        assert "Aaron Ani" in text_of(pilot)[2]


async def test_the_first_rows_are_of_the_property_that_was_named(lived_in: Database, screens: Screens) -> None:
    ahead = known_ahead(lived_in, "KOSB")
    async with screens(lived_in.url, ahead=ahead, property_code="KOSB") as pilot:
        shown = text_of(pilot)
        assert "KOSB" in shown[0]
        assert "--property KOSB" in shown[-2]
        assert all("KOSA" not in line for line in shown[2:-2])
        await press(pilot, "s", "s")  # the same list again is asked anew
        assert ahead.answers() == {}


async def test_a_property_that_is_not_there_is_told_and_all_are_shown(lived_in: Database, screens: Screens) -> None:
    nothing = Ahead(lambda: first_rows(lambda size: Database(lived_in.url), "KOSZ"))
    async with screens(lived_in.url, ahead=nothing, property_code="KOSZ") as pilot:
        assert "Agus " in text_of(pilot)[2]
        assert "KOSZ" in notes(pilot)[0]


def test_a_child_that_fails_or_is_killed_has_no_answers(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> Answers:
        raise RuntimeError(os.write(2, b"never seen"))

    def die() -> Answers:
        os.kill(os.getpid(), signal.SIGKILL)
        return {}

    assert Ahead(fail).answers() == Ahead(die).answers() == {}
    assert capfd.readouterr() == ("", "")


def test_who_leaves_does_not_wait_for_the_child() -> None:
    ahead = Ahead(lambda: {"woken": signal.pause()})
    ahead.close()
    assert ahead.answers() == {}
    os.kill(ahead.child, signal.SIGKILL)
    os.waitpid(ahead.child, 0)
