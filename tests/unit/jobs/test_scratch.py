"""What a killed process leaves in the scratch space goes; what somebody works in stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from remixhub.jobs import scratch
from remixhub.jobs.scratch import drop_left_folders, scratch_folder

_WORK = """
import sys
from pathlib import Path
from remixhub.jobs.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), "ingest_stem") as folder:
    (folder / "half").write_bytes(b"x")
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def worker(work_dir: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that is in the middle of a job, and the folder in which it works."""
    command = [sys.executable, "-c", _WORK, str(work_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        try:
            yield process, folder
        finally:
            process.kill()


def test_the_folder_of_a_killed_worker_goes_with_the_next_job_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    with worker(tmp_path) as (killed, left), worker(tmp_path) as (_, used):
        killed.kill()
        killed.wait()
        assert (left / "half").exists()
        with scratch_folder(tmp_path, "sweep") as own:
            assert sorted(tmp_path.iterdir()) == sorted([own, used])
        assert (used / "half").exists()
    drop_left_folders(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_stays_and_goes_however_its_job_ends(tmp_path: Path) -> None:
    def fail() -> None:
        with scratch_folder(tmp_path, "sweep") as folder:
            (folder / "half").write_bytes(b"x")
            drop_left_folders(tmp_path)
            assert list(folder.iterdir()) == [folder / "half"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_no_job_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "beats").mkdir()
    (tmp_path / "ingest_stem-of-before").mkdir()
    (tmp_path / "job-a-file").write_bytes(b"x")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "job-a-link").symlink_to(elsewhere)
    before = sorted(tmp_path.iterdir())
    drop_left_folders(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_one_that_is_taken_to_be_left_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    make = scratch.mkdtemp

    def make_and_lose(**options: object) -> str:
        folder = make(**options)  # type: ignore[call-overload]
        made.append(Path(folder))
        if len(made) == 1:
            drop_left_folders(tmp_path)
        return str(folder)

    monkeypatch.setattr(scratch, "mkdtemp", make_and_lose)
    with scratch_folder(tmp_path, "sweep") as folder:
        assert folder.is_dir()
        assert made[1:] == [folder]
