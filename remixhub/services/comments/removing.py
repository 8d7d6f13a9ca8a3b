"""How a comment goes: by its author, the work's artist or the house. Its words go at once, a tombstone stays."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.comments import CommentNotFound, CommentState
from remixhub.domain.errors import Forbidden
from remixhub.domain.moderation import NoticeKind
from remixhub.models import Comment, CommentRevision, CommentTold, Work, now
from remixhub.models.changes import changed
from remixhub.models.work_locks import hold_works
from remixhub.services import journal, notices
from remixhub.services.comments.telling import forget_words


def delete_comment(actor: Actor, parts: Parts, comment_id: str) -> Comment:
    """One's own, also where it is hidden, or one on one's own work, whose author is told. What is gone stays so.

    Raises CommentNotFound, Forbidden.
    """
    account_id = require_account(actor)
    is_artists = Comment.work_id.in_(sa.select(Work.id).where(Work.account_id == account_id))
    is_own = Comment.account_id == account_id
    state = sa.case((is_own, CommentState.DELETED.value), else_=CommentState.REMOVED.value)
    with parts.database.writing() as session:
        comment = _go(session, comment_id, sa.or_(is_own, is_artists), state)
        if comment is None:
            return _require_theirs(session, comment_id, account_id)
        before = {"work_id": comment.work_id, "account_id": comment.account_id}
        journal.record(session, actor, f"comment.{comment.state.value}", "comment", comment_id, before=before)
        if comment.state is CommentState.REMOVED:
            title = f"Your comment on “{comment.work.title}” was removed by the artist"
            notices.send(session, [comment.account_id], NoticeKind.COMMENT, ("comment", comment_id), title, "")
        return comment


def take_down_comment(session: Session, actor: Actor, comment_id: str) -> Comment | None:
    """By the house, in the transaction that decides a report; None when it is gone already."""
    comment = _go(session, comment_id, sa.true(), sa.literal(CommentState.TAKEN_DOWN.value))
    if comment is not None:
        before = {"work_id": comment.work_id, "account_id": comment.account_id}
        journal.record(session, actor, "comment.taken_down", "comment", comment_id, before=before)
    return comment


def leave_comments(session: Session, account_id: str) -> None:
    """When an account is deleted: what it said goes, and what it was told of."""
    own = sa.and_(Comment.account_id == account_id, Comment.state == CommentState.SHOWN)
    gone = session.execute(
        sa.update(Comment)
        .where(own)
        .values(state=CommentState.DELETED, text="", mentions=[], gone_at=now())
        .returning(Comment.id, Comment.work_id)
        .execution_options(synchronize_session=False)
    ).all()
    counts: dict[str, int] = {}
    for _, work_id in gone:
        counts[work_id] = counts.get(work_id, 0) + 1
    for work_id in sorted(counts):
        _count_out(session, work_id, counts[work_id])
    ids = [comment_id for comment_id, _ in gone]
    for start in range(0, len(ids), 500):
        _forget(session, ids[start : start + 500])
    session.execute(sa.delete(CommentTold).where(CommentTold.account_id == account_id))


def _go(session: Session, comment_id: str, by: sa.ColumnElement[bool], state: sa.ColumnElement[str]) -> Comment | None:
    """Write first: of several at once one finds it shown, the others None."""
    work_id = session.scalar(sa.select(Comment.work_id).where(Comment.id == comment_id))
    hold_works(session, [work_id] if work_id else [])
    shown = sa.and_(Comment.id == comment_id, Comment.state == CommentState.SHOWN, by)
    words = {"text": "", "mentions": [], "state": sa.type_coerce(state, Comment.state.type)}
    going = sa.update(Comment).where(shown).values(**words, gone_at=now(), revision=Comment.revision + 1)
    if changed(session, going.execution_options(synchronize_session=False)) == 0:
        return None
    comment = session.get_one(Comment, comment_id, options=[joinedload(Comment.work)], populate_existing=True)
    _count_out(session, comment.work_id, 1)
    _forget(session, [comment_id])
    return comment


def _count_out(session: Session, work_id: str, count: int) -> None:
    fewer = sa.update(Work).where(Work.id == work_id).values(comment_count=Work.comment_count - count)
    session.execute(fewer.execution_options(synchronize_session=False))


def _forget(session: Session, comment_ids: Sequence[str]) -> None:
    session.execute(sa.delete(CommentRevision).where(CommentRevision.comment_id.in_(comment_ids)))
    forget_words(session, comment_ids)


def _require_theirs(session: Session, comment_id: str, account_id: str) -> Comment:
    """It is gone already, which is what was asked for; unless it is nobody's business of the account."""
    comment = session.get(Comment, comment_id, options=[joinedload(Comment.work)])
    if comment is None:
        raise CommentNotFound(f"There is no comment {comment_id!r}, or it cannot be seen.")
    if account_id not in (comment.account_id, comment.work.account_id):
        raise Forbidden(f"The comment {comment_id!r} is somebody else's.", what="comment")
    return comment
