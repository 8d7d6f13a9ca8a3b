"""Tempo and key of a file or of a whole pack: what is heard, and what tags and names say where it leaves room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import numpy as np
import soxr
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.key import PitchTracker, estimate_key
from remixhub.audio.measure.tempo import ANALYSIS_RATE_HZ, OnsetTracker, estimate_tempo
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.music_tags import tagged_keys, tagged_tempos
from remixhub.audio.read.probe import Probe, probe
from remixhub.domain.musical_key import MusicalKey
from remixhub.domain.stems.naming import StemRole, guess_key, guess_tempo_bpm

T = TypeVar("T")
Hint = tuple[T, "Origin"]
Number = TypeVar("Number", np.float32, np.float64)

_AGREED_CONFIDENCE, _CONTRADICTED_CONFIDENCE = 0.98, 0.7
"""At least, where names or tags and the sound agree, and at most, where they do not."""
_SURE_CONFIDENCE = 0.5
"""From here up the sound is believed against what names and tags say."""
_RHYTHMIC_WEIGHT = 3.0


class Origin(StrEnum):
    NAME = "name"
    TAGS = "tags"
    SOUND = "sound"


@dataclass(frozen=True)
class MusicEstimate:
    """None with confidence 0 where there is nothing to tell. Confidences run from 0 to 1."""

    tempo_bpm: float | None
    tempo_confidence: float
    tempo_alternatives: tuple[float, ...]
    """Half, double or another reading that listeners may prefer."""
    tempo_origin: Origin
    key: MusicalKey | None
    key_confidence: float
    key_alternatives: tuple[MusicalKey, ...]
    """What else is said: by a name or tag, or where one of these is believed, by the sound."""
    key_origin: Origin

    @property
    def key_name(self) -> str | None:
        """Classical, such as `A minor`."""
        return self.key.name if self.key else None

    @property
    def camelot(self) -> str | None:
        return self.key.camelot if self.key else None


@dataclass(frozen=True)
class PackSource:
    """A stem, or with the role `other` the reference mix, that takes part in the estimate of its pack."""

    path: Path
    filename: str
    role: StemRole


@dataclass(frozen=True)
class _Heard:
    """What the estimates are made from; adds up over stems."""

    onsets: NDArray[np.float32]
    pitches: NDArray[np.float64]


def analyze_music(path: Path, sandbox: Sandbox, *, filename: str | None = None) -> MusicEstimate:
    """`filename` is what the artist called it, if `path` is not. Raises the classes of `domain.media`."""
    found = probe(path, sandbox)
    name = filename or path.name
    tempos = _agreed(Origin.NAME, [_one(guess_tempo_bpm(name))]) + _agreed(Origin.TAGS, [tagged_tempos(found.tags)])
    keys = _agreed(Origin.NAME, [_one(guess_key(name))]) + _agreed(Origin.TAGS, [tagged_keys(found.tags)])
    return with_hints(_estimate(_listen(path, found, sandbox)), tempos, keys)


def analyze_pack(sources: Sequence[PackSource], sandbox: Sandbox) -> MusicEstimate:
    """One tempo and one key for stems that belong together: drums count most for the tempo, and not for the key.

    A hint counts when no other stem's hint contradicts it. Raises the classes of `domain.media`.
    """
    onsets, pitches = np.zeros(0, np.float32), np.zeros(0)
    tags: list[Mapping[str, str]] = []
    for source in sources:
        found = probe(source.path, sandbox)
        tags.append(found.tags)
        heard = _listen(source.path, found, sandbox)
        onsets = _sum(onsets, heard.onsets * np.float32(_RHYTHMIC_WEIGHT if source.role.is_rhythmic else 1.0))
        if source.role.is_tonal:
            pitches = _sum(pitches, heard.pitches)
    names = [source.filename for source in sources]
    tempos = _agreed(Origin.NAME, (_one(guess_tempo_bpm(name)) for name in names))
    tempos += _agreed(Origin.TAGS, (tagged_tempos(tag) for tag in tags))
    keys = _agreed(Origin.NAME, (_one(guess_key(name)) for name in names))
    keys += _agreed(Origin.TAGS, (tagged_keys(tag) for tag in tags))
    return with_hints(_estimate(_Heard(onsets, pitches)), tempos, keys)


def _listen(path: Path, found: Probe, sandbox: Sandbox) -> _Heard:
    onsets, pitches = OnsetTracker(), PitchTracker()
    resampler = soxr.ResampleStream(found.sample_rate_hz, ANALYSIS_RATE_HZ, 1, dtype="float32", quality="LQ")
    with open_blocks(path, found, sandbox) as blocks:
        for block in blocks:
            mono = resampler.resample_chunk(np.ascontiguousarray(block[:, 0] + block[:, -1]) * np.float32(0.5))
            onsets.add(mono)
            pitches.add(mono)
    rest = resampler.resample_chunk(np.zeros(ANALYSIS_RATE_HZ // 2, np.float32), last=True)
    onsets.add(rest)
    pitches.add(rest)
    return _Heard(onsets.onsets(), pitches.weights())


def _estimate(heard: _Heard) -> MusicEstimate:
    tempo, key = estimate_tempo(heard.onsets), estimate_key(heard.pitches)
    return MusicEstimate(
        tempo.tempo_bpm, tempo.confidence, tempo.alternatives, Origin.SOUND, key.key, key.confidence, (), Origin.SOUND
    )


def with_hints(
    estimate: MusicEstimate, tempos: Sequence[Hint[float]], keys: Sequence[Hint[MusicalKey]]
) -> MusicEstimate:
    """The hint that agrees with the sound sharpens it; one that does not counts only where the sound is unsure."""
    if tempos:
        estimate = _with_tempo(estimate, tempos)
    return _with_key(estimate, keys) if keys else estimate


def _with_tempo(estimate: MusicEstimate, hints: Sequence[Hint[float]]) -> MusicEstimate:
    heard, sure = estimate.tempo_bpm, estimate.tempo_confidence >= _SURE_CONFIDENCE
    for ratio in (1.0, 2.0, 0.5):  # the sound leaves open which of its pulses is counted
        for tempo_bpm, origin in hints:
            if heard is not None and abs(heard * ratio / tempo_bpm - 1) < 0.02:
                confidence = max(estimate.tempo_confidence, _AGREED_CONFIDENCE)
                return _tempo_by(estimate, tempo_bpm, confidence, (), origin)
    tempo_bpm, origin = hints[0]
    if sure and heard is not None:
        others = (tempo_bpm, *estimate.tempo_alternatives)
        confidence = min(estimate.tempo_confidence, _CONTRADICTED_CONFIDENCE)
        return _tempo_by(estimate, heard, confidence, others, Origin.SOUND)
    said = [hint for hint, _ in hints[1:]]
    others = tuple(one for one in (*said, heard) if one and abs(one - tempo_bpm) > 1)
    return _tempo_by(estimate, tempo_bpm, _CONTRADICTED_CONFIDENCE, others, origin)


def _tempo_by(
    estimate: MusicEstimate, tempo_bpm: float, confidence: float, alternatives: tuple[float, ...], origin: Origin
) -> MusicEstimate:
    return replace(
        estimate,
        tempo_bpm=tempo_bpm,
        tempo_confidence=confidence,
        tempo_alternatives=alternatives,
        tempo_origin=origin,
    )


def _with_key(estimate: MusicEstimate, hints: Sequence[Hint[MusicalKey]]) -> MusicEstimate:
    heard = estimate.key
    for near in (heard, heard.relative if heard else None):  # the same notes, so that the sound hardly tells them apart
        for key, origin in hints:
            if key == near:
                confidence = max(estimate.key_confidence, _AGREED_CONFIDENCE)
                return replace(estimate, key=key, key_confidence=confidence, key_origin=origin)
    key, origin = hints[0]
    if heard is not None and estimate.key_confidence >= _SURE_CONFIDENCE:
        confidence = min(estimate.key_confidence, _CONTRADICTED_CONFIDENCE)
        return replace(estimate, key_confidence=confidence, key_alternatives=(key,))
    return replace(
        estimate,
        key=key,
        key_confidence=_CONTRADICTED_CONFIDENCE,
        key_alternatives=tuple(one for one in (*(hint for hint, _ in hints[1:]), heard) if one not in (None, key)),
        key_origin=origin,
    )


def _one(hint: T | None) -> tuple[T, ...]:
    return () if hint is None else (hint,)


def _agreed(origin: Origin, hints: Iterable[tuple[T, ...]]) -> list[Hint[T]]:
    """The readings that all agree on who gave any; none where they contradict each other."""
    given = [readings for readings in hints if readings]
    return [(one, origin) for one in given[0] if all(one in readings for readings in given)] if given else []


def _sum(total: NDArray[Number], more: NDArray[Number]) -> NDArray[Number]:
    """Of arrays of different lengths; the shorter one ends in zeros."""
    longer, shorter = (total, more) if len(total) >= len(more) else (more, total)
    added = longer.copy()
    added[: len(shorter)] += shorter
    return added
