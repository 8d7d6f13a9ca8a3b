"""What takes several stems to know: late starts, cancelled pairs, and whether the stems add up to the reference mix.

Stems are decoded one after the other. Of each only evenly spread windows are kept, at most 24 of 1.5 s at 44.1 kHz,
which covers short pieces wholly; memory does not grow with the length, and with the number of stems by 1 MB each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import Probe, probe
from remixhub.domain.stems.qc import INVERTED_CORRELATION

_WINDOWS = 24
_WINDOW_FRAMES = 65_536
_SNIPPET_FRAMES = 4_096
"""Of each window, kept of every stem for comparing all pairs."""
_MOST_LAG_FRAMES = 16_384
_CLEAR_PEAK = 5.0
"""How far a peak must stand out of the response's RMS. Stems of another song reached 4.0, their own 5.4 and more."""
_AGREEING_FRAMES = 16
_SILENT_ENERGY = 1e-9

Windows = NDArray[np.float32]
"""`(2, n_windows, window_frames)`: planar stereo; mono stems are on both sides."""


@dataclass(frozen=True)
class Inversion:
    against: str | None
    """None for the reference mix."""
    correlation: float | None


@dataclass(frozen=True)
class Coherence:
    """Stems at another rate than the reference mix, or than most stems without one, are left out."""

    lags_frames: Mapping[str, int] = field(default_factory=dict)
    """How much later a stem sounds than in the reference mix, where it can be told."""
    inversions: Mapping[str, Inversion] = field(default_factory=dict)
    """The later stem of each pair that cancels, and stems that sit upside down in the reference mix."""
    residual_db: float | None = None
    mix_lag_frames: int | None = None


def measure_coherence(stems: Mapping[str, Path], reference: Path | None, sandbox: Sandbox) -> Coherence:
    """`stems` must be readable: raises the classes of `domain.media` otherwise."""
    probes = {name: probe(path, sandbox) for name, path in stems.items()}
    mix_probe = probe(reference, sandbox) if reference is not None else None
    rates = [found.sample_rate_hz for found in probes.values()]
    rate_hz = mix_probe.sample_rate_hz if mix_probe else max(rates, key=rates.count, default=0)
    compared = [name for name in stems if probes[name].sample_rate_hz == rate_hz]
    if not compared:
        return Coherence()
    starts = _window_starts(max(probes[name].declared_frames or 0 for name in compared))
    mix = _read_windows(reference, mix_probe, starts, sandbox) if reference and mix_probe else None
    comparison = _Comparison(mix, np.zeros((2, len(starts), _WINDOW_FRAMES), np.float32))
    for name in compared:
        comparison.add(name, _read_windows(stems[name], probes[name], starts, sandbox))
    return comparison.result()


@dataclass(frozen=True)
class _Place:
    """Where a stem was found in the reference mix."""

    lag_frames: int
    """How much later it sounds there."""
    amplitude: float
    """Of the response's peak; negative when the stem sits upside down."""


class _Comparison:
    def __init__(self, mix: Windows | None, total: Windows) -> None:
        self._mix = mix
        self._total = total
        self._snippets: dict[str, NDArray[np.float32]] = {}
        self._places: dict[str, _Place] = {}

    def add(self, name: str, windows: Windows) -> None:
        self._total += windows
        self._snippets[name] = windows[:, :, :_SNIPPET_FRAMES].ravel()
        if self._mix is not None and (place := _find(windows, self._mix)) is not None:
            self._places[name] = place

    def result(self) -> Coherence:
        inversions = self._inversions()
        if self._mix is None:
            return Coherence(inversions=inversions)
        mix_lag = self._mix_lag_frames()
        lags = {name: mix_lag - place.lag_frames for name, place in self._places.items()}
        return Coherence(lags, inversions, _residual_db(self._total, self._mix, mix_lag), mix_lag)

    def _mix_lag_frames(self) -> int:
        """The mix as a whole is shifted when most stems agree in it; else each stem is on its own."""
        lags = sorted(place.lag_frames for place in self._places.values())
        if not lags:
            return 0
        median = lags[len(lags) // 2]
        agreeing = sum(abs(lag - median) <= _AGREEING_FRAMES for lag in lags)
        return median if agreeing > len(lags) / 2 and abs(median) > _AGREEING_FRAMES else 0

    def _inversions(self) -> dict[str, Inversion]:
        inversions: dict[str, Inversion] = {}
        norms = {name: float(np.sqrt(np.dot(sound, sound))) for name, sound in self._snippets.items()}
        names = [name for name, norm in norms.items() if norm**2 > _SILENT_ENERGY]
        for later, name in enumerate(names):
            for other in names[:later]:
                product = float(np.dot(self._snippets[name], self._snippets[other])) / (norms[name] * norms[other])
                if product < INVERTED_CORRELATION:
                    inversions.setdefault(name, Inversion(other, product))
        for name, place in self._places.items():
            if place.amplitude < 0:
                inversions.setdefault(name, Inversion(None, None))
        return inversions


def _window_starts(frames: int) -> list[int]:
    """The windows lie side by side where they cover everything, else evenly from the first frame to the last."""
    needed = max(1, -(-frames // _WINDOW_FRAMES))
    if needed <= _WINDOWS:
        return [number * _WINDOW_FRAMES for number in range(needed)]
    return [number * (frames - _WINDOW_FRAMES) // (_WINDOWS - 1) for number in range(_WINDOWS)]


def _read_windows(path: Path, found: Probe, starts: list[int], sandbox: Sandbox) -> Windows:
    windows = np.zeros((2, len(starts), _WINDOW_FRAMES), np.float32)
    position = 0
    with open_blocks(path, found, sandbox) as blocks:
        for block in blocks:
            for number, start in enumerate(starts):
                first, last = max(start, position), min(start + _WINDOW_FRAMES, position + len(block))
                if first < last:
                    windows[:, number, first - start : last - start] = block[first - position : last - position].T
            position += len(block)
    return windows


def _find(source: Windows, target: Windows) -> _Place | None:
    """The peak of the response that leads from `source` to `target`.

    The cross-spectrum over the source's own spectrum, averaged over the windows, is the response; whatever else is in
    the target averages out. None when no peak stands out, as for silence or music that is not in the target.
    """
    n_fft = 2 * _WINDOW_FRAMES
    cross, own = np.zeros(n_fft // 2 + 1, np.complex128), np.zeros(n_fft // 2 + 1)
    for side in range(2):
        for number in range(source.shape[1]):
            if not source[side, number].any():
                continue
            ours = np.fft.rfft(source[side, number], n_fft)
            theirs = np.fft.rfft(target[side, number], n_fft)
            cross += theirs * ours.conj()
            own += ours.real**2 + ours.imag**2
    mean = float(own.mean())
    if mean < _SILENT_ENERGY:
        return None
    response = np.fft.irfft(cross / (own + 0.01 * mean), n_fft)
    near = np.concatenate([response[-_MOST_LAG_FRAMES:], response[: _MOST_LAG_FRAMES + 1]])
    peak = int(np.abs(near).argmax())
    if abs(near[peak]) < _CLEAR_PEAK * _noise(near, peak):
        return None
    return _Place(peak - _MOST_LAG_FRAMES, float(near[peak]))


def _noise(near: NDArray[np.float64], peak: int) -> float:
    """The highest level away from the peak's own skirts would be too strict for music that repeats; its RMS is not."""
    away = np.concatenate([near[: max(0, peak - 64)], near[peak + 65 :]])
    return float(np.sqrt(np.mean(away**2)))


def _residual_db(total: Windows, mix: Windows, lag: int) -> float | None:
    """Energy of the mix minus the best-scaled total, over that of the mix; -120 dB at the least."""
    ours = total[:, :, max(0, -lag) : _WINDOW_FRAMES - max(0, lag)].ravel()
    theirs = mix[:, :, max(0, lag) : _WINDOW_FRAMES - max(0, -lag)].ravel()
    own, wanted = float(np.dot(ours, ours)), float(np.dot(theirs, theirs))
    if own < _SILENT_ENERGY or wanted < _SILENT_ENERGY:
        return None
    rest = theirs - ours * np.float32(float(np.dot(ours, theirs)) / own)
    return 10 * float(np.log10(max(float(np.dot(rest, rest)) / wanted, 1e-12)))
