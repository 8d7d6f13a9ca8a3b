"""One way of mixing in a process of its own: `python -m bench.mix_variants engine|pydub|ffmpeg FOLDER`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

BITRATE_BPS = 128_000
MP3_OPTIONS = ("-c:a", "libmp3lame", "-b:a", str(BITRATE_BPS), "-y")
TARGET_LUFS, CEILING_DBTP = -14.0, -1.0


def engine(folder: Path) -> None:
    from remixhub.audio.confine.ffmpeg import find_ffmpeg
    from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
    from remixhub.audio.mix import Output, render_mix
    from remixhub.audio.write.encode import AudioFormat
    from remixhub.domain.mix_spec import parse_mix_spec

    spec = parse_mix_spec(_spec(folder))
    stems = {lane.stem: folder / lane.stem for lane in spec.lanes}
    output = Output(folder / "engine.mp3", AudioFormat.MP3, bitrate_bps=BITRATE_BPS)
    # The level plays no part for WAV, which no decoder process reads.
    render_mix(spec, stems, [output], Sandbox(SandboxLevel.RLIMITS, find_ffmpeg()))


def pydub(folder: Path) -> None:
    from remixhub.audio.confine.ffmpeg import find_ffmpeg, put_on_path

    put_on_path(find_ffmpeg(), folder / "programs")
    from pydub import AudioSegment  # looks for its programs when it is imported

    mix: Any = None
    for lane in _spec(folder)["lanes"]:
        segment = AudioSegment.from_file(folder / lane["stem"]).apply_gain(lane["gain_db"]).pan(lane["pan"])
        mix = segment if mix is None else mix.overlay(segment)
    mix = mix.apply_gain(TARGET_LUFS - mix.dBFS)
    mix.export(folder / "pydub.mp3", format="mp3", bitrate=f"{BITRATE_BPS // 1000}k")


def ffmpeg(folder: Path) -> None:
    """One filter graph, twice: the loudness has to be known before the gain."""
    lanes = _spec(folder)["lanes"]
    inputs = [word for lane in lanes for word in ("-i", str(folder / lane["stem"]))]
    voices = [
        f"[{n}:a]volume={lane['gain_db']}dB,stereotools=balance_out={lane['pan']}[v{n}]" for n, lane in enumerate(lanes)
    ]
    total = "".join(f"[v{n}]" for n in range(len(lanes))) + f"amix=inputs={len(lanes)}:normalize=0"
    graph = ";".join([*voices, total])
    said = _ffmpeg(*inputs, "-filter_complex", f"{graph},ebur128=peak=true", "-f", "null", "-", verbosity="info")
    loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])
    gain_db = min(TARGET_LUFS - loudness, CEILING_DBTP - peak)
    _ffmpeg(*inputs, "-filter_complex", f"{graph},volume={gain_db}dB", *MP3_OPTIONS, str(folder / "ffmpeg.mp3"))


def _spec(folder: Path) -> Any:
    return json.loads((folder / "spec.json").read_text())


def _ffmpeg(*arguments: str, verbosity: str = "error") -> str:
    from remixhub.audio.confine.ffmpeg import find_ffmpeg

    command = [str(find_ffmpeg().ffmpeg), "-nostdin", "-hide_banner", "-nostats", "-v", verbosity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr  # noqa: S603


VARIANTS: dict[str, Callable[[Path], None]] = {"engine": engine, "pydub": pydub, "ffmpeg": ffmpeg}

if __name__ == "__main__":
    VARIANTS[sys.argv[1]](Path(sys.argv[2]))
