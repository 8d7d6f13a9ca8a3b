"""Tempo of steady music: onsets by spectral flux, periodicity by autocorrelation times spectrum.

The autocorrelation of the onsets has peaks at the beat and at its multiples, their spectrum at the beat's rate and at
its multiples; the product of both keeps the beat (after Peeters, 2006). Audio comes in as mono at `ANALYSIS_RATE_HZ`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ANALYSIS_RATE_HZ = 22_050
HOP_FRAMES = 220
ONSETS_HZ = ANALYSIS_RATE_HZ / HOP_FRAMES
_FFT_FRAMES = 1_024
_BANDS = 24
_LOWEST_BPM, _HIGHEST_BPM = 55.0, 215.0
_USUAL_BPM, _SPREAD_OCTAVES = 112.0, 0.6
_LEAST_SECONDS = 4.0

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class TempoEstimate:
    tempo_bpm: float | None
    """None where nothing repeats: silence, less than 4 s, free rhythm."""
    confidence: float
    """From 0 to 1: how clear the pulse is, and how far ahead of other readings."""
    alternatives: tuple[float, ...] = ()
    """Other readings that listeners may prefer, half and double first of all."""


class OnsetTracker:
    """Feed mono float32 blocks in order; `onsets()` is the strength of what begins, one value a hop."""

    def __init__(self) -> None:
        self._window = np.hanning(_FFT_FRAMES).astype(np.float32)
        self._band_starts = _band_starts()
        self._kept = np.zeros(_FFT_FRAMES // 2, np.float32)
        self._before: NDArray[np.float32] | None = None
        self._onsets: list[NDArray[np.float32]] = []

    def add(self, mono: NDArray[np.float32]) -> None:
        samples = np.concatenate([self._kept, mono])
        hops = (len(samples) - _FFT_FRAMES) // HOP_FRAMES + 1
        if hops <= 0:
            self._kept = samples
            return
        frames = np.lib.stride_tricks.sliding_window_view(samples, _FFT_FRAMES)[: hops * HOP_FRAMES : HOP_FRAMES]
        spectra = np.abs(np.fft.rfft(frames * self._window)).astype(np.float32)
        bands = np.log1p(2 * np.add.reduceat(spectra, self._band_starts, axis=1))
        before = bands[:1] if self._before is None else self._before
        rise = np.diff(np.concatenate([before, bands]), axis=0)
        self._onsets.append(np.maximum(rise, 0).sum(axis=1))
        self._before = bands[-1:]
        self._kept = samples[hops * HOP_FRAMES :].copy()

    def onsets(self) -> NDArray[np.float32]:
        return np.concatenate([np.empty(0, np.float32), *self._onsets])


def estimate_tempo(onsets: NDArray[np.float32]) -> TempoEstimate:
    """`onsets` is what an OnsetTracker gives, or a weighted sum over the stems of a pack."""
    if len(onsets) < _LEAST_SECONDS * ONSETS_HZ or onsets.max() < 1e-3:
        return TempoEstimate(None, 0.0)
    sharp = _sharpened(onsets.astype(np.float64))
    correlation = _autocorrelation(sharp)
    tempos = np.arange(_LOWEST_BPM, _HIGHEST_BPM, 0.25)
    scores = _scores(tempos, sharp, correlation)
    weighted = scores * np.exp(-0.5 * (np.log2(tempos / _USUAL_BPM) / _SPREAD_OCTAVES) ** 2)
    best = int(weighted.argmax())
    if weighted[best] <= 0:
        return TempoEstimate(None, 0.0)
    tempo = _refined(float(tempos[best]), correlation)
    others = _alternatives(tempo, tempos, weighted)
    rival = max((score for _, score in others), default=0.0) / float(weighted[best])
    clarity = float(np.clip(_at(correlation, np.array([60 * ONSETS_HZ / tempo]))[0] * 1.6, 0, 1))
    confidence = round(clarity * (1 - 0.5 * rival), 3)
    return TempoEstimate(round(tempo, 2), confidence, tuple(round(other, 2) for other, _ in others))


def _band_starts() -> NDArray[np.intp]:
    """First bins of bands that are equally wide in mel, from 40 Hz up."""
    mel = np.linspace(0, 2595 * np.log10(1 + ANALYSIS_RATE_HZ / 2 / 700), _BANDS + 1)[:-1]
    bins = (700 * (10 ** (mel / 2595) - 1) + 40) / (ANALYSIS_RATE_HZ / _FFT_FRAMES)
    return np.unique(bins.astype(np.intp))


def _sharpened(onsets: Float64) -> Float64:
    """What rises above the mean of the second around it."""
    width = int(ONSETS_HZ)
    padded = np.pad(onsets, (width // 2, width - width // 2 - 1), mode="edge")
    mean = np.convolve(padded, np.ones(width) / width, mode="valid")
    sharp = np.maximum(onsets - mean, 0)
    return np.convolve(sharp, [0.25, 0.5, 0.25], mode="same")


def _autocorrelation(sharp: Float64) -> Float64:
    """Unbiased and normalised to 1 at lag zero, of the onsets without their mean."""
    centred = sharp - sharp.mean()
    size = 1 << (2 * len(centred) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    raw = np.fft.irfft(spectrum * spectrum.conj(), size)[: len(centred)]
    overlap = np.arange(len(centred), 0, -1)
    unbiased = raw / np.maximum(overlap, len(centred) * 0.2)
    return np.asarray(unbiased / max(float(unbiased[0]), 1e-12))


def _scores(tempos: Float64, sharp: Float64, correlation: Float64) -> Float64:
    lags = 60 * ONSETS_HZ / tempos
    combed = sum(_at(correlation, lags * multiple) * weight for multiple, weight in ((1, 1.0), (2, 0.7), (4, 0.7)))
    size = 1 << (8 * len(sharp)).bit_length()
    spectrum = np.abs(np.fft.rfft((sharp - sharp.mean()) * np.hanning(len(sharp)), size))
    bins = tempos / 60 / ONSETS_HZ * size
    at_rate = np.interp(bins, np.arange(len(spectrum)), spectrum)
    at_double = np.interp(2 * bins, np.arange(len(spectrum)), spectrum)
    return np.asarray(np.maximum(combed, 0) * (at_rate + 0.5 * at_double))


def _at(correlation: Float64, lags: Float64) -> Float64:
    """The best value within 2 % of each lag; zero beyond the end."""
    spread = lags[:, None] * np.linspace(0.98, 1.02, 5)
    values: Float64 = np.interp(spread, np.arange(len(correlation)), correlation, right=0.0).max(axis=1)
    return values


def _refined(tempo: float, correlation: Float64) -> float:
    """Follows the beat out to where its multiples are still clear: 32 beats tell the tempo 32 times as exactly."""
    for beats in (1, 2, 4, 8, 16, 32):
        lag = beats * 60 * ONSETS_HZ / tempo
        reach = max(2.0, lag * (0.02 if beats == 1 else 0.6 / beats * 0.03 + 0.002))
        low, high = int(lag - reach), int(lag + reach) + 2
        if high >= len(correlation) * 0.8:
            break
        peak = low + int(correlation[low:high].argmax())
        if not low < peak < high - 1 or correlation[peak] < 0.1:
            continue
        left, middle, right = correlation[peak - 1 : peak + 2]
        bend = left - 2 * middle + right
        exact = peak + (0.5 * (left - right) / bend if bend < 0 else 0.0)
        tempo = float(beats * 60 * ONSETS_HZ / exact)
    return tempo


def _alternatives(tempo: float, tempos: Float64, weighted: Float64) -> list[tuple[float, float]]:
    """Half, double and the ratios of three, where they have a score of their own worth naming."""
    best = float(weighted.max())
    found = []
    for ratio in (0.5, 2.0, 2 / 3, 1.5):
        near = np.abs(tempos / (tempo * ratio) - 1) < 0.02
        score = float(weighted[near].max()) if near.any() else 0.0
        if score > 0.15 * best:
            found.append((tempo * ratio, score))
    return found
