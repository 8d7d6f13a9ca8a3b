"""The mixdown of 8 stems of 3 min 30 s, 24 bits, to -14 LUFS as MP3 at 128k, against other ways to the same file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from numpy.typing import NDArray

from bench.mix_variants import MP3_OPTIONS, SERVICE_OPTIONS
from bench.runs import Figure, Run, alternate, cpu_ratio, run
from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
from remixhub.audio.mix import Output, render_mix
from remixhub.audio.write.encode import AudioFormat
from remixhub.dev.music import SONGS, compose
from remixhub.domain.mix_spec import parse_mix_spec

RATE_HZ = 44_100
LANES = ((-3.0, 0.0), (-2.0, 0.3), (-6.0, -0.4), (-5.0, 0.5), (-4.0, -0.2), (-6.0, 0.0), (-4.0, 0.25), (-7.0, -0.6))
"""Gain and pan."""
LONGEST_LANES, LONGEST_MINUTES = 24, 60


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        _write_pack(folder, 210)
        _write_finished(folder)
        ways = {way: _command(way, folder) for way in ("engine", "pydub", "ffmpeg")}
        runs = alternate({"encode": _encode_command(folder), **ways})
        ours = runs["engine"]
        yield cpu_ratio("mix_cpu_vs_encode", ours, runs["encode"], "ffmpeg's MP3 encode of the finished mix alone")
        yield cpu_ratio("mix_cpu_vs_pydub", ours, runs["pydub"], "pydub: from_file, overlay, export")
        yield cpu_ratio(
            "mix_cpu_vs_ffmpeg", ours, runs["ffmpeg"], "one ffmpeg graph, a pass to measure and one to encode"
        )
    yield _memory("mix_rss_4min_mb", 4)
    yield _memory("mix_rss_60min_mb", 60)
    yield from _longest()


def _command(way: str, folder: Path) -> list[str | Path]:
    return [sys.executable, "-m", "bench.mix_variants", way, folder]


def _encode_command(folder: Path) -> list[str | Path]:
    """The bare encoder on the finished mix."""
    source = ("-f", "f32le", "-ar", str(RATE_HZ), "-channel_layout", "stereo", "-i", folder / "finished.f32")
    return [find_ffmpeg().ffmpeg, "-nostdin", "-v", "error", *source, *MP3_OPTIONS, folder / "encode.mp3"]


def _memory(name: str, minutes: int) -> Figure:
    """Eight lanes over one stem, since eight of an hour would fill a disk."""
    with TemporaryDirectory(prefix="remixhub-bench-") as folder:
        _write_stem(Path(folder), minutes)
        _write_spec(Path(folder), ["stem.wav"] * len(LANES))
        done: Run = run(_command("engine", Path(folder)))
    return Figure(name, round(done.rss_mb, 1), "MB")


def _longest() -> Iterator[Figure]:
    """The render of the service (MP3, FLAC and peaks) of 24 lanes of an hour, once: it is too long for rounds. All
    are lanes over one stem, for the disk's sake; each reads it for itself.
    """
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        _write_stem(folder, LONGEST_MINUTES)
        _write_spec(folder, ["stem.wav"] * LONGEST_LANES)
        done = run(_command("service", folder))
        finished, out = folder / "service.flac", folder / "bare"
        quiet = [find_ffmpeg().ffmpeg, "-nostdin", "-v", "error", "-y"]
        run([*quiet, "-i", finished, "-f", "f32le", folder / "finished.f32"])
        pcm = ("-f", "f32le", "-ar", str(RATE_HZ), "-channel_layout", "stereo", "-i", folder / "finished.f32")
        encodes = [run([*quiet, *pcm, *options, out]) for options in SERVICE_OPTIONS]
    ratio = round(done.cpu_seconds / sum(one.cpu_seconds for one in encodes), 3)
    against = f"ffmpeg's MP3 and FLAC encodes of the finished mix alone; {LONGEST_LANES} stems of {LONGEST_MINUTES} min"
    yield Figure("mix_longest_cpu_vs_encode", ratio, "ratio", against, ratio)
    yield Figure("mix_longest_rss_mb", round(done.rss_mb, 1), "MB")


def _write_stem(folder: Path, minutes: int) -> None:
    stem = next(iter(compose(SONGS[0]).values()))
    with soundfile.SoundFile(folder / "stem.wav", "w", RATE_HZ, 2, "PCM_24") as file:
        left = minutes * 60 * RATE_HZ
        while left:
            file.write(stem[:left])
            left -= min(len(stem), left)


def _write_pack(folder: Path, seconds: int) -> None:
    """The stems of both demo songs, repeated to the length."""
    stems = [stem for song in SONGS for stem in compose(song).values()][: len(LANES)]
    names = [f"{number}.wav" for number in range(len(stems))]
    for name, stem in zip(names, stems, strict=True):
        soundfile.write(folder / name, _repeated(stem, seconds * RATE_HZ), RATE_HZ, subtype="PCM_24")
    _write_spec(folder, names)


def _write_spec(folder: Path, names: list[str]) -> None:
    lanes = [
        {"stem": name, "gain_db": gain, "pan": pan} for name, (gain, pan) in zip(names, cycle(LANES), strict=False)
    ]
    loudness = {"target_lufs": -14.0, "ceiling_dbtp": -1.0}
    (folder / "spec.json").write_text(json.dumps({"version": 1, "lanes": lanes, "loudness": loudness}))


def _write_finished(folder: Path) -> None:
    """The mix as the encoder gets it."""
    spec = parse_mix_spec(json.loads((folder / "spec.json").read_text()))
    stems = {lane.stem: folder / lane.stem for lane in spec.lanes}
    output = Output(folder / "finished.wav", AudioFormat.WAV)
    render_mix(spec, stems, [output], Sandbox(SandboxLevel.RLIMITS, find_ffmpeg()))
    soundfile.read(output.path, dtype="float32")[0].tofile(folder / "finished.f32")


def _repeated(stem: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    return np.tile(stem, (-(-frames // len(stem)), 1))[:frames]


if __name__ == "__main__":
    for figure in figures():
        print(figure)
