"""A scheduler or a worker that hangs is seen from outside, though its process is there; and so is that it goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from remixhub.app import create_app
from remixhub.cli import main
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.storage.s3 import ObjectStore
from tests.faults.crew import Crew
from tests.faults.test_kills import _wait_until
from tests.integration.conftest import Hub

STALE_SECONDS = 15
"""An idle worker beats every eight."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Of the two the one that beats could starve: it has one writer."""


@contextmanager
def halted(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_scheduler_and_a_worker_that_hang_are_missed_until_they_go_on(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(settings, beat_stale_seconds=STALE_SECONDS)
    settings.work_dir.mkdir(parents=True)
    ObjectStore(settings).ensure_bucket([settings.public_url])
    for name, value in settings.to_env().items():
        monkeypatch.setenv(name, value)
    parts = build_parts(settings)
    hub = Hub(create_app(settings, parts), parts)

    def missing() -> set[str]:
        answer = hub.visitor().http.get("/readyz")
        assert answer.status_code == 200, "accepted work waits; no balancer may turn it away"
        said: dict[str, Any] = answer.get_json()
        found = {part for part, one in said["parts"].items() if not one["ok"]}
        assert said["degraded"] is bool(found)
        return found

    def doctor() -> tuple[int, str]:
        code = main(["doctor"])
        return code, capsys.readouterr().out

    assert missing() == {"scheduler", "workers"}
    with Crew(settings, tmp_path, workers=1) as crew:
        _wait_until(lambda: missing() == set())
        assert doctor()[0] == 0
        for module, part, words in (
            ("workers.scheduler", "scheduler", "no scheduler beats"),
            ("workers.worker", "workers", "no worker beats"),
        ):
            (pid,) = crew.pids(module)
            with halted(pid):
                _wait_until(lambda part=part: missing() == {part})  # type: ignore[misc]
                code, said = doctor()
                assert (code, words in said) == (1, True), said
                assert [line for line in said.splitlines() if line.startswith("FAIL")] == [
                    line for line in said.splitlines() if words in line
                ]
            _wait_until(lambda: missing() == set())
            assert doctor()[0] == 0
        assert crew.restarts == 0
    assert missing() == {"scheduler", "workers"}
    assert "no worker has ever beaten" in doctor()[1], "who ended in order left nothing behind"
    assert list((settings.work_dir / "beats").iterdir()) == []
    parts.close()
