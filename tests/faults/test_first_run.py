"""A fresh `make run`: what it prints, what its commands find, and that its contest can be voted in."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from remixhub.dev.client import ApiClient
from remixhub.dev.demo_content import ACCOUNTS

pytestmark = pytest.mark.timeout(420)
ROOT = Path(__file__).resolve().parents[2]
NOTHING_SAID = {name: value for name, value in os.environ.items() if not name.startswith("REMIXHUB_")}


def doctor(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "remixhub", "doctor"],
        cwd=folder,
        env={**NOTHING_SAID, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_a_fresh_hub_is_toured_commanded_and_voted_in(tmp_path: Path) -> None:
    before = doctor(tmp_path)
    assert (before.returncode, "no hub of `make run` runs" in before.stderr) == (1, True)
    command = [sys.executable, "-u", "-m", "remixhub.dev.run", "--port", "0"]
    environ = {**NOTHING_SAID, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if "-m remixhub doctor" in line:
                    break
            printed = "".join(lines)
            (url,) = set(re.findall(r"http://127\.0\.0\.1:\d+", printed))
            assert f"HUB={url}/api/v1" in printed
            steps = re.findall(r"^ +(\d+)/(\d+) ", printed, re.MULTILINE)
            assert [int(number) for number, _ in steps] == list(range(1, int(steps[-1][1]) + 1))
            found = doctor(tmp_path)
            assert (found.returncode, url in found.stderr) == (0, True), found.stdout + found.stderr
            vote(url, tmp_path / "var")
            process.send_signal(signal.SIGINT)
            process.stdout.read()
            assert process.wait() == 0
        finally:
            process.kill()
    after = doctor(tmp_path)
    assert (after.returncode, "no hub of `make run` runs" in after.stderr) == (1, True)


def vote(url: str, data: Path) -> None:
    """As the listener of the demo, over the API; but for the seconds of listening, which are written down."""
    passwords = json.loads((data / "demo-accounts.json").read_text(encoding="utf-8"))
    assert set(passwords) == set(ACCOUNTS)
    listener = ApiClient(url)
    listener.sign_in("ines", passwords["ines"])
    assert listener.get("/account")["email_verified_at"] is not None
    contests = {one["phase"]: one["id"] for one in listener.get("/contests")["contests"]}
    assert set(contests) == {"voting", "open"}
    contest = f"/contests/{contests['voting']}"
    duel = listener.get(f"{contest}/duel")
    pair = [duel["left"]["id"], duel["right"]["id"]]
    for entry_id in pair:
        listener.post(f"{contest}/hearings", {"entry_id": entry_id})
    with closing(sqlite3.connect(data / "remixhub.db")) as database, database:
        database.execute("UPDATE hearings SET heard_ms = 20000")
    assert listener.post(f"{contest}/duels", {"favoured": pair[0], "against": pair[1]})["favoured_id"] == pair[0]
