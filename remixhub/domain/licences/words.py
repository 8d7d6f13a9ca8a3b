"""Licences by the spellings that people use: ids in any case, names, titles, addresses of deeds and of legal texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from urllib.parse import unquote

from remixhub.domain.licences.creative_commons import Code, in_canonical_order, is_port, versions_of
from remixhub.domain.licences.terms import Licence, short_name

LONGEST = 300
_CC_ADDRESS = re.compile(
    r"(?:https?:)?(?://)?(?:www\.)?creativecommons\.org/(?:(publicdomain)|licen[cs]es)/([^?#]+)(?:[?#].*)?"
)
_SPDX_ADDRESS = re.compile(r"(?:https?:)?(?://)?(?:www\.)?spdx\.org/licenses/([^/?#]+?)(?:\.html|\.json|\.txt)?/?")
_DEED = re.compile(r"(?:deed|legalcode|rdf)(?:[.-][a-z_.-]+)?")
_DASHES = re.compile(r"[\u2010-\u2015\u2212_]")
_PHRASES = (
    (re.compile(r"\bnon[ -]?commercial\b"), "nc"),
    (re.compile(r"\bshare[ -]?alike\b"), "sa"),
    (re.compile(r"\bno[ -]?deriv(?:ative)?s?(?: works)?\b"), "nd"),
    (re.compile(r"\battribution\b"), "by"),
    (re.compile(r"\bsampling(?: ?\+|[ -]?plus\b)"), "sampling plus"),
    (re.compile(r"\b(?:creative commons|cc)[ -]?(?:0|zero)\b(?!\.)"), "cc0"),
    (re.compile(r"\b(?:united states|usa)\b"), "us"),
    (re.compile(r"\b(?:uk: )?england (?:&|and) wales\b"), "uk"),
)
_LETTERS = frozenset("by nc sa nd sampling plus".split())
_EMPTY = frozenset(
    "cc creative commons licence license the international unported generic deed legal code version v".split()
)
_VERSION = re.compile(r"v?(\d)(?:\.(\d))?")
_PUBLIC_DOMAIN = {
    "cc0": Licence.CC0,
    "zero": Licence.CC0,
    "public domain mark": Licence.PUBLIC_DOMAIN,
    "pdm": Licence.PUBLIC_DOMAIN,
    "pddc": Licence.PUBLIC_DOMAIN_DEDICATION,
    "public domain dedication and certification": Licence.PUBLIC_DOMAIN_DEDICATION,
    "all rights reserved": Licence.ALL_RIGHTS_RESERVED,
}
_DEDICATED = "public domain dedication"
_PLACES = {
    "armenia": "am", "argentina": "ar", "austria": "at", "australia": "au", "azerbaijan": "az", "belgium": "be",
    "bulgaria": "bg", "brazil": "br", "canada": "ca", "switzerland": "ch", "chile": "cl", "china": "cn",
    "china mainland": "cn", "colombia": "co", "costa rica": "cr", "croatia": "hr", "czech republic": "cz",
    "denmark": "dk", "ecuador": "ec", "egypt": "eg", "estonia": "ee", "finland": "fi", "france": "fr", "georgia": "ge",
    "germany": "de", "greece": "gr", "guatemala": "gt", "hong kong": "hk", "hungary": "hu", "india": "in",
    "ireland": "ie", "israel": "il", "italy": "it", "japan": "jp", "korea": "kr", "south korea": "kr",
    "luxembourg": "lu", "macedonia": "mk", "malaysia": "my", "malta": "mt", "mexico": "mx", "netherlands": "nl",
    "new zealand": "nz", "norway": "no", "peru": "pe", "philippines": "ph", "poland": "pl", "portugal": "pt",
    "puerto rico": "pr", "romania": "ro", "serbia": "rs", "singapore": "sg", "slovenia": "si", "south africa": "za",
    "spain": "es", "sweden": "se", "taiwan": "tw", "thailand": "th", "uganda": "ug", "venezuela": "ve", "vietnam": "vn",
}  # fmt: skip


class LicenceUnknown(ValueError):
    """Says what would be understood."""


def licence_named(text: str) -> Licence:
    """Raises LicenceUnknown: a licence is what it permits, so a name that leaves that open is asked about."""
    given = text.strip()
    if len(given) > LONGEST:
        raise LicenceUnknown("This is too long for the name of a licence.")
    try:
        return Licence(given)
    except ValueError:
        return _named(given)


def _named(given: str) -> Licence:
    plain = unquote(_DASHES.sub("-", unicodedata.normalize("NFKC", given)).casefold()).strip()
    if found := _SPDX_ADDRESS.fullmatch(plain):
        plain = found[1]
    if found := _CC_ADDRESS.fullmatch(plain):
        code = _of_address(found[2], is_public_domain=found[1] is not None)
    else:
        code = _of_words(" ".join(plain.split()))
    if isinstance(code, Licence):
        return code
    if code is not None and code.exists:
        return Licence(code.id)
    if code is not None and not code.version and not code.port and (versions := versions_of(code.letters)):
        names = ", ".join(f"`{Code(code.letters, version).name}`" for version in versions)
        raise LicenceUnknown(f"{given!r} leaves open which version is meant: {names}.")
    if code is not None and code.version and is_port(code.port):
        raise LicenceUnknown(f"{given!r}: there is no {Code(code.letters, code.version).name} for “{code.port}”.")
    if plain in ("public domain", "pd"):
        raise LicenceUnknown(
            f"{given!r} leaves open what is meant: `{short_name(Licence.CC0)}` where the artist waived all rights, "
            f"`{short_name(Licence.PUBLIC_DOMAIN)}` where none are known."
        )
    raise LicenceUnknown(
        f"{given!r} is no licence known here. Write its id, name or address, such as `cc-by-4.0`, `CC BY 4.0` or "
        "`https://creativecommons.org/licenses/by/4.0/`."
    )


def _of_address(path: str, *, is_public_domain: bool) -> Code | Licence | None:
    letters, *rest = [step for step in path.split("/") if step]
    if rest and _DEED.fullmatch(rest[-1]):
        rest.pop()
    if is_public_domain:
        return {"zero": Licence.CC0, "mark": Licence.PUBLIC_DOMAIN}.get(letters) if rest == ["1.0"] else None
    if letters == "publicdomain":
        return None if rest else Licence.PUBLIC_DOMAIN_DEDICATION
    elements = _elements(re.sub(r"sampling(\+|-?plus)$", "sampling-plus", letters).split("-"))
    if elements is None or len(rest) > 2:
        return None
    version, port = [*rest, "", ""][:2]
    return Code(elements, version, port)


@dataclass(frozen=True)
class _Said:
    letters: str
    version: str
    place: str


def _of_words(text: str) -> Code | Licence | None:
    """What stands in brackets says the rest, or the same again: `Attribution 4.0 International (CC BY 4.0)`."""
    for phrase, letters in _PHRASES:
        text = phrase.sub(letters, text)
    bare = re.sub(r"[-() ]+", " ", text.replace("©", "")).strip()
    for name, licence in _PUBLIC_DOMAIN.items():
        if re.fullmatch(rf"(?:cc )?{name}(?: 1(?:\.0)?)?(?: universal)?(?: {name}(?: 1\.0)?)?(?: {_DEDICATED})?", bare):
            return licence
    said = [_read(part) for part in re.split(r"[()\[\]]", text) if part.strip()]
    if None in said:
        return None
    heard = [one for one in said if one is not None]
    codes = {one.letters for one in heard} - {""}
    versions = {one.version for one in heard} - {""}
    places = {one.place for one in heard} - {""}
    if len(codes) != 1 or len(versions) > 1 or len(places) > 1:
        return None
    code = Code("".join(codes), "".join(versions), "".join(places))
    return replace(code, version="1.0") if code.is_sampling and not code.version else code


def _read(part: str) -> _Said | None:
    """None where a word is not understood, or the letters make no licence."""
    letters: list[str] = []
    version, place = "", []
    for word in re.split(r"[\s\-,:/]+", part.strip()):
        if word in _LETTERS:
            letters.append(word)
        elif not version and (found := _VERSION.fullmatch(word)):
            version = f"{found[1]}.{found[2] or 0}"
        elif word and word not in _EMPTY:
            place.append(word)
    elements = _elements(letters) if letters else ""
    named = " ".join(place)
    return None if elements is None else _Said(elements, version, _PLACES.get(named, named))


def _elements(letters: list[str]) -> str | None:
    """In their order, when they are the letters of some licence."""
    if not _LETTERS.issuperset(letters) or len(set(letters)) < len(letters):
        return None
    canonical = in_canonical_order(set(letters))
    return canonical if any(Code(canonical, version).exists for version in ("1.0", "2.0")) else None
