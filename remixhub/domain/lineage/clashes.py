"""The ways by which two licences meet that cannot: what a refusal says, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remixhub.domain.licences.marks import Mark, demand_of, marks_of
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.foreign_addresses import is_node_id


@dataclass(frozen=True)
class Station:
    id: str
    title: str

    @property
    def is_elsewhere(self) -> bool:
        return is_node_id(self.id)


@dataclass(frozen=True)
class Way:
    """From the work whose licence is in the way, by what was made of it, to the remix's own source."""

    licence: Licence
    """As held, of the first station."""
    stations: Sequence[Station]

    @property
    def demand(self) -> str:
        return demand_of(self.licence)

    @property
    def marks(self) -> Sequence[Mark]:
        return marks_of(self.licence)


@dataclass(frozen=True)
class Clash:
    ways: Sequence[Way]
    """Two that cannot be combined, or one that rules out the remix or the licence wanted for it."""
    wanted: Licence | None
    """The remix's own licence, where that is the other half of the pair."""


def clash_of(context: Mapping[str, Any]) -> Clash:
    """Of the context of a `LicenceConflict`, or of its problem as JSON."""
    ways = [_way(one) for one in context["sources"]]
    rest = context["licences"][len(ways) :]
    return Clash(ways, Licence(rest[0]) if rest else None)


def _way(source: Mapping[str, Any]) -> Way:
    titles = source["titles"]
    ids = source["ids"] or [""] * len(titles)
    return Way(Licence(source["licence"]), [Station(*one) for one in zip(reversed(ids), reversed(titles), strict=True)])
