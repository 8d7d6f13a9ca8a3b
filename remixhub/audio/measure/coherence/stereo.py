"""Whether a stem's left and right are those of the mix: exchanged, or summed to one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.fit import Fit, is_mono
from remixhub.audio.measure.coherence.gains import Array, Cells, rest_of, solve
from remixhub.audio.measure.coherence.rest import non_negative

_MONO_DB = -45.0
_STEREO_DB = -40.0
_LEAST_REST_DB = {True: -40.0, False: -25.0}
"""Of the sides that remain against the mix's, in exact and other mixes."""
_MORE_THAN_MIDDLE_DB = 5.0
"""What a mastering leaves of the sides it leaves of the middle as well."""
_MOST_TRIED = 4
Numbers = NDArray[np.int64]


def perhaps_swapped(fit: Fit) -> list[int]:
    """Stems whose left and right may be exchanged, the likeliest first: their sides ask for another gain."""
    level_db = _side_levels_db(fit)
    stereo = np.flatnonzero((level_db > _STEREO_DB) & (fit.level_db > -60))
    if not stereo.size or is_mono(fit.mix) or max(_rest_db(fit)) < _LEAST_REST_DB[fit.is_exact]:
        return []
    half = fit.weights.shape[1] // 2
    ratio = _gains(fit, slice(half, None)) / np.maximum(np.abs(fit.gains), 0.05)
    return [int(number) for number in stereo[np.argsort(ratio[stereo])][:_MOST_TRIED]]


def lost_sides(fit: Fit) -> Array:
    """The share of the sides that remain which looks like the middle of each stem that has none.

    A panned stem's sides are its middle, at some gain; a wide one's sound when its middle does.
    """
    level_db = _side_levels_db(fit)
    lost = np.zeros(len(level_db))
    mono = np.flatnonzero((level_db < _MONO_DB) & (fit.level_db > -60))
    middle_db, side_db = _rest_db(fit)
    if (
        mono.size
        and not is_mono(fit.mix)
        and side_db > max(_LEAST_REST_DB[fit.is_exact], middle_db + _MORE_THAN_MIDDLE_DB)
    ):
        lost[mono] = np.maximum(_panned(fit, mono), _wide(fit, mono))
    return lost


def _side_levels_db(fit: Fit) -> Array:
    """Of each stem's sides against its middle."""
    half = fit.weights.shape[1] // 2
    own = np.einsum("fcii->fci", fit.cells.gram).astype(np.float64)
    middle, sides = (own[:, part].sum(axis=(0, 1)) for part in (slice(0, half), slice(half, None)))
    found: Array = 10 * np.log10((sides + 1e-15) / (middle + 1e-15))
    return found


def _rest_db(fit: Fit) -> tuple[float, float]:
    """Of the middle and of the sides, against the mix's, all cells alike."""
    weights = fit.cells.weights
    half = weights.shape[1] // 2
    rest, mix = weights * rest_of(fit.cells, fit.gains, fit.hold), weights * fit.cells.energy
    shares = [
        float(rest[:, part].sum()) / max(float(mix[:, part].sum()), 1e-30)
        for part in (slice(0, half), slice(half, None))
    ]
    middle_db, side_db = (10 * float(np.log10(max(share, 1e-12))) for share in shares)
    return middle_db, side_db


def _gains(fit: Fit, part: slice) -> Array:
    """With plain weights: those of the fit have thrown the evidence out."""
    cells = Cells(fit.cells.gram[:, part], fit.cells.cross[:, part], fit.cells.energy[:, part])
    return solve(cells, fit.cells.weights[:, part], 1.0, fit.hold[:, part])


def _panned(fit: Fit, mono: Numbers) -> Array:
    """Least squares of the sides that remain on the stems' middles."""
    half = fit.weights.shape[1] // 2
    ours = (fit.bus[:, 0] * fit.stems[mono, :, 0]) * fit.gains[mono, None, None].astype(np.float32)
    theirs, weights = fit.rest[:, 1], fit.grid.spread(fit.cells.weights[:, half:])
    matrix = np.einsum("ifb,jfb,fb->ij", ours, ours.conj(), weights, optimize=True).real
    target = np.einsum("ifb,fb,fb->i", ours.conj(), theirs, weights, optimize=True).real
    found = np.linalg.solve(matrix + np.diag(1e-4 * np.diag(matrix) + 1e-30), target)
    shares: Array = found**2 * np.diag(matrix) / max(float((weights * np.abs(theirs) ** 2).sum()), 1e-30)
    return shares


def _wide(fit: Fit, mono: Numbers) -> Array:
    """Band by band: an effect's sides need not have the spectrum of what they are an effect on."""
    weights = fit.cells.weights
    half = weights.shape[1] // 2
    middles = np.einsum("fcii->fci", fit.cells.gram[:, :half])[:, :, mono].astype(np.float64)
    middles *= (fit.hold[:, :half] ** 2)[..., None] * fit.gains[mono] ** 2
    rest = rest_of(fit.cells, fit.gains, fit.hold)[:, half:]
    parts = np.zeros(len(mono))
    for band in range(half):
        alike = weights[:, half + band]
        softly = np.sqrt(alike)  # of loud and soft frames, neither alone
        factors = non_negative((middles[:, band] * softly[:, None]).T, rest[:, band] * softly)
        parts += factors * (middles[:, band] * alike[:, None]).sum(axis=0)
    return parts / max(float((weights[:, half:] * rest).sum()), 1e-30)
