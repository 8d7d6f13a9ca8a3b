"""Licences: a licence is what it permits (elements by, nc, sa, nd), never its name.

The rule for adaptations follows Creative Commons' compatibility chart for adapted material: CC0 allows any licence,
BY any that asks for attribution, NC only non-commercial ones, SA only itself, ND none.
"""

from __future__ import annotations

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


def _terms(title: str, path: str, *elements: Element) -> Terms:
    return Terms(title, f"https://creativecommons.org/{path}/", frozenset(elements))


TERMS: dict[Licence, Terms] = {
    Licence.CC0: _terms("CC0 1.0 Universal", "publicdomain/zero/1.0"),
    Licence.BY: _terms("Creative Commons Attribution 4.0", "licenses/by/4.0", Element.BY),
    Licence.BY_SA: _terms("Creative Commons Attribution-ShareAlike 4.0", "licenses/by-sa/4.0", Element.BY, Element.SA),
    Licence.BY_NC: _terms(
        "Creative Commons Attribution-NonCommercial 4.0", "licenses/by-nc/4.0", Element.BY, Element.NC
    ),
    Licence.BY_NC_SA: _terms(
        "Creative Commons Attribution-NonCommercial-ShareAlike 4.0",
        "licenses/by-nc-sa/4.0",
        Element.BY,
        Element.NC,
        Element.SA,
    ),
    Licence.BY_ND: _terms(
        "Creative Commons Attribution-NoDerivatives 4.0", "licenses/by-nd/4.0", Element.BY, Element.ND
    ),
    Licence.BY_NC_ND: _terms(
        "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0",
        "licenses/by-nc-nd/4.0",
        Element.BY,
        Element.NC,
        Element.ND,
    ),
}


class LicenceConflict(Invalid):
    code = "licence_conflict"
    title = "The sources' licences do not allow this licence"


@dataclass(frozen=True)
class HeldLicence:
    """A source's licence as held when the link was declared, and the way to it: titles from the remix's source up."""

    work_id: str
    licence: Licence
    path: tuple[str, ...]


def allowed_for_derivative(licence: Licence) -> frozenset[Licence]:
    """The licences under which an adaptation of a work under `licence` may stand."""
    source = TERMS[licence].elements
    if Element.ND in source:
        return frozenset()
    if Element.SA in source:
        return frozenset({licence})
    return frozenset(target for target, terms in TERMS.items() if source <= terms.elements)


def allowed_for_remix(sources: Iterable[HeldLicence]) -> frozenset[Licence]:
    allowed = frozenset(Licence)
    for source in sources:
        allowed &= allowed_for_derivative(source.licence)
    return allowed


def default_for_remix(sources: Iterable[HeldLicence]) -> Licence | None:
    """The strictest of the sources' own licences, when it satisfies all the others; None when nothing does.

    Licences that can be combined at all form a chain (CC0, BY, then either SA or NC, NC-SA), and the last one rules.
    """
    held = list(sources)
    allowed = allowed_for_remix(held)
    return next((source.licence for source in held if source.licence in allowed), None)


def judge(wanted: Licence | None, sources: Sequence[HeldLicence]) -> None:
    """Raises LicenceConflict naming the path and the licence, or the pair of licences, that rule the remix out."""
    for source in sources:
        if not allowed_for_derivative(source.licence):
            raise LicenceConflict(
                f"{' → '.join(source.path)} is under {source.licence}, which allows no remix to be published.",
                path=list(source.path),
                licences=[source.licence.value],
                allowed=[],
            )
    allowed = allowed_for_remix(sources)
    if not allowed:
        first, second = _clashing_pair(sources)
        raise LicenceConflict(
            f"{' → '.join(first.path)} ({first.licence}) and {' → '.join(second.path)} ({second.licence}) "
            "cannot be combined: no licence satisfies both.",
            path=list(first.path),
            other_path=list(second.path),
            licences=[first.licence.value, second.licence.value],
            allowed=[],
        )
    if wanted is not None and wanted not in allowed:
        culprit = next(source for source in sources if wanted not in allowed_for_derivative(source.licence))
        raise LicenceConflict(
            f"{' → '.join(culprit.path)} is under {culprit.licence}, which does not allow a remix under {wanted}. "
            f"Choose one of: {', '.join(sorted(allowed))}.",
            path=list(culprit.path),
            licences=[culprit.licence.value, wanted.value],
            allowed=sorted(allowed),
        )


def _clashing_pair(sources: Sequence[HeldLicence]) -> tuple[HeldLicence, HeldLicence]:
    """Two sources whose allowances do not meet; each allowance is closed upwards or single, so a pair always exists."""
    return next(
        (first, second)
        for i, first in enumerate(sources)
        for second in sources[i + 1 :]
        if not allowed_for_derivative(first.licence) & allowed_for_derivative(second.licence)
    )
