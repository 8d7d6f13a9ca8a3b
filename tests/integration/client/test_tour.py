"""The tour of docs/client.md, as it is written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.client.conftest import LiveHub
from tests.integration.stems.studio import write_tone

pytestmark = pytest.mark.timeout(240)
ROOT = Path(__file__).parents[3]


def test_the_tour_runs_as_written(live: LiveHub) -> None:
    docs = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    shell, python = (re.findall(rf"```{kind}\n(.*?)```", docs, re.DOTALL)[0] for kind in ("sh", "python"))
    desk = live.desk("tour")
    folder = desk.folder / "Harbour Light 124bpm Am"
    folder.mkdir()
    for name, hz in (("01 Kick", 60.0), ("02 Bass", 110.0), ("03 Vocals", 440.0)):
        write_tone(folder, f"{name}.wav", hz=hz)
    command = desk.folder / "bin" / "remixhub"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m remixhub.client "$@"\n')
    command.chmod(0o755)
    environ = {
        **os.environ,
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": str(desk.folder / "config"),
        "REMIXHUB_HUB": live.url,
        "REMIXHUB_TOKEN": desk.token,
    }
    asked = {"cwd": desk.folder, "env": environ, "capture_output": True, "text": True, "check": False}
    toured = subprocess.run(["bash", "-euo", "pipefail", "-c", shell], **asked)  # type: ignore[call-overload]
    assert toured.returncode == 0, toured.stdout + toured.stderr
    assert "Traceback" not in toured.stderr
    assert (desk.folder / "stems" / "tour - Harbour Light.dawproject").is_file()
    assert (desk.folder / "Only kick and voice.flac").is_file()
    scripted = subprocess.run([sys.executable, "-c", python], **asked)  # type: ignore[call-overload]
    assert scripted.returncode == 0, scripted.stdout + scripted.stderr
    assert "published" in scripted.stdout
    assert scripted.stdout.splitlines()[-1].startswith("revision"), scripted.stdout
