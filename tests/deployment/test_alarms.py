"""Alarms and the dashboard: they parse, ring when they should, speak of metrics that there are, and lead to words."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from remixhub.domain.states import ProcessRole
from remixhub.jobs.beats import beat
from remixhub.models import BackupRun, FixityRound, now
from tests.deployment.doors import ROOT
from tests.integration.conftest import Hub, apps, hub  # noqa: F401  the whole service in this process
from tests.services import find_promtool

OPS = ROOT / "ops"
RULES = OPS / "prometheus" / "rules.yml"
DASHBOARD = OPS / "grafana" / "remixhub.json"
OTHERS = ("node_filesystem_avail_bytes", "node_filesystem_size_bytes", "probe_ssl_earliest_cert_expiry", "up")
"""Of node_exporter, blackbox_exporter and Prometheus."""
_SELECTED = re.compile(r"\b(remixhub_\w+)(?:\{([^}]*)\})?")
_BY = re.compile(r"\b(?:by|on) \(([^)]*)\)")


def alarms() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return list(group["rules"])


def dashboard_queries() -> Iterator[str]:
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def promtool(*arguments: str | Path) -> None:
    ran = subprocess.run([find_promtool(), *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_alarms_ring_for_what_they_say_and_for_nothing_else() -> None:
    promtool("check", "config", OPS / "prometheus" / "prometheus.yml")
    promtool("test", "rules", OPS / "prometheus" / "rules.test.yml")


def test_the_queries_of_the_dashboard_can_be_asked(tmp_path: Path) -> None:
    asked = [query.replace("$__rate_interval", "5m") for query in dashboard_queries()]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(asked)]
    written = tmp_path / "panels.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", written)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_alarms_and_dashboard_speak_of_metrics_that_there_are(hub: Hub) -> None:  # noqa: F811
    beat(hub.parts.database, "w", ProcessRole.WORKER, scratch_free_bytes=1)
    with hub.parts.database.writing() as session:
        counts = {"object_count": 0, "object_bytes": 0, "copied_count": 0, "copied_bytes": 0, "fault_count": 0}
        session.add_all(
            [BackupRun(target="/backups", snapshot="s", started_at=now(), **counts), FixityRound(finished_at=now())]
        )
    hub.visitor().get("/works/none")
    text = hub.visitor().http.get("/metrics").text
    there = set(re.findall(r"^(remixhub_\w+)(?:\{| )", text, re.MULTILINE)) | set(
        re.findall(r"^# TYPE (remixhub_\w+)", text, re.MULTILINE)
    )
    queries = [alarm["expr"] for alarm in alarms()] + list(dashboard_queries())
    named = {name for query in queries for name, _ in _SELECTED.findall(query)}
    assert named - there == set()
    foreign = {name for query in queries for name in re.findall(r"\b(?:node|probe|up)\w*", query)}
    assert foreign == set(OTHERS)
    shown = {
        name for name in there if name.startswith("remixhub_") and not name.endswith(("_created", "_sum", "_count"))
    }
    told = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in shown if name.removesuffix("_bucket").removesuffix("_total") not in told} == set()


def test_each_alarm_leads_to_words_on_what_to_do() -> None:
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    told = (ROOT / "docs" / "operations.md").read_text()
    for alarm in alarms():
        page, _, anchor = alarm["annotations"]["runbook"].partition("#")
        assert page == "docs/operations.md"
        assert anchor in anchors, anchor
        assert f"`{alarm['alert']}`" in told
        assert alarm["labels"]["severity"] in ("page", "ticket")
