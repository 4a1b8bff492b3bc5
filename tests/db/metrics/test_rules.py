"""Prometheus fires where `ekost alerts check` does: the same limits, and each alert is seen to fire and be silent."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from db.metrics.alarms import SCALE
from db.metrics.rules import alert_name, prometheus_rules
from db.metrics.thresholds import THRESHOLDS, Threshold

RULES = Path(__file__).parents[3] / "deploy" / "prometheus" / "rules.yml"


def test_the_rules_that_are_shipped_are_those_of_the_thresholds() -> None:
    assert RULES.read_text(encoding="utf-8") == prometheus_rules(), "python -m db.metrics.rules > " + str(RULES)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Prometheus' promtool")
def test_each_alert_fires_and_stays_silent(tmp_path: Path) -> None:
    shutil.copy(RULES, tmp_path / "rules.yml")
    cases = [case(threshold, fires=fires) for threshold in THRESHOLDS for fires in (True, False)]
    cases += [up("1x30", down=[], absent=[]), up("0x30", down=["critical"], absent=[])]
    cases += [up("_x30", down=[], absent=["critical"])]
    (tmp_path / "test.yml").write_text(json.dumps({"rule_files": ["rules.yml"], "tests": cases}))
    for words in (["check", "rules", "rules.yml"], ["test", "rules", "test.yml"]):
        done = subprocess.run(["promtool", *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def case(threshold: Threshold, *, fires: bool) -> dict[str, Any]:
    """Twenty minutes of a number at its limit, or beyond."""
    value = threshold.limit + SCALE[threshold.unit] if fires else threshold.limit
    return {
        "interval": "1m",
        "input_series": [{"series": f'{threshold.metric}{{queue="audit"}}', "values": f"{value:g}x20"}],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{alert_name(threshold)}",alertstate="firing"}}) or vector(0)',
                "eval_time": "10m",
                "exp_samples": [{"labels": "{}", "value": int(fires)}],
            }
        ],
    }


def up(values: str, *, down: list[str], absent: list[str]) -> dict[str, Any]:
    """Half an hour of numbers that come, say that nothing works, or stay away."""
    wanted = {"EkostDown": down, "EkostUnwatched": absent}
    return {
        "interval": "1m",
        "input_series": [{"series": "ekost_up", "values": values}],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) or vector(0)',
                "eval_time": "10m",
                "exp_samples": [{"labels": "{}", "value": len(severities)}],
            }
            for name, severities in wanted.items()
        ],
    }
