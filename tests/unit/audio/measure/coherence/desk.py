"""Judges packs in memory: what a clean pack and its faulty copies have in common is measured once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from remixhub.audio.measure.coherence.aligned import align
from remixhub.audio.measure.coherence.ceiling import ceiling_hz
from remixhub.audio.measure.coherence.in_mix import judged
from remixhub.audio.measure.coherence.places import Places
from remixhub.audio.measure.coherence.spectra import WINDOW_FRAMES, Grid, Spectra, Windows
from remixhub.audio.measure.coherence.windows import spread
from remixhub.dev.synth import RATE_HZ, Sound
from remixhub.domain.stems.qc import Finding, ReferenceFigures, StemFigures, judge_pack
from tests.unit.audio.measure.coherence import packs


class Desk:
    """`stems` and what else is given are of one length."""

    def __init__(self, stems: Mapping[str, Sound]) -> None:
        self.stems = {name: packs.rounded(stem) for name, stem in stems.items()}
        self._starts = spread(len(next(iter(stems.values()))))
        self._measured: dict[str, tuple[Spectra, float | None]] = {}
        self._mix: tuple[Sound, int, tuple[Spectra, bool, Places]] | None = None

    def grid(self, n_stems: int) -> Grid:
        return Grid(RATE_HZ, len(self._starts), n_stems)

    def judge(self, mix: Sound, *, missing: str | None = None, **changed: Sound) -> tuple[Finding, ...]:
        """The findings when `changed` stand for the stems of those names."""
        stems = {
            name: packs.rounded(changed[name]) if name in changed else stem
            for name, stem in self.stems.items()
            if name != missing
        }
        names = list(stems)
        grid = self.grid(len(names))
        mix_spectra, is_lossy, places = self._cut_mix(mix, grid)
        spectra, ceilings, late = [], [], dict[int, int]()
        for number, name in enumerate(names):
            found, ceiling = self._cut(name, stems[name], grid)
            spectra.append(found)
            ceilings.append(ceiling)
            if name in changed and (place := places.find(self._windows(stems[name]))) is not None:
                late[number] = -place.lag_frames

        def reread(number: int, later_frames: int) -> Spectra:
            return grid.cut(self._windows(stems[names[number]], later_frames))[0]

        positions = (np.asarray(self._starts)[:, None] + grid.offsets).ravel().astype(np.float64)
        aligned = align(np.stack(spectra), mix_spectra, grid, reread, late, positions)
        moved = max([0.0, *map(abs, aligned.lags_frames.values())])
        whole = (positions >= moved) & (positions + grid.n_fft <= len(mix) - moved)
        fit = judged(aligned, names, ceilings, is_lossy, positions / RATE_HZ, whole)
        figures = [_figures(name, ceiling) for name, ceiling in zip(names, ceilings, strict=True)]
        return judge_pack(figures, ReferenceFigures(RATE_HZ, 441_000, 0, fit))

    def _cut_mix(self, mix: Sound, grid: Grid) -> tuple[Spectra, bool, Places]:
        """The last one is kept."""
        if self._mix is not None and self._mix[0] is mix and self._mix[1] == grid.n_stems:
            return self._mix[2]
        windows = self._windows(mix)
        spectra, power = grid.cut(windows)
        found = spectra, ceiling_hz(power, RATE_HZ) is not None, Places(windows)
        self._mix = mix, grid.n_stems, found
        return found

    def _cut(self, name: str, stem: Sound, grid: Grid) -> tuple[Spectra, float | None]:
        if stem is self.stems[name] and name in self._measured:
            return self._measured[name]
        found, power = grid.cut(self._windows(stem))
        measured = found, ceiling_hz(power, RATE_HZ)
        if stem is self.stems[name]:
            self._measured[name] = measured
        return measured

    def _windows(self, sound: Sound, later_frames: int = 0) -> Windows:
        windows = np.zeros((2, len(self._starts), WINDOW_FRAMES), np.float32)
        for number, begins in enumerate(self._starts):
            start = begins + later_frames
            first, last = max(start, 0), min(start + WINDOW_FRAMES, len(sound))
            if first < last:
                windows[:, number, first - start : last - start] = sound[first:last].T
        return windows


def _figures(name: str, ceiling: float | None) -> StemFigures:
    return StemFigures(
        name=name, sample_rate_hz=RATE_HZ, duration_frames=441_000, bit_depth=24, sample_peak_dbfs=-6.0,
        true_peak_dbtp=-5.8, clipping_runs=0, dc_offset=0.0, pcm_sha256=name, ceiling_hz=ceiling,
    )  # fmt: skip
