"""`scripts/sbom`: what a release consists of, the same each time; its schema is checked by the script itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def bill_of(path: Path) -> bytes:
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000"}
    command = [sys.executable, ROOT / "scripts" / "sbom", path]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
    return path.read_bytes()


@pytest.mark.slow
def test_the_bill_names_what_is_locked_and_shipped_and_nothing_else(tmp_path: Path) -> None:
    written = bill_of(tmp_path / "one.json")
    assert bill_of(tmp_path / "two.json") == written
    bill = json.loads(written)
    purls = {one["purl"] for one in bill["components"]}
    pinned = re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert {purl for purl in purls if purl.startswith("pkg:pypi/")} == {f"pkg:pypi/{n}@{v}" for n, v in pinned}
    names = {purl.rpartition("@")[0] for purl in purls if purl.startswith("pkg:npm/")}
    assert names >= {"pkg:npm/htmx.org", "pkg:npm/%40uppy/core", "pkg:npm/%40fontsource-variable/archivo"}
    assert not names & {"pkg:npm/typescript", "pkg:npm/esbuild"}
    uses = {one["ref"]: set(one.get("dependsOn", ())) for one in bill["dependencies"]}
    assert set(uses) == purls | {"remixhub"}
    reached, waiting = set[str](), ["remixhub"]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += uses[one]
    assert reached == set(uses), "each is there for a reason"
