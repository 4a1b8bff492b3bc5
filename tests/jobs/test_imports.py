"""Which imports nobody works on."""

from sqlalchemy import text

from db.engine import Database
from db.policies import IMPORTS
from jobs.imports import waiting
from tests.db.services.imports.filing import HEADER, stage

# The worker of the last step may have been killed.
SILENT = text("update imports set worked_at = now() - make_interval(secs => :silent)")


def test_an_import_waits_until_somebody_works_on_it_and_again_when_its_worker_is_silent(town: Database) -> None:
    with town.transaction() as conn:
        stage(conn, HEADER + "T0,1000,2026-01-05,,,\n")
        assert len(waiting(conn)) == 1
        for silent, found in ((0, 0), (IMPORTS.lease - 1, 0), (IMPORTS.lease + 1, 1)):
            conn.execute(SILENT, {"silent": silent})
            assert len(waiting(conn)) == found


def test_an_import_does_not_wait_while_a_step_is_running_however_long_that_takes(town: Database) -> None:
    with town.transaction() as conn:
        stage(conn, HEADER + "T0,1000,2026-01-05,,,\n")
    with town.transaction() as worker, town.transaction() as relay:
        worker.execute(text("select from imports for update"))
        assert waiting(relay) == []
        worker.rollback()
        assert len(waiting(relay)) == 1
