"""Tempo and key of a file or of a whole pack: what names and tags say first, what the sound says else."""

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
from remixhub.audio.read.probe import Probe, probe
from remixhub.domain.musical_key import MusicalKey, parse_key
from remixhub.domain.stems.naming import HIGHEST_TEMPO_BPM, LOWEST_TEMPO_BPM, StemRole, guess_key, guess_tempo_bpm

T = TypeVar("T")
Number = TypeVar("Number", np.float32, np.float64)

_TEMPO_TAGS = ("tbpm", "bpm", "tempo", "tmpo")
_KEY_TAGS = ("tkey", "initialkey", "initial_key", "key")
_AGREED_CONFIDENCE, _UNAGREED_CONFIDENCE = 0.98, 0.7
"""Of a name or tag, by whether the sound agrees."""
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
    heard = _listen(path, found, sandbox)
    return _with_hints(_estimate(heard), filename or path.name, found.tags)


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
    estimate = _estimate(_Heard(onsets, pitches))
    names = [source.filename for source in sources]
    tempo = _only(guess_tempo_bpm(name) for name in names)
    if tempo is not None:
        estimate = _tempo_hint(estimate, tempo, Origin.NAME)
    elif (tempo := _only(_tagged_tempo(tag) for tag in tags)) is not None:
        estimate = _tempo_hint(estimate, tempo, Origin.TAGS)
    key = _only(guess_key(name) for name in names)
    if key is not None:
        return _key_hint(estimate, key, Origin.NAME)
    key = _only(_tagged_key(tag) for tag in tags)
    return _key_hint(estimate, key, Origin.TAGS) if key is not None else estimate


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
        tempo.tempo_bpm, tempo.confidence, tempo.alternatives, Origin.SOUND, key.key, key.confidence, Origin.SOUND
    )


def _with_hints(estimate: MusicEstimate, filename: str, tags: Mapping[str, str]) -> MusicEstimate:
    if (tempo := guess_tempo_bpm(filename)) is not None:
        estimate = _tempo_hint(estimate, tempo, Origin.NAME)
    elif (tempo := _tagged_tempo(tags)) is not None:
        estimate = _tempo_hint(estimate, tempo, Origin.TAGS)
    if (key := guess_key(filename)) is not None:
        return _key_hint(estimate, key, Origin.NAME)
    key = _tagged_key(tags)
    return estimate if key is None else _key_hint(estimate, key, Origin.TAGS)


def _tempo_hint(estimate: MusicEstimate, tempo_bpm: float, origin: Origin) -> MusicEstimate:
    heard = estimate.tempo_bpm
    agrees = heard is not None and any(abs(heard * ratio / tempo_bpm - 1) < 0.02 for ratio in (0.5, 1, 2))
    confidence = _AGREED_CONFIDENCE if agrees else _UNAGREED_CONFIDENCE
    others = tuple(other for other in (heard, *estimate.tempo_alternatives) if other and abs(other - tempo_bpm) > 1)
    return replace(
        estimate,
        tempo_bpm=tempo_bpm,
        tempo_confidence=confidence,
        tempo_alternatives=() if agrees else others[:1],
        tempo_origin=origin,
    )


def _key_hint(estimate: MusicEstimate, key: MusicalKey, origin: Origin) -> MusicEstimate:
    agrees = estimate.key in (key, key.relative)
    confidence = _AGREED_CONFIDENCE if agrees else _UNAGREED_CONFIDENCE
    return replace(estimate, key=key, key_confidence=confidence, key_origin=origin)


def _tagged_tempo(tags: Mapping[str, str]) -> float | None:
    for name in _TEMPO_TAGS:
        try:
            tempo = float(tags.get(name, "").strip() or "nan")
        except ValueError:
            continue
        if LOWEST_TEMPO_BPM <= tempo <= HIGHEST_TEMPO_BPM:
            return tempo
    return None


def _tagged_key(tags: Mapping[str, str]) -> MusicalKey | None:
    return next((key for name in _KEY_TAGS if (key := parse_key(tags.get(name, "")))), None)


def _only(hints: Iterable[T | None]) -> T | None:
    """The hint that all who gave one agree on."""
    given = {hint for hint in hints if hint is not None}
    return given.pop() if len(given) == 1 else None


def _sum(total: NDArray[Number], more: NDArray[Number]) -> NDArray[Number]:
    """Of arrays of different lengths; the shorter one ends in zeros."""
    longer, shorter = (total, more) if len(total) >= len(more) else (more, total)
    added = longer.copy()
    added[: len(shorter)] += shorter
    return added
