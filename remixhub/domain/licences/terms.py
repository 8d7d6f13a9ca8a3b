"""Licences as words, and what each permits: elements by, nc, sa, nd and sampling, never its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urljoin

from remixhub.domain.licences import creative_commons

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


@lru_cache(maxsize=1024)
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


def in_order(licences: Iterable[Licence]) -> list[Licence]:
    """As the enumeration has them: what is offered first, new versions before old ones; ports and contests last."""
    chosen = set(licences)
    named = [licence for licence in Licence if licence in chosen]
    return [*named, *sorted(chosen.difference(named))]
