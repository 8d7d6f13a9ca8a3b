"""The lineage as values: generations around a work, and the credits that a work owes to its ancestors."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from remixhub.domain.licensing import Licence, licence_url, terms_of
from remixhub.domain.states import SourceKind

ARTIST_ROLE = "artist"


@dataclass(frozen=True)
class Link:
    derivative_id: str
    source_id: str


def generations(focus_id: str, links: Collection[Link]) -> dict[str, int]:
    """By how few links each work is away from the focus: negative for ancestors, positive for descendants.

    Only ancestors and descendants of the focus are named, not what else hangs on them.
    """
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for link in links:
        up.setdefault(link.derivative_id, []).append(link.source_id)
        down.setdefault(link.source_id, []).append(link.derivative_id)
    ancestors = {id: -distance for id, distance in _distances(focus_id, up)}
    return ancestors | dict(_distances(focus_id, down))


def _distances(focus_id: str, nexts: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    seen = {focus_id}
    queue = deque([(focus_id, 0)])
    while queue:
        id, distance = queue.popleft()
        yield id, distance
        fresh = [one for one in nexts.get(id, ()) if one not in seen]
        seen.update(fresh)
        queue.extend((one, distance + 1) for one in dict.fromkeys(fresh))


@dataclass(frozen=True)
class Ancestor:
    """One work to be credited; `licence` as held when it was cited, `contributors` as (name, role) in its own order."""

    work_id: str
    title: str
    artist: str
    licence: Licence
    url: str
    used_as: tuple[SourceKind, ...]
    contributors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Credit:
    """One line owed to one person for one work."""

    work_id: str
    title: str
    artist: str
    role: str
    licence: Licence
    url: str
    used_as: tuple[SourceKind, ...]


def credits_owed(ancestors: Iterable[Ancestor]) -> list[Credit]:
    """In the order of the ancestors, for each its artist first; nobody twice for the same role in the same work."""
    owed: dict[tuple[str, str, str], Credit] = {}
    for one in ancestors:
        for name, role in ((one.artist, ARTIST_ROLE), *one.contributors):
            key = (one.work_id, name.casefold(), role.casefold())
            owed.setdefault(key, Credit(one.work_id, one.title, name, role, one.licence, one.url, one.used_as))
    return list(owed.values())


def credits_text(credits: Sequence[Credit]) -> str:
    """A line for each work with title, author, source and licence, as Creative Commons asks for; ready to paste."""
    works: dict[str, list[Credit]] = {}
    for credit in credits:
        works.setdefault(credit.work_id, []).append(credit)
    return "\n".join(_line(lines) for lines in works.values())


def _line(credits: Sequence[Credit]) -> str:
    first = credits[0]
    terms = f"{terms_of(first.licence).title}, {licence_url(first.licence, first.url)}"
    others = "".join(f", {one.artist} ({one.role})" if one.role else f", {one.artist}" for one in credits[1:])
    return f"“{first.title}” by {first.artist}{others} – {first.url} – {terms}"
