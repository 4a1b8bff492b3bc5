"""What `ekost report` makes of its rows: bars, workbooks, and every format."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from ekost_cli.fields import Field
from locales.charts import chart_lines
from locales.reports import INCOME
from locales.writers import WRITERS
from tests.conftest import clone, command
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos
from tui.workbook import WorkbookFailedError, WorkbookMissingError, write_workbook

REPORTS = (
    ("rent-roll",), ("rent-roll", "--summary"), ("arrears",), ("arrears", "--diff", "2026-06-30", "2026-09-30"),
    ("aging",), ("cash",), ("cash", "--by", "method"), ("income",), ("occupancy",), ("occupancy", "--by", "room"),
    ("forecast",),
)  # fmt: skip
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def kos(server_url: str, template: str) -> Iterator[Kos]:
    """The demo, with something spent."""
    from sqlalchemy import make_url

    from db.engine import Database

    url, forks = clone(server_url, template), Forks()
    found = Kos(Database(url), forks)
    found.do("demo")
    yield found
    forks.close()
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


@pytest.mark.parametrize("words", REPORTS, ids=" ".join)
def test_every_report_in_every_format_with_bars_and_as_a_workbook(
    kos: Kos, words: tuple[str, ...], tmp_path: Path
) -> None:
    lines = [["report", *words, "-o", output] for output in WRITERS]
    bars = ["--chart"] if words[0] != "rent-roll" else []
    done = kos.race(
        [*lines, ["report", *words, *bars, "-o", "table"], ["report", *words, "--xlsx", str(tmp_path / "r.xlsx")]]
    )
    assert [one.status for one in done] == [0] * len(done), [one.err for one in done]
    rows = json.loads(done[list(WRITERS).index("json")].out)["items"]
    assert rows
    assert len(done[list(WRITERS).index("csv")].out.splitlines()) == len(rows) + 1
    assert all(cell_len(line) <= 80 for line in done[-2].out.splitlines())
    assert "█" in done[-2].out or not bars or words[1:2] == ("--diff",)
    assert len(cells(tmp_path / "r.xlsx")) == len(rows) + 1


@pytest.mark.parametrize(
    ("words", "figure"),
    [("aging", "Balance"), ("cash", "Net"), ("income", "Net"), ("occupancy", "Occupancy"), ("forecast", "Expected"),
     ("rent-roll --summary", "Balance")],
)  # fmt: skip
def test_eighty_columns_show_what_it_all_comes_to(kos: Kos, words: str, figure: str) -> None:
    heading, *lines = kos.do("report", *words.split(), "-o", "table").splitlines()
    assert heading.endswith(figure)
    assert any("Total" in line for line in lines) or words == "forecast"


def test_bars_are_as_long_as_their_figures_and_fit() -> None:
    bars = [
        ("Ani", Decimal(100), "100"),
        ("Bu\tdi", Decimal(50), "50"),
        ("Citra", Decimal(-25), "-25"),
        ("D", Decimal(0), "0"),
    ]
    lines = chart_lines(bars, 40)
    assert [line.count("█") for line in lines] == [29, 14, 0, 0]
    assert lines[2].count("▒") == 7
    assert all(cell_len(line) <= 40 for line in lines)
    assert "\t" not in "".join(lines)
    assert chart_lines([], 40) == []


def test_a_workbook_has_numbers_and_days_and_nothing_that_is_computed(tmp_path: Path) -> None:
    fields = (Field("name", "Name"), *INCOME[:3])
    record = {"name": "=1+1", "month": date(2026, 7, 1), "property": None, "rent": Decimal("1500000.50")}
    assert write_workbook(tmp_path / "a.xlsx", [record], fields, "A") == 1
    row = cells(tmp_path / "a.xlsx")[1]
    assert row == ["=1+1", "46204", "Total", "1500000.50"]
    with pytest.raises(WorkbookFailedError):
        write_workbook(tmp_path / "a.xlsx", [], fields, "A")
    with pytest.raises(WorkbookFailedError):
        write_workbook(tmp_path / "nowhere" / "a.xlsx", [], fields, "A")


def test_without_the_library_a_workbook_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(WorkbookMissingError):
        write_workbook(tmp_path / "a.xlsx", [], INCOME, "A")
    assert not list(tmp_path.iterdir())


def cells(path: Path) -> list[list[str]]:
    """The texts of the cells of a workbook, as far as they have any; no formula among them."""
    with zipfile.ZipFile(path) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
    assert not list(sheet.iter(f"{SHEET}f"))
    rows = sheet.iter(f"{SHEET}row")
    return [["".join(cell.itertext()) for cell in row.iter(f"{SHEET}c") if "".join(cell.itertext())] for row in rows]
