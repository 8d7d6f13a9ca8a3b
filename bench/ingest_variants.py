"""One way to ingest `stem.wav` of a folder, as a process of its own: engine, encode or pydub."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path


def engine(folder: Path) -> None:
    from remixhub.audio.confine.ffmpeg import find_ffmpeg
    from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
    from remixhub.audio.ingest import ingest

    # The level is found out once a worker, and plays no part for WAV, which no decoder process reads.
    ingest(folder / "stem.wav", _out(folder), Sandbox(SandboxLevel.RLIMITS, find_ffmpeg()))


def encode(folder: Path) -> None:
    """What nobody can do without: both renditions, from PCM that is there."""
    from remixhub.audio.confine.ffmpeg import find_ffmpeg

    pcm = ["-v", "error", "-y", "-f", "f32le", "-ar", "44100", "-ac", "2", "-i", str(folder / "stem.f32")]
    flac = ["-sample_fmt", "s32", "-bits_per_raw_sample", "24", "-compression_level", "3", "-frame_size", "4096"]
    for options in (["-b:a", "128k", "out.mp3"], [*flac, "out.flac"]):
        command = [str(find_ffmpeg().ffmpeg), *pcm, *options[:-1], str(folder / options[-1])]
        subprocess.run(command, check=True)  # noqa: S603


def pydub(folder: Path) -> None:
    """As pydub's users write it. It knows neither gated loudness nor true peaks: the one comes from ffmpeg's filter,
    the other from oversampling the whole piece.
    """
    import numpy as np
    import soxr

    from remixhub.audio.confine.ffmpeg import find_ffmpeg, put_on_path
    from remixhub.audio.measure.peaks import COARSE_FRAMES, FINE_FRAMES

    programs = find_ffmpeg()
    put_on_path(programs, folder / "programs")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence
    from pydub.utils import mediainfo

    probed = mediainfo(folder / "stem.wav")
    segment = AudioSegment.from_file(folder / "stem.wav")
    samples = segment.get_array_of_samples()
    zooms = []
    for frames in (FINE_FRAMES, COARSE_FRAMES):
        step = frames * segment.channels
        starts = range(0, len(samples), step)
        zooms.append([(min(samples[at : at + step]), max(samples[at : at + step])) for at in starts])
    floats = np.array(samples, dtype=np.float64).reshape(-1, segment.channels) / segment.max_possible_amplitude
    true_peak = np.abs(soxr.resample(floats, segment.frame_rate, 4 * segment.frame_rate)).max()
    measure = ["-nostats", "-i", str(folder / "stem.wav"), "-af", "ebur128", "-f", "null", "-"]
    subprocess.run([str(programs.ffmpeg), "-v", "error", *measure], check=True)  # noqa: S603
    clipped = int((np.abs(floats) >= 1).sum())
    offsets = [segment.get_dc_offset(channel) for channel in (1, 2)]
    silence = [detect_leading_silence(way, -60) for way in (segment, segment.reverse())]
    digest = hashlib.sha256(segment.raw_data).hexdigest()
    segment.export(folder / "out.mp3", format="mp3", bitrate="128k")
    segment.export(folder / "out.flac", format="flac", parameters=["-sample_fmt", "s16"])
    print(
        probed["codec_name"],
        [len(peaks) for peaks in zooms],
        true_peak,
        segment.dBFS,
        clipped,
        offsets,
        silence,
        digest,
    )


def _out(folder: Path) -> Path:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return out


if __name__ == "__main__":
    {"engine": engine, "encode": encode, "pydub": pydub}[sys.argv[1]](Path(sys.argv[2]))
