"""What stems' file names give away: roles, names to show, tempo and key. Guesses, for the artist to correct.

What all names of a pack share, such as the song's title, is set aside before a role is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from operator import itemgetter

from remixhub.domain.musical_key import MusicalKey
from remixhub.domain.stems.name_hints import HIGHEST_TEMPO_BPM, LOWEST_TEMPO_BPM, read_hints
from remixhub.domain.stems.roles import StemRole, are_qualifiers, named_words, role_of, splits_a_name
from remixhub.domain.stems.words import Word, name_of, words_of

__all__ = [
    "HIGHEST_TEMPO_BPM", "LOWEST_TEMPO_BPM", "StemRole",
    "guess_key", "guess_role", "guess_roles", "guess_tempo_bpm", "guess_title", "guess_titles", "name_of",
    "says_in_every_name",
]  # fmt: skip

_FILLERS = frozenset(
    "take tk mic mono stereo dry wet left right stem stems track trk audio file bounce bounced export "
    "exported final master mastered raw edit print di amp room bpm main mid side top bottom in out version "
    "ver vers wav aif aiff flac mp copy processed unprocessed spur kanal links rechts piste gauche droite "
    "pista izquierda derecha traccia sinistra destra".split()
)
"""Beside a role's name they tell of its recording."""
_NUMBERING = re.compile(r"^[\s.)-]*(?:\d{4}-\d\d-\d\d|0\d+|\d{1,3}(?=\s*[.)-]))[\s.)-]*(?=[^\W\d])")
"""`01 Kick`, `2) Kick`, `2026-11-28 Kick`; `7 Rings` and `808 Bass` are names."""


def guess_key(filename: str) -> MusicalKey | None:
    """From `A minor`, `Am`, `Ebmaj`, `a-Moll`, `F#` or Camelot's `8A`, where it is written as a key."""
    return read_hints(name_of(filename)).key


def guess_tempo_bpm(filename: str) -> float | None:
    """From `128bpm` or `bpm 128`; a bare number counts only in a name that also tells a key. None without a hint."""
    return read_hints(name_of(filename)).tempo_bpm


def guess_role(filename: str, others: Sequence[str] = (), title: str = "") -> StemRole:
    """`others` are the names of the other stems of the pack, `title` is the work's."""
    return guess_roles([filename, *others], title)[0]


def guess_roles(filenames: Sequence[str], title: str = "") -> list[StemRole]:
    """Of the stems of a pack, in order."""
    names = _read(filenames, title)
    others_name_roles = any(name.names_a_role for name in names)
    return [_role(name, others_name_roles) for name in names]


def guess_title(filename: str, others: Sequence[str] = (), title: str = "") -> str:
    """A name to show, as a suggestion; see `guess_titles`."""
    return guess_titles([filename, *others], title)[0]


def guess_titles(filenames: Sequence[str], title: str = "") -> list[str]:
    """Without folder, suffix, leading number, tempo and key, and what all names of the pack share.

    What is shared stays where the names would else be empty or alike.
    """
    names = _read(filenames, title)
    others_name_roles = any(name.names_a_role for name in names)
    full = [_shown(name.text, name.hints) or name.text for name in names]
    short = [
        _shown(name.text, [*name.hints, *name.set_aside(others_name_roles)]) or whole
        for name, whole in zip(names, full, strict=True)
    ]
    return short if len({one.casefold() for one in short}) >= len({one.casefold() for one in full}) else full


def says_in_every_name(filenames: Sequence[str], title: str) -> bool:
    """Whether the work's title stands in the names of all its stems, of which there are several."""
    said = f" {' '.join(word.text for word in words_of(title))} "
    names = [f" {' '.join(word.text for word in words_of(name_of(filename)))} " for filename in filenames]
    return bool(said.strip()) and len(names) > 1 and all(said in name for name in names)


@dataclass(frozen=True)
class _Name:
    text: str
    hints: Sequence[tuple[int, int]]
    all_words: Sequence[Word]
    words: Sequence[Word]
    """All that may speak of a role: fillers and numbers are left out, and the work's title."""
    titled: tuple[int, int] | None
    """Where the work's title stands."""
    first: int = 0
    """Words before it are shared by all names, as are those from `last` on."""
    last: int = 0

    @property
    def told(self) -> Sequence[str]:
        """The words that name its role, of those that it has for itself."""
        return _told(self.words[self.first : self.last])

    @property
    def names_a_role(self) -> bool:
        return not are_qualifiers(self.told)

    @property
    def near(self) -> Sequence[Word]:
        """With the shared words beside it that name a role, such as the `Kick` of `Song Kick 1` and `Song Kick 2`."""
        before = named_words([word.text for word in self.words[: self.first]])
        behind = named_words([word.text for word in self.words[self.last :]])
        first = self.first - _run(reversed(before))
        return self.words[first : self.last + _run(behind)]

    def set_aside(self, others_name_roles: bool) -> Sequence[tuple[int, int]]:
        """Places that say what all names of the pack say, but for those that its role may need."""
        before, behind = self.words[: self.first], self.words[self.last :]
        if not (self.names_a_role or others_name_roles):
            near = self.near
            before, behind = ([word for word in shared if word not in near] for shared in (before, behind))
        elif own := self.words[self.first : self.last]:
            if before and before[-1].part == own[0].part and _is_role(before):
                before = []
            if behind and behind[0].part == own[-1].part and _is_role(behind):
                behind = []
        spans = [self._span(words) for words in (before, behind) if words]
        return [*spans, self.titled] if self.titled else spans

    def _span(self, shared: Sequence[Word]) -> tuple[int, int]:
        """From the first to the last, with the numbers and fillers of parts in which nothing else stands."""
        others = {word.part for word in self.words if word not in shared}
        parts = {word.part for word in shared} - others
        within = [*shared, *(word for word in self.all_words if word.part in parts)]
        return min(word.start for word in within), max(word.end for word in within)


def _is_role(words: Sequence[Word]) -> bool:
    return all(named_words([word.text for word in words]))


def _read(filenames: Sequence[str], title: str) -> list[_Name]:
    names = [_read_one(filename, [word.text for word in words_of(title)]) for filename in filenames]
    first, last = _shared([name.words for name in names])
    return [replace(name, first=first, last=len(name.words) - last) for name in names]


def _read_one(filename: str, title: Sequence[str]) -> _Name:
    text = name_of(filename)
    hints = read_hints(text).spans
    all_words, words = words_of(text, without=hints), list[Word]()
    for _, part in groupby(all_words, key=lambda word: word.part):
        of_part = list(part)
        named = named_words([word.text for word in of_part])
        words += [word for word, is_named in zip(of_part, named, strict=True) if is_named or not _is_filler(word.text)]
    has_fillers = any(word.text in _FILLERS for word in all_words)
    rest, titled = _without_title(words, title, has_fillers)
    return _Name(text, hints, all_words, rest, titled)


def _is_filler(word: str) -> bool:
    return word in _FILLERS or word.isdecimal() or len(word) == 1


def _without_title(
    words: list[Word], title: Sequence[str], has_fillers: bool
) -> tuple[list[Word], tuple[int, int] | None]:
    """A title that is a role's name, such as `Ride`, is set aside only where the rest names another."""
    texts, length = [word.text for word in words], len(title)
    for start in range(len(words) - length + 1 if title else 0):
        end = start + length
        rest = [*words[:start], *words[end:]]
        if texts[start:end] != list(title) or splits_a_name(texts, start) or splits_a_name(texts, end):
            continue
        says_more = bool(rest) or has_fillers
        if says_more if not all(named_words(title)) else not are_qualifiers(_told(rest)):
            return rest, (words[start].start, words[end - 1].end)
    return words, None


def _shared(names: Collection[Sequence[Word]]) -> tuple[int, int]:
    """How many words all begin with, and how many they end in; none where all are alike.

    No name of a role is cut: `Bass Guitar` and `Bass Drum` share none.
    """
    texts = {tuple(word.text for word in words) for words in names}
    if len(texts) < 2:
        return 0, 0
    first = _run(len(set(words)) == 1 for words in zip(*texts, strict=False))
    while any(_splits(words, first) for words in names):
        first -= 1
    rests = [words[first:] for words in texts]
    last = _run(len(set(words)) == 1 for words in zip(*(reversed(rest) for rest in rests), strict=False))
    while last and any(_splits(words, len(words) - last) and _is_role(words[-last:]) for words in names):
        last -= 1
    return first, last


def _splits(words: Sequence[Word], at: int) -> bool:
    if not 0 < at < len(words) or words[at - 1].part != words[at].part:
        return False
    return splits_a_name([word.text for word in words], at)


def _run(flags: Iterable[bool]) -> int:
    """How many are true from the first on."""
    return sum(1 for _ in takewhile(bool, flags))


def _role(name: _Name, others_name_roles: bool) -> StemRole:
    if name.names_a_role:
        return role_of(name.told)
    if not others_name_roles:
        return role_of(_told(name.near))
    if name.told:
        return role_of(name.told)
    # Beside names with roles of their own, what is shared is a title, unless it is nothing but a role's name.
    return role_of(_told(name.near)) if len(name.near) == len(name.words) else StemRole.OTHER


def _told(words: Sequence[Word]) -> Sequence[str]:
    """The last words that name a role, first of all where a whole part does: `Bass` of `Rap God - Bass`."""
    whole, partly = [], []
    for _, part in groupby(words, key=lambda word: word.part):
        of_part = list(part)
        texts, named = [word.text for word in of_part], _named(of_part)
        runs = [
            [text for text, _ in run]
            for is_named, run in groupby(zip(texts, named, strict=True), itemgetter(1))
            if is_named
        ]
        partly += runs
        whole += runs if all(named) else []
    found = whole or partly
    if len(found) > 1 and (are_qualifiers(found[-1]) or are_qualifiers(found[-2])):
        return [*found[-2], *found[-1]]  # `Guitar - Solo`, `Backing - Vocals`
    return found[-1] if found else ()


def _named(words: Sequence[Word]) -> list[bool]:
    """Which belong to the name of a role: of `Kick_BassFace` one, as the other is part of a longer word."""
    named = named_words([word.text for word in words])
    begins = [place for place, word in enumerate(words) if place == 0 or words[place - 1].end < word.start]
    whole = [False] * len(words)
    for start, end in zip(begins, [*begins[1:], len(words)], strict=True):
        whole[start:end] = [all(named[start:end])] * (end - start)
    return whole if any(whole) else named


def _shown(name: str, without: Sequence[tuple[int, int]]) -> str:
    for start, end in without:
        name = name[:start] + " " * (end - start) + name[end:]
    name = re.sub(r"[(\[{][\s,;/|@–—-]*[)\]}]", " ", name.replace("_", " "))
    name = re.sub(r"[\s–—-]*\s[\s–—-]*", " ", _NUMBERING.sub("", name)).strip(" ,;@–—-")
    bracketed = re.fullmatch(r"\(([^()]*)\)|\[([^\[\]]*)\]", name)
    return (bracketed[1] or bracketed[2] or "").strip() if bracketed else name
