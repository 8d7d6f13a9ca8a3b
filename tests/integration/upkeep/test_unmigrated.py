"""An operator's first commands on a database that nobody has migrated say so, on both."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from remixhub.config import Settings
from remixhub.models import Database
from tests.integration.backups.conftest import destroy_database


def test_a_database_without_tables_is_told(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    destroy_database(Database.connect(settings.database_url), request)
    environ = {**os.environ, **settings.to_env()}
    for command, said in (
        (["doctor"], "Run `python -m remixhub migrate`."),
        (["house"], "run `python -m remixhub migrate`. [database_unavailable]"),
        (["jobs", "list", "--state", "dead"], "run `python -m remixhub migrate`. [database_unavailable]"),
        (["backup", str(tmp_path / "target")], "run `python -m remixhub migrate`. [database_unavailable]"),
    ):
        words = [sys.executable, "-m", "remixhub", *command]
        ran = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
        assert (ran.returncode, said in ran.stdout + ran.stderr) == (1, True), (command, ran.stdout, ran.stderr)
        assert "Traceback" not in ran.stderr
