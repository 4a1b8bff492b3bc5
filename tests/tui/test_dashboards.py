"""The four dashboards below the operations, on a real book and with what processes have left behind."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from db.cache.stats import KindRow
from db.metrics.sink import record
from db.repositories.overview import Totals
from db.repositories.summaries import MonthRow
from locales.catalogs import set_language
from tests.conftest import clone
from tests.tui.conftest import Screens, press, text_of
from tui.app import EkostApp
from tui.dashboards.lines import Past, sparkline
from tui.dashboards.trade import Business, business_told
from tui.screens.dashboards import DashboardsScreen
from tui.screens.operations import OperationsScreen

ROWS = [KindRow("tenant-list", 30, 10, 2, 0, 75, 4), KindRow("all", 30, 10, 2, 1, 75, 4)]


def test_a_curve_fits_its_room_and_tells_nothing_from_none() -> None:
    assert sparkline([0, 4, 8, None], 10) == "▁▄█ "
    assert sparkline([0.0] * 3, 10) == "▁▁▁"
    assert sparkline([1, 8, None, None, 4, 2], 3) == "█ ▄"
    assert sparkline([], 5) == ""
    past = Past()
    assert max(len(past.with_this("depth", at)) for at in range(500)) == 120


def test_months_are_added_up_by_currency_and_occupancy_is_of_each_property() -> None:
    def month(prop: str, number: int, received: int, currency: str = "IDR", occupancy: int | None = 50) -> MonthRow:
        share = None if occupancy is None else Decimal(occupancy)
        made = datetime(2026, 11, 1, tzinfo=UTC)
        amounts = Decimal(received), Decimal(2 * received)
        return MonthRow(
            prop, date(2026, number, 1), *amounts, 1, share, 4, 0, 0, currency, made, "Asia/Jakarta"
        )  # fmt: skip

    rows = [month("A", 11, 300), month("B", 11, 200), month("C", 11, 7, "USD", None), month("A", 10, 100)]
    totals = Totals(3, 9, 4, 0, 12, 8, 1, Decimal(5), Decimal(5), Decimal(5), Decimal(5), "IDR")
    _today, year = business_told(Business([totals], rows), Past())
    found = {line.name + line.now[:2]: (line.now, list(line.curve)) for line in year.lines}
    assert found["IncomeRp"] == ("Rp500", [100.0, 500.0])
    assert found["ChargedRp"] == ("Rp1,000", [200.0, 1000.0])
    assert found["IncomeUS"] == ("US$7.00", [7.0])
    assert found["Tenants12"] == ("12", [4.0, 12.0])
    assert {line.name for line in year.lines if line.top} == {"Occupancy of A", "Occupancy of B"}


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=str)
async def test_four_dashboards_are_a_key_away(
    screens: Screens, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for seconds in (0.2, 0.4, 1.234):
        record(tmp_path / "ekost", "payment add", "done", seconds)
    async with screens(size=size, cache_stats=lambda: ROWS) as pilot:
        await press(pilot, "7")
        assert "d Dashboards" in text_of(pilot)[-1]
        await press(pilot, "d")
        shown = text_of(pilot)
        assert any(line.split()[:5] == ["payment", "add", "1,234", "400", "1,151"] for line in shown), "\n".join(shown)
        assert all("█" in line for line in shown if line.strip().startswith("payment add"))
        await press(pilot, "d")
        shown = text_of(pilot)
        assert any((line.split()[:2] == ["Connections", "taken"] and "▁" in line) or "█" in line for line in shown)
        assert any("Months with room ahead" in line for line in shown)
        await press(pilot, "d")
        shown = text_of(pilot)
        assert any(line.strip().startswith("Outstanding") and "Rp" in line for line in shown)
        await press(pilot, "tab")
        assert any("lists of tenants" in line and "75 %" in line for line in text_of(pilot))
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, DashboardsScreen)
        assert pilot.app.screen.tab == 0
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, OperationsScreen)


async def test_an_empty_book_and_no_cache_are_said_in_both_languages_and_nobody_waits(
    screens: Screens, server_url: str, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with screens(clone(server_url, template)) as pilot:
        assert isinstance(pilot.app, EkostApp)
        await press(pilot, "7", "d")
        assert any("Nothing was measured within the hour." in line for line in text_of(pilot))
        await press(pilot, "d", "d")
        assert any("property" in line for line in text_of(pilot)[2:-2])
        await press(pilot, "d")
        assert any("There is no cache." in line for line in text_of(pilot))
        set_language("id")
        await press(pilot, "r")
        assert "There is no cache." not in "\n".join(text_of(pilot))

    let_go, answered = threading.Event(), []

    def slowly() -> list[KindRow]:
        let_go.wait(20)
        answered.append(ROWS)
        return ROWS

    async with screens(cache_stats=slowly) as pilot:
        await press(pilot, "7", "d")
        await pilot.press("shift+tab")
        assert answered == []  # nobody waits for it
        let_go.set()
