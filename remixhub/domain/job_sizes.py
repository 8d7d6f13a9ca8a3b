"""Which jobs are heavy: those that would keep a worker for long, by what is known of their subject beforehand.

The rates are measured on one core of 2.1 GHz, and rounded up. They need only tell seconds from minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.states import JobKind

HEAVY_SECONDS = 20.0
"""The stem of a song is ingested in less; an hour of sound is not."""

_BY_SOUND = {
    JobKind.INGEST_STEM: 0.035,
    JobKind.PREPARE_STEM: 0.02,
    JobKind.MEASURE_SOUND: 0.01,
    JobKind.REVIEW_STEM_PACK: 0.006,
    JobKind.RENDER_MIXDOWN: 0.012,
    JobKind.ENCODE_WAV: 0.01,
    JobKind.ENCODE_MP3: 0.02,
    JobKind.ENCODE_OPUS: 0.02,
    JobKind.EXPORT_SESSION: 0.01,
}
"""Seconds of work a second of sound, of all stems together."""
SHORT_SOUND_SECONDS = int(HEAVY_SECONDS / _BY_SOUND[JobKind.INGEST_STEM])
"""Of a short ingest: a header may say anything, and what it leaves out or lies about is met in the decoding."""
_BY_BYTES = {
    JobKind.VERIFY_UPLOAD: 20e-9,
    JobKind.BUILD_ARCHIVE: 15e-9,
}
"""Seconds of work a byte."""
_OF_MANY = frozenset({JobKind.BUILD_ENTRY_ARCHIVE, JobKind.BUILD_BUNDLE})
COSTLY = frozenset({*_BY_SOUND, *_BY_BYTES, *_OF_MANY})
"""What counts against an account's processing time, and waits when that is used up."""


@dataclass(frozen=True)
class Size:
    sound_seconds: float = 0.0
    bytes: int = 0


def expected_seconds(kind: JobKind, size: Size) -> float:
    return _BY_SOUND.get(kind, 0.0) * size.sound_seconds + _BY_BYTES.get(kind, 0.0) * size.bytes


def is_heavy(kind: JobKind, size: Size) -> bool:
    """A contest's entries are as many as entered, a bundle holds whole labels."""
    return kind in _OF_MANY or expected_seconds(kind, size) > HEAVY_SECONDS
