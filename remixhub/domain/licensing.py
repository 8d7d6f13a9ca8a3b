"""Licences: a licence is what it permits (elements by, nc, sa, nd), never its name.

The rule for adaptations follows Creative Commons' compatibility chart for adapted material: CC0 and the public domain
allow any licence, BY any that asks for attribution, NC only non-commercial ones, ND none. SA allows the same licence in
the same or a later version, as its legal code says, ported to a jurisdiction or not; that of 1.0 allows itself alone.
Sampling asks that what is made of a work is something else, and so do the licences that it allows. A contest licence
allows itself alone (`domain.contest_licences` has what it says).
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urljoin

from remixhub.domain import creative_commons
from remixhub.domain.errors import Invalid

_CONTEST = re.compile(r"LicenseRef-contest-(nc-)?[0-9a-f]{10}")
LICENCE_PATTERN = (
    rf"^(cc0-1\.0|pdm-1\.0|cc-pddc|all-rights-reserved|{creative_commons.PATTERN}"
    r"|LicenseRef-contest-(nc-)?[0-9a-f]{10})$"
)
"""All ids, and no others but ports to places that there are not."""


class Licence(StrEnum):
    """The id of a licence. Open at two ends: `cc-by-sa-3.0-de` is one of the ports to a jurisdiction, and
    `LicenseRef-contest-nc-0123456789` (an id as SPDX has them) a contest licence, whose digits fix its text.
    """

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
    BY_10 = "cc-by-1.0"
    BY_SA_10 = "cc-by-sa-1.0"
    BY_NC_10 = "cc-by-nc-1.0"
    BY_NC_SA_10 = "cc-by-nc-sa-1.0"
    BY_ND_10 = "cc-by-nd-1.0"
    BY_NC_ND_10 = "cc-by-nc-nd-1.0"
    NC_10 = "cc-nc-1.0"
    NC_SA_10 = "cc-nc-sa-1.0"
    NC_ND_10 = "cc-nc-nd-1.0"
    ND_10 = "cc-nd-1.0"
    SA_10 = "cc-sa-1.0"
    SAMPLING_PLUS = "cc-sampling-plus-1.0"
    NC_SAMPLING_PLUS = "cc-nc-sampling-plus-1.0"
    SAMPLING = "cc-sampling-1.0"
    PUBLIC_DOMAIN = "pdm-1.0"
    PUBLIC_DOMAIN_DEDICATION = "cc-pddc"
    ALL_RIGHTS_RESERVED = "all-rights-reserved"

    @classmethod
    def _missing_(cls, value: object) -> Licence | None:
        if not isinstance(value, str) or not (creative_commons.code_of(value) or _CONTEST.fullmatch(value)):
            return None
        licence = str.__new__(cls, value)
        licence._name_ = licence._value_ = value
        return licence

    @property
    def is_contest(self) -> bool:
        return self.value.startswith("LicenseRef-contest-")


OFFERED = (
    Licence.CC0, Licence.BY, Licence.BY_SA, Licence.BY_NC, Licence.BY_NC_SA, Licence.BY_ND, Licence.BY_NC_ND,
)  # fmt: skip
"""What new works choose from; the others are for works that came under them elsewhere."""


class Element(StrEnum):
    BY = "by"
    NC = "nc"
    SA = "sa"
    ND = "nd"
    SAMPLING = "sampling"
    """What is made of it has to be something else; nothing but that is advertised with it. Sampling Plus lets the whole
    be shared too, if not commercially.
    """


@dataclass(frozen=True)
class Terms:
    title: str
    url: str
    elements: frozenset[Element]
    version: float

    @property
    def allows_remixes(self) -> bool:
        return Element.ND not in self.elements


_CC = "https://creativecommons.org"


_PUBLIC = {
    Licence.CC0: Terms("CC0 1.0 Universal", f"{_CC}/publicdomain/zero/1.0/", frozenset(), 1.0),
    Licence.PUBLIC_DOMAIN: Terms("Public Domain Mark 1.0", f"{_CC}/publicdomain/mark/1.0/", frozenset(), 1.0),
    Licence.PUBLIC_DOMAIN_DEDICATION: Terms(
        "Public Domain Dedication and Certification", f"{_CC}/licenses/publicdomain/", frozenset(), 1.0
    ),
    Licence.ALL_RIGHTS_RESERVED: Terms(
        "All rights reserved", "https://en.wikipedia.org/wiki/All_rights_reserved", frozenset({Element.ND}), 1.0
    ),
}


@lru_cache(4096)
def terms_of(licence: Licence) -> Terms:
    """Read from the id. The address of a contest licence is a path on this hub."""
    if licence in _PUBLIC:
        return _PUBLIC[licence]
    if licence.is_contest:
        elements = [Element.BY, *([Element.NC] if "-nc-" in licence else [])]
        name = f"Contest licence {licence.rpartition('-')[2]}"
        return Terms(name, f"/contest-licences/{licence}", frozenset(elements), 1.0)
    code = creative_commons.code_of(licence)
    assert code is not None
    elements = [Element(one) for one in code.letters.removesuffix("-plus").split("-")]
    if code.is_sampling:
        elements.append(Element.BY)
    return Terms(code.title, code.url, frozenset(elements), float(code.version))


def short_name(licence: Licence) -> str:
    """`CC BY-SA 3.0 DE`, `CC0 1.0`."""
    code = creative_commons.code_of(licence)
    return "CC0 1.0" if licence is Licence.CC0 else code.name if code else terms_of(licence).title


def licence_url(licence: Licence, page_url: str) -> str:
    """The absolute address of the licence; `page_url` is that of any page of this hub."""
    return urljoin(page_url, terms_of(licence).url)


def text_sha256(licence: Licence) -> str:
    """What a link keeps beside the licence's id: over the address, which fixes the text of public licences.

    That of a contest licence is over its own text, and is stored with it.
    """
    return hashlib.sha256(f"{licence}\n{terms_of(licence).url}\n".encode()).hexdigest()


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
    others: tuple[Licence, ...] = ()
    """Under which whoever declares the link holds the source besides; any one of all will do."""
    permitted: tuple[Licence, ...] = ()
    """Under which the artist permits the remix that is judged to be published."""

    def allows(self, derivative: Licence) -> bool:
        by_licence = any(allows(one, derivative) for one in (self.licence, *self.others))
        return by_licence or any(lets(one, derivative) for one in self.permitted)


@lru_cache(16384)
def allows(source: Licence, derivative: Licence) -> bool:
    """Whether an adaptation of a work under `source` may stand under `derivative`."""
    held, wanted = terms_of(source), terms_of(derivative)
    if not held.allows_remixes or source.is_contest:
        return source.is_contest and derivative == source
    if Element.SA in held.elements:
        return derivative == source or (wanted.elements == held.elements and wanted.version >= held.version >= 2)
    if derivative is Licence.ALL_RIGHTS_RESERVED:
        return not held.elements
    return held.elements <= wanted.elements and derivative is not Licence.PUBLIC_DOMAIN


def lets(permitted: Licence, derivative: Licence) -> bool:
    """Whether a remix permitted under `permitted` may stand under `derivative`: that itself, or what it allows."""
    return derivative == permitted or allows(permitted, derivative)


def permit(sources: Iterable[HeldLicence], wanted: Licence) -> bool:
    """Whether all of the sources allow it; also of a contest licence, which `allowed_for_remix` may not know."""
    return all(source.allows(wanted) for source in sources)


def allowed_for_derivative(licence: Licence) -> frozenset[Licence]:
    """The named licences, and `licence` itself, under which an adaptation of a work under `licence` may stand."""
    return frozenset(one for one in {*Licence, licence} if allows(licence, one))


def is_freer(licence: Licence, than: Licence) -> bool:
    """Whether it allows adaptations all that the other does and more, of the named licences and these two."""
    compared = {*Licence, licence, than}
    free, strict = ({one for one in compared if allows(source, one)} for source in (licence, than))
    return free > strict


def allowed_for_remix(sources: Iterable[HeldLicence]) -> frozenset[Licence]:
    """The named licences, and those of the `sources`, that all of the sources allow."""
    held = {dataclasses.replace(one, work_id="", path=(), path_ids=()) for one in sources}
    compared = {*Licence, *(licence for one in held for licence in (one.licence, *one.others, *one.permitted))}
    return frozenset(one for one in compared if permit(held, one))


def default_for_remix(sources: Iterable[HeldLicence]) -> Licence | None:
    """The sources' own licence that satisfies all the others, in its newest version.

    Most licences that can be combined at all form a chain (CC0, BY, then either SA or NC, NC-SA); only the last one is
    both held and allowed. Where none is, as over the public domain, or over NC and Sampling Plus, it is the one that
    asks the least; None when nothing is allowed.
    """
    listed = list(sources)
    allowed = allowed_for_remix(listed)
    first = {one.licence for one in listed if allows(one.licence, one.licence)}
    others = {licence for one in listed for licence in (*one.others, *one.permitted)}
    least = sorted(in_order(allowed), key=lambda one: len(terms_of(one).elements))[:1]
    ruling = {terms_of(one).elements for one in first & allowed or others & allowed or least}
    alike = in_order(one for one in allowed if terms_of(one).elements in ruling)
    return max(alike, key=lambda one: (one in OFFERED, terms_of(one).version), default=None)


def obligations(licence: Licence) -> list[str]:
    """What whoever uses a work under `licence` has to do, in plain words."""
    elements = terms_of(licence).elements
    if licence is Licence.ALL_RIGHTS_RESERVED:
        return ["Ask the artist before any use."]
    said = []
    if Element.BY in elements:
        said.append("Name the title, the artist, the source and the licence, and say what you changed.")
    if Element.NC in elements:
        said.append("Do not use it commercially.")
    if Element.SA in elements:
        later = "" if terms_of(licence).version < 2 else ", or a later version of it"
        said.append(f"Publish what you make of it under this licence{later}.")
    if Element.SAMPLING in elements:
        said.append("Take parts of it, or make something substantially different of it.")
        said.append("Advertise nothing with it but what you made of it.")
        if licence.value.startswith("cc-sampling-1.0"):
            said.append("Do not share it whole.")
        elif Element.NC not in elements:
            said.append("Share it whole only without money.")
    if licence.is_contest:
        said.append("Publish remixes under this contest licence alone, and keep to its text.")
    if Element.ND in elements:
        said.append("Share it unchanged only; publish no remix of it.")
    return said or ["Nothing: do what you like with it."]


def judge(wanted: Licence | None, sources: Sequence[HeldLicence]) -> None:
    """Raises LicenceConflict naming the path and the licence, or the pair of licences, that rule the remix out."""
    for source in sources:
        if not allowed_for_remix([source]):
            raise _conflict(
                f"{_way(source) or 'A work'} is under {source.licence}, which allows no remix to be published.",
                [source],
                [
                    f"Leave out {_called(source, 0)}.",
                    f"Ask the artist of {_called(source, -1)} for a licence that allows it.",
                ],
            )
    allowed = allowed_for_remix(sources)
    if not allowed:
        first, second = _clashing_pair(sources)
        raise _conflict(
            f"{_with_licence(first, 'A work')} and {_with_licence(second, 'a work')} cannot be combined: no licence "
            "satisfies both.",
            [first, second],
            [
                f"Leave out {_called(first, 0)} or {_called(second, 0)}.",
                *_asking([first, second], f"to offer it under {Licence.BY} too"),
            ],
        )
    if wanted is not None and not permit(sources, wanted):
        culprit = next(source for source in sources if not source.allows(wanted))
        offered = allowed & frozenset(OFFERED) or allowed
        choice = ", ".join(in_order(offered))
        raise _conflict(
            f"{_way(culprit) or 'A work'} is under {culprit.licence}, which does not allow a remix under {wanted}. "
            f"Choose one of: {choice}.",
            [culprit],
            [f"Choose one of: {choice}.", f"Leave out {_called(culprit, 0)}."],
            wanted=wanted,
            allowed=allowed,
        )


def _asking(culprits: Sequence[HeldLicence], what: str) -> list[str]:
    """Only artists of direct sources can help: further up, the links keep the licence as it was held."""
    direct = [f"of {_called(one, 0)}" for one in culprits if len(one.path) < 2]
    return [f"Ask the artist {' or '.join(direct)} {what}."] if direct else []


def licences_by_leave(held: Iterable[HeldLicence], work_id: str, wanted: Licence | None = None) -> list[Licence]:
    """Under which a remix could be published with the leave of the artist of one of the works; empty when that alone
    would not do.
    """
    rest = [one for one in held if one.work_id != work_id]
    if wanted is not None and permit(rest, wanted):
        return [wanted]
    return [one for one in OFFERED if permit(rest, one)]


def in_order(licences: Iterable[Licence]) -> list[Licence]:
    """As the enumeration has them: what is offered first, new versions before old ones; ports and contests last."""
    chosen = set(licences)
    named = [licence for licence in Licence if licence in chosen]
    return [*named, *sorted(chosen.difference(named))]


def _way(source: HeldLicence) -> str:
    """Empty where licences alone are judged, and there are no works to be named."""
    return " → ".join(source.path)


def _with_licence(source: HeldLicence, nameless: str) -> str:
    return f"{_way(source)} ({source.licence})" if source.path else f"{nameless} under {source.licence}"


def _called(source: HeldLicence, place: int) -> str:
    return f"“{source.path[place]}”" if source.path else f"the work under {source.licence}"


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
    """Two sources whose allowances do not meet.

    Single licences that go together in pairs go together, so a pair always exists once each source's other licences
    are left out; with them three sources may go together in pairs only.
    """
    single = [dataclasses.replace(source, others=(), permitted=()) for source in sources]
    return next(
        (first, second)
        for listed in (sources, single)
        for i, first in enumerate(listed)
        for second in listed[i + 1 :]
        if not allowed_for_remix([first, second])
    )
