"""What remains of the mix when the fit is taken away: where and when it sounds, and whose it looks like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.fit import Fit
from remixhub.audio.measure.coherence.gains import Array, rest_of

_BLOCK_FRAMES = 10
_LIVE, _HEARD, _LOUD = 1e-5, 1e-3, 1e-2
"""Of the energy of all bands of a block: what counts in an exact mix, in others, and in a mix from a lossy file."""
_NOTHING = 1e-6
_POOR = 10**-0.6
_USUAL_SHARE = 0.3
_ROUNDS = 60


@dataclass(frozen=True)
class Rest:
    """Shares are of the mix's energy in the same block of ten frames and one band."""

    share_db: float
    """Of all of the mix."""
    worst_db: float
    worst_heard_db: float
    """Of the blocks that can well be heard."""
    poor_loud_share: float
    """How many of the loud blocks are above -6 dB."""
    usual_db: float
    """Of a cell: what the mixing leaves even where all is well."""
    first_frame: int
    """Of the block where most of it sounds."""
    band: int


def rest_in(fit: Fit, whole_frames: NDArray[np.bool_]) -> Rest | None:
    """None for silence. `whole_frames` are those that lie in all files wholly, wherever these begin."""
    cells = rest_of(fit.cells, fit.gains, fit.hold)
    rest, mix = _blocks(cells), _blocks(fit.cells.energy.astype(np.float64))
    whole = mix.sum(axis=1, keepdims=True)
    is_whole = np.logical_and.reduceat(whole_frames, np.arange(0, len(whole_frames), _BLOCK_FRAMES))
    sounding = (whole > 1e-3 * whole.max()) & is_whole[:, None]
    live = (mix > _LIVE * whole) & sounding
    if not live.any() or whole.max() < 1e-12:
        return None
    share = np.where(live, rest / np.maximum(mix, 1e-30), 0)
    heard, loud = live & (mix > _HEARD * whole), live & (mix > _LOUD * whole)
    block, band = np.unravel_index(int(np.where(live, rest, 0).argmax()), rest.shape)
    energy = fit.cells.energy
    alive = energy > 1e-7 * energy.max()
    return Rest(
        share_db=_db(rest[live].sum() / mix[live].sum()),
        worst_db=_db(share.max()),
        worst_heard_db=_db(share[heard].max()),
        poor_loud_share=float((share[loud] > _POOR).mean()),
        usual_db=_db(float(np.quantile((cells / np.maximum(energy, 1e-30))[alive], _USUAL_SHARE))),
        first_frame=int(block) * _BLOCK_FRAMES,
        band=int(band),
    )


def _blocks(cells: Array) -> Array:
    """`(n_blocks, n_bands)`, mid and side together."""
    frames, n_cells = cells.shape
    bands = cells.reshape(frames, 2, n_cells // 2).sum(axis=1)
    found: Array = np.add.reduceat(bands, np.arange(0, frames, _BLOCK_FRAMES), axis=0)
    return found


def whose(fit: Fit) -> Array:
    """The share of the rest that sounds when each stem does, where it and the mix as a whole compete for it.

    Band by band and without phase: what an encoder or an effect adds lies elsewhere in the spectrum than the stem.
    """
    if fit.badness < _NOTHING:
        return np.zeros(len(fit.gains))
    weights = fit.cells.audible_weights()
    rest = weights * rest_of(fit.cells, fit.gains, fit.hold)
    own = np.einsum("fcii,i,fc->cif", fit.cells.gram, fit.gains**2, weights * fit.hold**2, optimize=True)
    mix = weights * fit.cells.energy
    parts = np.zeros(len(fit.gains))
    for cell in range(rest.shape[1]):
        shapes = np.concatenate([own[cell], mix[None, :, cell]])
        parts += (non_negative(shapes, rest[:, cell]) * shapes.sum(axis=1))[:-1]
    return parts / max(float(rest.sum()), 1e-30)


def non_negative(shapes: Array, target: Array) -> Array:
    """The factors >= 0 of `shapes` `(n, cells)` whose sum is nearest to `target`, by coordinate descent."""
    matrix, wanted = shapes @ shapes.T, shapes @ target
    factors = np.zeros(len(shapes))
    for _ in range(_ROUNDS):
        for one in np.flatnonzero(matrix.diagonal() > 1e-30):
            step = (wanted[one] - matrix[one] @ factors) / matrix[one, one]
            factors[one] = max(0.0, factors[one] + step)
    return factors


def likeness(fit: Fit, stem: int) -> float:
    """The correlation of a stem with what the mix holds when all others are taken away, where it matters: -1 to 1."""
    own = fit.cells.gram[:, :, stem, stem] * fit.hold**2
    matters = np.minimum(own / np.maximum(fit.cells.energy, 1e-30), 1)
    weights = fit.grid.spread((fit.cells.weights * matters).reshape(len(own), 2, -1))
    ours = fit.bus * fit.stems[stem]
    theirs = fit.rest + ours * np.float32(fit.gains[stem])
    both = float((weights * (theirs * ours.conj()).real).sum())
    norms = float((weights * np.abs(ours) ** 2).sum()) * float((weights * np.abs(theirs) ** 2).sum())
    return both / norms**0.5 if norms > 1e-30 else 0.0


def alike(fit: Fit) -> list[tuple[int, ...]]:
    """Stems that cannot be told from one another or from sums of others: near copies, a sub-mix beside its stems."""
    matrix = np.einsum("fc,fcij->ij", fit.cells.weights, fit.cells.gram, optimize=True)
    scale = np.sqrt(np.maximum(matrix.diagonal(), 1e-30))
    heard = np.flatnonzero(scale**2 > 1e-5 * scale.max() ** 2)
    if heard.size < 2:
        return []
    values, vectors = np.linalg.eigh((matrix / np.outer(scale, scale))[np.ix_(heard, heard)])
    found = []
    for value, vector in zip(values, vectors.T, strict=True):
        if value < 0.02:
            found.append(tuple(int(heard[one]) for one in np.flatnonzero(np.abs(vector) > 0.25)))
    return [group for group in found if len(group) > 1]


def _db(share: float) -> float:
    return 10 * float(np.log10(max(share, 1e-12)))
