"""Collections: who sees one, how much one holds, and why something cannot be put into it."""

from __future__ import annotations

from enum import StrEnum

from remixhub.domain.errors import Conflict, NotFound

COLLECTIONS_LIMIT = 100
"""Of one account."""
COLLECTED_LIMIT = 200
"""Works in one collection."""
NOTE_LIMIT = 1_000
TITLE_LIMIT, TEXT_LIMIT = 120, 5_000


class Visibility(StrEnum):
    PUBLIC = "public"
    """On its owner's page."""
    UNLISTED = "unlisted"
    """For whoever has the address."""
    PRIVATE = "private"
    """For its owner."""


class CollectionNotFound(NotFound):
    code = "collection_not_found"
    title = "There is no such collection"


class WorkCollected(Conflict):
    code = "work_collected"
    title = "The work is in this collection already"


class WorkNotCollected(NotFound):
    code = "work_not_collected"
    title = "The work is not in this collection"


class CollectionFull(Conflict):
    code = "collection_full"
    title = "The collection is full"


class CollectionsTooMany(Conflict):
    code = "collections_too_many"
    title = "That is as many collections as one account has"


class CollectionChanged(Conflict):
    code = "collection_changed"
    title = "The collection holds other works by now"


class CollectionTakenDown(Conflict):
    code = "collection_taken_down"
    title = "The moderators have taken this collection down"


def may_see(visibility: Visibility, *, is_own: bool) -> bool:
    return is_own or visibility is not Visibility.PRIVATE
