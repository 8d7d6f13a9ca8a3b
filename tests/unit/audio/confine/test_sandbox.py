"""The sandbox is a wall of its own: these tests hand the decoder what the sniffer would never let through."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from remixhub.audio.confine.ffmpeg import FfmpegPaths
from remixhub.audio.confine.sandbox import SOURCE, Caps, Sandbox, SandboxLevel, detect_sandbox
from remixhub.audio.read.probe import probe
from remixhub.domain.media import DecoderOverLimit, DecoderUnavailable, DecodeTimeout
from tests.signals import sine, write_by_ffmpeg, write_sound
from tests.unit.audio.confine.levels import at_level, levels_here, walled_levels

TO_PIPE = ["-f", "s16le", "pipe:1"]


def ffmpeg_answer(sandbox: Sandbox, source: Path, *arguments: str) -> bytes:
    words = ["-nostdin", "-v", "error", *arguments, *TO_PIPE]
    return sandbox.run(sandbox.programs.ffmpeg, words, source, wall_seconds=20, stdout_bytes=10_000_000).stdout


@pytest.mark.parametrize("level", levels_here())
def test_every_level_decodes(level: SandboxLevel, tmp_path: Path, sandbox: Sandbox) -> None:
    for suffix in ("wav", "flac", "mp3", "opus", "m4a"):
        source = write_by_ffmpeg(tmp_path / f"sound.{suffix}", sine(440, 0.5, 48_000), 48_000)
        assert len(ffmpeg_answer(at_level(sandbox, level), source, "-i", f"file:{SOURCE}")) >= 24_000 * 4


@pytest.mark.parametrize("level", walled_levels())
def test_a_playlist_reads_no_neighbour(level: SandboxLevel, tmp_path: Path, sandbox: Sandbox) -> None:
    """The playlists are followed wherever the file system lets them; the canary must not come out."""
    canary = write_by_ffmpeg(tmp_path / "canary.ts", sine(440, 1, 48_000), 48_000, "-c:a", "aac", "-f", "mpegts")
    playlist = tmp_path / "song.mp3"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{canary}\n#EXT-X-ENDLIST\n")
    follow = ["-protocol_whitelist", "file,crypto", "-allowed_extensions", "ALL", "-f", "hls", "-i", f"file:{SOURCE}"]
    open_wide = at_level(sandbox, SandboxLevel.RLIMITS)
    assert ffmpeg_answer(open_wide, playlist, *follow), "the attack has teeth"
    assert ffmpeg_answer(at_level(sandbox, level), playlist, *follow) == b""


@pytest.mark.parametrize("level", levels_here())
@pytest.mark.parametrize(("hurry", "fault"), [([], DecodeTimeout), (["-re"], DecoderUnavailable)])
def test_the_wall_clock_ends_what_goes_on_and_blames_the_file_if_it_was_busy(
    level: SandboxLevel, hurry: list[str], fault: type[Exception], tmp_path: Path, sandbox: Sandbox
) -> None:
    source = write_sound(tmp_path / "sound.wav", sine(440, 0.1, 48_000), 48_000)
    endless = ["-nostdin", *hurry, "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"]
    with at_level(sandbox, level).open(sandbox.programs.ffmpeg, endless, source, wall_seconds=2) as running:
        running.stdout.read()
        with pytest.raises(fault):
            running.end()


@pytest.mark.parametrize("level", levels_here())
def test_leaving_ends_the_decoder_and_removes_its_folder(level: SandboxLevel, tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "sound.wav", sine(440, 0.1, 48_000), 48_000)
    endless = ["-nostdin", "-f", "lavfi", "-i", "anullsrc", *TO_PIPE]
    with at_level(sandbox, level).open(sandbox.programs.ffmpeg, endless, source) as running:
        assert running.stdout.read(1_000)
        pid = running._process.pid
    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)


@pytest.mark.parametrize("level", levels_here())
def test_the_memory_cap_holds(level: SandboxLevel, tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "sound.wav", sine(440, 0.1, 48_000), 48_000)
    tight = replace(at_level(sandbox, level), caps=Caps(memory_bytes=8 * 1024**2))
    try:
        answer = ffmpeg_answer(tight, source, "-i", f"file:{SOURCE}")
    except (DecoderOverLimit, DecoderUnavailable):
        answer = b""
    assert answer == b""


def test_an_answer_longer_than_allowed_is_cut_off(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "sound.wav", sine(440, 1, 48_000), 48_000)
    words = ["-nostdin", "-v", "error", "-i", f"file:{SOURCE}", *TO_PIPE]
    with pytest.raises(DecoderOverLimit):
        sandbox.run(sandbox.programs.ffmpeg, words, source, wall_seconds=20, stdout_bytes=1_000)


def test_a_broken_decoder_is_not_the_files_fault(tmp_path: Path) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    programs = FfmpegPaths(broken, broken)
    with pytest.raises(DecoderUnavailable):
        detect_sandbox(programs)
    source = write_by_ffmpeg(tmp_path / "sound.mp3", sine(440, 1, 48_000), 48_000)
    with pytest.raises(DecoderUnavailable):
        probe(source, Sandbox(SandboxLevel.RLIMITS, programs))


@pytest.mark.parametrize("level", levels_here())
def test_what_somebody_else_killed_is_not_the_files_fault(
    level: SandboxLevel, tmp_path: Path, sandbox: Sandbox
) -> None:
    """As the kernel does when memory is short."""
    source = write_sound(tmp_path / "sound.wav", sine(440, 0.1, 48_000), 48_000)
    endless = ["-nostdin", "-f", "lavfi", "-i", "anullsrc", *TO_PIPE]
    with at_level(sandbox, level).open(sandbox.programs.ffmpeg, endless, source) as running:
        assert running.stdout.read(1_000)
        os.killpg(running._process.pid, signal.SIGKILL)
        with pytest.raises(DecoderUnavailable, match="from outside"):
            running.end()


def test_a_decoder_that_crashes_is_the_files_fault(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "sound.wav", sine(440, 0.1, 48_000), 48_000)
    crash = ["-c", "kill -SEGV $$"]
    with pytest.raises(DecoderOverLimit, match="SIGSEGV"):
        sandbox.run(Path("/bin/sh").resolve(), crash, source, wall_seconds=20, stdout_bytes=10)


def test_what_cannot_be_read_is_not_the_files_fault(tmp_path: Path, sandbox: Sandbox) -> None:
    def failing() -> Iterator[bytes]:
        yield bytes(1_000)
        raise OSError(errno.EIO, "Input/output error")

    source = write_sound(tmp_path / "sound.wav", sine(440, 0.1, 48_000), 48_000)
    words = ["-nostdin", "-v", "error", "-f", "s16le", "-i", "pipe:0", *TO_PIPE]
    with sandbox.open(sandbox.programs.ffmpeg, words, source, feed=failing()) as running:
        assert len(running.stdout.read()) == 1_000
        with pytest.raises(DecoderUnavailable, match="could not be read"):
            running.end()


def test_a_program_need_not_take_all_that_it_is_fed(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "sound.wav", sine(440, 0.1, 48_000), 48_000)
    words = ["-nostdin", "-v", "error", "-f", "s16le", "-i", "pipe:0", "-t", "0.01", *TO_PIPE]
    endless = iter(lambda: bytes(65_536), b"")
    with sandbox.open(sandbox.programs.ffmpeg, words, source, feed=endless) as running:
        assert running.stdout.read()
        assert running.end().returncode == 0


def test_levels_are_ordered() -> None:
    assert SandboxLevel.BUBBLEWRAP.is_at_least("rlimits")
    assert not SandboxLevel.RLIMITS.is_at_least("landlock")
