"""Where a stem sounds in the reference mix, by long windows: lags of up to a third of a second, in whole frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.spectra import WINDOW_FRAMES, Windows

_N_FFT = 2 * WINDOW_FRAMES
_MOST_LAG_FRAMES = 16_384
_CLEAR_PEAK = 5.0
"""How far a peak must stand out of the response's RMS. Stems of another song reached 4.0, their own 5.4 and more."""
_SILENT_ENERGY = 1e-9
_RIGHT = 0.7
"""Left and so much of right: neither one side, nor the middle, nor the sides cancel."""


@dataclass(frozen=True)
class Place:
    lag_frames: int
    """How much later the stem sounds in the mix."""
    amplitude: float
    """Of the response's peak; negative when the stem sits upside down."""


class Places:
    """Holds the spectra of the mix, once for all stems: 0.5 MB a window."""

    def __init__(self, mix: Windows) -> None:
        self._mix = [_spectrum(mix, number) for number in range(mix.shape[1])]

    def find(self, stem: Windows) -> Place | None:
        """The peak of the response that leads from `stem` to the mix.

        The cross-spectrum over the stem's own spectrum, averaged over the windows, is the response; whatever else is in
        the mix averages out. None when no peak stands out, as for silence or music that is not in the mix.
        """
        cross, own = np.zeros(_N_FFT // 2 + 1, np.complex128), np.zeros(_N_FFT // 2 + 1)
        for number, theirs in enumerate(self._mix):
            if stem[:, number].any():
                ours = _spectrum(stem, number)
                cross += theirs * ours.conj()
                own += ours.real**2 + ours.imag**2
        mean = float(own.mean())
        if mean < _SILENT_ENERGY:
            return None
        response = np.fft.irfft(cross / (own + 0.01 * mean), _N_FFT)
        near = np.concatenate([response[-_MOST_LAG_FRAMES:], response[: _MOST_LAG_FRAMES + 1]])
        peak = int(np.abs(near).argmax())
        if abs(near[peak]) < _CLEAR_PEAK * _noise(near, peak):
            return None
        return Place(peak - _MOST_LAG_FRAMES, float(near[peak]))


def _spectrum(windows: Windows, number: int) -> NDArray[np.complex64]:
    both = windows[0, number] + np.float32(_RIGHT) * windows[1, number]
    return np.fft.rfft(both, _N_FFT).astype(np.complex64, copy=False)


def _noise(near: NDArray[np.float64], peak: int) -> float:
    """The highest level away from the peak's own skirts would be too strict for music that repeats; its RMS is not."""
    away = np.concatenate([near[: max(0, peak - 64)], near[peak + 65 :]])
    return float(np.sqrt(np.mean(away**2)))
