"""Which files of a pack are sums of the others: the reference mix is one of all, a drum bus one of some.

Each file is fitted by least squares on the others, on evenly spread snippets and each side by itself, with no gain
below zero: a stem is the mix less the rest, and no sum. It takes a further decode of every file, two where
none is a plain sum as it lies, and 0.8 MB for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.coherence.spectra import WINDOW_FRAMES
from remixhub.audio.measure.coherence.windows import Sound
from remixhub.audio.read.probe import probe
from remixhub.domain.stems.reference_mix import SURE_DB, SumOfOthers

_SNIPPETS, _SNIPPET_FRAMES = 24, 4_096
_MOST_LAG_FRAMES = 16_384
_LIKELY = 3
"""How many files, the loudest ones, are looked at for a shift against the sum of the rest."""
_COPY_CORRELATION = 0.97
_FAINT = 1e-2
"""In energy, of the file: what would lie below at the least gain of any tells nothing of whether it is in there."""
_CHANCE = 1 / 200
"""In energy, of what is left: what is found of a file that is not in there lies below."""
_LEAST = 1e-7
_EXPLAINED = 0.25
"""In energy: a file of which the held ones leave less is a sum of them itself, as another master is."""
_RIDGE = 1e-9
_SILENT_ENERGY = 1e-6

Snippets = NDArray[np.float32]
"""`(2, n)`: planar stereo, snippet after snippet; mono is on both sides."""


def sums_of_others(files: Mapping[str, Path], sandbox: Sandbox) -> dict[str, SumOfOthers]:
    """For every file that sounds; those at another rate than most are left out. Files that cannot be read are refused
    by the classes of `domain.media`.
    """
    probes = {name: probe(path, sandbox) for name, path in files.items()}
    rates = [found.sample_rate_hz for found in probes.values()]
    rate_hz = max(rates, key=rates.count, default=0)
    compared = {name: Sound(files[name], found) for name, found in probes.items() if found.sample_rate_hz == rate_hz}
    if len(compared) < _LIKELY:
        return {}
    frames = max(sound.probe.declared_frames or 0 for sound in compared.values())

    def snippets(sound: Sound, later_frames: int = 0) -> Snippets:
        return sound.read(_starts(frames), sandbox, later_frames, _SNIPPET_FRAMES)[0].reshape(2, -1)

    sounds = {name: snippets(sound) for name, sound in compared.items()}
    sounds = {name: sound for name, sound in sounds.items() if float(np.vdot(sound, sound)) > _SILENT_ENERGY}
    found = _fits(sounds)
    if any(one.is_sum and not one.lacks and one.residual_db < SURE_DB for one in found.values()):
        return found
    for name, lag in _lags({name: compared[name] for name in sounds}, frames, sandbox).items():
        again = _fits({**sounds, name: snippets(compared[name], lag)}).get(name)
        if again is not None and again.residual_db < found[name].residual_db:
            found[name] = again
    return found


def _fits(sounds: Mapping[str, Snippets]) -> dict[str, SumOfOthers]:
    names = list(sounds)
    if not names:
        return {}
    gram = np.zeros((2, len(names), len(names)))
    for side in range(2):
        rows = np.stack([sounds[name][side] for name in names]).astype(np.float64)
        gram[side] = rows @ rows.T
    whole = gram.sum(axis=0)
    norms = np.sqrt(np.diag(whole))
    likeness = whole / np.outer(norms, norms)
    return {name: _fit(place, names, gram, likeness) for place, name in enumerate(names)}


def _fit(place: int, names: Sequence[str], gram: NDArray[np.float64], likeness: NDArray[np.float64]) -> SumOfOthers:
    own = float(gram[:, place, place].sum())
    kept = [one for one in range(len(names)) if one != place and likeness[place, one] <= _COPY_CORRELATION]
    rest, gains = 0.0, np.zeros((2, len(names)))
    for side in range(2):
        gains[side], left = _not_negative(gram[side], place, kept)
        rest += left
    whole = gram.sum(axis=0)
    energies = (gains**2 * np.stack([np.diag(gram[side]) for side in range(2)])).sum(axis=0)
    holds = [one for one in kept if energies[one] > max(_LEAST * own, _CHANCE * rest)]
    least = float(gains[:, holds].max(axis=0).min()) if holds else 1.0
    audible = [one for one in kept if least**2 * whole[one, one] > _FAINT * own]
    lacks = [one for one in audible if one not in holds and not _is_explained(gram, one, holds)]
    nearest = max((likeness[place, one] for one in kept), default=0.0)
    return SumOfOthers(
        _db(rest / own),
        _db(1 - max(nearest, 0.0) ** 2),
        tuple(names[one] for one in holds),
        tuple(names[one] for one in lacks),
    )


def _is_explained(gram: NDArray[np.float64], place: int, holds: Sequence[int]) -> bool:
    rest = sum(_not_negative(gram[side], place, holds)[1] for side in range(2))
    return rest < _EXPLAINED * float(gram[:, place, place].sum())


def _not_negative(gram: NDArray[np.float64], place: int, others: Sequence[int]) -> tuple[NDArray[np.float64], float]:
    """Gains of the others, and the energy that they leave: those whose gain falls below zero are dropped in turn."""
    gains, kept = np.zeros(len(gram)), list(others)
    while kept:
        among = gram[np.ix_(kept, kept)]
        ridge = _RIDGE * float(np.trace(among)) * np.eye(len(kept))
        found = np.linalg.solve(among + ridge + np.eye(len(kept)) * _SILENT_ENERGY * _RIDGE, gram[kept, place])
        if found.min() >= 0:
            gains[kept] = found
            break
        kept = [one for one, gain in zip(kept, found, strict=True) if gain > 0]
    left = gram[place, place] - 2 * gains @ gram[:, place] + gains @ gram @ gains
    return gains, max(float(left), 0.0)


def _lags(sounds: Mapping[str, Sound], frames: int, sandbox: Sandbox) -> dict[str, int]:
    """How much later the loudest files sound than the sum of all others does, where a peak of the response says so."""
    starts = [frames * part // 4 for part in range(1, 4)]
    total, loudest = np.zeros((2, len(starts) * WINDOW_FRAMES), np.float32), dict[str, Snippets]()
    for name, one in sounds.items():
        sound = one.read(starts, sandbox)[0].reshape(2, -1)
        total += sound
        loudest[name] = sound
        if len(loudest) > _LIKELY:
            del loudest[min(loudest, key=lambda one: float(np.vdot(loudest[one], loudest[one])))]
    found = {name: _lag(total - sound, sound, len(starts)) for name, sound in loudest.items()}
    return {name: lag for name, lag in found.items() if lag}


def _lag(source: Snippets, target: Snippets, count: int) -> int:
    cross = np.zeros(WINDOW_FRAMES + 1, np.complex128)
    for side in range(2):
        for ours, theirs in zip(np.split(source[side], count), np.split(target[side], count), strict=True):
            spectrum, other = np.fft.rfft(ours, 2 * WINDOW_FRAMES), np.fft.rfft(theirs, 2 * WINDOW_FRAMES)
            cross += other * spectrum.conj() / (np.abs(spectrum * other) + 1e-9)
    response = np.fft.irfft(cross)
    near = np.concatenate([response[-_MOST_LAG_FRAMES:], response[: _MOST_LAG_FRAMES + 1]])
    return int(near.argmax()) - _MOST_LAG_FRAMES


def _starts(frames: int) -> list[int]:
    return [max(frames - _SNIPPET_FRAMES, 0) * part // max(_SNIPPETS - 1, 1) for part in range(_SNIPPETS)]


def _db(ratio: float) -> float:
    return 10 * float(np.log10(max(ratio, 1e-12)))
