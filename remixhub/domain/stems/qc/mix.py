"""What the fit of the reference mix says about the stems. The worst of them first: under a mastering the level of one
stem moves the gains of others, so that theirs may follow from it.

The limits are those of docs/decisions/020: measured on packs whose faults were planted.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from remixhub.domain.stems.qc.figures import InMix, MixFit, Rest
from remixhub.domain.stems.qc.findings import Finding, FindingCode, Severity, finding

MASKED_DB, MASKED_EXACT_DB = -45.0, -60.0
LEVEL_DB, LEVEL_EXACT_DB = 1.5, 0.5
_FOLLOWING_DB, _FAR_LIGHTER_DB = 2.5, 6.0
"""A level that is further off than this does not follow from another stem's, unless that weighs so much more."""
_SURE_ERRORS = 4
_LEAST_CARRYING = 3
_INVERTED_GAIN = -0.2
_ABSENT_GAIN, _ABSENT_LIKENESS = 0.35, 0.5
NOTICED_LAG_FRAMES = 0.4
LEAST_LAG_SECONDS = 0.0005
"""A shorter lag is heard at most as a change of colour."""
_SIDES_LOST = 0.3
_ALTERED, _ALTERED_DB, _ALTERED_EXACT_DB, _ALTERED_CONTRAST_DB = 0.4, -10.0, -28.0, 32.0
_ABOVE_CEILING_DB, _CEILING_CONTRAST_DB = -30.0, 8.0
_MISSING_EXACT_DB = -25.0
_POOR_LOUD_SHARE = 0.03
_MISSING_DB, _MISSING_CONTRAST_DB = -10.0, 17.0
_EFFECT_DB, _EFFECT_USUAL_DB = -8.0, -18.0


@dataclass(frozen=True)
class _Verdict:
    weight_db: float
    """How much of the mix is wrong by it."""
    finding: Finding
    may_follow: bool = False
    """Where another stem is more wrong."""


def judge_stems(fit: MixFit, rate_hz: int, lossy: Collection[str] = ()) -> list[Finding]:
    """The worst first. Of `lossy` stems it is known that they sound otherwise."""
    alike = {name for group in fit.alike for name in group}
    verdicts = [
        verdict
        for name, stem in fit.stems.items()
        for verdict in _Judge(fit, name, stem, rate_hz, name in alike).verdicts()
        if verdict.finding.code is not FindingCode.ALTERED or name not in lossy
    ]
    verdicts.sort(key=lambda verdict: -verdict.weight_db)
    groups = [_near_copies(group) for group in fit.alike]
    if not verdicts:
        return groups
    worst = verdicts[0]
    return [worst.finding, *(_following(verdict, worst) for verdict in verdicts[1:]), *groups]


def has_more(stem: InMix) -> bool:
    """The mix holds more of it, above where it ends."""
    contrast_db = stem.above_ceiling_db - stem.below_ceiling_db
    return stem.above_ceiling_db > _ABOVE_CEILING_DB and contrast_db > _CEILING_CONTRAST_DB


def judge_rest(fit: MixFit, named: Sequence[Finding]) -> Iterator[Finding]:
    """What no stem explains: a stem is missing, or something sounds in the mix alone."""
    rest = fit.rest
    if rest is None or any(one.code in _EXPLAINING for one in named):
        return
    where = _where(rest)
    if _is_missing(fit, rest):
        advice = (
            f"Something in the reference mix is in none of the stems; most of it sounds {where}. Is a stem missing, or "
            "from another version?"
        )
        yield finding(FindingCode.MIX_DIFFERS, Severity.WARNING, None, advice, rest.share_db, "dB", rest.at_seconds)
    elif not fit.is_lossy and rest.worst_heard_db > _EFFECT_DB and rest.usual_db > _EFFECT_USUAL_DB:
        advice = (
            f"Something in the reference mix is in none of the stems; most of it sounds {where}. An effect on the "
            "whole mix, such as a reverb, would be that."
        )
        yield finding(FindingCode.MIX_DIFFERS, Severity.NOTICE, None, advice, rest.share_db, "dB", rest.at_seconds)


_EXPLAINING = frozenset(
    {
        FindingCode.STARTS_DIFFER, FindingCode.SPEED_DIFFERS, FindingCode.SIDES_SWAPPED, FindingCode.SIDES_LOST,
        FindingCode.ALTERED, FindingCode.BAND_LIMITED,
    }
)  # fmt: skip
"""Findings that leave something in the mix by themselves."""


def _is_missing(fit: MixFit, rest: Rest) -> bool:
    if fit.is_exact and not fit.is_lossy and rest.worst_db > _MISSING_EXACT_DB:
        return True
    if rest.poor_loud_share > _POOR_LOUD_SHARE:
        return True
    contrast_db = rest.worst_heard_db - rest.usual_db
    return not fit.is_lossy and rest.worst_heard_db > _MISSING_DB and contrast_db > _MISSING_CONTRAST_DB


@dataclass(frozen=True)
class _Judge:
    fit: MixFit
    name: str
    stem: InMix
    rate_hz: int
    is_alike: bool

    def verdicts(self) -> Iterator[_Verdict]:
        stem = self.stem
        if stem.level_db < (MASKED_EXACT_DB if self.fit.is_exact else MASKED_DB):
            return
        if stem.drift_ppm is not None:
            yield self._speed(stem.drift_ppm)
            return
        is_alone = len(self.fit.stems) == 1  # so that its gain is 1, whatever it is
        if (abs(stem.gain) < _ABSENT_GAIN or is_alone) and abs(stem.likeness) < _ABSENT_LIKENESS:
            if stem.carrying_frames >= _LEAST_CARRYING:
                yield self._absent()
            return
        if abs(stem.lag_frames) >= NOTICED_LAG_FRAMES:
            yield self._lag()
        if stem.gain + 3 * stem.error < _INVERTED_GAIN and stem.likeness < -_ABSENT_LIKENESS:
            advice = "Its polarity is the opposite of what the reference mix has; invert it."
            yield self._verdict(FindingCode.POLARITY_INVERTED, 6, advice, stem.likeness, "correlation")
        yield from self._level()
        yield from self._sides()
        yield from self._colour()

    def _verdict(
        self, code: FindingCode, weight_db: float, advice: str, figure: float | None, unit: str | None,
        severity: Severity = Severity.WARNING, may_follow: bool = False,
    ) -> _Verdict:  # fmt: skip
        found = finding(code, severity, self.name, advice, figure, unit)
        return _Verdict(self.stem.level_db + weight_db, found, may_follow)

    def _speed(self, ppm: float) -> _Verdict:
        apart_ms = abs(ppm) * 0.06
        way = "slower" if ppm > 0 else "faster"
        advice = (
            f"It runs {way} than in the reference mix, {apart_ms:.1f} ms in a minute; export it again from the "
            "project, at its rate and tempo."
        )
        return self._verdict(FindingCode.SPEED_DIFFERS, 3, advice, round(ppm, 1), "ppm")

    def _absent(self) -> _Verdict:
        advice = (
            "It is not in the reference mix as it is here: another take, another song, or stretched? Export the one "
            "that the mix was made of."
        )
        return self._verdict(FindingCode.NOT_IN_MIX, 3, advice, self.stem.likeness, "correlation")

    def _lag(self) -> _Verdict:
        lag = self.stem.lag_frames
        seconds = abs(lag) / self.rate_hz
        frames = f"{abs(lag):.0f}" if abs(lag) > 2 else f"{abs(lag):.1f}"
        way = "later" if lag > 0 else "earlier"
        advice = (
            f"It sounds {seconds:.4f} s ({frames} frames) {way} than in the reference mix; "
            "export it from the common start, without latency of plug-ins."
        )
        severity = Severity.WARNING if seconds > LEAST_LAG_SECONDS else Severity.NOTICE
        return self._verdict(FindingCode.STARTS_DIFFER, 3, advice, round(lag, 1), "frames", severity)

    def _level(self) -> Iterator[_Verdict]:
        gain, error = abs(self.stem.gain), self.stem.error
        if self.is_alike or self.stem.carrying_frames < _LEAST_CARRYING or gain < 1e-3:
            return
        louder_db = -20 * math.log10(gain)
        limit_db = LEVEL_EXACT_DB if self.fit.is_exact else LEVEL_DB
        if abs(louder_db) <= limit_db or abs(gain - 1) <= _SURE_ERRORS * error:
            return
        amount = f"{abs(louder_db):.1f} dB" if self.fit.is_exact else f"about {abs(louder_db):.0f} dB"
        advice = (
            f"It is {amount} {'louder' if louder_db > 0 else 'softer'} than in the reference mix, compared with the "
            "other stems; export it at the level that it has there."
        )
        wrong_db = 20 * math.log10(max(abs(1 - gain), 1e-3))
        yield self._verdict(
            FindingCode.LEVEL_DIFFERS, wrong_db, advice, round(louder_db, 2), "dB", may_follow=not self.fit.is_exact
        )

    def _sides(self) -> Iterator[_Verdict]:
        if self.stem.sides_swapped:
            advice = "Its left and right are exchanged, compared with the reference mix; swap them back."
            yield self._verdict(FindingCode.SIDES_SWAPPED, 0, advice, None, None)
        lost = sorted((one.sides_lost for one in self.fit.stems.values()), reverse=True)
        if self.stem.sides_lost > _SIDES_LOST and self.stem.sides_lost == lost[0] > 2 * (*lost, 0.0)[1]:
            advice = (
                "It is mono here and stereo in the reference mix; export it in stereo, with its panning and effects."
            )
            yield self._verdict(FindingCode.SIDES_LOST, 0, advice, None, None, may_follow=True)

    def _colour(self) -> Iterator[_Verdict]:
        if has_more(self.stem) or self.stem.sides_swapped or abs(self.stem.lag_frames) >= NOTICED_LAG_FRAMES:
            return  # what remains comes from there
        others = [one.altered for name, one in self.fit.stems.items() if name != self.name]
        usual_db = self.fit.rest.usual_db if self.fit.rest else _ALTERED_DB
        amount_db = min(_ALTERED_DB, max(_ALTERED_EXACT_DB, usual_db + _ALTERED_CONTRAST_DB))
        if self.stem.altered > max(_ALTERED, 2 * max(others, default=0)) and amount_db < self.stem.altered_db < 0:
            advice = (
                "It sounds otherwise than in the reference mix: from a lossy file, or with other effects? Export it "
                "again from the project, without converting it."
            )
            severity = Severity.WARNING if self.fit.is_exact else Severity.NOTICE
            yield self._verdict(
                FindingCode.ALTERED, self.stem.altered_db, advice, round(self.stem.altered_db, 1), "dB", severity, True
            )


def _following(verdict: _Verdict, worst: _Verdict) -> Finding:
    found = verdict.finding
    if not verdict.may_follow or found.stem == worst.finding.stem:
        return found
    is_level = found.code is FindingCode.LEVEL_DIFFERS
    if is_level and abs(found.figure or 0) >= _FOLLOWING_DB and verdict.weight_db > worst.weight_db - _FAR_LIGHTER_DB:
        return found
    advice = f"{found.advice} This may follow from what is wrong with {worst.finding.stem}: mend that first."
    return replace(found, severity=Severity.NOTICE, advice=advice)


def _near_copies(group: tuple[str, ...]) -> Finding:
    advice = (
        f"{', '.join(group[:-1])} and {group[-1]} cannot be told apart in the reference mix: copies, or a sum beside "
        "its parts. Leave out what is there twice."
    )
    return finding(FindingCode.NEAR_COPIES, Severity.NOTICE, None, advice, len(group), "stems")


def _where(rest: Rest) -> str:
    minutes, seconds = divmod(int(rest.at_seconds), 60)
    low, high = (f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz" for hz in rest.band_hz)
    return f"at {minutes}:{seconds:02d}, between {low} and {high}"
