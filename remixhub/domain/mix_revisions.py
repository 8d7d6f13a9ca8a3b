"""Which states of a draft mix are kept: often enough to go back by, and few enough to keep (docs/decisions/033)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from remixhub.domain.errors import Conflict, NotFound, TooLarge

SECONDS_A_REVISION = 30
"""States that are kept within so many seconds of each other are one revision: the last of them."""
MOST_REVISIONS = 100
MOST_BYTES = 2 * 1024 * 1024
"""Of all revisions of a draft together; the newest is kept, whatever its size."""
LARGEST_SPEC_BYTES = 1_000_000
"""As compact JSON with every field spelled out."""
MOST_DRAFTS = 100
"""Of an account."""


class MixSpecTooLarge(TooLarge):
    code = "mix_spec_too_large"
    title = "The mix spec is too large to be kept"


class MixDraftsExhausted(Conflict):
    code = "mix_drafts_limit"
    title = "Too many draft mixes"


class SharedMixNotFound(NotFound):
    code = "shared_mix_not_found"
    title = "There is no shared mix at this address"


class Kept(NamedTuple):
    number: int
    size_bytes: int


def thinned_out(revisions: Sequence[Kept]) -> list[int]:
    """The numbers of those that go. Of the older half every second one does, until the rest is within its bounds: so
    the way from the first state to the newest stays, in ever wider steps.
    """
    left = sorted(revisions)
    while len(left) > MOST_REVISIONS or (len(left) > 1 and sum(one.size_bytes for one in left) > MOST_BYTES):
        older = left[: len(left) // 2]
        gone = set(older[1::2] or older)
        left = [one for one in left if one not in gone]
    return sorted({one.number for one in revisions} - {one.number for one in left})
