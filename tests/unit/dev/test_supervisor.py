"""Parts that die are started again; the clock is the test's own."""

from __future__ import annotations

import sys
from pathlib import Path

from remixhub.dev.process import Process
from remixhub.dev.supervisor import Supervisor


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def dead(part: Process) -> None:
    part.wait_until(lambda: part.died() is not None)


def a_part_that_fails(tmp_path: Path) -> Process:
    part = Process("web", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "web.log")
    part.start()
    dead(part)
    return part


def test_a_part_that_dies_once_is_started_at_once(tmp_path: Path) -> None:
    told: list[str] = []
    part = a_part_that_fails(tmp_path)
    first = part.pid
    Supervisor(told.append, Clock()).look_after([part])
    assert part.pid != first
    assert told == ["web ended with code 3; starting it again."]
    dead(part)


def test_a_part_that_dies_again_soon_is_started_later_each_time(tmp_path: Path) -> None:
    told: list[str] = []
    clock = Clock()
    part = a_part_that_fails(tmp_path)
    supervisor = Supervisor(told.append, clock)
    for delay_seconds in (0.0, 0.5, 1.0, 2.0):
        before = part.pid
        supervisor.look_after([part])
        if delay_seconds:
            assert part.pid == before, "not yet"
            assert f"in {delay_seconds:g} s" in told[-1]
            assert str(part.log) in told[-1]
            clock.now += delay_seconds
            supervisor.look_after([part])
        assert part.pid != before
        dead(part)
    assert len(told) == 4, "announced once each time"


def test_a_part_that_lived_long_is_forgiven(tmp_path: Path) -> None:
    told: list[str] = []
    clock = Clock()
    part = a_part_that_fails(tmp_path)
    supervisor = Supervisor(told.append, clock)
    supervisor.look_after([part])
    dead(part)
    clock.now += 3600
    before = part.pid
    supervisor.look_after([part])
    assert part.pid != before
    assert told[-1].endswith("starting it again.")
    dead(part)


def test_one_part_that_waits_does_not_hold_up_another(tmp_path: Path) -> None:
    told: list[str] = []
    clock = Clock()
    bad = a_part_that_fails(tmp_path)
    supervisor = Supervisor(told.append, clock)
    supervisor.look_after([bad])
    dead(bad)
    other = Process("valkey", [sys.executable, "-c", ""], tmp_path / "valkey.log")
    other.start()
    dead(other)
    first = other.pid
    supervisor.look_after([bad, other])
    assert other.pid != first
    dead(other)
