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
    removed: set[int] = field(default_factory=set)
    """Sources whose links an operator removed; only an operator adds them again."""
    elsewhere: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """By address what it declares of sources from elsewhere: the licence, and that of their artist's leave if any."""
    removed_elsewhere: set[str] = field(default_factory=set)
    received: list[str] = field(default_factory=list)
    """The licences under which whoever makes the remixes has receipts of it, in that order."""


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
        """The licences of all links above the work; what comes from elsewhere binds as leave was given, if it was."""
        above = [self.works[one] for one in {number} | self.ancestors(number)]
        outside = {leave or licence for work in above for licence, leave in work.elsewhere.values()}
        return {licence for work in above for licence in work.sources.values()} | outside

    def allowed(self, held: set[str]) -> set[str]:
        return set(ALLOWED["cc0-1.0"]).intersection(*(ALLOWED[licence] for licence in held))

    def citable(self, number: int) -> bool:
        work = self.works[number]
        return work.state == "published" or (work.state == "withdrawn" and bool(work.received))

    def held_for(self, number: int, licence: str) -> str | None:
        """Under what a remix under `licence` holds it: the best of offer and receipts, else a receipt that will do."""
        work = self.works[number]
        best = work.licence if work.state == "published" else None
        for one in work.received:
            if best is None or ALLOWED[one] > ALLOWED[best]:
                best = one
        return next((one for one in (best, *work.received) if one and licence in ALLOWED[one]), None)

    def outside_allows(self, elsewhere: dict[str, tuple[str, str | None]], licence: str) -> bool:
        """Leave is for the remix itself under that licence, and whatever the licence allows."""
        return all(
            licence in ALLOWED[held] or (leave is not None and (licence == leave or licence in ALLOWED[leave]))
            for held, leave in elsewhere.values()
        )

    def credited(self, number: int) -> dict[str, str]:
        """The addresses elsewhere that it owes credit to, as itself declares them, else as the oldest does."""
        owed: dict[str, str] = {}
        for one in [number, *sorted(self.ancestors(number))]:
            for address, (licence, _) in self.works[one].elsewhere.items():
                owed.setdefault(address, licence)
        return owed

    def settled(self, numbers: list[int], licence: str, kept: dict[int, str]) -> dict[int, str] | None:
        """The sources of a work under `licence`, each as held, beside those that it has; None where it may not be."""
        sources = dict(kept)
        for number in numbers:
            held = self.held_for(number, licence)
            if held is None:
                return None
            sources[number] = held
        return sources if licence in self.allowed_with(sources) else None

    def allowed_with(self, sources: dict[int, str]) -> set[str]:
        """What a work may take that cites these, each as held."""
        held = set(sources.values()).union(*(self.held_above(source) for source in sources))
        return self.allowed(held)
