"""A worker looks at its walls before it takes a job: started as a process, where the kernel forbids Landlock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WITHOUT_LANDLOCK = """
import ctypes, os, struct, sys
steps = struct.pack("=" + "HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, 444, 0x06, 0, 0, 0x00050026, 0x06, 0, 0, 0x7FFF0000)
program, libc = ctypes.create_string_buffer(steps), ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, struct.pack("@HP", 4, ctypes.addressof(program)), 0, 0) == 0
os.execv(sys.executable, [sys.executable, "-m", "workers.worker"])
"""
SETTINGS = {
    "PATH": "/usr/bin/no-bubblewrap-here",
    "REMIXHUB_DATABASE_URL": "sqlite://",
    "REMIXHUB_REDIS_URL": "redis://127.0.0.1:1",
    "REMIXHUB_S3_ENDPOINT_URL": "http://127.0.0.1:1",
    "REMIXHUB_S3_ACCESS_KEY_ID": "key",
    "REMIXHUB_S3_SECRET_ACCESS_KEY": "secret",
    "REMIXHUB_SECRET_KEY": "x" * 32,
    "REMIXHUB_PUBLIC_URL": "https://stems.example",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "refuses"),
    [({}, True), ({"SANDBOX_LEVEL": "rlimits"}, False), ({"ENVIRONMENT": "development"}, False)],
)
def test_without_walls_production_refuses_to_start_unless_told_to(
    settings: dict[str, str], refuses: bool, tmp_path: Path
) -> None:
    environ = SETTINGS | {"REMIXHUB_WORK_DIR": str(tmp_path)} | {f"REMIXHUB_{k}": v for k, v in settings.items()}
    command = [sys.executable, "-c", WITHOUT_LANDLOCK]
    ended = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ("landlock is the least" in ended.stderr) == refuses
    assert ("sandbox_without_walls" in ended.stderr) != refuses
    assert ended.returncode != 0, "if not for its walls, then for want of Redis"
