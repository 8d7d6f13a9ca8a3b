"""Stem QC: what is odd about a stem pack, from figures measured elsewhere. Only a broken pack is an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from remixhub.domain.measurements import Measurements

NEAR_SILENT_DBFS = -60.0
LEAST_HEADROOM_DB = 0.3
DC_OFFSET = 0.005
LEAST_LAG_SECONDS = 0.0005
"""Low notes cannot be placed more exactly."""
INVERTED_CORRELATION = -0.9
MIX_RESIDUAL_WARNING_DB, MIX_RESIDUAL_NOTICE_DB = -6.0, -15.0


class Severity(StrEnum):
    ERROR = "error"
    """The pack cannot be used as it is."""
    WARNING = "warning"
    """Very likely a mistake."""
    NOTICE = "notice"
    """Worth knowing."""


class FindingCode(StrEnum):
    NO_STEMS = "no_stems"
    STEM_UNREADABLE = "stem_unreadable"
    RATES_DIFFER = "rates_differ"
    LENGTHS_DIFFER = "lengths_differ"
    STARTS_DIFFER = "starts_differ"
    CLIPPED = "clipped"
    NEAR_SILENT = "near_silent"
    DUPLICATE = "duplicate"
    POLARITY_INVERTED = "polarity_inverted"
    DC_OFFSET = "dc_offset"
    LOW_HEADROOM = "low_headroom"
    LOSSY = "lossy"
    RATE_BELOW_WANTED = "rate_below_wanted"
    BIT_DEPTH_BELOW_WANTED = "bit_depth_below_wanted"
    MIX_RATE_DIFFERS = "mix_rate_differs"
    MIX_LENGTH_DIFFERS = "mix_length_differs"
    MIX_STARTS_DIFFERENTLY = "mix_starts_differently"
    MIX_DIFFERS = "mix_differs"


@dataclass(frozen=True)
class Finding:
    code: FindingCode
    severity: Severity
    stem: str | None
    """None where it concerns the whole pack or the reference mix."""
    figure: float | None
    unit: str | None
    advice: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


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
    lag_frames: int | None = None
    """How much later the stem sounds than in the reference mix; None where that cannot be told."""
    inverted: bool = False
    """It cancels another stem, or sits upside down in the reference mix."""
    inverted_against: str | None = None
    """The other stem; None for the reference mix."""
    inverted_correlation: float | None = None

    @classmethod
    def from_measurements(cls, name: str, measured: Measurements, **cross: Any) -> StemFigures:
        """`cross` holds what takes several stems to know: the last four fields."""
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
            **cross,
        )


@dataclass(frozen=True)
class ReferenceFigures:
    """The reference mix against the sum of the stems."""

    sample_rate_hz: int
    duration_frames: int
    residual_db: float | None = None
    """What is left of the mix after the stems' sum at its best gain and lag is taken away, against the mix."""
    lag_frames: int | None = None
    """How much later the mix sounds than the stems' sum."""


@dataclass(frozen=True)
class Wanted:
    """What a label asks of stems."""

    sample_rate_hz: int = 0
    bit_depth: int = 0


def judge_pack(
    stems: Sequence[StemFigures],
    reference: ReferenceFigures | None = None,
    *,
    unreadable: Mapping[str, str] | None = None,
    wanted: Wanted | None = None,
) -> tuple[Finding, ...]:
    """Errors first, then by stem in the pack's order. `unreadable` maps stems to why they could not be read."""
    findings = [
        _finding(FindingCode.STEM_UNREADABLE, Severity.ERROR, name, f"{detail} Replace it or leave it out.")
        for name, detail in (unreadable or {}).items()
    ]
    if not stems:
        advice = "There is no stem that can be read; add at least one."
        return (*findings, _finding(FindingCode.NO_STEMS, Severity.ERROR, None, advice))
    pack = _Pack(stems, wanted or Wanted())
    for stem in stems:
        findings += pack.judge(stem)
    if reference is not None:
        findings += pack.judge_reference(reference)
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


@dataclass(frozen=True)
class _Pack:
    stems: Sequence[StemFigures]
    wanted: Wanted
    rate_hz: int = field(init=False)
    frames: int = field(init=False)

    def __post_init__(self) -> None:
        """The commonest rate and length stand for the pack; of equally common ones the higher and the longer."""
        rate_hz = _commonest([stem.sample_rate_hz for stem in self.stems])
        frames = _commonest([stem.duration_frames for stem in self.stems if stem.sample_rate_hz == rate_hz])
        object.__setattr__(self, "rate_hz", rate_hz)
        object.__setattr__(self, "frames", frames)

    def judge(self, stem: StemFigures) -> Iterator[Finding]:
        yield from self._judge_shape(stem)
        yield from self._judge_level(stem)
        yield from self._judge_against_others(stem)

    def _judge_shape(self, stem: StemFigures) -> Iterator[Finding]:
        if stem.sample_rate_hz != self.rate_hz:
            advice = f"Export it at {self.rate_hz} Hz like the others; as it is it does not line up with them."
            yield _finding(FindingCode.RATES_DIFFER, Severity.ERROR, stem.name, advice, stem.sample_rate_hz, "Hz")
        elif stem.duration_frames != self.frames:
            frames = abs(self.frames - stem.duration_frames)
            relation = "shorter" if stem.duration_frames < self.frames else "longer"
            advice = (
                f"It is {frames} frames ({frames / self.rate_hz:.3f} s) {relation} than the others; export all from "
                "the same start to the same end."
            )
            yield _finding(FindingCode.LENGTHS_DIFFER, Severity.WARNING, stem.name, advice, frames, "frames")
        if stem.bit_depth is None:
            advice = "It is lossy; send WAV, AIFF or FLAC if you still have it."
            yield _finding(FindingCode.LOSSY, Severity.NOTICE, stem.name, advice)
        elif stem.bit_depth < self.wanted.bit_depth:
            advice = f"At least {self.wanted.bit_depth} bits are asked for; export it again."
            code = FindingCode.BIT_DEPTH_BELOW_WANTED
            yield _finding(code, Severity.WARNING, stem.name, advice, stem.bit_depth, "bits")
        if stem.sample_rate_hz < self.wanted.sample_rate_hz:
            advice = (
                f"At least {self.wanted.sample_rate_hz} Hz are asked for; export it again, resampling does not help."
            )
            code = FindingCode.RATE_BELOW_WANTED
            yield _finding(code, Severity.WARNING, stem.name, advice, stem.sample_rate_hz, "Hz")

    def _judge_level(self, stem: StemFigures) -> Iterator[Finding]:
        peak_dbfs = stem.sample_peak_dbfs
        if peak_dbfs is None or peak_dbfs < NEAR_SILENT_DBFS:
            advice = "Hardly anything is to be heard; was the wrong channel exported, or muted?"
            yield _finding(FindingCode.NEAR_SILENT, Severity.WARNING, stem.name, advice, peak_dbfs, "dBFS")
        if stem.clipping_runs:
            advice = "The tops of the wave are cut off; lower the channel and export it again."
            yield _finding(FindingCode.CLIPPED, Severity.WARNING, stem.name, advice, stem.clipping_runs, "runs")
        elif stem.true_peak_dbtp is not None and stem.true_peak_dbtp > -LEAST_HEADROOM_DB:
            advice = "It leaves no headroom; a few decibels less cost nothing at 24 bits."
            yield _finding(FindingCode.LOW_HEADROOM, Severity.NOTICE, stem.name, advice, stem.true_peak_dbtp, "dBTP")
        if abs(stem.dc_offset) > DC_OFFSET:
            advice = "The wave is off the centre line; a high-pass at 20 Hz mends it."
            yield _finding(FindingCode.DC_OFFSET, Severity.NOTICE, stem.name, advice, stem.dc_offset, "full scale")

    def _judge_against_others(self, stem: StemFigures) -> Iterator[Finding]:
        twin = next(other for other in self.stems if other.pcm_sha256 == stem.pcm_sha256)
        if twin is not stem and stem.sample_peak_dbfs is not None:
            advice = f"It sounds exactly like {twin.name}; leave one of them out."
            yield _finding(FindingCode.DUPLICATE, Severity.WARNING, stem.name, advice)
        if stem.inverted:
            advice = (
                f"It cancels {stem.inverted_against}; invert the polarity of one of them."
                if stem.inverted_against
                else "Its polarity is the opposite of what the reference mix has; invert it."
            )
            code = FindingCode.POLARITY_INVERTED
            yield _finding(code, Severity.WARNING, stem.name, advice, stem.inverted_correlation, "correlation")
        if stem.lag_frames and abs(stem.lag_frames) > LEAST_LAG_SECONDS * stem.sample_rate_hz:
            late = stem.lag_frames > 0
            seconds = abs(stem.lag_frames) / stem.sample_rate_hz
            advice = (
                f"It sounds {seconds:.4f} s {'later' if late else 'earlier'} than in the reference mix; export it "
                "from the common start, without latency of plug-ins."
            )
            yield _finding(FindingCode.STARTS_DIFFER, Severity.WARNING, stem.name, advice, stem.lag_frames, "frames")

    def judge_reference(self, mix: ReferenceFigures) -> Iterator[Finding]:
        if mix.sample_rate_hz != self.rate_hz:
            advice = (
                f"The reference mix has {mix.sample_rate_hz} Hz, the stems {self.rate_hz} Hz; they cannot be compared."
            )
            yield _finding(FindingCode.MIX_RATE_DIFFERS, Severity.NOTICE, None, advice, mix.sample_rate_hz, "Hz")
            return
        if mix.duration_frames != self.frames:
            more = mix.duration_frames - self.frames
            advice = f"The reference mix is {abs(more)} frames {'longer' if more > 0 else 'shorter'} than the stems."
            yield _finding(FindingCode.MIX_LENGTH_DIFFERS, Severity.NOTICE, None, advice, more, "frames")
        if mix.lag_frames:
            advice = "The reference mix is shifted against the stems; export all from the same start."
            code = FindingCode.MIX_STARTS_DIFFERENTLY
            yield _finding(code, Severity.WARNING, None, advice, mix.lag_frames, "frames")
        if mix.residual_db is not None and mix.residual_db > MIX_RESIDUAL_NOTICE_DB:
            poor = mix.residual_db > MIX_RESIDUAL_WARNING_DB
            advice = (
                "The stems do not add up to the reference mix; is one missing, or from another version?"
                if poor
                else "The stems add up to the reference mix but for what its mastering changed."
            )
            severity = Severity.WARNING if poor else Severity.NOTICE
            yield _finding(FindingCode.MIX_DIFFERS, severity, None, advice, mix.residual_db, "dB")


def _commonest(values: Sequence[int]) -> int:
    counts = Counter(values)
    return max(counts, key=lambda value: (counts[value], value))


def _finding(
    code: FindingCode,
    severity: Severity,
    stem: str | None,
    advice: str,
    figure: float | None = None,
    unit: str | None = None,
) -> Finding:
    return Finding(code, severity, stem, figure, unit, advice)
