"""Which documents a question finds, a page of them, or how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from remixhub.domain.discovery.asked import Order
from remixhub.domain.discovery.text import asked_words
from remixhub.services.discovery.search.indexing import NAMES, STEMS, WORKS
from remixhub.services.discovery.search.plan import Corpus, Hit, Plan, Question
from remixhub.services.paging import Position, checked

COUNTED_TO = 1_000
WORKS_FOUND = Corpus(WORKS, WORKS.table.remix_count, "work_count", WORKS.table.doc)
STEMS_FOUND = Corpus(STEMS, STEMS.table.remix_count, "stem_count", WORKS.table.doc)
NAMES_FOUND = Corpus(NAMES, NAMES.table.weight, "name_count", NAMES.table.doc)


@dataclass(frozen=True)
class Hits:
    hits: Sequence[Hit]
    next_position: Position | None
    did_you_mean: str | None
    """The question as it was understood, where that differs from what was typed."""


def find(session: Session, question: Question, *, after: Position | None, limit: int) -> Hits:
    """Raises CursorInvalid."""
    words = asked_words(question.text)
    if question.text.strip() and not words:
        return Hits([], None, None)
    plan = Plan(session, question, words)
    at = _position(question, after)
    found = plan.ask(at, limit + 1)
    shown = found[:limit]
    more = _as_position(question, shown[-1]) if len(found) > limit else None
    return Hits(shown, more, plan.did_you_mean)


def count(session: Session, question: Question) -> int:
    """How many there are in all, up to `COUNTED_TO` and one more."""
    words = asked_words(question.text)
    if question.text.strip() and not words:
        return 0
    return Plan(session, question, words).count(COUNTED_TO + 1)


def _position(question: Question, after: Position | None) -> Hit | None:
    if after is None:
        return None
    if question.order is Order.NEWEST:
        stage, doc = checked(after, int, int)
        return Hit(stage, 0, doc)
    return Hit(*checked(after, int, int, int))


def _as_position(question: Question, hit: Hit) -> Position:
    return [hit.stage, hit.doc] if question.order is Order.NEWEST else [hit.stage, hit.weight, hit.doc]
