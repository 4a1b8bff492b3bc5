"""The table of a configuration file that gives the screens other keys."""

from pathlib import Path

import pytest
from textual.binding import Binding
from textual.theme import BUILTIN_THEMES

from db.settings import THEMES, ConfigError, check_file, load_settings
from db.settings_file import NotEditableError, write_setting
from db.settings_keys import DEFAULTS
from tests.docs.test_tui_page import bindings
from tui.keys import keymap_of


def problems(path: Path) -> list[tuple[str, str, str]]:
    """What is wrong with a file: on which line, with which name, and how."""
    found: list[ConfigError] = []
    check_file(path, found.append, {})
    return [(str(error.fields["place"]).rpartition(":")[2], str(error.fields["key"]), error.code) for error in found]


def test_every_key_and_theme_of_the_screens_is_known() -> None:
    real: dict[str, dict[str, None]] = {}
    for binding in bindings():
        real.setdefault(str(binding.id), {})[binding.key] = None
    written = {name: [Binding(key, "") for key in keys] for name, keys in DEFAULTS.items()}
    known = {name: [one.key for one in Binding.make_bindings(keys)] for name, keys in written.items()}
    assert known == {name: list(keys) for name, keys in real.items()}
    assert set(THEMES) == set(BUILTIN_THEMES)


def test_keys_are_read_as_people_write_them(tmp_path: Path) -> None:
    system, mine = tmp_path / "etc.toml", tmp_path / ".config" / "ekost" / "config.toml"
    mine.parent.mkdir(parents=True)
    system.write_text('[tui.keys]\n"do.pay" = "f5"\n"app.help" = "f1"\n')
    mine.write_text('language = "id"\n[tui.keys]\ndo.pay = ["Ctrl-P", "alt+Del"]\n')
    settings = load_settings({"HOME": str(tmp_path)}, system)
    assert settings.tui_keys == {"do.pay": ("ctrl+p", "alt+delete"), "app.help": ("f1",)}
    assert [settings.origin(f"tui.keys.{name}") for name in ("do.pay", "app.help")] == [str(mine), str(system)]
    with pytest.raises(NotEditableError) as caught:
        write_setting(mine, "tui.keys.do.pay", "P")
    assert caught.value.fields["line"] == 'tui.keys."do.pay" = "P"'


def test_what_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("""
[tui]
theme = "nord"
[tui.keys]
"do.pya" = "x"
app.reread = 5
'app.quit' = "s"
list.sort = "ctrl+m"
"do.charge" = []
# In a form a letter is typed, and Enter only goes on.
dialog.save = "s"
dialog.choose = "enter"
list.filter = "f"
balances.aging = "f"
do.move = "J"
do.assign = "J"
rooms.status = "A"
imports.state = "A"
do.rent = "s"
table.last = ["end", "s"]
""")
    assert sorted(problems(file), key=lambda told: int(told[0])) == [
        ("3", "tui.theme", "config_unknown"),
        ("5", "tui.keys.do.pya", "config_unknown"),
        ("6", "tui.keys.app.reread", "config_value"),
        ("7", "tui.keys.app.quit", "config_key_taken"),
        ("8", "tui.keys.list.sort", "config_value"),
        ("9", "tui.keys.do.charge", "config_value"),
        ("11", "tui.keys.dialog.save", "config_value"),
        ("12", "tui.keys.dialog.choose", "config_value"),
        ("13", "tui.keys.list.filter", "config_key_taken"),
        ("19", "tui.keys.do.rent", "config_key_taken"),
        ("20", "tui.keys.table.last", "config_key_taken"),
    ]
    file.write_text("tui = 1\n")
    assert problems(file) == [("1", "tui", "config_unknown")]


def test_what_shares_a_key_keeps_it() -> None:
    assert keymap_of({}) == {}
    assert keymap_of({"do.move": ("M", ",")}) == {"do.assign": "m", "do.move": "M,comma"}
