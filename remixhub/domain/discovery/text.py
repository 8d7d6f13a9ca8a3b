"""Text as it is searched: in any script, without case, accents and widths; as words, or as pairs of characters.

Scripts that put no spaces between words are cut into overlapping pairs, so that 夜景 is found in 東京夜景.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD_LENGTH_LIMIT = 40
"""Longer words are the same when they begin alike."""
WORDS_LIMIT = 8
"""Of a question; whoever writes more finds by the first."""
SHORTEST_PREFIX = 2
EDGES = (2, 3)
"""Lengths of beginnings that are indexed as such; longer ones are few enough words to be looked up."""

_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ĸ": "k"}
)
"""Letters with strokes and ligatures, which Unicode takes for letters of their own and few people type."""
_INSIDE = str.maketrans("", "", "\u00ad\u200c\u200d\u2060\ufeff")
"""What stands unseen within a word without ending it."""
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u312f\u31a0-\u31bf"
    r"\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00016fe0-\U00018cff\U0001b000-\U0001b16f"
    r"\U00020000-\U000323af"
)
"""Thai, Lao, Burmese, Khmer, and what Chinese and Japanese are written in; Korean has spaces."""
_MARKS = r"\u0900-\u0963\u0966-\u0dff\u0f18-\u0fbc"
"""Within words of India and Tibet, beside what Python takes for letters."""
_WORD = rf"[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*"
_RUN = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?P<word>{_WORD})")
_UNSPACED_START = re.compile(f"[{_UNSPACED}]")
_JOINED = re.compile(rf"{_WORD}(?:[-‐‑'’ʼ´`·]{_WORD})+")


def folded(text: str) -> str:
    """As text is compared: `Ёлка` and `елка`, `Straße` and `strasse`, full and half width are the same.

    Accents go; the marks without which other scripts cannot be read stay (vowels of India, the voicing of kana).
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_UNDECOMPOSED)
    kept = "".join(ch for ch in apart if not _is_accent(ch))
    return unicodedata.normalize("NFKC", kept.translate(_INSIDE))


def _is_accent(ch: str) -> bool:
    place = unicodedata.combining(ch)
    return 10 <= place <= 36 or place >= 200


@dataclass(frozen=True)
class Run:
    """Letters and digits that stand together, folded."""

    text: str
    is_unspaced: bool

    @property
    def tokens(self) -> Sequence[str]:
        """A word as it is; of an unspaced run its pairs, and the last character, by which single ones are found."""
        if not self.is_unspaced:
            return (self.text,)
        return (*_pairs(self.text), self.text[-1])


def runs(text: str) -> Iterator[Run]:
    return _runs(folded(text))


def _runs(text: str) -> Iterator[Run]:
    for found in _RUN.finditer(text):
        if found["word"]:
            yield Run(found["word"][:WORD_LENGTH_LIMIT], False)
        else:
            yield Run(found["unspaced"], True)


def words_of(text: str) -> list[str]:
    """All tokens of a text, each once and in order.

    `Lo-Fi` is `lo`, `fi` and `lofi`, `l'amour` is `l`, `amour` and `lamour`.
    """
    text = folded(text)
    found = [token for run in _runs(text) for token in run.tokens]
    for joined in _JOINED.finditer(text):
        found.append("".join(run.text for run in _runs(joined[0]))[:WORD_LENGTH_LIMIT])
    return list(dict.fromkeys(found))


def is_word(token: str) -> bool:
    """Something that people may mistype, and not a pair of characters or a number."""
    return not token.isdecimal() and _UNSPACED_START.match(token) is None


def edges_of(word: str) -> list[str]:
    """Its beginnings that are shorter than itself or all of it."""
    return [word[:length] for length in EDGES if len(word) >= length]


@dataclass(frozen=True)
class Asked:
    """One word of a question."""

    text: str
    is_prefix: bool = False
    """It is still being typed: longer words are meant as well."""


def asked_words(text: str, *, is_typed: bool = True) -> tuple[Asked, ...]:
    """A question's words. While it `is_typed`, the last one may go on, unless a space follows it."""
    found: list[Asked] = []
    last: Asked | None = None
    for run in runs(text):
        last = None
        if run.is_unspaced:
            if len(run.text) == 1:
                found.append(Asked(run.text, is_prefix=True))
            else:
                found += (Asked(pair) for pair in _pairs(run.text))
        else:
            last = Asked(run.text)
            found.append(last)
    if last is not None and is_typed and len(last.text) >= SHORTEST_PREFIX and _goes_on(text):
        found[-1] = Asked(last.text, is_prefix=True)
    return tuple(dict.fromkeys(found))[:WORDS_LIMIT]


def _goes_on(text: str) -> bool:
    return bool(text) and not text[-1].isspace()


def _pairs(text: str) -> list[str]:
    return [text[n : n + 2] for n in range(len(text) - 1)]
