"""Licences: a licence is what it permits (elements by, nc, sa, nd), never its name.

The rule for adaptations follows Creative Commons' compatibility chart for adapted material: CC0 and the public domain
allow any licence, BY any that asks for attribution, NC only non-commercial ones, ND none. SA allows the same licence in
the same or a later version, as its legal code says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.errors import Invalid


class Licence(StrEnum):
    CC0 = "cc0-1.0"
    BY = "cc-by-4.0"
    BY_SA = "cc-by-sa-4.0"
    BY_NC = "cc-by-nc-4.0"
    BY_NC_SA = "cc-by-nc-sa-4.0"
    BY_ND = "cc-by-nd-4.0"
    BY_NC_ND = "cc-by-nc-nd-4.0"
    BY_3 = "cc-by-3.0"
    BY_SA_3 = "cc-by-sa-3.0"
    BY_NC_3 = "cc-by-nc-3.0"
    BY_NC_SA_3 = "cc-by-nc-sa-3.0"
    BY_ND_3 = "cc-by-nd-3.0"
    BY_NC_ND_3 = "cc-by-nc-nd-3.0"
    BY_25 = "cc-by-2.5"
    BY_SA_25 = "cc-by-sa-2.5"
    BY_NC_25 = "cc-by-nc-2.5"
    BY_NC_SA_25 = "cc-by-nc-sa-2.5"
    BY_ND_25 = "cc-by-nd-2.5"
    BY_NC_ND_25 = "cc-by-nc-nd-2.5"
    BY_20 = "cc-by-2.0"
    BY_SA_20 = "cc-by-sa-2.0"
    BY_NC_20 = "cc-by-nc-2.0"
    BY_NC_SA_20 = "cc-by-nc-sa-2.0"
    BY_ND_20 = "cc-by-nd-2.0"
    BY_NC_ND_20 = "cc-by-nc-nd-2.0"
    PUBLIC_DOMAIN = "pdm-1.0"
    ALL_RIGHTS_RESERVED = "all-rights-reserved"


OFFERED = (
    Licence.CC0, Licence.BY, Licence.BY_SA, Licence.BY_NC, Licence.BY_NC_SA, Licence.BY_ND, Licence.BY_NC_ND,
)  # fmt: skip
"""What new works choose from; the others are for works that came under them elsewhere."""


class Element(StrEnum):
    BY = "by"
    NC = "nc"
    SA = "sa"
    ND = "nd"


@dataclass(frozen=True)
class Terms:
    title: str
    url: str
    elements: frozenset[Element]
    version: float

    @property
    def allows_remixes(self) -> bool:
        return Element.ND not in self.elements


_NAMES = {
    Element.BY: "Attribution", Element.NC: "NonCommercial", Element.SA: "ShareAlike", Element.ND: "NoDerivatives",
}  # fmt: skip
_CC = "https://creativecommons.org"


def _terms(licence: Licence) -> Terms:
    """Of one of the six licences, read from its id: `cc-by-nc-sa-3.0`."""
    letters, _, version = licence.value.removeprefix("cc-").rpartition("-")
    elements = [Element(one) for one in letters.split("-")]
    title = f"Creative Commons {'-'.join(_NAMES[one] for one in elements)} {version}"
    return Terms(title, f"{_CC}/licenses/{letters}/{version}/", frozenset(elements), float(version))


TERMS: dict[Licence, Terms] = {
    Licence.CC0: Terms("CC0 1.0 Universal", f"{_CC}/publicdomain/zero/1.0/", frozenset(), 1.0),
    **{licence: _terms(licence) for licence in Licence if licence.value.startswith("cc-")},
    Licence.PUBLIC_DOMAIN: Terms("Public Domain Mark 1.0", f"{_CC}/publicdomain/mark/1.0/", frozenset(), 1.0),
    Licence.ALL_RIGHTS_RESERVED: Terms(
        "All rights reserved", "https://en.wikipedia.org/wiki/All_rights_reserved", frozenset({Element.ND}), 1.0
    ),
}


def text_sha256(licence: Licence) -> str:
    """What a link keeps beside the licence's id: over the address, which fixes the text of all these licences."""
    return hashlib.sha256(f"{licence}\n{TERMS[licence].url}\n".encode()).hexdigest()


class LicenceConflict(Invalid):
    code = "licence_conflict"
    title = "The sources' licences do not allow this licence"


@dataclass(frozen=True)
class HeldLicence:
    """A source's licence as held when the link was declared, and the way to it: titles from the remix's source up."""

    work_id: str
    licence: Licence
    path: tuple[str, ...]
    path_ids: tuple[str, ...] = ()


def allowed_for_derivative(licence: Licence) -> frozenset[Licence]:
    """The licences under which an adaptation of a work under `licence` may stand."""
    source = TERMS[licence]
    if not source.allows_remixes:
        return frozenset()
    if Element.SA in source.elements:
        return frozenset(
            target
            for target, terms in TERMS.items()
            if terms.elements == source.elements and terms.version >= source.version
        )
    return frozenset(
        target
        for target, terms in TERMS.items()
        if source.elements <= terms.elements and target is not Licence.PUBLIC_DOMAIN
    ) - (frozenset({Licence.ALL_RIGHTS_RESERVED}) if source.elements else frozenset())


def allowed_for_remix(sources: Iterable[HeldLicence]) -> frozenset[Licence]:
    allowed = frozenset(Licence)
    for source in sources:
        allowed &= allowed_for_derivative(source.licence)
    return allowed


def default_for_remix(sources: Iterable[HeldLicence]) -> Licence | None:
    """The strictest of the sources' own licences that satisfies all the others, in its newest version.

    Licences that can be combined at all form a chain (CC0, BY, then either SA or NC, NC-SA), and the last one rules.
    Over the public domain alone it is CC0; None when nothing is allowed.
    """
    held = {source.licence for source in sources}
    allowed = allowed_for_remix(HeldLicence("", licence, ()) for licence in held)
    strictest = max(held & allowed or allowed & {Licence.CC0}, key=lambda one: len(TERMS[one].elements), default=None)
    if strictest is None:
        return None
    alike = (one for one in allowed if TERMS[one].elements == TERMS[strictest].elements)
    return max(alike, key=lambda one: (one in OFFERED, TERMS[one].version))


def obligations(licence: Licence) -> list[str]:
    """What whoever uses a work under `licence` has to do, in plain words."""
    elements = TERMS[licence].elements
    if licence is Licence.ALL_RIGHTS_RESERVED:
        return ["Ask the artist before any use."]
    said = []
    if Element.BY in elements:
        said.append("Name the title, the artist, the source and the licence, and say what you changed.")
    if Element.NC in elements:
        said.append("Do not use it commercially.")
    if Element.SA in elements:
        said.append("Publish what you make of it under this licence, or a later version of it.")
    if Element.ND in elements:
        said.append("Share it unchanged only; publish no remix of it.")
    return said or ["Nothing: do what you like with it."]


def judge(wanted: Licence | None, sources: Sequence[HeldLicence]) -> None:
    """Raises LicenceConflict naming the path and the licence, or the pair of licences, that rule the remix out."""
    for source in sources:
        if not allowed_for_derivative(source.licence):
            raise _conflict(
                f"{_way(source)} is under {source.licence}, which allows no remix to be published.",
                [source],
                [
                    f"Leave out “{source.path[0]}”.",
                    f"Ask the artist of “{source.path[-1]}” for a licence that allows it.",
                ],
            )
    allowed = allowed_for_remix(sources)
    if not allowed:
        first, second = _clashing_pair(sources)
        raise _conflict(
            f"{_way(first)} ({first.licence}) and {_way(second)} ({second.licence}) cannot be combined: no licence "
            "satisfies both.",
            [first, second],
            [
                f"Leave out “{first.path[0]}” or “{second.path[0]}”.",
                *_asking([first, second], f"to offer it under {Licence.BY} too"),
            ],
        )
    if wanted is not None and wanted not in allowed:
        culprit = next(source for source in sources if wanted not in allowed_for_derivative(source.licence))
        offered = allowed & frozenset(OFFERED) or allowed
        choice = ", ".join(in_order(offered))
        raise _conflict(
            f"{_way(culprit)} is under {culprit.licence}, which does not allow a remix under {wanted}. "
            f"Choose one of: {choice}.",
            [culprit],
            [f"Choose one of: {choice}.", f"Leave out “{culprit.path[0]}”."],
            wanted=wanted,
            allowed=offered,
        )


def _asking(culprits: Sequence[HeldLicence], what: str) -> list[str]:
    """Only artists of direct sources can help: further up, the links keep the licence as it was held."""
    direct = [f"of “{one.path[0]}”" for one in culprits if len(one.path) == 1]
    return [f"Ask the artist {' or '.join(direct)} {what}."] if direct else []


def in_order(licences: Iterable[Licence]) -> list[Licence]:
    """As the enumeration has them: what is offered first, new versions before old ones."""
    chosen = set(licences)
    return [licence for licence in Licence if licence in chosen]


def _way(source: HeldLicence) -> str:
    return " → ".join(source.path)


def _conflict(
    detail: str,
    culprits: Sequence[HeldLicence],
    remedies: Sequence[str],
    *,
    wanted: Licence | None = None,
    allowed: Iterable[Licence] = (),
) -> LicenceConflict:
    conflict = LicenceConflict(
        detail,
        path=list(culprits[0].path),
        licences=[*(one.licence.value for one in culprits), *([wanted.value] if wanted else [])],
        allowed=[licence.value for licence in in_order(allowed)],
        remedies=list(remedies),
        sources=[
            {"licence": one.licence.value, "titles": list(one.path), "ids": list(one.path_ids)} for one in culprits
        ],
    )
    if len(culprits) > 1:
        conflict.context["other_path"] = list(culprits[1].path)
    return conflict


def _clashing_pair(sources: Sequence[HeldLicence]) -> tuple[HeldLicence, HeldLicence]:
    """Two sources whose allowances do not meet; allowances are nested or apart, so a pair always exists."""
    return next(
        (first, second)
        for i, first in enumerate(sources)
        for second in sources[i + 1 :]
        if not allowed_for_derivative(first.licence) & allowed_for_derivative(second.licence)
    )
