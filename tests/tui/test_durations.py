"""How long it takes until what a screen asks is seen is measured, by what it asks, and nobody else's business."""

from pathlib import Path

from db.metrics.collecting import SCREEN, Collector
from db.metrics.percentiles import duration_rows
from db.metrics.sink import DURATIONS
from db.metrics.totals import read_samples
from tests.tui.conftest import Screens, press, settled


async def test_each_screen_that_was_looked_at_is_measured(
    screens: Screens, collector: Collector, tmp_path: Path
) -> None:
    async with screens() as pilot:
        for key in ("1", "4", "2", "enter"):
            await press(pilot, key)
            await settled(pilot)
    collector.leave()
    rows = {row.name: row for row in duration_rows(read_samples(tmp_path, 0, DURATIONS))}
    assert {"tenant list", "overview", "payment list", "TenantDetail"} <= set(rows)
    assert all(0 < row.p50_ms < 20_000 for row in rows.values())
    kinds = {line.split("\t")[4] for line in (tmp_path / DURATIONS).read_text().splitlines()}
    assert kinds == {SCREEN}  # the database of these screens is not timed
