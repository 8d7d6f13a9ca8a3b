"""Files of all formats, cut all over: half a minute of decoding, which is more than a unit test may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox
from tests.hostile import AIFF, ALAC, FLAC, M4A, M4A_FAST, MP3, OPUS, RATE_HZ, VORBIS, outcome, wav
from tests.signals import music

WHOLE = {
    "wav": lambda folder: wav(music(1, RATE_HZ).tobytes(), tag=3, bits=32),
    "aiff": AIFF,
    "flac": FLAC,
    "alac": ALAC,
    "mp3": MP3,
    "opus": OPUS,
    "vorbis": VORBIS,
    "aac": M4A,
    "aac with its index first": M4A_FAST,
}
LAST = range(90, 100)
"""Hundredths: it is near the end that a cut file may sound whole. Before it all are refused alike."""


def cuts(sandbox: Sandbox) -> list[int]:
    """Further decoders answer as the preferred one does, or fail at one of fewer."""
    return [*range(1, 90, 3 if sandbox.programs == find_ffmpeg() else 9), *LAST]


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_anywhere_is_never_taken_for_whole(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    raw = WHOLE[name](tmp_path)
    path = tmp_path / "cut"
    path.write_bytes(raw)
    code, _, whole_frames = outcome(path, sandbox)
    assert code == "accepted"
    for percent in cuts(sandbox):
        path.write_bytes(raw[: len(raw) * percent // 100])
        code, warnings, frames = outcome(path, sandbox)
        if code == "accepted" and "end_mark_missing" in warnings:
            # Cut between two pages of Ogg, a file is as whole as one whose encoder forgot the mark.
            assert name in ("opus", "vorbis")
            continue
        if code == "accepted" and frames != whole_frames:
            # Encoders disagree on how to count the last packets of an MP3; what lacks fewer than two is said so.
            assert (name, "length_differs" in warnings) == ("mp3", True), (percent, frames, warnings)
            assert whole_frames - frames <= 2 * 1152, (percent, frames)
