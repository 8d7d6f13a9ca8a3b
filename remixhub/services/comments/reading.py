"""Comments as they are read: threads of a work, their answers, one with what it said before, marks on the waveform.

Whoever blocks an account sees nothing of it. What stood in a thread stays where its words are gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.comments import CommentNotFound, CommentOrder, CommentPolicy, CommentState, policy_of
from remixhub.domain.states import WorkState
from remixhub.models import Account, Block, Comment, CommentRevision, Work
from remixhub.services.access import find_visible_work
from remixhub.services.paging import Keyset, Listing, Page, Position, page

ANSWERS_COUNTED = 200
"""Of a thread; one that has more says so, and is never read as a whole."""
ANSWERS_SHOWN = 10
"""Of a thread, beside its first comment; the others are on a page of their own."""
MARKS_LIMIT = 200


@dataclass(frozen=True)
class Thread:
    first: Comment
    answer_count: int
    """At most one more than `ANSWERS_COUNTED`."""
    answers: Sequence[Comment] = ()
    """The oldest of them."""


@dataclass(frozen=True)
class Mark:
    """A comment at a moment of the waveform."""

    comment_id: str
    at_ms: int
    handle: str
    text: str


_ACTOR = sa.bindparam("actor_id", type_=sa.String())
_BLOCKED = sa.select(Block.blocked_id).where(Block.account_id == _ACTOR)
_UNBLOCKED = Comment.account_id.not_in(_BLOCKED)
_BEGUN = sa.select(Comment).where(Comment.work_id == sa.bindparam("work_id"), Comment.thread_id.is_(None), _UNBLOCKED)
_AT_A_MOMENT = sa.and_(Comment.at_ms.is_not(None), Comment.state == CommentState.SHOWN)
_THREADS = {
    CommentOrder.NEWEST: Listing(_BEGUN, Keyset(Comment.created_at.desc(), Comment.id.desc())),
    CommentOrder.OLDEST: Listing(_BEGUN, Keyset(Comment.created_at, Comment.id)),
    CommentOrder.MOMENT: Listing(
        _BEGUN.where(_AT_A_MOMENT), Keyset(sa.type_coerce(Comment.at_ms, sa.Integer), Comment.id)
    ),
}
_MARKS = (
    sa.select(Comment.id, Comment.at_ms, Account.handle, Comment.text)
    .join(Account, Account.id == Comment.account_id)
    .where(Comment.work_id == sa.bindparam("work_id"), _AT_A_MOMENT, _UNBLOCKED)
    .order_by(Comment.at_ms, Comment.id)
    .limit(MARKS_LIMIT)
)
_ANSWERS = Listing(
    sa.select(Comment).where(Comment.thread_id == sa.bindparam("thread_id"), _UNBLOCKED),
    Keyset(Comment.created_at, Comment.id),
)


def _threads() -> sa.CTE:
    """Of each thread how many answers are counted, and when the last was written that is shown with its beginning."""
    first, answer = aliased(Comment), aliased(Comment)
    answers = sa.select(answer).where(answer.thread_id == first.id, answer.account_id.not_in(_BLOCKED)).correlate(first)
    some = answers.with_only_columns(answer.id).limit(ANSWERS_COUNTED + 1).subquery()
    count = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    written_at = sa.type_coerce(answer.created_at, sa.BigInteger)
    last = answers.with_only_columns(written_at).order_by(answer.created_at, answer.id).offset(ANSWERS_SHOWN - 1)
    columns = (first.id, count.label("count"), last.limit(1).scalar_subquery().label("until"))
    asked = first.id.in_(sa.bindparam("threads", expanding=True))
    return sa.select(*columns).where(asked).cte("threads").prefix_with("MATERIALIZED")


_COUNTED = _threads()


def _first_answers() -> sa.Select[*tuple[Any, ...]]:
    """A few more where several were written at once."""
    written_at = sa.type_coerce(Comment.created_at, sa.BigInteger)
    is_early = written_at <= sa.func.coalesce(_COUNTED.c.until, 2**62)
    query = sa.select(Comment, _COUNTED.c.count).join(_COUNTED, Comment.thread_id == _COUNTED.c.id)
    return query.where(is_early, _UNBLOCKED).order_by(Comment.thread_id, Comment.created_at, Comment.id)


_FIRST_ANSWERS = _first_answers()


def list_threads(
    actor: Actor, parts: Parts, work_id: str, *, order: CommentOrder, after: Position | None, limit: int
) -> Page[Thread]:
    """Each with the number of its answers. Raises NotFound; a tombstone has none, nor has a work that hides them."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        if not are_shown(actor, work):
            return Page([], None)
        found = _THREADS[order].page(session, after, limit, work_id=work_id, actor_id=actor.account_id or "")
        counts = _answer_counts(session, actor, [one.id for one in found.rows])
        return found.map(lambda one: Thread(one, counts.get(one.id, 0)))


def list_answers(actor: Actor, parts: Parts, comment_id: str, *, after: Position | None, limit: int) -> Page[Comment]:
    """Of the thread that it begins, the oldest first. Raises CommentNotFound."""
    with parts.database.reading() as session:
        find_comment(session, actor, comment_id)
        return _ANSWERS.page(session, after, limit, thread_id=comment_id, actor_id=actor.account_id or "")


def get_comment(actor: Actor, parts: Parts, comment_id: str) -> Comment:
    """With its work. Raises CommentNotFound, alike for what is not there and what the actor may not see."""
    with parts.database.reading() as session:
        return find_comment(session, actor, comment_id)


def get_history(
    actor: Actor, parts: Parts, comment_id: str, *, after: Position | None, limit: int
) -> tuple[Comment, Page[CommentRevision]]:
    """What it said before, the newest first: for whoever sees the comment."""
    query = sa.select(CommentRevision).where(CommentRevision.comment_id == comment_id)
    with parts.database.reading() as session:
        comment = find_comment(session, actor, comment_id)
        return comment, page(session, query, _NEWEST_REVISION, after=after, limit=limit)


_NEWEST_REVISION = Keyset(CommentRevision.revision.desc())
_FIRST = aliased(Comment)
_BY_ID = (
    sa.select(Comment)
    .outerjoin(_FIRST, _FIRST.id == Comment.thread_id)
    .where(Comment.id == sa.bindparam("comment_id"), _UNBLOCKED)
    .where(sa.or_(_FIRST.id.is_(None), _FIRST.account_id.not_in(_BLOCKED)))
    .options(joinedload(Comment.work))
)


def find_comment(session: Session, actor: Actor, comment_id: str) -> Comment:
    asked = {"comment_id": comment_id, "actor_id": actor.account_id or ""}
    comment = session.scalars(_BY_ID, asked).one_or_none()
    if comment is None or not are_shown(actor, comment.work):
        raise CommentNotFound(f"There is no comment {comment_id!r}, or it cannot be seen.")
    return comment


def are_shown(actor: Actor, work: Work) -> bool:
    """A tombstone shows none. Where they are hidden the artist sees them, and who answers for the hub."""
    if work.state is not WorkState.PUBLISHED:
        return False
    is_theirs = actor.account_id == work.account_id or actor.is_operator
    return is_theirs or policy_of(work.comment_policy, work.account.comment_policy) is not CommentPolicy.HIDDEN


def threads_of(
    session: Session, actor: Actor, work_id: str, order: CommentOrder, *, after: Position | None, limit: int
) -> Page[Thread]:
    """As pages show them, with the first of their answers: in two statements, whatever their number."""
    found = _THREADS[order].page(session, after, limit, work_id=work_id, actor_id=actor.account_id or "")
    return _with_answers(session, actor, found)


def thread_of(session: Session, actor: Actor, comment: Comment) -> Thread:
    """In which it stands, with that answer among those shown."""
    first = comment if comment.thread_id is None else session.get_one(Comment, comment.thread_id)
    (thread,) = _with_answers(session, actor, Page([first], None)).rows
    if comment.thread_id is None or comment in thread.answers:
        return thread
    return Thread(first, thread.answer_count, [*thread.answers, comment])


def answers_of(session: Session, actor: Actor, thread_id: str, *, after: Position | None, limit: int) -> Page[Comment]:
    return _ANSWERS.page(session, after, limit, thread_id=thread_id, actor_id=actor.account_id or "")


def marks_of(session: Session, actor: Actor, work_id: str) -> Sequence[Mark]:
    """The first two hundred along the waveform."""
    rows = session.execute(_MARKS, {"work_id": work_id, "actor_id": actor.account_id or ""})
    return [Mark(id, at_ms or 0, handle, text) for id, at_ms, handle, text in rows]


def _with_answers(session: Session, actor: Actor, begun: Page[Comment]) -> Page[Thread]:
    asked = {"threads": [one.id for one in begun.rows], "actor_id": actor.account_id or ""}
    answers: dict[str, list[Comment]] = {}
    counts: dict[str, int] = {}
    for comment, count in session.execute(_FIRST_ANSWERS, asked) if begun.rows else ():
        answers.setdefault(comment.thread_id, []).append(comment)
        counts[comment.thread_id] = count
    return begun.map(lambda one: Thread(one, counts.get(one.id, 0), answers.get(one.id, [])[:ANSWERS_SHOWN]))


def _answer_counts(session: Session, actor: Actor, threads: Sequence[str]) -> dict[str, int]:
    if not threads:
        return {}
    counted = sa.select(_COUNTED.c.id, _COUNTED.c.count)
    return dict(session.execute(counted, {"threads": threads, "actor_id": actor.account_id or ""}).all())
