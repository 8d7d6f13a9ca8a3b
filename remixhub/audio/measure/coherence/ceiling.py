"""Where a stem's spectrum ends as if cut off: a lower rate, or a lossy file decoded into a WAV.

Music fades out towards high frequencies by some decibels an octave; converters and encoders end within a few hundred
hertz. A last partial ends as steeply, so that it counts only where the spectrum below the edge is dense.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

_LOWEST_HZ = 3_400
_HIGHEST = 0.45
"""Of the rate: above, every converter's own edge lies."""
_BELOW_HZ, _ABOVE_HZ, _EDGE_HZ = 1_000, 1_200, 700
_STEP_DB = 25.0
_LEAST_DB = -100.0
"""Of the spectrum's highest: what is softer cannot be told from rounding."""
_SMOOTHED_BINS = 5


def ceiling_hz(power: NDArray[np.float64], rate_hz: int) -> float | None:
    """`power` is the mean power of all bins from 0 to half the rate. None where the spectrum has no such edge."""
    if not power.any():
        return None
    bin_hz = rate_hz / 2 / (power.size - 1)
    level_db = 10 * np.log10(np.convolve(power, np.full(_SMOOTHED_BINS, 1 / _SMOOTHED_BINS), "same") + 1e-30)
    below, above, edge = (round(width / bin_hz) for width in (_BELOW_HZ, _ABOVE_HZ, _EDGE_HZ))
    first, last = round(_LOWEST_HZ / bin_hz), min(round(_HIGHEST * rate_hz / bin_hz), power.size - edge - above)
    if last <= first:
        return None
    under = np.percentile(sliding_window_view(level_db, below)[first - below : last - below], 10, axis=1)
    over = sliding_window_view(level_db, above)[first + edge : last + edge].max(axis=1)
    step = np.where(under > level_db.max() + _LEAST_DB, under - over, 0)
    at = int(step.argmax())
    return float((first + at) * bin_hz) if step[at] > _STEP_DB else None
