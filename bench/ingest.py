"""The ingest of a stem of 3 min 30 s in 24 bits, against the bare encoders and against pydub."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import soundfile

from bench.runs import Figure, alternate, cpu_ratio, run
from remixhub.dev.music import SONGS, compose

RATE_HZ = 44_100


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        _write_stem(folder / "stem.wav", 210)
        decoded = soundfile.read(folder / "stem.wav", dtype="float32")[0]
        decoded.tofile(folder / "stem.f32")
        runs = alternate({way: _command(way, folder) for way in ("engine", "encode", "pydub")})
        ours = runs["engine"]
        yield cpu_ratio("ingest_cpu_vs_encode", ours, runs["encode"], "ffmpeg's MP3 and FLAC encodes of the PCM alone")
        yield cpu_ratio(
            "ingest_cpu_vs_pydub",
            ours,
            runs["pydub"],
            "pydub: from_file, two exports; peaks of two zooms, soxr 4 × for true peak, ffmpeg ebur128",
        )
    yield _memory("ingest_rss_4min_mb", 4)
    yield _memory("ingest_rss_60min_mb", 60)


def _command(way: str, folder: Path) -> list[str | Path]:
    return [sys.executable, "-m", "bench.ingest_variants", way, folder]


def _memory(name: str, minutes: int) -> Figure:
    with TemporaryDirectory(prefix="remixhub-bench-") as folder:
        _write_stem(Path(folder, "stem.wav"), minutes * 60)
        return Figure(name, round(run(_command("engine", Path(folder))).rss_mb, 1), "MB")


def _write_stem(path: Path, seconds: int) -> None:
    """A stem of the demo music, repeated to the length."""
    stem = next(iter(compose(SONGS[0]).values()))
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_24") as file:
        left = seconds * RATE_HZ
        while left:
            file.write(stem[:left])
            left -= min(len(stem), left)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
