"""Which licences of Creative Commons there are, after its own list of legal tools: letters, version, and ports of them
to jurisdictions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ID = re.compile(r"cc-([a-z-]+?)-(\d\.\d)(?:-([a-z]+))?")
_SIX = frozenset("by by-sa by-nc by-nc-sa by-nd by-nc-nd".split())
_WITHOUT_BY = frozenset("nc nc-sa nc-nd nd sa".split())
_SAMPLING = frozenset("sampling sampling-plus nc-sampling-plus".split())
_PORTS = {
    "1.0": "fi il nl",
    "2.0": "at au be br ca cl de es fr hr it jp kr nl pl tw uk za",
    "2.1": "au ca es jp",
    "2.5": "ar au bg br ca ch cn co dk es hr hu il in it mk mt mx my nl pe pl pt scotland se si tw za",
    "3.0": "am at au az br ch cl cn cr cz de ec ee eg es fr ge gr gt hk hr ie igo it lu nl no nz ph pl pr pt ro rs sg "
    "th tw ug us ve vn za",
    "4.0": "",
}
_PORTS_WITHOUT_BY = {"1.0": "fi nl", "2.0": "jp"}
_PORTS_OF_SAMPLING = {"sampling": "br tw", "sampling-plus": "br de tw", "nc-sampling-plus": "tw"}
_NAMES = {"by": "Attribution", "nc": "NonCommercial", "sa": "ShareAlike", "nd": "NoDerivatives"}
_ADDRESS = "https://creativecommons.org/licenses"
PATTERN = (
    r"cc-by(-sa|-nc|-nc-sa|-nd|-nc-nd)?-(1\.0|2\.[015]|3\.0|4\.0)(-[a-z]{2,8})?"
    r"|cc-(nc|nc-sa|nc-nd|nd|sa)-[12]\.0(-[a-z]{2})?|cc-(sampling|(nc-)?sampling-plus)-1\.0(-[a-z]{2})?"
)
"""All ids, and no others but ports to places that there are not."""


@dataclass(frozen=True)
class Code:
    """`letters` such as `by-nc-sa` or `sampling-plus`, in the order of the newer versions."""

    letters: str
    version: str
    port: str = ""

    @property
    def id(self) -> str:
        """SPDX's, in small letters, where it has one; those of Sampling as ScanCode has them."""
        return "-".join(part for part in ("cc", self.letters, self.version, self.port) if part)

    @property
    def path(self) -> str:
        """The letters as the address has them: version 1.0 puts ND before NC."""
        if self.letters == "nc-nd" or (self.letters == "by-nc-nd" and self.version == "1.0"):
            return self.letters.replace("nc-nd", "nd-nc")
        return self.letters.replace("-plus", "+")

    @property
    def url(self) -> str:
        return "/".join(part for part in (_ADDRESS, self.path, self.version, self.port) if part) + "/"

    @property
    def name(self) -> str:
        """`CC BY-SA 3.0 DE`."""
        return f"CC {self.path.upper()} {self.version} {self.port.upper()}".rstrip().replace("SAMPLING", "Sampling")

    @property
    def title(self) -> str:
        """`Creative Commons Attribution-ShareAlike 3.0 DE`."""
        if self.is_sampling:
            words = (
                self.letters.replace("nc-", "NonCommercial ").replace("-plus", " Plus").replace("sampling", "Sampling")
            )
        else:
            words = "-".join(_NAMES[one] for one in self.letters.split("-"))
        return f"Creative Commons {words} {self.version} {self.port.upper()}".rstrip()

    @property
    def is_sampling(self) -> bool:
        return self.letters in _SAMPLING

    @property
    def exists(self) -> bool:
        if self.letters in _SIX:
            ports, has_generic = _PORTS.get(self.version), self.version != "2.1"
        elif self.letters in _WITHOUT_BY:
            ports, has_generic = _PORTS_WITHOUT_BY.get(self.version), self.version == "1.0"
        else:
            ports, has_generic = _PORTS_OF_SAMPLING.get(self.letters) if self.version == "1.0" else None, True
        return ports is not None and (self.port in ports.split() if self.port else has_generic)


def code_of(id: str) -> Code | None:
    """None for what is no id of a licence that there is."""
    found = _ID.fullmatch(id)
    code = Code(found[1], found[2], found[3] or "") if found else None
    return code if code is not None and code.exists else None


def is_port(text: str) -> bool:
    """Whether any version was ported there."""
    return any(text in ports.split() for ports in _PORTS.values())


def versions_of(letters: str) -> list[str]:
    """Those that stand without a port, the newest first."""
    return [version for version in reversed(_PORTS) if Code(letters, version).exists]


def in_canonical_order(elements: set[str]) -> str:
    """`by-nc-sa` for the letters of a licence in any order."""
    return "-".join(sorted(elements, key=("by", "nc", "sa", "nd", "sampling", "plus").index))
