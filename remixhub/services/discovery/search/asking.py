"""The questions to the search, each a function: works, stems, artists, labels and contests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.discovery.asked import Order, StemsAsked, WorksAsked
from remixhub.domain.discovery.music import key_numbered
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, Label, SearchName, SearchStem, SearchWork, Stem, StemPack, Work
from remixhub.models.search import STEMS_A_WORK, Named
from remixhub.services.contests import reading
from remixhub.services.contests.reading import ContestView
from remixhub.services.discovery.search import facets
from remixhub.services.discovery.search.finding import (
    NAMES_FOUND,
    STEMS_FOUND,
    WORKS_FOUND,
    Hits,
    count,
    find,
)
from remixhub.services.discovery.search.plan import Question
from remixhub.services.discovery.search.tokens import kind_token, label_token, tag_token
from remixhub.services.paging import Page, Position
from remixhub.services.works.works import AS_CARDS

T = TypeVar("T")

_WORKS = (
    sa.select(Work, SearchWork)
    .join(SearchWork, SearchWork.doc == Work.seq)
    .where(Work.seq.in_(sa.bindparam("docs", expanding=True)), Work.state == WorkState.PUBLISHED)
    .options(*AS_CARDS)
)
"""What was withdrawn a moment ago and is still projected is not shown."""


@dataclass(frozen=True)
class Found(Generic[T]):
    page: Page[T]
    did_you_mean: str | None
    """What was looked for beside the question, where nothing is spelt like it."""
    count: int | None
    """Of all pages, if it was asked for; `COUNTED_TO` and one more for any higher."""


@dataclass(frozen=True)
class WorkFound:
    work: Work
    tempo_bpm: float | None
    is_tempo_detected: bool
    """Heard in the stems; not said by the artist."""
    key: str | None
    is_key_detected: bool
    length_seconds: int | None


@dataclass(frozen=True)
class StemFound:
    stem: Stem
    work: Work
    tempo_bpm: float | None
    key: str | None
    """None where its role carries no notes: it goes with every key."""
    loudness_lufs: float | None
    length_seconds: int | None


def search_works(
    actor: Actor, parts: Parts, asked: WorksAsked, *, after: Position | None, limit: int, counted: bool = False
) -> Found[WorkFound]:
    """Published works. Raises CursorInvalid; NotFound and KeyNotKnown of the works that `asked` names."""
    with parts.database.reading() as session:
        return works_found(session, actor, asked, after=after, limit=limit, counted=counted)


def works_found(
    session: Session, actor: Actor, asked: WorksAsked, *, after: Position | None, limit: int, counted: bool = False
) -> Found[WorkFound]:
    """`search_works` in the caller's transaction."""
    marks = _marks(session, asked)
    if marks is None:
        return Found(Page([], None), None, 0 if counted else None)
    where = facets.of_works(session, actor, asked)
    question = Question(WORKS_FOUND, asked.text, where, marks, asked.order)
    return _found(session, question, _load_works, after=after, limit=limit, counted=counted)


def search_stems(
    actor: Actor, parts: Parts, asked: StemsAsked, *, after: Position | None, limit: int, counted: bool = False
) -> Found[StemFound]:
    """Of the newest packs of published works. Raises what `search_works` raises."""
    with parts.database.reading() as session:
        return stems_found(session, actor, asked, after=after, limit=limit, counted=counted)


def stems_found(
    session: Session, actor: Actor, asked: StemsAsked, *, after: Position | None, limit: int, counted: bool = False
) -> Found[StemFound]:
    """`search_stems` in the caller's transaction."""
    question = Question(STEMS_FOUND, asked.text, facets.of_stems(session, actor, asked), (), asked.order)
    return _found(session, question, _load_stems, after=after, limit=limit, counted=counted)


def works_since(session: Session, actor: Actor, asked: WorksAsked, seq: int, *, limit: int) -> list[WorkFound]:
    """Published after `seq`, the newest first, as they are spelt. Raises what `search_works` raises."""
    marks = _marks(session, asked)
    if marks is None:
        return []
    where = [*facets.of_works(session, actor, asked), SearchWork.doc > seq]
    return _load_works(
        session, _spelt_so(session, Question(WORKS_FOUND, asked.text, where, marks, Order.NEWEST), limit)
    )


def stems_since(session: Session, actor: Actor, asked: StemsAsked, seq: int, *, limit: int) -> list[StemFound]:
    """Of works published after `seq`, as `works_since`."""
    where = [*facets.of_stems(session, actor, asked), SearchStem.doc >= (seq + 1) * STEMS_A_WORK]
    return _load_stems(session, _spelt_so(session, Question(STEMS_FOUND, asked.text, where, (), Order.NEWEST), limit))


def _spelt_so(session: Session, question: Question, limit: int) -> Hits:
    """Without what a typo was mended for."""
    found = find(session, question, after=None, limit=limit)
    return replace(found, hits=[hit for hit in found.hits if hit.stage == 0])


def search_artists(
    actor: Actor, parts: Parts, text: str, *, after: Position | None, limit: int, counted: bool = False
) -> Found[Account]:
    """By their names and handles; those that others remixed most come first. Raises CursorInvalid."""
    with parts.database.reading() as session:
        return names_found(session, actor, Named.ARTIST, text, after=after, limit=limit, counted=counted)


def search_labels(
    actor: Actor, parts: Parts, text: str, *, after: Position | None, limit: int, counted: bool = False
) -> Found[Label]:
    """Raises CursorInvalid."""
    with parts.database.reading() as session:
        return names_found(session, actor, Named.LABEL, text, after=after, limit=limit, counted=counted)


def search_contests(
    actor: Actor, parts: Parts, text: str, *, after: Position | None, limit: int, counted: bool = False
) -> Found[ContestView]:
    """Those that were announced, as the actor sees them. Raises CursorInvalid."""
    with parts.database.reading() as session:
        return names_found(session, actor, Named.CONTEST, text, after=after, limit=limit, counted=counted)


@dataclass(frozen=True)
class Overview:
    works: Found[WorkFound]
    stems: Found[StemFound]
    artists: Found[Account]
    labels: Found[Label]
    contests: Found[ContestView]


def search_everything(actor: Actor, parts: Parts, text: str, *, limit: int) -> Overview:
    """The best few of each kind."""
    with parts.database.reading() as session:
        shown: dict[str, Any] = {"after": None, "limit": limit}
        return Overview(
            works_found(session, actor, WorksAsked(text), **shown),
            stems_found(session, actor, StemsAsked(text), **shown),
            *(names_found(session, actor, kind, text, **shown) for kind in Named),
        )


def names_found(
    session: Session,
    actor: Actor,
    kind: Named,
    text: str,
    *,
    after: Position | None,
    limit: int,
    counted: bool = False,
) -> Found[Any]:
    """Accounts, labels or contests, in the caller's transaction."""

    def load_contests(session: Session, hits: Hits) -> list[ContestView]:
        return list(reading.viewed(session, actor, _by_hits(session, hits, Contest, Contest.announced_at.is_not(None))))

    loads: dict[Named, Callable[[Session, Hits], list[Any]]] = {
        Named.ARTIST: _load_artists, Named.LABEL: _load_labels, Named.CONTEST: load_contests,
    }  # fmt: skip
    marks = [kind_token(kind)] if text.strip() else []
    # in the statement itself, so that PostgreSQL plans for this kind
    of_kind = SearchName.kind == sa.bindparam("kind", kind, literal_execute=True)
    question = Question(NAMES_FOUND, text, [of_kind], marks)
    return _found(session, question, loads[kind], after=after, limit=limit, counted=counted)


def _found(
    session: Session,
    question: Question,
    load: Callable[[Session, Hits], list[T]],
    *,
    after: Position | None,
    limit: int,
    counted: bool,
) -> Found[T]:
    hits = find(session, question, after=after, limit=limit)
    if not counted:
        total = None
    elif after is None and hits.next_position is None:
        total = len(hits.hits)
    else:
        total = count(session, question)
    return Found(Page(load(session, hits), hits.next_position), hits.did_you_mean, total)


def _marks(session: Session, asked: WorksAsked) -> Sequence[str] | None:
    """None where the label or the tag is none that anything has."""
    marks = []
    if asked.label is not None:
        handle = asked.label.lower().removeprefix("@")
        label_id = session.scalar(sa.select(Label.id).where(Label.handle == handle))
        marks.append(label_token(label_id) if label_id else "")
    if asked.tag is not None:
        marks.append(tag_token(asked.tag))
    return None if "" in marks else marks


def _load_works(session: Session, hits: Hits) -> list[WorkFound]:
    rows = {row.doc: (work, row) for work, row in session.execute(_WORKS, {"docs": _docs(hits)})}
    return [_work_found(*rows[doc]) for doc in _docs(hits) if doc in rows]


def _work_found(work: Work, row: SearchWork) -> WorkFound:
    heard = facets.detected(row)
    return WorkFound(
        work, heard.tempo_bpm, row.is_tempo_detected, heard.key, row.is_key_detected, row.length_seconds or None
    )


def _load_stems(session: Session, hits: Hits) -> list[StemFound]:
    docs = _docs(hits)
    query = (
        sa.select(Stem, Work, SearchStem)
        .join(SearchStem, SearchStem.stem_id == Stem.id)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .join(Work, Work.id == StemPack.work_id)
        .where(SearchStem.doc.in_(docs), Work.state == WorkState.PUBLISHED)
        .options(*AS_CARDS)
    )
    rows = {row.doc: _stem_found(stem, work, row) for stem, work, row in session.execute(query)}
    return [rows[doc] for doc in docs if doc in rows]


def _stem_found(stem: Stem, work: Work, row: SearchStem) -> StemFound:
    key = key_numbered(row.key_number)
    return StemFound(
        stem,
        work,
        row.tempo_tenths / 10 or None,
        key.name if key else None,
        None if row.loudness_tenths is None else row.loudness_tenths / 10,
        row.length_seconds or None,
    )


def _load_artists(session: Session, hits: Hits) -> list[Account]:
    return _by_hits(session, hits, Account, Account.deleted_at.is_(None))


def _load_labels(session: Session, hits: Hits) -> list[Label]:
    return _by_hits(session, hits, Label)


def _by_hits(session: Session, hits: Hits, table: type[T], *where: sa.ColumnElement[bool]) -> list[T]:
    """The rows that the names are of, as far as they are still public."""
    of: Any = table
    query = sa.select(SearchName.doc, of).join(of, of.id == SearchName.subject_id)
    rows: dict[int, T] = dict(session.execute(query.where(SearchName.doc.in_(_docs(hits)), *where)).all())
    return [rows[doc] for doc in _docs(hits) if doc in rows]


def _docs(hits: Hits) -> list[int]:
    return [hit.doc for hit in hits.hits]
