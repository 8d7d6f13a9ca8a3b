"""How a work descends from its ancestors: in how few links, and in how many ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PATHS_LIMIT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6)."""


@dataclass(frozen=True)
class Descent:
    """How one work descends from an ancestor."""

    seq: int
    """The ancestor's."""
    generation: int
    """Over how few links; 1 for a direct source."""
    paths: int
    """In how many distinct ways; exact."""

    @property
    def shown_paths(self) -> int:
        return min(self.paths, PATHS_LIMIT)

    @property
    def has_more_paths(self) -> bool:
        """`shown_paths` is where we stopped counting aloud."""
        return self.paths > PATHS_LIMIT


def descents(work_id: str, links: Iterable[tuple[str, str, int]]) -> dict[str, Descent]:
    """The descent of `work_id` from each ancestor, by the ancestor's id.

    `links` are (derivative's id, source's id, source's seq) of the work and of all its ancestors, in any order. A
    source was published before its derivative, so going from the youngest work to the oldest, all ways down from a
    work are counted before those of its sources.
    """
    sources: dict[str, list[str]] = {}
    seqs: dict[str, int] = {}
    for derivative_id, source_id, source_seq in links:
        sources.setdefault(derivative_id, []).append(source_id)
        seqs[source_id] = source_seq
    generation = {work_id: 0}
    paths = {work_id: 1}
    for id in (work_id, *sorted(seqs, key=lambda one: -seqs[one])):
        for source_id in sources.get(id, ()):
            generation[source_id] = min(generation.get(source_id, generation[id] + 1), generation[id] + 1)
            paths[source_id] = paths.get(source_id, 0) + paths[id]
    return {id: Descent(seqs[id], generation[id], paths[id]) for id in seqs}
