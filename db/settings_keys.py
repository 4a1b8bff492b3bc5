"""Keys of the screens in a configuration file: the table `[tui.keys]`, an action's name and its key, or several.

Read only where such a table stands, so that no start waits for it. It knows the screens' own keys by heart, since
every command checks the configuration and none but one loads the screens; a test holds both together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from db.errors import N_
from db.settings import KEYS_TABLE, ConfigError, SettingValueError, UnknownSettingError, nearest_of

DEFAULTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(keys)
    for name, *keys in map(
        str.split,
        """
        app.overview 1
        app.tenants 2
        app.rooms 3
        app.payments 4
        app.balances 5
        app.imports 6
        app.operations 7
        app.expenses 8
        app.reminders 9
        app.reports 0
        app.property p
        app.theme T
        app.palette :
        app.help ?
        app.quit q
        app.reread r
        app.undo z
        app.language L
        list.filter /
        list.sort s
        list.turn S
        list.export x
        list.copy_command ctrl+y
        list.leave escape
        table.open enter
        table.down down j
        table.up up k
        table.page_down pagedown ctrl+f
        table.page_up pageup ctrl+b
        table.half_down ctrl+d
        table.half_up ctrl+u
        table.first home g
        table.last end G
        table.left left h
        table.right right l
        table.mark space
        table.unmark u
        table.whole W
        table.copy_cell y
        table.copy_rows Y
        detail.leave escape
        detail.next tab
        detail.before shift+tab
        payment.copy y Y
        balances.status t
        balances.aging a
        imports.state t
        imports.bank d
        reconcile.accept a 1
        reconcile.second 2
        reconcile.third 3
        reconcile.fourth 4
        reconcile.fifth 5
        reconcile.ignore i
        reconcile.undo u
        reconcile.state t
        jobs.state t
        operations.next tab
        operations.before shift+tab
        operations.check C
        operations.dashboards d
        dashboards.leave escape
        dashboards.next tab d
        dashboards.before shift+tab
        payments.days d
        payments.month_before [
        payments.month_after ]
        expenses.category t
        expenses.handovers a
        expenses.days d
        reminders.text t
        reminders.sent d
        reports.next tab
        reports.before shift+tab
        reports.month_before [
        reports.month_after ]
        reports.chart t
        message.text y
        message.link l
        message.sent d
        rooms.board V
        rooms.status t
        rooms.round R
        round.up up
        round.down down
        round.post ctrl+s
        round.day_before -
        round.next_day +
        round.leave escape
        do.pay b
        do.charge c
        do.assign m
        do.move m
        do.move_out o
        do.rent P
        do.billing_day B
        do.deposit D
        do.edit_tenant e
        do.edit_room e
        do.new_tenant n
        do.room_status w
        do.void_payment v
        do.void_charge v
        do.void_note v
        do.remove_item v
        do.note N
        do.reading M
        do.add_item I
        do.check_item K
        do.expense E
        do.void_expense v
        do.hand_over H
        do.count_cash O
        do.confirm_cash K
        do.void_cash v
        do.import i
        do.retry_import R
        do.retry_job R
        do.undo_import U
        do.discard_job X
        ask.other left right
        post.other left right
        dialog.save ctrl+s
        dialog.leave escape
        dialog.choose ctrl+o
        choice.before left
        choice.next right space
        choice.onward enter
        """.strip().splitlines(),
    )
}
# What is typed into a form must never do anything else.
_FORMS = frozenset({"ask", "dialog", "choice"})
_SAME_SCREEN = {"jobs": "operations", "payment": "detail"}
_EVERYWHERE = frozenset({"app", "list", "table", "do"})
_NAMED = frozenset(
    {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace", "tab"}
    | {"enter", "escape", "space"} | {f"f{number}" for number in range(1, 25)}
)  # fmt: skip
_OTHER_NAMES = {"pgup": "pageup", "pgdn": "pagedown", "esc": "escape", "del": "delete", "ins": "insert"}
# These end or suspend every program, or are what terminals send for Tab and Enter.
_RESERVED = frozenset({"ctrl+c", "ctrl+q", "ctrl+z", "ctrl+i", "ctrl+m"})
_WITH = re.compile(r"(?:(?:ctrl|alt|shift)[+-])*", re.IGNORECASE)
_EXPECTED = '"p", "ctrl+p", "f5", ["home", "g"]'
_EXPECTED_IN_FORMS = '"ctrl+s", "alt+s", "f2", "escape"'

Keys = dict[str, tuple[str, ...]]


class KeyTakenError(ConfigError):
    """A key that does something else at the same place."""

    code = "config_key_taken"
    message = N_("{place}: “{key}” can't be {value}: that is the key of “{other}”.")
    hint = N_("Choose another key, or give “{other}” another one as well.")


def check_table(table: object, text: str, path: object, tell: Callable[[ConfigError], None]) -> Keys:
    """The good keys of the table `tui` of a file with this text; every error of the others is told."""
    if not isinstance(table, dict):
        tell(UnknownSettingError(place=f"{path}:{_line(text, 'tui')}", key="tui", nearest=KEYS_TABLE))
        return {}
    for key in table.keys() - {"keys"}:
        near = "tui_theme" if key == "theme" else KEYS_TABLE
        tell(UnknownSettingError(place=f"{path}:{_line(text, key)}", key=f"tui.{key}", nearest=near))
    found: Keys = {}
    for name, value in _flat(table.get("keys", {})):
        try:
            found[name] = _checked(name, value, f"{path}:{_line(text, name)}")
        except ConfigError as error:
            tell(error)
    for name, keys in tuple(found.items()):
        if clash := _clash(name, keys, found):
            key, other = clash
            del found[name]
            place = f"{path}:{_line(text, name)}"
            tell(KeyTakenError(place=place, key=f"{KEYS_TABLE}.{name}", value=repr(key), other=other))
    return found


def read_key(text: str) -> str | None:
    """A key as the screens know it: `Ctrl-p` is `ctrl+p`, `?` itself; None for what no terminal sends."""
    if len(text) == 1:
        return text if text.isprintable() and text != " " else None
    begins = _WITH.match(text)
    end = begins.end() if begins else 0
    held, bare = re.findall("[a-z]+", text[:end].lower()), text[end:].lower()
    bare = _OTHER_NAMES.get(bare, bare)
    letter = len(bare) == 1 and bare.isascii() and bare.isalpha() and held and "shift" not in held
    key = "+".join([*sorted(set(held)), bare])
    return key if (letter or bare in _NAMED) and key not in _RESERVED else None


def _flat(table: object, before: str = "") -> Iterator[tuple[str, Any]]:
    """Names with their values: TOML reads the dot of a name without quotes as a table."""
    if not isinstance(table, dict):
        yield before, table
        return
    for name, value in table.items():
        yield from _flat(value, f"{before}.{name}" if before else name)


def _checked(name: str, value: object, place: str) -> tuple[str, ...]:
    if name not in DEFAULTS:
        near = f"{KEYS_TABLE}.{nearest_of(name, DEFAULTS)}"
        raise UnknownSettingError(place=place, key=f"{KEYS_TABLE}.{name}", nearest=near)
    texts = value if isinstance(value, list) else [value]
    keys = tuple(read_key(text) if isinstance(text, str) else None for text in texts)
    good = tuple(key for key in keys if key is not None and (_group(name) != "dialog" or _fits_forms(key)))
    if not good or len(good) < len(keys):
        expected = _EXPECTED_IN_FORMS if _group(name) == "dialog" else _EXPECTED
        raise SettingValueError(place=place, key=f"{KEYS_TABLE}.{name}", value=repr(value), expected=expected)
    return good


def _fits_forms(key: str) -> bool:
    """Whether no line of a form needs the key for itself."""
    return key.startswith(("ctrl+", "alt+")) or key == "escape" or re.fullmatch(r"f\d+", key) is not None


def _clash(name: str, keys: tuple[str, ...], found: Keys) -> tuple[str, str] | None:
    """The first of the keys that does something else where this action is, and what that is."""
    for other, usual in DEFAULTS.items():
        if other != name and _meet(name, other) and not set(DEFAULTS[name]) & set(usual):
            for key in keys:
                if key in found.get(other, usual):
                    return key, other
    return None


def _meet(one: str, other: str) -> bool:
    """Whether both can be done at the same moment."""
    groups = {_group(one), _group(other)}
    if groups & _FORMS:
        return groups <= _FORMS
    return len(groups) == 1 or (bool(groups & _EVERYWHERE) and groups != {"list", "detail"})


def _group(name: str) -> str:
    group = name.partition(".")[0]
    return _SAME_SCREEN.get(group, group)


def _line(text: str, name: str) -> int:
    """The line on which a key of the table stands, counted from 1; else where the table begins."""
    last = name.rpartition(".")[2]
    wanted = (name, f'"{name}"', f"'{name}'"), (last, f'"{last}"'), (f"[{KEYS_TABLE}]", "[tui]", KEYS_TABLE)
    lines = [line.partition("=")[0].strip() for line in text.splitlines()]
    begin = next((n for n, line in enumerate(lines) if line.startswith(("[tui", "tui."))), 0)
    for names in wanted:
        for number, line in enumerate(lines[begin:], begin + 1):
            if line in names or line.removeprefix(f"{KEYS_TABLE}.") in names:
                return number
    return begin + 1
