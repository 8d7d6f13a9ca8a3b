"""The figures that findings are made of: of each stem, of the reference mix, and of the one among the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from remixhub.domain.measurements import Measurements


@dataclass(frozen=True)
class StemFigures:
    """Levels are None for digital silence."""

    name: str
    sample_rate_hz: int
    duration_frames: int
    bit_depth: int | None
    """None for lossy codecs."""
    sample_peak_dbfs: float | None
    true_peak_dbtp: float | None
    clipping_runs: int
    dc_offset: float
    pcm_sha256: str
    inverted_against: str | None = None
    """Another stem that it cancels."""
    inverted_correlation: float | None = None
    ceiling_hz: float | None = None
    """Where its spectrum ends as if cut off."""
    first_clip_frames: int | None = None
    """Where the first run of `clipping_runs` begins; None where it was not noted."""

    @classmethod
    def from_measurements(cls, name: str, measured: Measurements, **cross: Any) -> StemFigures:
        """`cross` holds what takes several stems, or their spectra, to know: `inverted_…` and `ceiling_hz`."""
        return cls(
            name=name,
            sample_rate_hz=measured.sample_rate_hz,
            duration_frames=measured.duration_frames,
            bit_depth=measured.bit_depth,
            sample_peak_dbfs=measured.sample_peak_dbfs,
            true_peak_dbtp=measured.true_peak_dbtp,
            clipping_runs=measured.clipping_runs,
            dc_offset=measured.dc_offset,
            pcm_sha256=measured.pcm_sha256,
            first_clip_frames=measured.first_clip_frames,
            **cross,
        )


@dataclass(frozen=True)
class InMix:
    """How a stem stands in the reference mix, when the mix is fitted by all stems."""

    level_db: float
    """How loud it is as delivered, against the mix, all parts of the spectrum alike."""
    gain: float
    """What it has to be multiplied by to be as in the mix, relative to most stems; below 0 it is upside down."""
    error: float
    """The standard error of `gain`."""
    carrying_frames: float
    """How many of the short frames that were compared hold it."""
    likeness: float
    """Its correlation with what the mix holds when all other stems are taken away, -1 to 1."""
    lag_frames: float = 0.0
    """How much later it sounds than in the mix."""
    drift_ppm: float | None = None
    """By how many millionths it is longer than in the mix."""
    sides_swapped: bool = False
    sides_lost: float = 0.0
    """The share of the mix's unexplained sides that looks like the middle of this stem, which has none."""
    altered: float = 0.0
    """The share of what the fit leaves that looks like this stem."""
    altered_db: float = -120.0
    """That part, against the stem."""
    above_ceiling_db: float = -120.0
    """What the fit leaves above the stem's `ceiling_hz`, against the mix there."""
    below_ceiling_db: float = -120.0
    """The same in the octave below it."""


@dataclass(frozen=True)
class Rest:
    """What the fit leaves of the mix; decibels are against the mix in the same stretch and band."""

    share_db: float
    """Of the whole."""
    worst_db: float
    worst_heard_db: float
    """Where it can well be heard."""
    poor_loud_share: float
    """How much of what is loud is explained by 6 dB or less."""
    usual_db: float
    """Where all is well."""
    at_seconds: float
    """Where most of it sounds."""
    band_hz: tuple[float, float]


@dataclass(frozen=True)
class MixFit:
    is_exact: bool
    """The mix is the stems' plain sum, but for what `stems` and `rest` tell."""
    is_lossy: bool
    """The mix or a stem went through a lossy encoder, which leaves what no stem explains."""
    stems: Mapping[str, InMix]
    rest: Rest | None = None
    alike: tuple[tuple[str, ...], ...] = ()
    """Stems that cannot be told from one another, or from sums of each other."""


@dataclass(frozen=True)
class ReferenceFigures:
    sample_rate_hz: int
    duration_frames: int
    lag_frames: int | None = None
    """How much later the mix sounds than the stems' sum."""
    fit: MixFit | None = field(default=None)
    """None where it cannot be compared."""


@dataclass(frozen=True)
class Wanted:
    """What a label asks of stems."""

    sample_rate_hz: int = 0
    bit_depth: int = 0
