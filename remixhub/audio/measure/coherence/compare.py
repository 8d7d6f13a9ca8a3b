"""What takes several stems to know: pairs that cancel, and how each stem stands in the reference mix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.coherence.aligned import align
from remixhub.audio.measure.coherence.ceiling import ceiling_hz
from remixhub.audio.measure.coherence.in_mix import judged
from remixhub.audio.measure.coherence.places import Places
from remixhub.audio.measure.coherence.spectra import Grid, Spectra
from remixhub.audio.measure.coherence.windows import MOST_WINDOWS, Sound, further, spread
from remixhub.audio.read.probe import probe
from remixhub.domain.stems.qc import INVERTED_CORRELATION, MixFit

_SNIPPET_FRAMES = 4_096
"""Of each window, kept of every stem for comparing all pairs."""
_AGREEING_FRAMES = 16
_SILENT_ENERGY = 1e-9


@dataclass(frozen=True)
class Inversion:
    against: str
    correlation: float


@dataclass(frozen=True)
class Coherence:
    """Stems at another rate than the reference mix, or than most stems without one, are left out."""

    inversions: Mapping[str, Inversion] = field(default_factory=dict)
    """The later stem of each pair that cancels."""
    ceilings_hz: Mapping[str, float] = field(default_factory=dict)
    mix_lag_frames: int | None = None
    fit: MixFit | None = None

    def of(self, stem: str) -> dict[str, Any]:
        """The fields of `StemFigures` that come from here."""
        inversion = self.inversions.get(stem)
        return {
            "inverted_against": inversion.against if inversion else None,
            "inverted_correlation": inversion.correlation if inversion else None,
            "ceiling_hz": self.ceilings_hz.get(stem),
        }


def measure_coherence(stems: Mapping[str, Path], reference: Path | None, sandbox: Sandbox) -> Coherence:
    """`stems` must be readable: raises the classes of `domain.media` otherwise."""
    sounds = {name: Sound(path, probe(path, sandbox)) for name, path in stems.items()}
    mix = Sound(reference, probe(reference, sandbox)) if reference is not None else None
    rates = [sound.probe.sample_rate_hz for sound in sounds.values()]
    rate_hz = mix.probe.sample_rate_hz if mix else max(rates, key=rates.count, default=0)
    compared = {name: sound for name, sound in sounds.items() if sound.probe.sample_rate_hz == rate_hz}
    if not compared:
        return Coherence()
    starts = spread(_longest(compared.values()))
    comparison = _Comparison(compared, mix, rate_hz, starts, sandbox)
    if missed := comparison.read():
        comparison = _Comparison(compared, mix, rate_hz, sorted({*starts, *missed}), sandbox)
        comparison.read()
    return comparison.result()


def _longest(sounds: Iterable[Sound]) -> int:
    return max(sound.probe.declared_frames or 0 for sound in sounds)


class _Comparison:
    def __init__(
        self, sounds: Mapping[str, Sound], mix: Sound | None, rate_hz: int, starts: Sequence[int], sandbox: Sandbox
    ) -> None:
        self._names, self._sounds, self._mix, self._starts, self._sandbox = (
            list(sounds), list(sounds.values()), mix, starts, sandbox,
        )  # fmt: skip
        self._frames = _longest(self._sounds)
        self._grid = Grid(rate_hz, len(starts), len(sounds))
        self._mix_windows = mix.read(starts, sandbox)[0] if mix else None
        self._snippets: list[NDArray[np.float32]] = []
        self._spectra: list[Spectra] = []
        self._ceilings_hz: dict[str, float] = {}
        self._lags: dict[int, int] = {}
        """How much later the mix sounds than a stem, where that is clear."""

    def read(self) -> list[int]:
        """One decode a stem. Where further windows are to begin, since a stem sounds only between these."""
        places = Places(self._mix_windows) if self._mix_windows is not None else None
        missed: set[int] = set()
        for number, sound in enumerate(self._sounds):
            windows, energies = sound.read(self._starts, self._sandbox)
            self._snippets.append(windows[:, :, :_SNIPPET_FRAMES].ravel())
            spectra, power = self._grid.cut(windows)
            if places is not None:
                self._spectra.append(spectra)
                if (place := places.find(windows)) is not None:
                    self._lags[number] = place.lag_frames
            if (ceiling := ceiling_hz(power, self._grid.rate_hz)) is not None:
                self._ceilings_hz[self._names[number]] = ceiling
            if len(self._starts) == MOST_WINDOWS:
                missed |= set(further(self._starts, windows, energies))
        return sorted(missed)[:MOST_WINDOWS]

    def result(self) -> Coherence:
        inversions = self._inversions()
        if self._mix is None or self._mix_windows is None:
            return Coherence(inversions, self._ceilings_hz)
        mix_lag = self._mix_lag_frames()
        mix = self._mix_windows if not mix_lag else self._mix.read(self._starts, self._sandbox, mix_lag)[0]
        spectra, power = self._grid.cut(mix)
        late = {number: mix_lag - lag for number, lag in self._lags.items() if abs(mix_lag - lag) > _AGREEING_FRAMES}
        positions = (np.asarray(self._starts)[:, None] + self._grid.offsets).ravel().astype(np.float64)
        aligned = align(np.stack(self._spectra), spectra, self._grid, self._reread, late, positions)
        is_lossless = all(sound.probe.is_lossless for sound in (self._mix, *self._sounds))
        is_lossy = not is_lossless or ceiling_hz(power, self._grid.rate_hz) is not None
        ceilings = [self._ceilings_hz.get(name) for name in self._names]
        moved = max(abs(mix_lag), *(abs(lag) for lag in aligned.lags_frames.values()), 0)
        whole = (positions >= moved) & (positions + self._grid.n_fft <= self._frames - moved)
        fit = judged(aligned, self._names, ceilings, is_lossy, positions / self._grid.rate_hz, whole)
        return Coherence(inversions, self._ceilings_hz, mix_lag if abs(mix_lag) > _AGREEING_FRAMES else 0, fit)

    def _reread(self, number: int, later_frames: int) -> Spectra:
        windows, _ = self._sounds[number].read(self._starts, self._sandbox, later_frames)
        return self._grid.cut(windows)[0]

    def _mix_lag_frames(self) -> int:
        """The mix as a whole is shifted when most stems agree in it; else each stem is on its own."""
        lags = sorted(self._lags.values())
        if not lags:
            return 0
        median = lags[len(lags) // 2]
        tolerated = _AGREEING_FRAMES if abs(median) > _AGREEING_FRAMES else 0
        agreeing = sum(abs(lag - median) <= tolerated for lag in lags)
        return median if agreeing > len(lags) / 2 else 0

    def _inversions(self) -> dict[str, Inversion]:
        inversions: dict[str, Inversion] = {}
        norms = [float(np.sqrt(np.dot(sound, sound))) for sound in self._snippets]
        heard = [number for number, norm in enumerate(norms) if norm**2 > _SILENT_ENERGY]
        for later, number in enumerate(heard):
            for other in heard[:later]:
                product = float(np.dot(self._snippets[number], self._snippets[other])) / (norms[number] * norms[other])
                if product < INVERTED_CORRELATION:
                    inversions.setdefault(self._names[number], Inversion(self._names[other], product))
        return inversions
