"""`python -m remixhub doctor` finds what is wrong with each part, and what it advises mends it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from remixhub.audio.confine import ffmpeg
from remixhub.cli import main
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.domain.states import JobKind, JobState, ProcessRole
from remixhub.jobs.beats import beat
from remixhub.models import Beat, Database, Job, now
from remixhub.storage.s3 import ObjectStore
from tests.services import RunningStorage

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What differs between the databases is shown by `/readyz`."""


@dataclasses.dataclass
class Operator:
    """Who runs commands with the hub's variables set."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def with_settings(self, settings: Settings, **changes: object) -> None:
        for name, value in dataclasses.replace(settings, **changes).to_env().items():  # type: ignore[arg-type]
            self.monkeypatch.setenv(name, value)

    def run(self, *arguments: str) -> tuple[int, str]:
        self.capsys.readouterr()
        code = main(arguments)
        printed = self.capsys.readouterr()
        return code, printed.out + printed.err

    def faults(self) -> set[str]:
        """The parts that `doctor` finds fault with; each comes with advice."""
        code, text = self.run("doctor")
        lines = text.splitlines()
        failed = [number for number, line in enumerate(lines) if line.startswith("FAIL")]
        assert code == (1 if failed else 0)
        for number in failed:
            assert lines[number + 1].strip().startswith("→"), text
        return {lines[number].removeprefix("FAIL  ")[:13].strip() for number in failed}


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    connected = Database.connect(settings.database_url)
    yield connected
    connected.dispose()


@pytest.fixture
def operator(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    """Of a hub where a scheduler and a worker beat."""
    made = Operator(monkeypatch, capsys)
    made.with_settings(settings)
    assert made.run("ensure-bucket") == (0, "")
    for role in ProcessRole:
        beat(database, f"{role}-1", role)
    return made


def test_a_hub_in_order_has_no_faults(operator: Operator) -> None:
    code, text = operator.run("doctor")
    assert (code, text.count("\n")) == (0, 14)
    assert all(line.startswith("ok") for line in text.splitlines())


def test_an_empty_database_is_migrated_as_advised(operator: Operator, settings: Settings, tmp_path: Path) -> None:
    operator.with_settings(settings, database_url=f"sqlite:///{tmp_path / 'new.db'}")
    assert operator.faults() == {"database"}
    assert "remixhub migrate" in operator.run("doctor")[1]
    assert operator.run("migrate")[0] == 0
    assert operator.faults() == {"scheduler", "workers"}, "none of them has begun"
    assert operator.run("migrate")[0] == 0


def test_a_missing_bucket_is_made_as_advised(operator: Operator, settings: Settings) -> None:
    operator.with_settings(settings, s3_bucket=settings.s3_bucket + "-new")
    assert operator.faults() == {"storage", "storage CORS"}
    assert operator.run("ensure-bucket")[0] == 0
    assert operator.faults() == set()


def test_a_bucket_that_lets_other_sites_upload_but_not_this_one_is_found(
    operator: Operator, settings: Settings, storage_server: RunningStorage
) -> None:
    ObjectStore(settings).ensure_bucket(["https://elsewhere.example"])
    assert operator.faults() == {"storage CORS"}
    assert operator.run("ensure-bucket", "--origin", "https://elsewhere.example")[0] == 0
    assert operator.faults() == set()
    storage_server.drop_bucket(settings.s3_bucket)  # it lets others in


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"redis_url": "redis://{nowhere}"}, {"redis"}),
        ({"s3_endpoint_url": "http://{nowhere}"}, {"storage", "storage CORS"}),
        ({"s3_secret_access_key": "wrong"}, {"storage", "storage CORS"}),
        ({"database_url": "postgresql+psycopg://nobody@{nowhere}/hub"}, {"database"}),
        ({"database_url": "sqlite:////no/such/folder/hub.db"}, {"database"}),
        ({"work_dir": "/dev/null/work"}, {"scratch disk"}),
    ],
)
def test_a_part_that_is_away_is_named_with_advice(
    operator: Operator, settings: Settings, changes: dict[str, str], faults: set[str]
) -> None:
    nowhere = f"{LOOPBACK}:{free_ports(1)[0]}"
    operator.with_settings(settings, **{name: value.format(nowhere=nowhere) for name, value in changes.items()})
    assert operator.faults() == faults


def test_a_scheduler_and_workers_that_never_began_are_missed(operator: Operator, database: Database) -> None:
    with database.writing() as session:
        session.execute(sa.delete(Beat))
    assert operator.faults() == {"scheduler", "workers"}
    text = operator.run("doctor")[1]
    assert "no scheduler has ever beaten" in text
    assert "no worker has ever beaten" in text
    assert "python -m workers.scheduler" in text


@pytest.mark.parametrize("role", ProcessRole)
def test_what_has_stopped_is_missed_by_name_of_its_role(
    operator: Operator, database: Database, role: ProcessRole
) -> None:
    def silence(name: str, seconds: int) -> None:
        with database.writing() as session:
            session.execute(sa.update(Beat).where(Beat.name == name).values(beat_at=now(-seconds)))

    beat(database, f"{role}-2", role)
    silence(f"{role}-1", 90)
    assert operator.faults() == set(), "another one beats"
    assert f"1 {role} beats" in (text := operator.run("doctor")[1])
    assert f"silent: {role}-1" in text
    assert f"WARNING: silent: {role}-1. Whoever was killed" in text, "it may hang"
    silence(f"{role}-2", 300)
    assert operator.faults() == {"scheduler" if role is ProcessRole.SCHEDULER else "workers"}
    assert f"no {role} beats; the last one did 9" in operator.run("doctor")[1]


def test_jobs_that_wait_for_an_operator_are_a_fault_and_those_that_go_on_by_themselves_are_not(
    operator: Operator, database: Database
) -> None:
    def add(state: JobState, code: str, delays: int) -> None:
        with database.writing() as session:
            row = {"kind": JobKind.SWEEP, "subject_id": code, "max_attempts": 5}
            session.add(Job(**row, state=state, error_code=code, delays=delays))

    add(JobState.PENDING, "storage_unavailable", 3)
    assert operator.faults() == set()
    assert "1 by storage_unavailable" in operator.run("doctor")[1]
    add(JobState.DEAD, "internal", 0)
    assert operator.faults() == {"delayed jobs"}
    text = operator.run("doctor")[1]
    assert "1 by internal (dead)" in text
    assert "jobs resend" in text


def test_without_ffmpeg_the_decoder_is_named(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    for program in ("ffmpeg", "ffprobe"):
        (tmp_path / "bin" / program).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "bin" / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert "decoder" not in operator.faults(), "those of the wheels serve where the system's do not"
    monkeypatch.setattr(ffmpeg, "_wheel_paths", lambda: None)
    assert "decoder" in operator.faults()


def test_without_settings_every_missing_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    for name in settings.to_env():
        monkeypatch.delenv(name, raising=False)
    assert main(["doctor"]) == 1
    assert "REMIXHUB_SECRET_KEY is missing" in capsys.readouterr().err
