"""Stem QC of a pack as a whole: rates, lengths, levels, and each stem against the others and the reference mix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from remixhub.domain.stems.halves import Halves
from remixhub.domain.stems.qc.figures import MixFit, ReferenceFigures, StemFigures, Wanted
from remixhub.domain.stems.qc.findings import Finding, FindingCode, Severity
from remixhub.domain.stems.qc.findings import finding as _finding
from remixhub.domain.stems.qc.mix import has_more, judge_rest, judge_stems

NEAR_SILENT_DBFS = -60.0
LEAST_HEADROOM_DB = 0.3
DC_OFFSET = 0.005
INVERTED_CORRELATION = -0.9


def judge_pack(
    stems: Sequence[StemFigures],
    reference: ReferenceFigures | None = None,
    *,
    unreadable: Mapping[str, str] | None = None,
    split: Sequence[Halves] = (),
    wanted: Wanted | None = None,
) -> tuple[Finding, ...]:
    """Errors first; of equal severity, what the reference mix tells of stems, the worst of them first, and then by stem
    in the pack's order. `unreadable` maps stems to why they could not be read; `split` are stems that
    are halves of one stereo sound, of which the left one stands for both in the mix.
    """
    findings = [
        _finding(FindingCode.STEM_UNREADABLE, Severity.ERROR, name, f"{detail} Replace it or leave it out.")
        for name, detail in (unreadable or {}).items()
    ]
    findings += [_split(halves) for halves in split]
    if not stems:
        advice = "There is no stem that can be read; add at least one."
        return (*findings, _finding(FindingCode.NO_STEMS, Severity.ERROR, None, advice))
    pack = _Pack(stems, wanted or Wanted(), reference.fit if reference else None)
    if pack.fit is not None:
        lossy = frozenset(stem.name for stem in stems if stem.bit_depth is None)
        findings += judge_stems(pack.fit, pack.rate_hz, lossy)
    for stem in stems:
        findings += pack.judge(stem)
    if reference is not None:
        findings += pack.judge_reference(reference, findings)
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


@dataclass(frozen=True)
class _Pack:
    stems: Sequence[StemFigures]
    wanted: Wanted
    fit: MixFit | None = None
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
                f"It is {frames / self.rate_hz:.3f} s ({frames} frames) {relation} than the rest; export all from the "
                "same start to the same end."
            )
            yield _finding(
                FindingCode.LENGTHS_DIFFER,
                Severity.WARNING,
                stem.name,
                advice,
                stem.duration_frames - self.frames,
                "frames",
                min(stem.duration_frames, self.frames) / self.rate_hz,
            )
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
            at_seconds = None if stem.first_clip_frames is None else stem.first_clip_frames / stem.sample_rate_hz
            found = stem.clipping_runs, "runs", at_seconds
            yield _finding(FindingCode.CLIPPED, Severity.WARNING, stem.name, advice, *found)
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
        if stem.inverted_against is not None:
            advice = f"It cancels {stem.inverted_against}; invert the polarity of one of them."
            code = FindingCode.POLARITY_INVERTED
            yield _finding(code, Severity.WARNING, stem.name, advice, stem.inverted_correlation, "correlation")
        yield from self._judge_ceiling(stem)

    def _judge_ceiling(self, stem: StemFigures) -> Iterator[Finding]:
        """A mix of stems that are all known to be its parts was made of this one as it is."""
        if stem.ceiling_hz is None or stem.bit_depth is None:
            return
        in_mix = self.fit.stems.get(stem.name) if self.fit else None
        is_more = in_mix is not None and has_more(in_mix)
        if in_mix is not None and self.fit is not None and self.fit.is_exact and not is_more:
            return
        advice = (
            f"Its sound ends at {stem.ceiling_hz / 1000:.1f} kHz, as if it came from a lower sample rate or a lossy "
            "file" + (", and the reference mix has more of it; export it from the project." if is_more else ".")
        )
        severity = Severity.WARNING if is_more else Severity.NOTICE
        yield _finding(FindingCode.BAND_LIMITED, severity, stem.name, advice, round(stem.ceiling_hz), "Hz")

    def judge_reference(self, mix: ReferenceFigures, named: Sequence[Finding]) -> Iterator[Finding]:
        """`named` is what was found of the stems."""
        if mix.sample_rate_hz != self.rate_hz:
            advice = (
                f"The reference mix has {mix.sample_rate_hz} Hz, the stems {self.rate_hz} Hz; they cannot be compared."
            )
            yield _finding(FindingCode.MIX_RATE_DIFFERS, Severity.NOTICE, None, advice, mix.sample_rate_hz, "Hz")
            return
        if mix.duration_frames != self.frames:
            more = mix.duration_frames - self.frames
            advice = (
                f"The reference mix is {abs(more) / self.rate_hz:.3f} s ({abs(more)} frames) "
                f"{'longer' if more > 0 else 'shorter'} than the stems."
            )
            yield _finding(FindingCode.MIX_LENGTH_DIFFERS, Severity.NOTICE, None, advice, more, "frames")
        if mix.lag_frames:
            advice = (
                f"The reference mix sounds {abs(mix.lag_frames) / self.rate_hz:.4f} s ({abs(mix.lag_frames)} frames) "
                f"{'later' if mix.lag_frames > 0 else 'earlier'} than the stems; export all from the same start."
            )
            code = FindingCode.MIX_STARTS_DIFFERENTLY
            yield _finding(code, Severity.WARNING, None, advice, mix.lag_frames, "frames")
        if mix.fit is not None:
            yield from judge_rest(mix.fit, named)


def _split(halves: Halves) -> Finding:
    advice = (
        f"It and {halves.right} are the halves of one stereo sound; send them as one file, or a remix has to put them "
        "together and pan them first."
    )
    return _finding(FindingCode.SPLIT_STEREO, Severity.WARNING, halves.left, advice)


def _commonest(values: Sequence[int]) -> int:
    counts = Counter(values)
    return max(counts, key=lambda value: (counts[value], value))
