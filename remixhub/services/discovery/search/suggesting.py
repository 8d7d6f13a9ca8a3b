"""While somebody types: words that complete the last one, then the best titles and names that begin so."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.discovery.asked import WorksAsked
from remixhub.domain.discovery.text import asked_words, runs
from remixhub.models.search import Named
from remixhub.services.discovery.search import asking, vocabulary

KINDS = ("word", "work", "artist", "label", "contest")
_WORDS, _WORKS, _NAMES = 4, 4, 3


@dataclass(frozen=True)
class Suggestion:
    kind: str
    """One of `KINDS`."""
    text: str
    """For a word, the whole question with it."""
    id: str | None
    """Of a work or a contest; the handle of an artist or a label."""


def suggest(actor: Actor, parts: Parts, text: str, *, limit: int) -> list[Suggestion]:
    """None for less than two letters. At most `limit`: a few of each kind, in the order of `KINDS`."""
    words = asked_words(text)
    if not words or (len(words) == 1 and len(words[0].text) < 2 and words[0].text.isascii()):
        return []
    with parts.database.reading() as session:
        found = [*_words(session, text), *_titles(session, actor, text), *_names(session, actor, text)]
    return found[:limit]


def _words(session: Session, text: str) -> list[Suggestion]:
    last = asked_words(text)[-1]
    begun = " ".join(run.text for run in runs(text))
    before = begun[: len(begun) - len(last.text)]
    completed = [word for word in vocabulary.completions(session, last, _WORDS + 1) if word != last.text]
    return [Suggestion("word", before + word, None) for word in completed[:_WORDS]]


def _titles(session: Session, actor: Actor, text: str) -> list[Suggestion]:
    found = asking.works_found(session, actor, WorksAsked(text), after=None, limit=_WORKS).page.rows
    return [Suggestion("work", one.work.title, one.work.id) for one in found]


def _names(session: Session, actor: Actor, text: str) -> list[Suggestion]:
    artists, labels, contests = (
        asking.names_found(session, actor, kind, text, after=None, limit=_NAMES).page.rows for kind in Named
    )
    return [
        *(Suggestion("artist", one.display_name, one.handle) for one in artists),
        *(Suggestion("label", one.name, one.handle) for one in labels),
        *(Suggestion("contest", one.contest.title, one.contest.id) for one in contests),
    ]
