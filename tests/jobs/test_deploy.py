"""The service that is shipped."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.jobs.running import EKOST

SERVICE = Path(__file__).parents[2] / "deploy" / "ekost-worker.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_service(tmp_path: Path) -> None:
    here = tmp_path / SERVICE.name
    here.write_text(SERVICE.read_text().replace("/opt/ekost/bin/ekost", EKOST))
    done = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False)
    # It warns of units that this machine has not; only what it says of ours counts.
    assert SERVICE.name not in done.stdout + done.stderr
    assert done.returncode == 0


def test_stopping_the_service_lets_jobs_end() -> None:
    lines = SERVICE.read_text().splitlines()
    assert {"KillMode=mixed", "TimeoutStopSec=180", "SuccessExitStatus=143", "Restart=always"} <= set(lines)
