"""The dashboards are those of the code: each asks only for what there is, and can be imported anywhere."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from db.metrics.dashboards import grafana
from db.metrics.exposition import METRICS
from db.metrics.kinds import KINDS
from db.metrics.panels import DASHBOARDS, Dashboard

FOLDER = Path(__file__).parents[3] / "deploy" / "grafana"
HISTOGRAMS = {f"{kind.metric}_{part}" for kind in KINDS.values() for part in ("bucket", "sum", "count")}
# What is told as an alert and by a table, and draws no curve.
UNDRAWN = {
    "ekost_backups_missing", "ekost_command_error_ratio", "ekost_partitions_missing", "ekost_queue_unattended",
}  # fmt: skip


def asked(model: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in model["panels"] for target in panel["targets"]]


def test_the_files_that_are_shipped_are_those_of_the_code() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{one.name}.json" for one in DASHBOARDS}
    for one in DASHBOARDS:
        shipped = (FOLDER / f"{one.name}.json").read_text(encoding="utf-8")
        assert shipped == grafana(one), f"python -m db.metrics.dashboards {FOLDER}"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.name)
def test_a_dashboard_can_be_imported_and_each_panel_tells_what_it_shows(dashboard: Dashboard) -> None:
    model = json.loads((FOLDER / f"{dashboard.name}.json").read_text(encoding="utf-8"))
    assert model["uid"]
    assert model["title"]
    assert model["description"]
    assert model["templating"]["list"][0] | {"label": ""} == {
        "name": "datasource", "label": "", "type": "datasource", "query": "prometheus",
    }  # fmt: skip
    panels = model["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels) > 5
    for panel in panels:
        assert panel["fieldConfig"]["defaults"]["unit"] in {"s", "short", "percentunit", "ops", "bytes", "locale"}
        assert panel["description"].endswith(".")
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _y in cells) == 23


def test_only_what_the_code_measures_is_asked_for_and_all_of_it() -> None:
    models = [json.loads(grafana(one)) for one in DASHBOARDS]
    assert len({model["uid"] for model in models}) == len(models)
    told = {name for model in models for expr in asked(model) for name in re.findall(r"\bekost_\w+", expr)}
    assert told <= METRICS | HISTOGRAMS
    # Prometheus names what it asks by these, whatever it is told.
    assert not {"job", "instance"} & {kind.label for kind in KINDS.values()}
    bare = {re.sub(r"_(bucket|sum|count)$", "", name) if name in HISTOGRAMS else name for name in told}
    assert METRICS - bare == UNDRAWN


def test_every_metric_is_described() -> None:
    page = (FOLDER.parents[1] / "docs" / "monitoring.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(ekost_\w+)`", page)) == METRICS


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Prometheus' promtool")
def test_prometheus_understands_every_question(tmp_path: Path) -> None:
    questions = [expr for one in DASHBOARDS for expr in asked(json.loads(grafana(one)))]
    rules = [
        {"record": f"q{number}", "expr": expr.replace("$__rate_interval", "5m")}
        for number, expr in enumerate(questions)
    ]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "all", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", "rules.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
