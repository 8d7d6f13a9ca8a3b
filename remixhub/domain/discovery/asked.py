"""Questions to the search: what is asked of works and of stems, apart from who asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.music import TempoRange
from remixhub.domain.musical_key import MusicalKey
from remixhub.domain.states import WorkKind
from remixhub.domain.stems.roles import StemRole

TEXT_LENGTH_LIMIT = 200


class Order(StrEnum):
    RELEVANCE = "relevance"
    """Title matches first, then the rest; in each the most remixed first."""
    NEWEST = "newest"


@dataclass(frozen=True)
class Facets:
    """What works and stems are narrowed by alike; what is left out narrows nothing."""

    tempo: TempoRange | None = None
    key: MusicalKey | None = None
    mixes_with_key: MusicalKey | None = None
    """Keys that mix with this one."""
    mixes_with: str | None = None
    """The id of a work: keys that mix with its."""
    may: May | None = None
    combines_with: str | None = None
    """The id of a work: what may be used in one remix with it."""
    min_seconds: float | None = None
    max_seconds: float | None = None


@dataclass(frozen=True)
class WorksAsked:
    text: str = ""
    facets: Facets = Facets()
    kind: WorkKind | None = None
    roles: tuple[StemRole, ...] = ()
    """Its newest pack has all of them."""
    has_stems: bool | None = None
    min_year: int | None = None
    max_year: int | None = None
    label: str | None = None
    """A handle."""
    tag: str | None = None
    in_open_contest: bool = False
    order: Order = Order.RELEVANCE


@dataclass(frozen=True)
class StemsAsked:
    text: str = ""
    facets: Facets = Facets()
    roles: tuple[StemRole, ...] = ()
    """Any one of them."""
    min_lufs: float | None = None
    max_lufs: float | None = None
    order: Order = Order.RELEVANCE
