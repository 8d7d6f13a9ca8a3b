"""The lineage in its plainest form: lists and loops over everything, to hold the real one against."""

from __future__ import annotations

from dataclasses import dataclass, field

SIX = ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-4.0")
ALLOWED = {
    "cc0-1.0": {"cc0-1.0", *SIX},
    "cc-by-4.0": set(SIX),
    "cc-by-sa-4.0": {"cc-by-sa-4.0"},
    "cc-by-nc-4.0": {"cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0"},
    "cc-by-nc-sa-4.0": {"cc-by-nc-sa-4.0"},
    "cc-by-nd-4.0": set(),
    "cc-by-nc-nd-4.0": set(),
}
"""Creative Commons' chart, written down and not computed."""


@dataclass
class ModelWork:
    licence: str
    state: str = "published"
    sources: dict[int, str] = field(default_factory=dict)
    """The licence as held when each was cited, by the source's number."""


@dataclass
class Model:
    """Works are numbered in the order of publication."""

    works: list[ModelWork] = field(default_factory=list)

    def ancestors(self, number: int) -> set[int]:
        found: set[int] = set()
        for source in self.works[number].sources:
            found |= {source} | self.ancestors(source)
        return found

    def descendants(self, number: int) -> set[int]:
        return {other for other in range(len(self.works)) if number in self.ancestors(other)}

    def remixes(self, number: int) -> set[int]:
        return {other for other, work in enumerate(self.works) if number in work.sources}

    def generation(self, number: int) -> int:
        return max((self.generation(source) + 1 for source in self.works[number].sources), default=0)

    def held_above(self, number: int) -> set[str]:
        """The licences of all links above the work."""
        return {licence for one in {number} | self.ancestors(number) for licence in self.works[one].sources.values()}

    def allowed(self, held: set[str]) -> set[str]:
        return set(ALLOWED["cc0-1.0"]).intersection(*(ALLOWED[licence] for licence in held))

    def allowed_with(self, sources: dict[int, str]) -> set[str]:
        """What a work may take that cites these, each as held."""
        held = set(sources.values()).union(*(self.held_above(source) for source in sources))
        return self.allowed(held)
