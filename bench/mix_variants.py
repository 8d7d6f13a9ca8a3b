"""One way of mixing in a process of its own: `python -m bench.mix_variants engine|service|pydub|ffmpeg FOLDER`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remixhub.audio.mix import Output

BITRATE_BPS = 128_000
MP3_OPTIONS = ("-c:a", "libmp3lame", "-b:a", str(BITRATE_BPS), "-y")
SERVICE_OPTIONS = (
    ("-c:a", "libmp3lame", "-b:a", "192k", "-f", "mp3"),
    ("-c:a", "flac", "-compression_level", "3", "-sample_fmt", "s32", "-bits_per_raw_sample", "24", "-f", "flac"),
)
"""What the service encodes of a mix, as bare encoders do it."""
TARGET_LUFS, CEILING_DBTP = -14.0, -1.0


def engine(folder: Path) -> None:
    from remixhub.audio.mix import Output
    from remixhub.audio.write.encode import AudioFormat

    _render(folder, [Output(folder / "engine.mp3", AudioFormat.MP3, bitrate_bps=BITRATE_BPS)])


def service(folder: Path) -> None:
    """As the render's job does it."""
    from remixhub.audio.measure.peaks import COARSE_FRAMES, FINE_FRAMES
    from remixhub.audio.mix import Output
    from remixhub.audio.write.encode import AudioFormat

    outputs = [Output(folder / f"service.{one}", one) for one in (AudioFormat.MP3, AudioFormat.FLAC)]
    _render(folder, outputs, {FINE_FRAMES: folder / "peaks.dat", COARSE_FRAMES: folder / "peaks-coarse.dat"})


def _render(folder: Path, outputs: Sequence[Output], peaks: Mapping[int, Path] | None = None) -> None:
    from remixhub.audio.confine.ffmpeg import find_ffmpeg
    from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
    from remixhub.audio.mix import render_mix
    from remixhub.domain.mix_spec import parse_mix_spec

    spec = parse_mix_spec(_spec(folder))
    stems = {lane.stem: folder / lane.stem for lane in spec.lanes}
    # The level plays no part for WAV, which no decoder process reads.
    render_mix(spec, stems, outputs, Sandbox(SandboxLevel.RLIMITS, find_ffmpeg()), peaks=peaks)


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


VARIANTS: dict[str, Callable[[Path], None]] = {"engine": engine, "service": service, "pydub": pydub, "ffmpeg": ffmpeg}

if __name__ == "__main__":
    VARIANTS[sys.argv[1]](Path(sys.argv[2]))
