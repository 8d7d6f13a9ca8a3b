from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from remixhub.audio.confine.ffmpeg import find_ffmpeg, put_on_path


def make_program(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_the_systems_programs_come_first(tmp_path: Path) -> None:
    for name in ("ffmpeg", "ffprobe"):
        make_program(tmp_path / name)
    found = find_ffmpeg(str(tmp_path))
    assert (found.ffmpeg, found.ffprobe) == (tmp_path / "ffmpeg", tmp_path / "ffprobe")


def test_one_program_on_the_path_is_not_enough(tmp_path: Path) -> None:
    make_program(tmp_path / "ffmpeg")
    found = find_ffmpeg(str(tmp_path))
    assert found.ffmpeg != tmp_path / "ffmpeg"
    assert found.ffprobe.is_file()


def test_both_programs_say_their_version() -> None:
    assert find_ffmpeg().version()[0] in "n0123456789"


def test_programs_can_be_put_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    put_on_path(find_ffmpeg(), tmp_path / "bin")
    assert os.environ["PATH"].startswith(str(tmp_path / "bin"))
    assert shutil.which("ffmpeg")
    assert shutil.which("ffprobe")
