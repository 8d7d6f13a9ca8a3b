"""Generations: by how few links each work is away from another, up and down the lineage."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

ELSEWHERE = -1
"""Where drawings put what is not on this hub: left of the roots, for its own generation is not known here."""


@dataclass(frozen=True)
class Link:
    derivative_id: str
    source_id: str


def generations(focus_id: str, links: Collection[Link]) -> dict[str, int]:
    """By how few links each work is away from the focus: negative for ancestors, positive for descendants.

    Only ancestors and descendants of the focus are named, not what else hangs on them.
    """
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for link in links:
        up.setdefault(link.derivative_id, []).append(link.source_id)
        down.setdefault(link.source_id, []).append(link.derivative_id)
    ancestors = {id: -distance for id, distance in _distances(focus_id, up)}
    return ancestors | dict(_distances(focus_id, down))


def ordinal(generation: int) -> str:
    """How many links below its farthest root: `root`, `1st`, `22nd`."""
    if not generation:
        return "root"
    ending = "th" if generation % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(generation % 10, "th")
    return f"{generation}{ending}"


def head_of(generation: int) -> str:
    """Above a column of a drawing."""
    if generation == ELSEWHERE:
        return "elsewhere"
    return ordinal(generation) if generation else "roots"


def _distances(focus_id: str, nexts: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    seen = {focus_id}
    queue = deque([(focus_id, 0)])
    while queue:
        id, distance = queue.popleft()
        yield id, distance
        fresh = [one for one in nexts.get(id, ()) if one not in seen]
        seen.update(fresh)
        queue.extend((one, distance + 1) for one in dict.fromkeys(fresh))
