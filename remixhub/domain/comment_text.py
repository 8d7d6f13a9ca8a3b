"""What stands in a comment beside plain words: addresses of pages, and accounts that it mentions.

A comment is plain text. Nothing in it is markup, but what stands between backticks is meant as it is: no mention.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import NamedTuple

MENTIONS_LIMIT = 10
"""Accounts that one comment tells."""

_CODE = r"```.*?(?:```|\Z)|`[^`\n]+`"
_LINK = r"https?://\w[^\s<>\"`]{2,500}"
_MENTION = r"(?<![\w@/.+-])@(?P<handle>[A-Za-z0-9](?:-?[A-Za-z0-9]){2,39})(?![\w@/+-]|\.\w)"
"""Not within an address of mail (`me@ada`, `@ada@hub.example`) or of a page; a full stop may follow."""
_MARKED = re.compile(f"(?P<code>{_CODE})|(?P<link>{_LINK})|{_MENTION}", re.DOTALL)
_TRAILING = ".,:;!?'\u2019\u201d\u00bb\u2026"
_PAIRS = {")": "(", "]": "[", "}": "{"}


class PieceKind(StrEnum):
    TEXT = "text"
    LINK = "link"
    MENTION = "mention"


class Piece(NamedTuple):
    kind: PieceKind
    text: str
    """As it was typed; a mention with its @."""


def mentioned(text: str) -> list[str]:
    """The handles in their order, in lower case, each once, at most ten."""
    handles = dict.fromkeys(one["handle"].lower() for one in _MARKED.finditer(text) if one["handle"])
    return list(handles)[:MENTIONS_LIMIT]


def pieces(text: str, known: Collection[str]) -> Iterator[Piece]:
    """All of the text in its order; a mention is one of the `known` handles."""
    plain = 0
    for found in _MARKED.finditer(text):
        start, marked = found.start(), found[0]
        if found["link"]:
            piece = Piece(PieceKind.LINK, _without_trailing(marked))
        elif found["handle"] and found["handle"].lower() in known:
            piece = Piece(PieceKind.MENTION, marked)
        else:
            continue
        if start > plain:
            yield Piece(PieceKind.TEXT, text[plain:start])
        yield piece
        plain = start + len(piece.text)
    if plain < len(text):
        yield Piece(PieceKind.TEXT, text[plain:])


def _without_trailing(link: str) -> str:
    """A sentence's signs, and a bracket that the link does not open, are not the link's."""
    while link[-1] in _TRAILING or (link[-1] in _PAIRS and link.count(link[-1]) > link.count(_PAIRS[link[-1]])):
        link = link[:-1]
    return link
