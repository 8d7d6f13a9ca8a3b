"""Who beats is there, who has stopped is missed, and who ended in order is not."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.config import Settings
from remixhub.domain.states import ProcessRole
from remixhub.jobs.beats import EVERY_SECONDS, FORGOTTEN_AFTER_SECONDS, Presence, Pulse, beat, presence
from remixhub.models import Beat, Database, now
from tests.unit.rows import Rows

SCHEDULER, WORKER = ProcessRole.SCHEDULER, ProcessRole.WORKER


def known(parts: Parts) -> dict[ProcessRole, Presence]:
    with parts.database.reading() as session:
        return dict(presence(session, stale_seconds=parts.settings.beat_stale_seconds))


def silence(rows: Rows, name: str, seconds: float) -> None:
    rows.change(Beat, Beat.name == name, beat_at=now(-seconds))


def test_a_beat_says_who_where_and_since_when(parts: Parts, rows: Rows) -> None:
    assert beat(parts.database, "w-1", WORKER, "x" * 80)
    first = rows.one(Beat)
    assert (first.name, first.role, first.pid, first.doing) == ("w-1", WORKER, os.getpid(), "x" * 60)
    assert first.host
    assert first.version
    silence(rows, "w-1", 30)
    assert beat(parts.database, "w-1", WORKER)
    again = rows.one(Beat)
    assert (again.started_at, again.doing) == (first.started_at, "")
    assert again.beat_at >= first.beat_at


def test_who_never_beat_is_unknown_and_who_beats_is_there(parts: Parts) -> None:
    assert known(parts) == {}
    for name in ("w-1", "w-2"):
        beat(parts.database, name, WORKER)
    assert set(known(parts)) == {WORKER}
    assert (known(parts)[WORKER].beating, known(parts)[WORKER].silent) == (2, [])
    assert known(parts)[WORKER].last_seconds < EVERY_SECONDS


def test_who_is_silent_for_longer_than_a_minute_is_missed(parts: Parts, rows: Rows) -> None:
    assert parts.settings.beat_stale_seconds == 60
    for name in ("w-1", "w-2"):
        beat(parts.database, name, WORKER)
    silence(rows, "w-1", 55)
    assert known(parts)[WORKER].silent == []
    silence(rows, "w-1", 61)
    assert (known(parts)[WORKER].beating, known(parts)[WORKER].silent) == (1, ["w-1"])
    silence(rows, "w-2", 90)
    found = known(parts)[WORKER]
    assert (found.beating, found.silent) == (0, ["w-1", "w-2"])
    assert 61 <= found.last_seconds < 71


def test_the_dead_are_forgotten_by_the_living_of_their_role_alone(parts: Parts, rows: Rows) -> None:
    """So that what is known of a role is never nothing, however long ago its last process died."""
    for name, role in (("s-1", SCHEDULER), ("w-1", WORKER), ("w-2", WORKER)):
        beat(parts.database, name, role)
    for name, seconds in (("s-1", 2), ("w-1", 2), ("w-2", -60)):
        silence(rows, name, FORGOTTEN_AFTER_SECONDS + seconds)
    beat(parts.database, "w-3", WORKER)
    assert {row.name for row in rows.all(Beat)} == {"s-1", "w-2", "w-3"}
    assert known(parts)[SCHEDULER].beating == 0


def test_a_pulse_beats_at_once_and_then_when_it_is_time(parts: Parts, rows: Rows) -> None:
    pulse = Pulse(parts.settings, parts.database, "w-1", WORKER)
    pulse.beat("waits")
    silence(rows, "w-1", 40)
    pulse.beat("waits")
    assert known(parts)[WORKER].last_seconds >= 40, "it was not time"
    often = Pulse(dataclasses.replace(parts.settings, beat_stale_seconds=0), parts.database, "w-1", WORKER)
    often.beat()
    silence(rows, "w-1", 40)
    often.beat()
    assert known(parts)[WORKER].last_seconds < 40


def test_the_file_is_touched_with_each_beat_and_gone_with_the_row_at_the_end(parts: Parts, rows: Rows) -> None:
    parts = dataclasses.replace(parts, settings=dataclasses.replace(parts.settings, beat_stale_seconds=0))
    pulse = Pulse(parts.settings, parts.database, "w-1", WORKER)
    pulse.beat()
    file = parts.settings.work_dir / "beats" / "w-1"
    os.utime(file, (0, 0))
    pulse.beat()
    assert time.time() - file.stat().st_mtime < 10
    pulse.stop()
    assert (file.exists(), rows.all(Beat)) == (False, [])


def test_files_of_the_dead_go_when_the_next_process_begins(parts: Parts) -> None:
    folder = parts.settings.work_dir / "beats"
    folder.mkdir(parents=True)
    for name, age in (("old", FORGOTTEN_AFTER_SECONDS + 60), ("young", 60)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    Pulse(parts.settings, parts.database, "w-1", WORKER).beat()
    assert {path.name for path in folder.iterdir()} == {"young", "w-1"}


def test_while_the_database_is_busy_the_file_alone_says_that_the_loop_turns(parts: Parts, rows: Rows) -> None:
    pulse = Pulse(parts.settings, parts.database, "w-1", WORKER)
    with parts.database.writing():
        assert beat(parts.database, "w-1", WORKER) is False
        pulse.beat()
    assert (parts.settings.work_dir / "beats" / "w-1").exists()
    assert rows.all(Beat) == []


def test_a_folder_that_cannot_be_written_stops_no_process(parts: Parts, rows: Rows) -> None:
    settings = dataclasses.replace(parts.settings, work_dir=Path("/dev/null/work"))
    pulse = Pulse(settings, parts.database, "w-1", WORKER)
    pulse.beat()
    assert rows.one(Beat).name == "w-1"
    pulse.stop()


def test_a_process_that_forks_keeps_no_connection_open(settings: Settings, database: Database) -> None:
    own = Database.connect(settings.database_url)
    assert isinstance(own.engine.pool, sa.pool.QueuePool)
    Pulse(settings, own, "w-1", WORKER, forks=True).beat()
    assert own.engine.pool.checkedin() == 0
    Pulse(settings, own, "w-1", WORKER).beat()
    assert own.engine.pool.checkedin() == 1
    own.dispose()
