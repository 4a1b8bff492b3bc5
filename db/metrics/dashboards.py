"""The dashboards as Grafana reads them: `python -m db.metrics.dashboards deploy/grafana` writes a file for each."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.metrics.panels import DASHBOARDS, Dashboard, Panel

_COLUMNS = 24
_HEIGHTS = {"stat": 4, "timeseries": 8}
# Whoever imports a dashboard chooses where it asks.
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "stat": {"colorMode": "value", "graphMode": "area", "reduceOptions": {"calcs": ["lastNotNull"]}},
    "timeseries": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
}


def grafana(dashboard: Dashboard) -> str:
    """The file of one."""
    model = {
        "uid": f"ekost-{dashboard.name}",
        "title": dashboard.title,
        "description": dashboard.told,
        "tags": ["ekost"],
        "schemaVersion": 38,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "links": [{"type": "dashboards", "title": "E-Kost", "tags": ["ekost"], "includeVars": True, "keepTime": True}],
        "templating": {"list": list(_variables(dashboard))},
        "panels": list(_panels(dashboard)),
    }
    return json.dumps(model, indent=2) + "\n"


def _variables(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    yield {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}
    if label := dashboard.label:
        yield {
            "name": label, "label": label.title(), "type": "query", "datasource": _SOURCE, "refresh": 2, "sort": 1,
            "query": f"label_values(ekost_tenants, {label})", "includeAll": True, "multi": True, "allValue": ".*",
            "current": {"text": "All", "value": "$__all"},
        }  # fmt: skip


def _panels(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    x = y = 0
    for number, panel in enumerate(dashboard.panels, start=1):
        height = _HEIGHTS[panel.shape]
        yield _panel(panel, number, {"x": x, "y": y, "w": panel.width, "h": height})
        x += panel.width
        if x >= _COLUMNS:
            x, y = 0, y + height


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    targets = [
        {"refId": chr(ord("A") + at), "datasource": _SOURCE, "expr": asked, "legendFormat": legend}
        for at, (legend, asked) in enumerate(panel.curves.items())
    ]
    return {
        "id": number,
        "type": panel.shape,
        "title": panel.title,
        "description": panel.told,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": _OPTIONS[panel.shape],
        "targets": targets,
    }


def _field(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    field: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.limit is not None:
        # Grafana is red from the value on, and nothing is wrong at the limit itself.
        steps.append({"color": "red", "value": panel.limit or 1e-9})
        field |= {"custom": {"thresholdsStyle": {"mode": "line"}}} if panel.shape == "timeseries" else {}
    return field


if __name__ == "__main__":
    for one in DASHBOARDS:
        (Path(sys.argv[1]) / f"{one.name}.json").write_text(grafana(one), encoding="utf-8")
