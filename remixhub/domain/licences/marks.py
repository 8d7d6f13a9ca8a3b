"""Licences where there is little room: a code of few letters, and a shape for each thing that a licence asks."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from remixhub.domain.licences.terms import Element, Licence, short_name, terms_of


class Mark(StrEnum):
    """In drawings each has a shape and an ink of its own, in tables its words."""

    SHARE_ALIKE = "share-alike"
    NO_SALE = "no-sale"
    NO_REMIXES = "no-remixes"
    OWN_TERMS = "own-terms"

    @property
    def words(self) -> str:
        return self.value.replace("-", " ")

    @property
    def shape(self) -> str:
        """For text."""
        return _SHAPES[self]


_SHAPES = {Mark.SHARE_ALIKE: "○", Mark.NO_SALE: "△", Mark.NO_REMIXES: "□", Mark.OWN_TERMS: "◇"}
_MARKED = {
    Element.SA: Mark.SHARE_ALIKE, Element.NC: Mark.NO_SALE, Element.ND: Mark.NO_REMIXES,
    Element.SAMPLING: Mark.OWN_TERMS,
}  # fmt: skip
_DEMANDS = {
    Element.ND: "allows no remixes",
    Element.SA: "asks for the same licence",
    Element.SAMPLING: "wants something else made of it",
    Element.NC: "forbids sale",
    Element.BY: "asks for credit",
}
"""The hardest first."""


def marks_of(licence: Licence) -> tuple[Mark, ...]:
    """What it asks besides credit."""
    elements = terms_of(licence).elements
    marks = {_MARKED[one] for one in elements if one in _MARKED} | ({Mark.OWN_TERMS} if licence.is_contest else set())
    return tuple(one for one in Mark if one in marks)


@lru_cache(maxsize=1024)
def code_of(licence: Licence) -> str:
    """`BY-SA`, `BY 3.0 DE`, `CC0`: without what goes without saying."""
    if licence.is_contest:
        return "contest licence"
    if licence is Licence.ALL_RIGHTS_RESERVED:
        return "all rights"
    if licence in (Licence.PUBLIC_DOMAIN, Licence.PUBLIC_DOMAIN_DEDICATION):
        return "public domain"
    name = short_name(licence)
    return "CC0" if licence is Licence.CC0 else name.removeprefix("CC ").removesuffix(" 4.0")


def demand_of(licence: Licence) -> str:
    """What it asks of a remix, in words that follow the work: “forbids sale”."""
    if licence.is_contest:
        return "allows its contest licence alone"
    elements = terms_of(licence).elements
    said = [words for element, words in _DEMANDS.items() if element in elements]
    if Element.SA in elements and Element.NC in elements:
        said.insert(0, f"{_DEMANDS[Element.SA]} and {_DEMANDS[Element.NC]}")
    return said[0] if said else "asks for nothing"


def licence_meaning(licence: Licence) -> str:
    """What the licence allows and asks, in one sentence."""
    elements = terms_of(licence).elements
    if licence.is_contest:
        return "Remixes stand under this contest licence alone; read its text."
    if licence is Licence.ALL_RIGHTS_RESERVED:
        return "Listen to it; ask the artist before anything else."
    if Element.SAMPLING in elements:
        purpose = "not commercially" if Element.NC in elements else "also commercially"
        return f"Make something else of it, {purpose}, and let remixes stand under such a licence too; give credit."
    if not elements:
        return "Do what you like with it; no credit is asked for."
    allowed = "Share it unchanged" if Element.ND in elements else "Use, change and share it"
    limit = ", but not commercially" if Element.NC in elements else ""
    asks = ["give credit"] if Element.BY in elements else []
    asks += ["share remixes under this same licence"] if Element.SA in elements else []
    asked = " and ".join(asks) or "no credit is asked for"
    return f"{allowed}{limit}; {asked}."
