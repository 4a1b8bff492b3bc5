"""The work of the background is measured by what it is and what came of it; to have found nothing is no work."""

from pathlib import Path

import pytest

from db.engine import Database
from db.metrics.collecting import Collector
from db.metrics.sink import DURATIONS
from db.metrics.totals import read_totals
from jobs.drain import drain
from jobs.durations import timed
from jobs.schedules import Calendar, Schedule
from tests.jobs.payers import move_in, pay


def test_work_is_measured_by_its_name_and_outcome(database: Database, collector: Collector, tmp_path: Path) -> None:
    payers = move_in(database, 2)
    drain(database, "balances")
    pay(database, *payers)
    for _turn in range(3):
        drain(database, "balances")

    def fail(*_what: object) -> None:
        raise ZeroDivisionError

    fails, works = Schedule("billing", fail), Schedule("closings", lambda *_what: None)
    Calendar(database, lambda _message, **_fields: None, (fails, works)).look()
    with pytest.raises(KeyError), timed("imports"):
        raise KeyError
    collector.leave()
    totals = {(total.name, total.outcome): total.times for total in read_totals(tmp_path, DURATIONS)}
    # The first tenants are no news for balances; of three drains two found nothing.
    assert totals == {
        ("audit", "done"): 1, ("balances", "done"): 1, ("billing", "error"): 1, ("closings", "done"): 1,
        ("imports", "error"): 1,
    }  # fmt: skip
