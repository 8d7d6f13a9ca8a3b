"""What a session that comes back says of stems: which sound plays when, and which stem of the hub each sound is.

A sound is known by the id that its file carries (exports write it), else by the bytes of an original, else by its name
among the stems that the rest of the session points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from remixhub.domain.exports.session import sound_file

STEM_ID = re.compile(rb"RemixHub stem ([0-9a-f]{32})")
WORK_ADDRESS = re.compile(r"/works/([0-9a-f]{32})(?![0-9a-f])")
_WHOLE_WITHIN_SECONDS = 0.5
_ADDED = re.compile(r"[-_ .]*(?:\(\d{1,3}\)|\d{1,3}|copy|bounced?|render(?:ed)?|edit(?:ed)?)$")
"""What programs put behind the name of a file that they write anew."""
_NO_WORD = re.compile(r"[\W_]+")


class How(StrEnum):
    ID = "id"
    BYTES = "bytes"
    NAME = "name"


@dataclass
class SoundFile:
    """A file of sound that is heard in a session; times in seconds."""

    path: str
    names: list[str] = field(default_factory=list)
    """Those of its lanes."""
    stem: str | None = None
    """The id that it carries."""
    sha256: str | None = None
    seconds: float = 0.0
    spans: list[tuple[float, float, float]] = field(default_factory=list)
    """Where it begins in the session, and from where to where it plays."""

    @property
    def shown_name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass
class SessionReading:
    works: list[str]
    """Ids of works that it names as its own origin."""
    files: list[SoundFile]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        return cls(told["works"], [SoundFile(**one) for one in told["files"]])


@dataclass(frozen=True)
class KnownStem:
    """A stem that the account may see."""

    id: str
    work_id: str
    position: int
    """From 1."""
    name: str
    role: str
    filename: str
    sha256: str

    @property
    def keys(self) -> set[str]:
        exported = sound_file(self.position, self.name, self.role).rpartition("/")[2]
        return {key for key in map(name_key, (exported, self.name, self.filename)) if key}


@dataclass(frozen=True)
class Use:
    """A stem in the session."""

    stem: str
    how: How
    at_seconds: float
    from_seconds: float
    to_seconds: float


@dataclass(frozen=True)
class Proposed:
    """What may be said of one source."""

    work_id: str
    stems: Sequence[str]
    starts_seconds: float | None
    ends_seconds: float | None
    uses: Sequence[Use]


def name_key(name: str) -> str:
    """Without folder, ending, case and punctuation."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    head, dot, ending = plain.rpartition(".")
    return _NO_WORD.sub(" ", head if dot and 0 < len(ending) <= 5 else plain).strip().casefold()


def matched(
    files: Iterable[SoundFile], by_id: Mapping[str, KnownStem], by_sha256: Mapping[str, KnownStem],
    near: Iterable[KnownStem],
) -> list[tuple[SoundFile, KnownStem | None, How]]:  # fmt: skip
    """`near` are the stems among which names count: where two share one, it says nothing."""
    by_key: dict[str, set[KnownStem]] = {}
    for stem in near:
        for key in stem.keys:
            by_key.setdefault(key, set()).add(stem)
    found = list[tuple[SoundFile, KnownStem | None, How]]()
    for one in files:
        if (known := by_id.get(one.stem or "")) is not None:
            found.append((one, known, How.ID))
        elif (known := by_sha256.get(one.sha256 or "")) is not None:
            found.append((one, known, How.BYTES))
        else:
            found.append((one, _by_name(one, by_key), How.NAME))
    return found


def proposals(found: Iterable[tuple[SoundFile, KnownStem | None, How]]) -> Iterator[Proposed]:
    """One for each work, in the order of the session."""
    by_work: dict[str, list[tuple[SoundFile, KnownStem, How]]] = {}
    for one, stem, how in found:
        if stem is not None and one.spans:
            by_work.setdefault(stem.work_id, []).append((one, stem, how))
    for work_id, used in by_work.items():
        starts = min(start for one, _, _ in used for _, start, _ in one.spans)
        ends = max(end for one, _, _ in used for _, _, end in one.spans)
        length = max(one.seconds for one, _, _ in used)
        is_whole = starts <= _WHOLE_WITHIN_SECONDS and ends >= length - _WHOLE_WITHIN_SECONDS
        yield Proposed(
            work_id=work_id,
            stems=list(dict.fromkeys(stem.id for _, stem, _ in used)),
            starts_seconds=None if is_whole else round(starts, 3),
            ends_seconds=None if is_whole else round(ends, 3),
            uses=[Use(stem.id, how, *span) for one, stem, how in used for span in one.spans],
        )


def _by_name(one: SoundFile, by_key: Mapping[str, set[KnownStem]]) -> KnownStem | None:
    """By that of the file before those of its lanes, which people change."""
    for name in (one.path, *one.names):
        key = name_key(name)
        for told in (key, _ADDED.sub("", key)):
            stems = by_key.get(told, set())
            if len(stems) == 1:
                return next(iter(stems))
    return None
