"""What a question asks of the tokens of a document, in no database's words."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.discovery.text import EDGES, Asked
from remixhub.services.discovery.search.tokens import EDGE, TITLE, TITLE_EDGE


@dataclass(frozen=True)
class Term:
    token: str
    is_prefix: bool = False


Group = tuple[Term, ...]
"""Any one of them."""


@dataclass(frozen=True)
class Expression:
    groups: tuple[Group, ...]
    """All of them."""
    without: tuple[tuple[Group, ...], ...] = ()
    """And none of these."""

    def with_token(self, token: str) -> Expression:
        return Expression((*self.groups, (Term(token),)), self.without)


def anywhere(word: Asked) -> Group:
    if not word.is_prefix:
        return (Term(word.text),)
    if len(word.text) in EDGES:
        return (Term(EDGE + word.text), Term(word.text))
    return (Term(word.text, is_prefix=True),)


def in_title(word: Asked) -> Group:
    if not word.is_prefix:
        return (Term(TITLE + word.text),)
    if len(word.text) in EDGES:
        return (Term(TITLE_EDGE + word.text),)
    return (Term(TITLE + word.text, is_prefix=True),)
