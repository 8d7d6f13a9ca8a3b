"""What mail quotes of notices, read when it is made: by then a comment may be deleted, or a work be gone."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.comments import CommentPolicy, CommentState
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.states import WorkState
from remixhub.models import Account, Comment, Notice, Work

_POLICY = sa.func.coalesce(
    Work.comment_policy,
    sa.select(Account.comment_policy).where(Account.id == Work.account_id).correlate(Work).scalar_subquery(),
)
_SHOWN = sa.and_(
    Comment.state == CommentState.SHOWN,
    Work.state == WorkState.PUBLISHED,
    sa.or_(_POLICY != CommentPolicy.HIDDEN, Work.account_id == Notice.account_id),
)
_COMMENT = (
    sa.exists()
    .where(Comment.id == Notice.subject_id, Work.id == Comment.work_id)
    .where(sa.or_(_SHOWN, Comment.account_id == Notice.account_id))  # its author is told how it went
)
_REMIX_IS_GONE = sa.exists().where(Work.id == Notice.told_of, Work.state != WorkState.PUBLISHED)
IS_THERE = sa.and_(
    sa.or_(Notice.kind != NoticeKind.COMMENT, Notice.subject_kind != "comment", _COMMENT),
    ~_REMIX_IS_GONE,
)
"""What a notice tells of can still be seen by whom it tells."""


def words_of(session: Session, notice_id: str) -> dict[str, str] | None:
    """Title and text; None when there is nothing left to tell."""
    told = sa.select(Notice.title, Notice.text).where(Notice.id == notice_id, IS_THERE)
    found = session.execute(told).one_or_none()
    return None if found is None else found._asdict()
