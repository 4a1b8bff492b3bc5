"""Nothing stored reaches a terminal around the sanitiser, and who goes around it is noticed."""

import pytest

from tests.sanitiser import violations
from tests.test_house import PRODUCT, ROOT

CLI, TUI, TABLES = "ekost_cli/commands/tenant.py", "tui/screens/listed.py", "ekost_cli/tables.py"


def test_everything_that_is_shown_went_through_the_sanitiser() -> None:
    paths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in PRODUCT}
    found = {path: wrong for path, text in paths.items() if (wrong := violations(text, path))}
    assert found == {}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (CLI, "print(row.name)"),
        (CLI, "console.print(f'{row.name}')"),
        (CLI, "sys.stdout.write(row.name)"),
        (CLI, "sys.stderr.write(safe(row.name) + row.note)"),
        (CLI, "sys.stderr.write(f'{safe(label)} {row.name}')"),
        (CLI, "ekost.printer.out.write(_('{name}').format(name=row.name))"),
        (CLI, "table.add_row(row.name)"),
        (CLI, "bar.add_task(row.name)"),
        (CLI, "from rich.table import Table"),
        (CLI, "from rich import print"),
        (CLI, "Text.from_markup(row.name)"),
        (TABLES, "Text(row.name)"),
        (TABLES, "Console(width=80)"),
        (TABLES, "Console(width=80, markup=True)"),
        ("jobs/relay.py", "print(error)"),
        ("locales/receipts.py", "print(name)"),
        (TUI, "Static(row.name)"),
        (TUI, "Static(safe(row.name))"),
        (TUI, "Static('[b]Budi')"),
        (TUI, "Static(row.name, markup=True)"),
        (TUI, "Label(f'{row.name}', id='x')"),
        (TUI, "Button(_(row.name))"),
        (TUI, "Option(row.name)"),
        (TUI, "Hit(1, row.name, act)"),
        (TUI, "Hit(1, matcher.highlight(row.name), act)"),
        (TUI, "self.query_one('#x', Static).update(row.name)"),
        (TUI, "static.update('' if done else row.name)"),
        (TUI, "self.notify(_('{name} paid.').format(name=row.name))"),
        (TUI, "self.border_title = row.name"),
        (TUI, "widget.tooltip = f'{row.name}'"),
        (TUI, "Content.from_markup(row.name)"),
    ],
)
def test_a_way_around_is_noticed(path: str, line: str) -> None:
    assert len(violations(f"def show(row):\n    {line}\n", path)) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (CLI, "ekost.note(row.name)"),
        (CLI, "sys.stderr.write(safe(row.name) + ' ' + _('[y/N]') + ' ')"),
        (CLI, "file.write(row.name)"),
        (TABLES, "grid.add_row(Text(_(field.label)), Text(*said(record, field)))"),
        (TABLES, "Console(width=80, markup=False)"),
        (TUI, "Static(Content(safe(row.name)), id='x')"),
        (TUI, "Static(id='x')"),
        (TUI, "Static('…')"),
        (TUI, "OptionList(markup=False)"),
        (TUI, "self.notify(safe(row.name), markup=False)"),
        (TUI, "self.notify(_('Copied.'), timeout=2)"),
        (TUI, "static.update('' if done else Content.assemble(*parts))"),
    ],
)
def test_the_right_way_is_left_alone(path: str, line: str) -> None:
    assert violations(f"def show(row):\n    {line}\n", path) == []
