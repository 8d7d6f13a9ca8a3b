"""The fit as the figures that findings are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.aligned import Aligned
from remixhub.audio.measure.coherence.fit import Fit
from remixhub.audio.measure.coherence.gains import levels_db, rest_of
from remixhub.audio.measure.coherence.rest import alike, likeness, rest_in, whose
from remixhub.audio.measure.coherence.spectra import BAND_EDGES_HZ
from remixhub.audio.measure.coherence.stereo import lost_sides
from remixhub.domain.stems.qc import InMix, MixFit, Rest


def judged(
    aligned: Aligned,
    names: Sequence[str],
    ceilings_hz: Sequence[float | None],
    is_lossy: bool,
    seconds: NDArray[np.float64],
    whole_frames: NDArray[np.bool_],
) -> MixFit:
    """`seconds` is where the fit's frames begin; `whole_frames` are those that lie in all files."""
    fit = aligned.fit
    altered, altered_db = _altered(fit)
    lost = lost_sides(fit)
    level_db = _levels_db(fit)
    stems = {}
    for number, name in enumerate(names):
        above_db, below_db = _above_db(fit, ceilings_hz[number])
        stems[name] = InMix(
            level_db=float(level_db[number]),
            gain=float(fit.gains[number]),
            error=float(fit.errors[number]),
            carrying_frames=float(fit.carrying[number]),
            likeness=likeness(fit, number),
            lag_frames=aligned.lags_frames.get(number, 0.0),
            drift_ppm=aligned.drifts_ppm.get(number),
            sides_swapped=number in aligned.swapped,
            sides_lost=float(lost[number]),
            altered=float(altered[number]),
            altered_db=float(altered_db[number]),
            above_ceiling_db=above_db,
            below_ceiling_db=below_db,
        )
    groups = tuple(tuple(names[one] for one in group) for group in alike(fit))
    return MixFit(fit.is_exact, is_lossy, stems, _rest(fit, seconds, whole_frames), groups)


def _rest(fit: Fit, seconds: NDArray[np.float64], whole_frames: NDArray[np.bool_]) -> Rest | None:
    found = rest_in(fit, whole_frames)
    if found is None:
        return None
    return Rest(
        share_db=found.share_db,
        worst_db=found.worst_db,
        worst_heard_db=found.worst_heard_db,
        poor_loud_share=found.poor_loud_share,
        usual_db=found.usual_db,
        at_seconds=float(seconds[found.first_frame]),
        band_hz=(float(BAND_EDGES_HZ[found.band]), float(BAND_EDGES_HZ[found.band + 1])),
    )


def _altered(fit: Fit) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The share of the rest that looks like each stem, and how much that is against the stem, in decibels."""
    shares = whose(fit)
    weights = fit.cells.audible_weights()
    rest = float((weights * rest_of(fit.cells, fit.gains, fit.hold)).sum())
    own = np.einsum("fcii,fc->i", fit.cells.gram, weights * fit.hold**2, optimize=True) * fit.gains**2
    return shares, 10 * np.log10(shares * rest / np.maximum(own, 1e-30) + 1e-12)


def _levels_db(fit: Fit) -> NDArray[np.float64]:
    """As delivered: at the gain that the mixing has on the whole, which an absent stem cannot move."""
    weights, ones = fit.cells.weights, np.ones(len(fit.gains))
    total = weights * fit.cells.total(fit.gains)
    bus_db = 10 * np.log10(float((total * fit.hold**2).sum()) / max(float(total.sum()), 1e-30) + 1e-12)
    level_db: NDArray[np.float64] = levels_db(fit.cells, weights, ones) + bus_db
    return level_db


def _above_db(fit: Fit, ceiling_hz: float | None) -> tuple[float, float]:
    """What remains above the ceiling, and in the octave below it, against the mix there."""
    if ceiling_hz is None:
        return -120.0, -120.0
    hz = fit.grid.bins_hz
    parts = hz > 1.03 * ceiling_hz, (hz > 0.5 * ceiling_hz) & (hz < 0.97 * ceiling_hz)
    shares = [
        float((np.abs(fit.rest[:, :, part]) ** 2).sum()) / max(float((np.abs(fit.mix[:, :, part]) ** 2).sum()), 1e-20)
        for part in parts
    ]
    above_db, below_db = (10 * float(np.log10(max(share, 1e-12))) for share in shares)
    return above_db, below_db
