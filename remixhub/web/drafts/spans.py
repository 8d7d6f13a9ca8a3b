"""Time scales that several waveforms share."""

from __future__ import annotations

from collections.abc import Iterable

from remixhub.models import Stem


def longest_seconds(stems: Iterable[Stem]) -> float | None:
    """The length of the longest stem; None as long as none is known."""
    known = [stem.original.duration_seconds for stem in stems if stem.original.duration_seconds is not None]
    return max(known, default=None)
