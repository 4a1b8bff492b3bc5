"""What commands leave behind is complete, bounded, cheap, and never in anybody's way."""

import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from db.metrics import sink, totals
from db.metrics.commands import failures
from db.metrics.percentiles import duration_rows
from db.metrics.sink import DONE, ERROR, REFUSED, outcome_of, record
from db.metrics.totals import Sample, fold, read_samples, read_totals

WRITERS, EACH = 4, 1000


def _write(folder: Path) -> None:
    for turn in range(EACH):
        record(folder, "payment add", DONE, turn / 1000)


def test_totals_of_many_processes_only_grow_while_their_files_stay_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "state" / "ekost"
    for module in (sink, totals):
        monkeypatch.setattr(module, "MOST", 8000)
    processes = [get_context("fork").Process(target=_write, args=(folder,)) for _number in range(WRITERS)]
    for process in processes:
        process.start()
    seen = 0
    while any(process.is_alive() for process in processes):
        now = sum(total.times for total in read_totals(folder))
        assert now >= seen
        seen = now
    (total,) = read_totals(folder)
    # A line written into a file that was just closed is in the samples only: few.
    assert WRITERS * EACH * 0.97 <= total.times <= WRITERS * EACH
    assert total.times == sum(total.buckets) > 0
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.log*")}
    # Whoever folds may have to wait for a processor while the others write on.
    assert sum(sizes.values()) < WRITERS * EACH * 30 / 2, sizes
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir() if path.suffix != ".json")
    assert 3 <= len(list(folder.iterdir())) <= 4  # the newest may just have become the older one


def test_a_crash_before_the_totals_are_written_counts_nothing_twice_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "MOST", 1)
    for seconds in (0.25, 60):
        record(tmp_path, "room list", DONE, seconds)
        (tmp_path / sink.FILE).replace(tmp_path / f"{sink.FILE}.1")
        record(tmp_path, "room list", DONE, 1)
        assert sum(total.times for total in read_totals(tmp_path)) == len(read_samples(tmp_path, 0)) + (seconds > 1) * 2
        fold(tmp_path)
    (total,) = read_totals(tmp_path)
    assert (total.times, sum(total.buckets), total.seconds) == (4, 3, 62.25)


def test_what_can_not_be_written_is_let_go_and_what_can_costs_next_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    record(tmp_path / "file" / "below", "x", DONE, 1)
    (tmp_path / sink.FILE).write_text("torn\nnot\ta\tsample\there\n")
    begun = time.perf_counter()
    for _turn in range(100):
        record(tmp_path, "x", DONE, 1)
    assert (time.perf_counter() - begun) / 100 < 0.005
    assert len(read_samples(tmp_path, 0)) == 100


def test_failures_of_late_are_told_from_refusals_and_from_those_of_yesterday(tmp_path: Path) -> None:
    assert [outcome_of(status, raised=True) for status in (1, 2, 3, 4, 5, 130)] == [
        ERROR, REFUSED, ERROR, REFUSED, REFUSED, REFUSED,
    ]  # fmt: skip
    assert outcome_of(1, raised=False) == DONE
    (tmp_path / sink.FILE).write_text(f"{time.time() - 3600:.3f}\tpayment add\terror\t1.0\n")
    assert {gauge.metric: gauge.value for gauge in failures(tmp_path)} == {"ekost_payment_failures": 0}
    for outcome in (DONE,) * 17 + (REFUSED,) + (ERROR,) * 2:
        record(tmp_path, "payment add", outcome, 0.1)
    assert {gauge.metric: gauge.value for gauge in failures(tmp_path)} == {
        "ekost_payment_failures": 2, "ekost_command_error_ratio": 0.1,
    }  # fmt: skip


def test_percentiles_are_those_of_the_samples() -> None:
    samples = [Sample(0, "a", DONE, ms / 1000) for ms in range(1, 102)] + [Sample(0, "b", ERROR, 0.7)]
    assert [tuple(row) for row in duration_rows(samples)] == [
        ("a", 101, 0, 0, 51, 96, 100, 101), ("b", 1, 0, 1, 700, 700, 700, 700),
    ]  # fmt: skip
