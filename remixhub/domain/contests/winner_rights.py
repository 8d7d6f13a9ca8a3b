"""What a host may do with winners' remixes beside the licence, and when that ends by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from remixhub.domain.contests.terms import ContestTerms, Exclusivity


class WinnerRights(StrEnum):
    FREE = "free"
    """The terms give the host nothing beside the licence."""
    FIRST_OFFER = "first_offer"
    EXCLUSIVE = "exclusive"
    RELEASED = "released"
    """The host has said in time where it is released."""
    REVERTED = "reverted"
    """It was not released in time: all rights are the artist's again."""


def winners(terms: ContestTerms, standings: Iterable[Mapping[str, Any]]) -> list[str]:
    """The entries on places that have a prize, best first; without prizes, on the first place."""
    places = max(1, len(terms.prizes))
    return [line["entry_id"] for line in standings if line["rank"] <= places]


def reverts_at(terms: ContestTerms) -> dt.datetime | None:
    """When what is not released is the artist's again: the end of the release-by date in UTC, if there is one."""
    if terms.release_by is None or terms.exclusivity is Exclusivity.NONE:
        return None
    return dt.datetime.combine(terms.release_by + dt.timedelta(days=1), dt.time(), dt.UTC)


def rights(terms: ContestTerms, *, is_released: bool, moment: dt.datetime) -> WinnerRights:
    """In the remix of a winner."""
    if is_released:
        return WinnerRights.RELEASED
    if terms.exclusivity is Exclusivity.NONE:
        return WinnerRights.FREE
    end = reverts_at(terms)
    if end is not None and moment >= end:
        return WinnerRights.REVERTED
    return WinnerRights(terms.exclusivity.value)
