"""The keys are the user's: those of the configuration work, are shown, and nothing else changes by them."""

from tests.tui.conftest import Screens, press, text_of
from tui.app import EkostApp
from tui.dialogs.paying import PayDialog
from tui.palette import Actions
from tui.screens.listed import ListScreen

KEYS = {
    "do.pay": ("f5", "N"),
    "do.move": ("M",),
    "app.payments": ("f4",),
    "table.down": ("ctrl+n",),
    "app.help": ("f1",),
}


def named(pilot: object) -> dict[str, set[str]]:
    """What can be done now, by the names of the actions, with its keys."""
    found: dict[str, set[str]] = {}
    for active in pilot.app.screen.active_bindings.values():  # type: ignore[attr-defined]
        found.setdefault(str(active.binding.id), set()).add(active.binding.key)
    return found


async def test_keys_and_colours_of_the_configuration_hold(screens: Screens) -> None:
    async with screens(size=(120, 40), keys=KEYS, theme="nord") as pilot:
        app = pilot.app
        assert isinstance(app, EkostApp)
        assert app.theme == "nord"
        bar, top = text_of(pilot)[-1], text_of(pilot)[0]
        assert "f5 Record a payment" in bar
        assert "f1 Help" in bar
        assert "f4 Payments" in top
        known = named(pilot)
        assert (known["do.pay"], known["table.down"], known["table.up"]) == ({"f5", "N"}, {"ctrl+n"}, {"up", "k"})
        # What shared a key with one that has gone elsewhere keeps it.
        assert known.get("do.move", {"M"}) == {"M"}
        assert known.get("do.assign", {"m"}) == {"m"}
        assert {"do.move", "do.assign"} & known.keys()
        await press(pilot, "b", "j")
        assert isinstance(app.screen, ListScreen)
        assert app.screen.table.cursor == 0
        await press(pilot, "ctrl+n", "f5")
        assert isinstance(app.screen, PayDialog)
        await press(pilot, "escape", "f1")
        assert "f5 N             Record a payment" in "\n".join(text_of(pilot))
        await press(pilot, "escape", "f4")
        assert app.current_mode == "payments"


async def test_who_may_only_look_is_offered_no_change(screens: Screens) -> None:
    async with screens(size=(120, 40), read_only=True) as pilot:
        changing = {"b", "c", "m", "M", "o", "P", "B", "D", "e", "n", "w", "v", "i", "R", "U", "X", "z"}
        for keys in (["2"], ["enter"], ["tab"], ["escape", "3"], ["4"], ["enter"], ["escape", "5"], ["6"], ["7"]):
            await press(pilot, *keys)
            below = pilot.app.screen
            names = {active.binding.id for active in below.active_bindings.values()}
            assert not {name for name in names if str(name).startswith("do.")} | ({"app.undo"} & names)
            assert not {text for text, _key, _act in Actions(below)._known() if "payment" in text and "Record" in text}
            await press(pilot, *changing)
            assert pilot.app.screen is below
        assert "read-only" in text_of(pilot)[0]
