"""A pack of 8 stems of 3 min 30 s as the session of a music program, against ffmpeg putting each into another WAV."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.mix import _write_pack, _write_stem
from bench.runs import Figure, alternate, cpu_ratio, run
from remixhub.audio.confine.ffmpeg import find_ffmpeg

_STEMS = 8


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        _write_pack(folder, 210)
        runs = alternate({"session": _session(folder), "remux": _remux(folder)})
    against = "ffmpeg -c copy of each original into a WAV, without digests, checksums or a container"
    yield cpu_ratio("export_cpu_vs_remux", runs["session"], runs["remux"], against)
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        _write_stem(folder, 60)
        done = run(_session(folder))
    yield Figure("export_rss_60min_mb", round(done.rss_mb, 1), "MB", "without the parts on their way to the storage")


def _session(folder: Path) -> list[str | Path]:
    return [sys.executable, "-m", "bench.export_variants", folder]


def _remux(folder: Path) -> list[str | Path]:
    ffmpeg = find_ffmpeg().ffmpeg
    copies = (f"{ffmpeg} -nostdin -v error -y -i {n}.wav -c copy copied-{n}.wav" for n in range(_STEMS))
    return ["sh", "-c", f"cd {shlex.quote(str(folder))} && {' && '.join(copies)}"]
