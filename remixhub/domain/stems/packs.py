"""What a stem pack is, by digest: the pack as published, and the part of it that stem QC looks at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PackedStem:
    """One stem as the pack's digests see it."""

    id: str
    role: str
    name: str
    gain_db: float
    sha256: str


def pack_digest(stems: Sequence[PackedStem]) -> str:
    """SHA-256 over the stems' roles, names, gains and bytes, in order; equal for a copy that nobody changed."""
    return _digest([[stem.role, stem.name, float(stem.gain_db), stem.sha256] for stem in stems])


def review_digest(stems: Sequence[PackedStem], mix_sha256: str | None) -> str:
    """SHA-256 over all that a review depends on: names, gains and order do not matter to it."""
    judged = sorted([stem.id, stem.role, stem.sha256] for stem in stems)
    return _digest([judged, mix_sha256])


def pack_rate_hz(rates: Sequence[int]) -> int:
    """The rate of most of its stems, the higher one of two that are as frequent."""
    return max(set(rates), key=lambda rate: (rates.count(rate), rate))


def frames_at(rate_hz: int, frames: int, own_rate_hz: int) -> int:
    """How long a stem is once it has that rate: as resampling makes it (docs/mix-spec.md)."""
    return (2 * frames * rate_hz + own_rate_hz) // (2 * own_rate_hz)


def resampled_digest(sha256: str, sample_rate_hz: int, recipe: str) -> str:
    """What a stem at another rate than its own is filed under; `recipe` names how it gets there."""
    return _digest([sha256, sample_rate_hz, recipe])


def _digest(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()


def reordered(present: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """`present` with those that `wanted` names in its order; the others stay behind the one that they follow."""
    named = set(wanted)
    followers: dict[str | None, list[str]] = {}
    before: str | None = None
    for one in present:
        if one in named:
            before = one
        else:
            followers.setdefault(before, []).append(one)
    return [*followers.get(None, []), *(one for name in wanted for one in (name, *followers.get(name, [])))]
