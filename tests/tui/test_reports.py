"""Reports on a screen: the rows of the command, bars below them, and of the end of any month."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from db.domain.days import year_until
from db.engine import Database
from db.repositories.reports.debts import Debts
from db.repositories.reports.money import Money
from locales.formats import money, month_name
from tests.tui.conftest import Screens, press, settled, text_of
from tui.clock import today
from tui.drawing import Bar, drawn
from tui.listings.reports import REPORTS
from tui.screens.reports import ReportsScreen, month_end


def screen(pilot: Pilot[None]) -> ReportsScreen:
    assert isinstance(pilot.app.screen, ReportsScreen)
    return pilot.app.screen


async def test_every_report_has_its_rows_its_bars_and_its_command(screens: Screens) -> None:
    async with screens(size=(80, 24)) as pilot:
        await press(pilot, "0")
        for report in REPORTS:
            shown = text_of(pilot)
            assert screen(pilot).report is report
            assert shown[-2].startswith(f" $ {report.listing.command} ")
            assert any("█" in line for line in shown)
            assert not any("…" in line for line in shown[2:3])
            await press(pilot, "tab")
        assert screen(pilot).tab == 0
        await press(pilot, "t")
        assert not any("█" in line for line in text_of(pilot))


async def test_the_end_of_a_month_is_a_key_away(screens: Screens, lived_in_url: str) -> None:
    before = month_end(None, -1, today())
    assert before is not None
    with Database(lived_in_url).reading() as conn:
        aged, *_ = Debts(conn).aged(before)
        [cash] = [row for row in Money(conn).cash(year_until(before), before) if row.period == before.replace(day=1)
                  and row.property is None]  # fmt: skip
    async with screens(size=(140, 40)) as pilot:
        await press(pilot, "0", "tab", "tab", "[")
        shown = text_of(pilot)
        assert shown[-2].startswith(f" $ ekost report aging --as-of {before}")
        assert money(aged.total, aged.currency) in shown[3]
        await press(pilot, "tab")
        shown = text_of(pilot)
        assert shown[-2].startswith(f" $ ekost report cash --until {before}")
        assert any(month_name(before) in line and money(cash.net, "IDR") in line for line in shown)
        await press(pilot, "]")
        assert text_of(pilot)[-2].startswith(" $ ekost report cash  ")


async def test_who_owes_is_a_key_away(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        worst = next(iter(Debts(conn).arrears()))
    async with screens(size=(120, 40)) as pilot:
        await press(pilot, "0", "tab")
        assert "Record a payment" in text_of(pilot)[-1]
        await press(pilot, "enter")
        assert any(worst.tenant_name in line for line in text_of(pilot)[:4])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_a_report_is_written_to_a_file(
    screens: Screens, lived_in_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with Database(lived_in_url).reading() as conn:
        owing = [row.tenant for row in Debts(conn).arrears()]
    async with screens(size=(120, 40)) as pilot:
        await press(pilot, "0", "tab", "x")
        pilot.app.screen.query_one(Input).value = f"out.{ending}"
        await settled(pilot)
        told = "\n".join(text_of(pilot))
        assert ("ekost report arrears --xlsx out.xlsx" if ending == "xlsx" else "arrears -o csv > out.csv") in told
        await press(pilot, "enter")
    if ending == "csv":
        with Path("out.csv").open(newline="") as file:
            assert [row["tenant"] for row in csv.DictReader(file)] == owing
    else:
        assert Path("out.xlsx").read_bytes().startswith(b"PK")


def test_months_end_where_they_end_and_never_ahead_of_today() -> None:
    now = date(2026, 3, 10)
    back = month_end(None, -1, now)
    assert back == date(2026, 2, 28)
    assert month_end(back, -1, now) == date(2026, 1, 31)
    assert month_end(date(2026, 1, 31), 1, now) == back
    assert month_end(back, 1, now) is None
    assert [year_until(date(2026, month, 5)) for month in (1, 12)] == [date(2025, 2, 1), date(2026, 1, 1)]


def test_currencies_never_share_a_scale() -> None:
    bars = [Bar("rupiah", Decimal(9_000_000), "Rp9.000.000", "IDR"), Bar("dollars", Decimal(600), "$600", "USD")]
    first, second = drawn(bars, 60, 10)
    assert first.count("█") > 30
    assert second.count("█") > 30
    months = [Bar(f"m{number}", Decimal(number + 1), "x") for number in range(12)]
    assert [line.split()[0] for line in drawn(months, 40, 3, latest=True)] == ["m9", "m10", "m11"]
    assert [line.split()[0] for line in drawn(months, 40, 3)] == ["m0", "m1", "m2"]
