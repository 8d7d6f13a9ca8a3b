"""What pages show of comments: a work's page with its first threads, all threads, one thread with all answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.comments import CommentNotFound, CommentOrder, CommentPolicy, policy_of
from remixhub.models import Comment, Work
from remixhub.services.access import find_visible_work
from remixhub.services.accounts.blocks import blocks
from remixhub.services.comments.reading import (
    Mark,
    Thread,
    answers_of,
    are_shown,
    find_comment,
    marks_of,
    thread_of,
    threads_of,
)
from remixhub.services.paging import Page, Position
from remixhub.services.remixes.work_page import WorkPage, work_page

_THREADS_SHOWN = 10
"""On a work's page; the others are on a page of their own."""


class Standing(StrEnum):
    """Whether the actor may comment on a work, and why not."""

    MAY = "may"
    VISITOR = "visitor"
    CLOSED = "closed"
    NOT_TAKEN = "not_taken"
    GONE = "gone"


@dataclass(frozen=True)
class CommentsView:
    work: Work
    policy: CommentPolicy
    standing: Standing
    threads: Page[Thread]
    marks: Sequence[Mark] = ()
    linked: Thread | None = None
    """With the comment that the address names, where that is not among the threads."""
    linked_id: str | None = None


@dataclass(frozen=True)
class ThreadView:
    work: Work
    standing: Standing
    first: Comment
    answers: Page[Comment]


def view_work_page(
    actor: Actor, parts: Parts, work_id: str, *, comment_id: str | None = None
) -> tuple[WorkPage, CommentsView]:
    """A work's page without comments, and these. A `comment_id` that cannot be seen is no fault of the page."""
    with parts.database.reading() as session:
        page = work_page(session, actor, parts, work_id)
        work = page.view.work
        if not are_shown(actor, work):
            return page, _nothing(session, actor, work)
        threads = threads_of(session, actor, work_id, CommentOrder.NEWEST, after=None, limit=_THREADS_SHOWN)
        linked = _linked(session, actor, work, threads, comment_id) if comment_id else None
        return page, CommentsView(
            work=work,
            policy=_policy(work),
            standing=_standing(session, actor, work),
            threads=threads,
            marks=marks_of(session, actor, work_id) if work.comment_count and page.may_hear else (),
            linked=linked,
            linked_id=comment_id,
        )


def view_comments(
    actor: Actor, parts: Parts, work_id: str, *, order: CommentOrder, after: Position | None, limit: int
) -> CommentsView:
    """All threads of a work, in pages. Raises NotFound."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        if not are_shown(actor, work):
            return _nothing(session, actor, work)
        threads = threads_of(session, actor, work_id, order, after=after, limit=limit)
        return CommentsView(work, _policy(work), _standing(session, actor, work), threads)


def view_thread(actor: Actor, parts: Parts, comment_id: str, *, after: Position | None, limit: int) -> ThreadView:
    """All answers of the thread that the comment begins, in pages. Raises CommentNotFound."""
    with parts.database.reading() as session:
        first = find_comment(session, actor, comment_id)
        work, thread_id = first.work, first.thread_id or first.id
        if thread_id != first.id:
            first = session.get_one(Comment, thread_id, options=[joinedload(Comment.work)])
        answers = answers_of(session, actor, thread_id, after=after, limit=limit)
        return ThreadView(work, _standing(session, actor, work), first, answers)


def _linked(session: Session, actor: Actor, work: Work, threads: Page[Thread], comment_id: str) -> Thread | None:
    if any(comment_id in (thread.first.id, *(one.id for one in thread.answers)) for thread in threads.rows):
        return None
    try:
        comment = find_comment(session, actor, comment_id)
    except CommentNotFound:
        return None
    return thread_of(session, actor, comment) if comment.work_id == work.id else None


def _nothing(session: Session, actor: Actor, work: Work) -> CommentsView:
    return CommentsView(work, _policy(work), _standing(session, actor, work), Page([], None))


def _policy(work: Work) -> CommentPolicy:
    return policy_of(work.comment_policy, work.account.comment_policy)


def _standing(session: Session, actor: Actor, work: Work) -> Standing:
    if work.state.is_tombstone:
        return Standing.GONE
    if _policy(work) is not CommentPolicy.OPEN:
        return Standing.CLOSED
    if actor.account_id is None:
        return Standing.VISITOR
    is_blocked = actor.account_id != work.account_id and session.scalar(
        sa.select(blocks(work.account_id, actor.account_id))
    )
    return Standing.NOT_TAKEN if is_blocked else Standing.MAY
