"""What docs/exports.md writes for the shell runs as it stands there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.client.conftest import LiveHub
from tests.integration.client.test_pull import published

DOCUMENT = Path(__file__).parents[3] / "docs" / "exports.md"


@pytest.mark.skipif(shutil.which("jq") is None, reason="the calls are written with jq")
def test_a_session_is_handed_back_by_the_calls_of_the_document(live: LiveHub) -> None:
    artist, fan = live.desk("artist"), live.desk("fan")
    work, other = published(live, artist), published(live, artist, "Other")
    got = fan.run("pull", work["id"], "--into", fan.folder, "--format", "dawproject")
    Path(got.lines[-1]["works"][0]["path"]).rename(fan.folder / "Mine.dawproject")
    draft = fan.api.post("/remixes", {"title": "Mine", "sources": [{"source_id": other["id"]}]}).get_json()["id"]
    (block,) = [one for one in re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL) if "handback" in one]
    block = block.replace("https://stems.example", live.url)
    environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TOKEN": fan.token, "DRAFT": draft}
    command = ["bash", "-euo", "pipefail", "-c", block]
    ran = subprocess.run(command, cwd=fan.folder, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert work["id"] in fan.api.get(f"/works/{draft}/sources").text
