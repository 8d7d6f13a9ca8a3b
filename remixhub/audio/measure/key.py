"""Key of tonal music: which pitch classes sound for how long, compared with what each key would have.

Audio comes in as mono at `tempo.ANALYSIS_RATE_HZ`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.tempo import ANALYSIS_RATE_HZ
from remixhub.domain.musical_key import Mode, MusicalKey

_FFT_FRAMES = 8_192
_HOP_FRAMES = 4_096
_LOWEST_HZ, _HIGHEST_HZ = 50.0, 2_100.0
_STEPS = 36
"""Of an octave: three to the semitone, so that music that is not tuned to 440 Hz can be moved into place."""
_PROFILES = {
    # Albrecht & Shanahan (2013): how often each degree sounds in a large corpus.
    Mode.MAJOR: (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    Mode.MINOR: (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}
_CLEAR_LEAD = 0.2
"""A lead in correlation that leaves no doubt."""
_LEAST_CORRELATION = 0.5

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class KeyEstimate:
    key: MusicalKey | None
    """None for silence, and where no key stands out, as in drums."""
    confidence: float
    """From 0 to 1."""


class PitchTracker:
    """Feed mono float32 blocks in order; `weights()` says how much each pitch class sounded."""

    def __init__(self) -> None:
        self._window = np.hanning(_FFT_FRAMES).astype(np.float32)
        hz = np.fft.rfftfreq(_FFT_FRAMES, 1 / ANALYSIS_RATE_HZ)
        self._first, self._last = (int(np.searchsorted(hz, edge)) for edge in (_LOWEST_HZ, _HIGHEST_HZ))
        self._kept = np.zeros(0, np.float32)
        self._weights = np.zeros(_STEPS)

    def add(self, mono: NDArray[np.float32]) -> None:
        samples = np.concatenate([self._kept, mono])
        hops = (len(samples) - _FFT_FRAMES) // _HOP_FRAMES + 1
        if hops <= 0:
            self._kept = samples
            return
        frames = np.lib.stride_tricks.sliding_window_view(samples, _FFT_FRAMES)[: hops * _HOP_FRAMES : _HOP_FRAMES]
        self._note_peaks(np.abs(np.fft.rfft(frames * self._window))[:, self._first - 1 : self._last + 1])
        self._kept = samples[hops * _HOP_FRAMES :].copy()

    def weights(self) -> Float64:
        """`(36,)` from C upwards, three steps to the semitone, the middle one being in tune."""
        return self._weights

    def _note_peaks(self, spectra: Float64) -> None:
        """Partials are the spectrum's peaks, placed between bins by a parabola; noise has none that last."""
        middle = spectra[:, 1:-1]
        peaks = (middle > spectra[:, :-2]) & (middle >= spectra[:, 2:])
        peaks &= middle > 0.02 * middle.max(axis=1, keepdims=True)
        peaks &= middle > 1e-3
        frame, at = np.nonzero(peaks)
        if not frame.size:
            return
        low, mid, high = (np.log(spectra[frame, at + shift] + 1e-9) for shift in (0, 1, 2))
        bend = low - 2 * mid + high
        place = self._first + at + np.where(bend < 0, 0.5 * (low - high) / np.minimum(bend, -1e-9), 0.0)
        hz = place * ANALYSIS_RATE_HZ / _FFT_FRAMES
        step = np.rint((12 * np.log2(hz / 440.0) + 9) * 3 + 1).astype(np.int64) % _STEPS
        # Loudness counts by its root; high partials count less, being rather overtones than notes.
        amount = np.sqrt(middle[frame, at]) / (1 + (hz / 700.0) ** 2)
        self._weights += np.bincount(step, amount, minlength=_STEPS)


def estimate_key(weights: Float64) -> KeyEstimate:
    """`weights` is what a PitchTracker gives, or the sum over the tonal stems of a pack."""
    if weights.sum() <= 0:
        return KeyEstimate(None, 0.0)
    chroma = _tuned(weights)
    ranked = sorted(((_fit(chroma, tonic, mode), tonic, mode) for mode in Mode for tonic in range(12)), reverse=True)
    (best, tonic, mode), second = ranked[0], ranked[1][0]
    if best < _LEAST_CORRELATION:
        return KeyEstimate(None, 0.0)
    lead = min(1.0, (best - second) / _CLEAR_LEAD)
    return KeyEstimate(MusicalKey(tonic, mode), round(float(np.clip(best, 0, 1) * (0.35 + 0.65 * lead)), 3))


def _tuned(weights: Float64) -> Float64:
    """`(12,)`: semitones gathered at the tuning, a third of a semitone down to a third up, at which most is in tune."""
    shifts = (-1, 0, 1)
    in_tune = [np.roll(weights, -shift)[1::3].sum() for shift in shifts]
    best = shifts[int(np.argmax(in_tune))]
    return np.asarray(np.roll(weights, -best).reshape(12, 3) @ np.array([0.5, 1.0, 0.5]))


def _fit(chroma: Float64, tonic: int, mode: Mode) -> float:
    return float(np.corrcoef(np.roll(chroma, -tonic), _PROFILES[mode])[0, 1])
