"""Bands of popularity: a work's remixes, coarsely, as a token beside its words.

The most remixed of a hundred thousand hits are found by asking band by band from the top, and never all of them.
"""

from __future__ import annotations

_FLOORS = (256, 64, 16, 4, 1, 0)


def band_of(remix_count: int) -> int:
    """5 for the most remixed, 0 for works that nobody remixed."""
    return next(len(_FLOORS) - 1 - n for n, floor in enumerate(_FLOORS) if remix_count >= floor)


BANDS = tuple(range(len(_FLOORS) - 1, -1, -1))
"""From the top."""
