"""Secret remixer: everybody who signs up gives a source and is dealt another's, by a derangement.

Whoever knows the seed can deal again, in any language: sort the participants; for each attempt a = 0, 1, 2 … shuffle
them from the last place to the second by swapping place i with place r mod (i + 1), where r is the SHA-256 of
"seed\\na\\ni" read as one big-endian number (of 256 bits, so the modulo's bias is below 2⁻²³⁰); take the first attempt
that leaves nobody in their own place. The hash of the seed is published before anybody signs up, the seed itself with
the result.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable

from remixhub.domain.errors import Conflict


class DealTooSmall(Conflict):
    code = "deal_too_small"
    title = "There are too few to deal"


def deal(participants: Iterable[str], seed: str) -> dict[str, str]:
    """Who remixes whose source. Raises DealTooSmall for fewer than two participants."""
    ids = sorted(set(participants))
    if len(ids) < 2:
        raise DealTooSmall(f"It takes two at least; there are {len(ids)}.")
    for attempt in itertools.count():
        dealt = list(ids)
        for i in range(len(dealt) - 1, 0, -1):
            drawn = int.from_bytes(hashlib.sha256(f"{seed}\n{attempt}\n{i}".encode()).digest(), "big") % (i + 1)
            dealt[i], dealt[drawn] = dealt[drawn], dealt[i]
        if all(giver != taker for giver, taker in zip(ids, dealt, strict=True)):
            return dict(zip(ids, dealt, strict=True))
    raise AssertionError("more than a third of all shuffles leave nobody in place")


def seed_commitment(seed: str) -> str:
    """To be published beforehand: SHA-256 of the seed, in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()
