"""The audit of what is installed: a hole fails, a machine without the index does not, and neither is called clean."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[1] / ".ci" / "audit.py"
CLEAN = {"name": "redis", "version": "8.1.0", "vulns": []}
HOLE = {"name": "rq", "version": "3.0.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["3.0.1"]}]}
UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture(scope="module")
def audit() -> Any:
    spec = importlib.util.spec_from_file_location("audit", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("rows", "status", "told"),
    [
        ([CLEAN, UNKNOWN], 0, ["1 of 2 packages audited, 0 known holes."]),
        ([CLEAN, HOLE], 1, ["rq 3.0.0: CVE-2026-1, mended in 3.0.1", "2 of 2 packages audited, 1 known holes."]),
        ([UNKNOWN, UNKNOWN], 0, ["No audit: the index knows nothing of these 2 packages."]),
    ],
)
def test_what_a_report_means(audit: Any, rows: list[dict[str, object]], status: int, told: list[str]) -> None:
    assert audit.verdict({"dependencies": rows}) == (status, told)


def test_an_index_that_is_away_fails_nobody(
    audit: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(audit, "INDEX", "http://127.0.0.1:1/")
    assert audit.main(str(tmp_path / "venv"), "requirements/run.lock") == 0
    assert capsys.readouterr().out == "No audit: the index does not answer.\n"
    assert not (tmp_path / "venv").exists()


def test_a_program_that_breaks_off_is_no_clean_bill(audit: Any) -> None:
    assert audit.audited("/bin/false", "requirements/run.lock") == (0, ["No audit: the program said nothing"])
