"""Grants: licences that somebody holds for a work, whatever its artist offers today.

A receipt proves that stems were taken under a licence, which nobody can take back from who has it; a permission was
given by the artist. The remix that uses one keeps it on its source link.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from remixhub.domain.licences.judging import allows, is_freer, lets
from remixhub.domain.licences.terms import Licence


class GrantKind(StrEnum):
    RECEIPT = "receipt"
    PERMISSION = "permission"


@dataclass(frozen=True)
class HeldBy:
    """What a source link keeps of the grant by which it holds its source."""

    kind: GrantKind
    id: str
    sha256: str
    granted_at: dt.datetime

    @property
    def path(self) -> str | None:
        """Of the page where everybody can read it, on this hub; a receipt is its holder's alone."""
        return f"/permissions/{self.id}" if self.kind is GrantKind.PERMISSION else None

    @property
    def words(self) -> str:
        """To follow the name of the licence."""
        by = {GrantKind.RECEIPT: "a receipt", GrantKind.PERMISSION: "the artist's permission"}
        return f"by {by[self.kind]} of {self.granted_at.day} {self.granted_at:%B %Y}"


@dataclass(frozen=True)
class Grant:
    """`id` and `sha256` name the receipt or the permission, and fix what it says."""

    kind: GrantKind
    id: str
    licence: Licence
    """Under which its holder may use the work."""
    licence_sha256: str
    sha256: str
    granted_at: dt.datetime
    originals: frozenset[str] | None = None
    """The recordings it is for, by SHA-256; None for all of the work."""
    is_short: bool = False
    """It is not for all the stems that are named, and so cannot be used; only said to whoever is refused."""

    @property
    def held_by(self) -> HeldBy:
        return HeldBy(self.kind, self.id, self.sha256, self.granted_at)

    def lets(self, derivative: Licence) -> bool:
        """Whether its holder may publish a remix under `derivative`."""
        return (lets if self.kind is GrantKind.PERMISSION else allows)(self.licence, derivative)

    def covers(self, originals: Collection[str]) -> bool:
        return self.originals is None or self.originals.issuperset(originals)


Held = Mapping[str, Sequence[Grant]]
"""By the id of the source, the best first."""
NONE_HELD: Held = MappingProxyType({})

SHORT = "Your receipt is for other stems than those named: name only stems that you received."


def usable(grants: Iterable[Grant]) -> list[Grant]:
    return [grant for grant in grants if not grant.is_short]


def freest(licence: Licence | None, grants: Iterable[Grant]) -> Grant | None:
    """The grant to use instead of a source's own `licence`, if one allows all that the licence does and more.

    `licence` is None for a source that nobody may cite without one. A permission is used in no other case: as long as
    nothing is published it may be taken back, and the source is held as it was offered.
    """
    best: Grant | None = None
    for grant in usable(grants):
        if licence is None or (grant.kind is GrantKind.RECEIPT and is_freer(grant.licence, licence)):
            best, licence = grant, grant.licence
    return best


def allowing(derivative: Licence, grants: Iterable[Grant]) -> Grant | None:
    """The first grant under which an adaptation may stand under `derivative`."""
    return next((grant for grant in usable(grants) if grant.lets(derivative)), None)


def others_by(grants: Iterable[Grant], licence: Licence) -> tuple[Licence, ...]:
    """As `HeldLicence.others` has them, beside the source's own `licence`."""
    return tuple(one.licence for one in usable(grants) if one.kind is GrantKind.RECEIPT and one.licence != licence)


def permitted_by(grants: Iterable[Grant]) -> tuple[Licence, ...]:
    """As `HeldLicence.permitted` has them."""
    return tuple(one.licence for one in grants if one.kind is GrantKind.PERMISSION)
