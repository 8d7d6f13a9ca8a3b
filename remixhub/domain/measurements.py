"""What the ingest measured on one file. Levels are None where the audio is digital silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from remixhub.domain.media import Container


@dataclass(frozen=True)
class MediaWarning:
    """Something odd about an accepted file; docs/audio-files.md has all codes."""

    code: str
    detail: str


@dataclass(frozen=True)
class Measurements:
    engine_version: str
    container: Container
    codec: str
    sample_rate_hz: int
    channels: int
    bit_depth: int | None
    """None for lossy codecs."""
    duration_frames: int
    """As decoded."""
    declared_frames: int | None
    """As the container says; None where it does not."""
    integrated_lufs: float | None
    """Gated, ITU-R BS.1770-4; None also below 0.4 s."""
    loudness_range_lu: float | None
    """EBU Tech 3342; None below 3 s."""
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    rms_dbfs: float | None
    dc_offset: float
    """The mean of the channel that is furthest off zero; full scale is 1."""
    clipping_runs: int
    """Runs of at least three samples in a row at full scale, over all channels."""
    clipped_samples: int
    longest_clip_frames: int
    leading_silence_frames: int
    """Before the first sample above -60 dBFS; the whole length if there is none."""
    trailing_silence_frames: int
    silence_share: float
    """Of the length, in windows of 256 frames that stay below -60 dBFS."""
    pcm_sha256: str
    """Over rate, channels and the decoded float32 samples: equal music in two containers has the same."""
    mixer_gain_db: float
    """To be added when the mixer rendition is played: it is stored lower if the audio exceeds full scale."""
    tags: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[MediaWarning, ...] = ()
    sound_sha256: str | None = None
    """Of the rendition that is given out instead of an original that still holds what was trimmed away."""
    first_clip_frames: int | None = None
    """Where the first of the `clipping_runs` begins; None without one, and in measurements from before it was noted."""

    @property
    def duration_seconds(self) -> float:
        return self.duration_frames / self.sample_rate_hz

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        warnings = tuple(MediaWarning(**warning) for warning in stored["warnings"])
        return cls(**{**stored, "container": Container(stored["container"]), "warnings": warnings})
