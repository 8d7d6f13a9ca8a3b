"""How many heavy jobs may run at once: of the hub, so that one worker stays for short ones, and of an account.

Whose turn it is stands in `claims`: accounts come round in the order of their ids, for short and for heavy jobs apart.
"""

from __future__ import annotations

from collections.abc import Mapping

AN_ACCOUNT = 2
"""Heavy jobs of one account at once, where there are workers for more."""


def room(workers: int) -> int:
    """Heavy jobs of the hub at once: with more than one worker, one is left to what is short."""
    return max(1, workers - 1)


def is_full(workers: int, running: Mapping[str, int]) -> bool:
    return sum(running.values()) >= room(workers)


def at_their_limit(running: Mapping[str, int]) -> frozenset[str]:
    """`running` counts heavy jobs by payer. Never all workers: `room` leaves one."""
    return frozenset(payer for payer, count in running.items() if count >= AN_ACCOUNT)
