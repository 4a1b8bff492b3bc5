"""Notes and items on the screen: written, found, taken back; seen by who looks at them from elsewhere."""

from typing import Any

from textual.pilot import Pilot

from db.engine import Database
from db.repositories.inventory import Inventory
from db.repositories.lookup import find_room, find_tenant
from db.repositories.notes import Notes
from db.services.notes import add_note
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import assert_sound, fill, notes, seek, told
from tui.dialogs.form import FormDialog

SITI = ("SITI", "KOSA")


def rows(pilot: Pilot[None]) -> list[Any]:
    return [line.row for line in pilot.app.screen.table.rows]  # type: ignore[attr-defined]


def kept(database: Database) -> list[tuple[str, str]]:
    """What is noted of Siti, and whether it stands."""
    with database.reading() as conn:
        return [(row.text, row.state) for row in Notes(conn).page(about=find_tenant(conn, *SITI)).items]


async def test_a_note_is_written_taken_back_at_once_or_later_with_a_reason(
    screens: Screens, lived_in: Database
) -> None:
    before = kept(lived_in)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "N")
        await fill(pilot, text="has a [b]cat[/b]")
        assert "has a [b]cat[/b]" in told(pilot).splitlines()[0]
        assert before[0][0] in told(pilot).splitlines()[1]
        assert told(pilot, "#command") == "$ ekost note add SITI 'has a [b]cat[/b]' --property KOSA"
        await press(pilot, "enter", "enter")
        assert kept(lived_in) == [("has a [b]cat[/b]", "active"), *before]
        await press(pilot, "z")
        assert kept(lived_in) == [("has a [b]cat[/b]", "voided"), *before]
        await press(pilot, "N", *"pays late", "enter", "enter")
        await press(pilot, "enter", *["tab"] * 5)
        assert [row.text for row in rows(pilot)] == ["pays late", "has a [b]cat[/b]", before[0][0]]
        assert "has a [b]cat[/b]" in "\n".join(text_of(pilot))
        await press(pilot, "v")
        await fill(pilot, reason="not any more")
        assert "“pays late”" in told(pilot)
        await press(pilot, "ctrl+s")
        assert [row.reason for row in rows(pilot)] == ["not any more", "taken back at once", None]
        assert notes(pilot)[-1].startswith("Note #")
        await press(pilot, "v")  # what was taken back stays so
        assert not isinstance(pilot.app.screen, FormDialog)
        with lived_in.transaction(ring=True) as conn:  # somebody else writes
            add_note(conn, find_tenant(conn, *SITI), "seen at once")
        for _ in range(100):
            await pilot.pause(0.05)
            if rows(pilot)[0].text == "seen at once":
                break
        await settled(pilot)
        assert rows(pilot)[0].text == "seen at once"
    assert_sound(lived_in)


async def test_things_of_a_room_are_written_down_looked_at_and_taken_out(screens: Screens, lived_in: Database) -> None:
    def things() -> list[tuple[str, int, str]]:
        with lived_in.reading() as conn:
            found = Inventory(conn).of_room(find_room(conn, "A3", "KOSA").id)
            return [(item.name, item.quantity, item.condition) for item in found]

    async with screens(lived_in.url) as pilot:
        await press(pilot, "p", *"KOSA", "enter")
        await seek(pilot, "3", "A3")
        await press(pilot, "enter", "tab")
        await press(pilot, "N", *"tap drips", "enter", "enter")
        assert [row.text for row in rows(pilot)] == ["tap drips"]
        await press(pilot, "tab", "I")
        await fill(pilot, name="Rak [i]buku[/i]", quantity="2", condition="worn", on="yesterday")
        expected = "$ ekost inventory add KOSA/A3 'Rak [i]buku[/i]' --quantity 2 --condition worn --on yesterday"
        assert told(pilot, "#command") == expected
        assert told(pilot) == "2 × Rak [i]buku[/i]: worn"
        await press(pilot, "ctrl+s")
        assert things() == [("Rak [i]buku[/i]", 2, "worn")]
        assert "~ worn" in "\n".join(text_of(pilot))
        await press(pilot, "K")
        await fill(pilot, condition="broken", note="a leg is off")
        assert told(pilot) == f"worn → damaged\n{told(pilot).splitlines()[1]}"
        assert "'Rak [i]buku[/i]=broken' --note 'a leg is off'" in told(pilot, "#command")
        await press(pilot, "ctrl+s")
        assert [(row.condition, row.remark) for row in rows(pilot)] == [("broken", "a leg is off")]
        await press(pilot, "K")
        await fill(pilot, condition="missing")
        await press(pilot, "ctrl+s")
        assert things() == [("Rak [i]buku[/i]", 2, "missing")]
        await press(pilot, "z")
        assert notes(pilot)[-1] == "Rak [i]buku[/i]: damaged"
        await press(pilot, "I", *"Kasur", "ctrl+s", "z")
        assert things() == [("Rak [i]buku[/i]", 2, "broken")]
        await press(pilot, "v", *"burnt", "ctrl+s")
        assert things() == []
        assert "Nothing was written down yet." in "\n".join(text_of(pilot))
        await press(pilot, "tab")
        assert [row.what for row in rows(pilot)][:2] == ["Item removed", "Item removed"]
    assert_sound(lived_in)
