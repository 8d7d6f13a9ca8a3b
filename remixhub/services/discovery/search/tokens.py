"""What a work, a stem or a name is found by, as tokens: `rain` a word, `=rain` one of the title, `^ra` a beginning of
one that names it, `~ra` one in the title, `@3` a band of popularity, `#dub` a tag, `@label:…` whose release it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from remixhub.domain.discovery.bands import band_of
from remixhub.domain.discovery.text import edges_of, words_of

TITLE, EDGE, TITLE_EDGE, MARK, TAG = "=", "^", "~", "@", "#"
_DESCRIBED_LIMIT = 200
"""Words of a description."""


def tokens_of(
    title: str, *, names: Iterable[str] = (), tags: Iterable[str] = (), described: str = "", weight: int = 0
) -> frozenset[str]:
    """`names` are whose it is; `weight` is its number of remixes."""
    tags = list(tags)
    titled = words_of(title)
    naming = {word for text in (*names, *tags) for word in words_of(text)}
    found = {band_token(band_of(weight)), *titled, *naming, *words_of(described)[:_DESCRIBED_LIMIT]}
    found |= {TITLE + word for word in titled}
    found |= {TITLE_EDGE + edge for word in titled for edge in edges_of(word)}
    found |= {EDGE + edge for word in {*titled, *naming} for edge in edges_of(word)}
    found |= {token for tag in tags if (token := tag_token(tag))}
    return frozenset(found)


def band_token(band: int) -> str:
    return f"{MARK}{band}"


def tag_token(tag: str) -> str:
    """Empty for a tag without letters."""
    words = "".join(words_of(tag))
    return words and TAG + words


def label_token(label_id: str) -> str:
    return f"{MARK}{label_id}"


def kind_token(kind: str) -> str:
    return f"{MARK}{kind}"


def is_plain(token: str) -> bool:
    """A word as it stands in texts."""
    return token[0] not in (TITLE, EDGE, TITLE_EDGE, MARK, TAG)
