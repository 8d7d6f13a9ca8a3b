"""The words that occur, with how many documents have them: for planning, for suggestions, and against typos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.discovery import typos
from remixhub.domain.discovery.text import EDGES, Asked, is_word
from remixhub.models import SearchDeletion, SearchWord
from remixhub.models.upsert import insert
from remixhub.services.discovery.search.tokens import EDGE, TITLE, is_plain

_ROWS_A_STATEMENT = 2_000
_CORRECTIONS, _COMPLETIONS = 5, 20
_LOOKED_AT = 300
_OF_SESSION = "search_vocabulary"
_HIGHEST = "\U0010ffff"
_COUNTS = ("work_count", "stem_count", "name_count")


class Tally:
    """How the counts change by documents that come and go."""

    def __init__(self) -> None:
        self._changes: dict[str, Counter[str]] = {name: Counter() for name in _COUNTS}

    def note(self, before: Collection[str], after: Collection[str], *, counted: str | None) -> None:
        """The tokens of a document; `counted` is the column of works or stems, None for names."""
        for tokens, step in ((set(before) - set(after), -1), (set(after) - set(before), 1)):
            for token in tokens:
                if counted and (is_plain(token) or token[0] == EDGE):
                    self._changes[counted][token] += step
                elif token[0] == TITLE:
                    self._changes["name_count"][token[1:]] += step

    def write(self, session: Session) -> None:
        """In the order of words, as everybody who writes them does."""
        words = sorted({word for counts in self._changes.values() for word, step in counts.items() if step})
        for some in _parts(words):
            new = _named(session, some, is_named=False)
            rows = [{"word": word, **{name: self._changes[name][word] for name in _COUNTS}} for word in some]
            statement = insert(session, SearchWord)
            added = {name: getattr(SearchWord, name) + statement.excluded[name] for name in _COUNTS}
            session.execute(statement.on_conflict_do_update(index_elements=[SearchWord.word], set_=added), rows)
            _keep_deletions(session, some, new)
            gone = sa.and_(*(getattr(SearchWord, name) <= 0 for name in _COUNTS))
            session.execute(sa.delete(SearchWord).where(SearchWord.word.in_(some), gone))


def _named(session: Session, words: Collection[str], *, is_named: bool) -> set[str]:
    """Of the words, those that name something; or else those that do not, or are not there."""
    named = set(
        session.scalars(sa.select(SearchWord.word).where(SearchWord.word.in_(words), SearchWord.name_count > 0))
    )
    return named if is_named else set(words) - named


def _keep_deletions(session: Session, words: Sequence[str], were_unnamed: Collection[str]) -> None:
    are_named = _named(session, words, is_named=True)
    coming = [word for word in words if word in are_named and word in were_unnamed]
    going = [word for word in words if word not in are_named and word not in were_unnamed]
    rows = [{"form": form, "word": word} for word in coming if is_word(word) for form in typos.stored_forms(word)]
    for some in _parts(rows):
        session.execute(insert(session, SearchDeletion).on_conflict_do_nothing(), list(some))
    for word in going:
        forms = list(typos.stored_forms(word))
        session.execute(sa.delete(SearchDeletion).where(SearchDeletion.form.in_(forms), SearchDeletion.word == word))


class Vocabulary:
    """What a session has looked up: one that answers many questions asks the same of the same words."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._corrections: dict[tuple[Asked, bool], list[str]] = {}

    @classmethod
    def of(cls, session: Session) -> Vocabulary:
        own: Vocabulary | None = session.info.get(_OF_SESSION)
        if own is None:
            own = session.info[_OF_SESSION] = cls(session)
        return own

    def counts_of(self, words: Collection[Asked], column: str) -> dict[Asked, int]:
        """About how many documents have each word, or one that goes on like it."""
        found: dict[Asked, int] = {}
        counted = getattr(SearchWord, column)
        plain = {asked: EDGE * asked.is_prefix + asked.text for asked in words if not _is_long(asked)}
        if plain:
            query = sa.select(SearchWord.word, counted).where(SearchWord.word.in_(plain.values()))
            counts: dict[str, int] = dict(self._session.execute(query).all())
            found |= {asked: counts.get(token, 0) for asked, token in plain.items()}
        for asked in words:
            if _is_long(asked):
                some = sa.select(counted.label("n")).where(*_begins(asked.text)).limit(_LOOKED_AT).subquery()
                found[asked] = self._session.scalar(sa.select(sa.func.coalesce(sa.func.sum(some.c.n), 0))) or 0
        return found

    def corrections(self, asked: Asked, *, begun: bool) -> list[str]:
        """Words that may have been meant instead, what names most first; `begun`: also those that go on after it."""
        if (asked, begun) not in self._corrections:
            self._corrections[asked, begun] = _corrections(self._session, asked, begun=begun)
        return self._corrections[asked, begun]


def _is_long(asked: Asked) -> bool:
    """A beginning that is not indexed as such."""
    return asked.is_prefix and len(asked.text) not in EDGES


def _begins(beginning: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return SearchWord.word >= beginning, SearchWord.word < beginning + _HIGHEST


def _corrections(session: Session, asked: Asked, *, begun: bool) -> list[str]:
    if not is_word(asked.text):
        return []
    found = _near(session, typos.forms_of_word(asked.text), lambda word: typos.is_near(asked.text, word), _CORRECTIONS)
    if begun and asked.is_prefix:
        forms = typos.forms_of_beginning(asked.text)
        found += _near(session, forms, lambda word: typos.is_near_beginning(asked.text, word), _COMPLETIONS)
    return [word for word in dict.fromkeys(found) if word != asked.text]


def _near(session: Session, forms: Collection[str], is_near: Callable[[str], bool], limit: int) -> list[str]:
    if not forms:
        return []
    query = (
        sa.select(SearchWord.word)
        .join(SearchDeletion, SearchDeletion.word == SearchWord.word)
        .where(SearchDeletion.form.in_(forms), SearchWord.name_count > 0)
        .group_by(SearchWord.word, SearchWord.name_count)
        .order_by(SearchWord.name_count.desc(), SearchWord.word)
        .limit(_LOOKED_AT)
    )
    return [word for word in session.scalars(query) if is_near(word)][:limit]


def completions(session: Session, asked: Asked, limit: int) -> list[str]:
    """Words that name something and go on like it, the commonest first. One letter alone completes nothing."""
    if not asked.is_prefix:
        return []
    named = sa.select(SearchWord.word).where(*_begins(asked.text), SearchWord.name_count > 0)
    return list(session.scalars(named.order_by(SearchWord.name_count.desc(), SearchWord.word).limit(limit)))


def _parts(rows: Sequence[object]) -> Iterator[list]:  # type: ignore[type-arg]
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        yield list(rows[start : start + _ROWS_A_STATEMENT])
