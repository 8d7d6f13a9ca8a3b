"""How a question is asked: in stages, title matches first, then the rest, then what was mended.

Within each of these stages the most remixed come first. For words that very many documents have, they are asked for
band by band of popularity from the top, so that a page never sorts all hits.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.discovery.asked import Order
from remixhub.domain.discovery.bands import BANDS, band_of
from remixhub.domain.discovery.text import Asked
from remixhub.models.dialect import is_sqlite
from remixhub.services.discovery.search.terms import Expression, Group, Term, anywhere, in_title
from remixhub.services.discovery.search.text_index import TextIndex
from remixhub.services.discovery.search.tokens import TITLE, band_token
from remixhub.services.discovery.search.vocabulary import Vocabulary

_FEW = 5
"""With fewer hits typos are looked for."""
_SORTED_AT_ONCE = 4_000
_NARROW = 30_000
"""Fewer documents than these are left by what narrows: bands would be asked for in vain."""
_TRIED = 1_000
"""So many hits are read at once, where no guess tells how many several words have."""
_WINDOW = 8
"""How much more than seems needed is looked through first, and by how much windows grow."""
_TOGETHER = 4
"""How much more often words occur together than by chance."""
_IN_BANDS = 1
"""The lowest band that is sorted; in the last nobody was remixed, and the newest come first."""


@dataclass(frozen=True)
class Corpus:
    """A table of documents, how popular each is, and the column that counts its words."""

    index: TextIndex
    weight: sa.SQLColumnExpression[int]
    counted: str
    every: sa.SQLColumnExpression[int]
    """Whose highest value is about how many documents there are."""

    @property
    def doc(self) -> sa.SQLColumnExpression[int]:
        column: sa.SQLColumnExpression[int] = self.index.table.doc
        return column


@dataclass(frozen=True)
class Question:
    """Text and what narrows it, for one corpus."""

    corpus: Corpus
    text: str
    where: Sequence[sa.ColumnElement[bool]] = ()
    marks: Sequence[str] = ()
    """Tokens that all hits have."""
    order: Order = Order.RELEVANCE


@dataclass(frozen=True)
class Hit:
    stage: int
    weight: int
    doc: int


class Plan:
    """The stages of a question, each an expression that finds what those before it do not; None finds all there is."""

    def __init__(self, session: Session, question: Question, words: Sequence[Asked]) -> None:
        self._session, self._question, self._corpus = session, question, question.corpus
        self.did_you_mean: str | None = None
        self._estimate: int | None = None
        self._is_guessed = len(words) > 1
        marks: tuple[Group, ...] = tuple((Term(mark),) for mark in question.marks)
        self.stages: list[Expression | None]
        if not words:
            self._every: Expression | None = Expression(marks) if marks else None
            self.stages = [self._every]
            return
        counts = Vocabulary.of(session).counts_of(words, self._corpus.counted)
        self._estimate = self._together(counts.values())
        exact = tuple(anywhere(word) for word in words) + marks
        titled = tuple(in_title(word) for word in words) + marks
        by_newest = question.order is Order.NEWEST
        self.stages = [Expression(exact)] if by_newest else [Expression(titled), Expression(exact, (titled,))]
        self._every = Expression(exact)
        if len(words) > 1 or self._estimate < _FEW:
            self._hit_count = self.count(_FEW, narrowed=False)
            if self._hit_count < _FEW:
                self._mend(words, exact, marks, by_newest=by_newest)

    def _mend(
        self, words: Sequence[Asked], exact: tuple[Group, ...], marks: tuple[Group, ...], *, by_newest: bool
    ) -> None:
        """By words that may have been meant, and without a lone letter: somebody types on."""
        begun = self._hit_count == 0
        pairs = [(word, Vocabulary.of(self._session).corrections(word, begun=begun)) for word in words]
        is_mistyped = any(better for _, better in pairs)
        pairs = [(word, better) for word, better in pairs if not _is_lone_letter(word)] or pairs
        if not is_mistyped and len(pairs) == len(words):
            return
        mended = tuple((*anywhere(word), *map(Term, some)) for word, some in pairs) + marks
        mended_titles = tuple((*in_title(word), *(Term(TITLE + one) for one in some)) for word, some in pairs) + marks
        if by_newest:
            self.stages += [Expression(mended, (exact,))]
        else:
            self.stages += [Expression(mended_titles, (exact,)), Expression(mended, (exact, mended_titles))]
        self._every = Expression(mended)
        self._estimate = _SORTED_AT_ONCE  # what is mistyped is rare, what it stands for need not be
        if is_mistyped and self._hit_count == 0 and self.count(1, narrowed=False):
            self.did_you_mean = " ".join(some[0] if some else word.text for word, some in pairs)

    def _together(self, counts: Collection[int]) -> int:
        """About how many documents have all words."""
        if len(counts) == 1:
            return min(counts)
        every = self._session.scalar(sa.select(sa.func.max(self._corpus.every))) or 1
        return min(min(counts), round(math.prod(count / every for count in counts) * every * _TOGETHER))

    @cached_property
    def _narrowed(self) -> int | None:
        """How many documents what narrows leaves, where that are few."""
        if not self._question.where:
            return None
        some = sa.select(self._corpus.doc).where(*self._question.where).limit(_NARROW + 1).subquery()
        count = self._session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
        return count if count <= _NARROW else None

    def count(self, most: int, *, narrowed: bool = True) -> int:
        query = self._select(self._every, self._corpus.doc, narrowed=narrowed)
        if self._every is not None and not is_sqlite(self._session):
            query = _settled(query)
        some = query.limit(most).subquery()
        return self._session.scalar(sa.select(sa.func.count()).select_from(some)) or 0

    def ask(self, at: Hit | None, limit: int) -> list[Hit]:
        """The best that come after `at`."""
        if len(self.stages) > 1 and self._narrowed is not None and not is_sqlite(self._session):
            return self._at_once(at, limit)
        found: list[Hit] = []
        for stage, expression in enumerate(self.stages):
            if at is not None and stage < at.stage:
                continue
            here = at if at is not None and stage == at.stage else None
            found += self._of_stage(stage, expression, here, limit - len(found))
            if len(found) == limit:
                break
        return found

    def _at_once(self, at: Hit | None, limit: int) -> list[Hit]:
        """By one statement, where so few are left that each can be asked in which stage it is: the lists of words are
        gone through once.
        """
        assert self._every is not None  # which all stages are parts of
        index, by_newest = self._corpus.index, self._question.order is Order.NEWEST
        *stages, last = range(len(self.stages))
        of = {stage: Expression(expression.groups) for stage, expression in enumerate(self.stages) if expression}
        stage = sa.case(*((index.matches(self._session, of[one]), one) for one in stages), else_=last)
        query = _settled(self._select(self._every, stage.label("stage"), *self._columns))
        found_in, weight, doc = query.selected_columns
        order = [found_in, *([] if by_newest else [weight.desc()]), doc.desc()]
        if at is not None:
            is_after = sa.and_(found_in == at.stage, self._after(at, weight, doc))
            query = query.where(sa.or_(found_in > at.stage, is_after))
        return [Hit(*row) for row in self._session.execute(query.order_by(*order).limit(limit))]

    def _of_stage(self, stage: int, expression: Expression | None, at: Hit | None, limit: int) -> list[Hit]:
        if self._question.order is Order.NEWEST:
            return self._newest(stage, expression, at, limit)
        if expression is None or self._is_few or self._narrowed is not None:
            return self._popular(stage, expression, at, limit)
        if self._is_guessed and (all_hits := self._all_if_few(stage, expression, at)) is not None:
            return sorted(all_hits, key=lambda hit: (hit.weight, hit.doc), reverse=True)[:limit]
        found: list[Hit] = []
        for band in BANDS:
            if at is not None and band > band_of(at.weight):
                continue
            here = at if at is not None and band == band_of(at.weight) else None
            ask = self._popular if band >= _IN_BANDS else self._newest
            found += ask(stage, expression.with_token(band_token(band)), here, limit - len(found))
            if len(found) == limit:
                break
        return found

    def _all_if_few(self, stage: int, expression: Expression, at: Hit | None) -> list[Hit] | None:
        """In no order. Two words of which each is in very many documents may have few together, or few titles."""
        query = self._select(expression, *self._columns)
        if at is not None:
            query = query.where(self._after(at, *self._columns))
        if not is_sqlite(self._session):
            query = _settled(query)
        found = self._hits(stage, query, _TRIED + 1)
        return found if len(found) <= _TRIED else None

    def _popular(self, stage: int, expression: Expression | None, at: Hit | None, limit: int) -> list[Hit]:
        weight, doc = self._corpus.weight, self._corpus.doc
        query = self._select(expression, weight, doc)
        if at is not None:
            # without words an index is entered there
            here = sa.tuple_(sa.literal(at.weight), sa.literal(at.doc))
            query = query.where(sa.tuple_(weight, doc) < here if expression is None else self._after(at, weight, doc))
        if expression is not None and not is_sqlite(self._session):
            query = _settled(query)
            columns = query.selected_columns
            query = query.order_by(columns[0].desc(), columns[1].desc())
        else:
            # the sum keeps SQLite from reading all there is in that order where few are left
            is_by_index = expression is None or self._narrowed is None
            query = query.order_by((weight if is_by_index else weight + 0).desc(), doc.desc())
        return self._hits(stage, query, limit)

    def _after(
        self, at: Hit, weight: sa.SQLColumnExpression[int], doc: sa.SQLColumnExpression[int]
    ) -> sa.ColumnElement[bool]:
        """In the order that is asked for; said so that PostgreSQL can tell how much that leaves."""
        if self._question.order is Order.NEWEST:
            return doc < at.doc
        return sa.or_(weight < at.weight, sa.and_(weight == at.weight, doc < at.doc))

    def _newest(self, stage: int, expression: Expression | None, at: Hit | None, limit: int) -> list[Hit]:
        doc = self._corpus.doc
        before = () if at is None else (doc < at.doc,)
        if expression is None or is_sqlite(self._session):
            is_by_text = expression is not None and not self._is_narrow
            order = self._corpus.index.by_doc(self._session) if is_by_text else doc.desc()
            return self._hits(stage, self._select(expression, *self._columns).where(*before).order_by(order), limit)
        if self._is_few or self._is_narrow:
            return self._settled_by_doc(stage, expression, before, limit)
        if self._is_guessed and (all_hits := self._all_if_few(stage, expression, at)) is not None:
            return sorted(all_hits, key=lambda hit: hit.doc, reverse=True)[:limit]
        return self._by_windows(stage, expression, at, limit)

    def _by_windows(self, stage: int, expression: Expression, at: Hit | None, limit: int) -> list[Hit]:
        """From the newest back, in pieces that grow: PostgreSQL would find all hits to sort them, or, asked for a walk,
        go through all documents where there are few.
        """
        doc = self._corpus.doc
        highest = self._session.scalar(sa.select(sa.func.max(doc))) or 0
        end = highest + 1 if at is None else at.doc
        width = max(1, highest * limit * _WINDOW // max(self._estimate or 0, limit * _WINDOW))
        found: list[Hit] = []
        while len(found) < limit and end > 0:
            window = (doc >= end - width, doc < end)
            found += self._settled_by_doc(stage, expression, window, limit - len(found))
            end, width = end - width, width * _WINDOW
        return found

    def _settled_by_doc(
        self, stage: int, expression: Expression, window: Sequence[sa.ColumnElement[bool]], limit: int
    ) -> list[Hit]:
        query = _settled(self._select(expression, *self._columns).where(*window))
        return self._hits(stage, query.order_by(query.selected_columns[1].desc()), limit)

    def _hits(self, stage: int, query: sa.Select[Any], limit: int) -> list[Hit]:
        return [Hit(stage, row[0], row[1]) for row in self._session.execute(query.limit(limit))]

    @property
    def _columns(self) -> tuple[sa.SQLColumnExpression[int], sa.SQLColumnExpression[int]]:
        return self._corpus.weight, self._corpus.doc

    @property
    def _is_narrow(self) -> bool:
        return not self._is_few and self._narrowed is not None

    @property
    def _is_few(self) -> bool:
        return self._estimate is not None and self._estimate <= _SORTED_AT_ONCE

    def _select(self, expression: Expression | None, *columns: Any, narrowed: bool = True) -> sa.Select[Any]:
        where = self._question.where if narrowed else ()
        index = self._corpus.index
        if expression is None:
            return sa.select(*columns).select_from(index.table).where(*where)
        if not where or not self._is_narrow or self._narrowed is None:
            return index.select(self._session, expression, where, *columns)
        hits = self._estimate if self._estimate is not None else _NARROW
        return index.select_narrow(self._session, expression, where, *columns, hits=hits, narrowed=self._narrowed)


def _settled(query: sa.Select[Any]) -> sa.Select[Any]:
    """Found by the index for text, whatever the order or the limit: PostgreSQL would walk another index in that order,
    or the whole table, in the hope of finding few hits soon. What is found is read only as far as it is asked for.
    """
    found = query.cte("found").prefix_with("MATERIALIZED")
    return sa.select(*found.c)


def _is_lone_letter(word: Asked) -> bool:
    return len(word.text) == 1 and word.text.isascii() and word.text.isalpha()
