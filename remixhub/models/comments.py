"""Comments on works with what they said before, whom they told, and who wants nothing of whom."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.comments import CommentState
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of
from remixhub.models.works import Work


class Comment(Row):
    """Begins a thread, or answers in one: threads are one deep."""

    __tablename__ = "comments"
    __table_args__ = (
        one_of(CommentState, "state"),
        sa.CheckConstraint("state = 'shown' OR text = ''", name="gone_is_empty"),
        sa.CheckConstraint("(thread_id IS NULL) = (answers_id IS NULL)", name="answers_in_a_thread"),
        sa.CheckConstraint("thread_id IS NULL OR at_ms IS NULL", name="moment_is_the_threads"),
        sa.Index("ix_comments_of_work", "work_id", "thread_id", "created_at", "id"),
        sa.Index("ix_comments_by_moment", "work_id", "at_ms", "id"),
        sa.Index("ix_comments_in_thread", "thread_id", "created_at", "id"),
        sa.Index("ix_comments_account_id_created_at", "account_id", "created_at"),
    )

    id: Mapped[Id]
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"))
    work: Mapped[Work] = relationship()
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    thread_id: Mapped[str | None] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"))
    """The comment that the thread began with; None for that one."""
    answers_id: Mapped[str | None] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    """Which one of the thread it answers."""
    at_ms: Mapped[int | None]
    """The moment of the work that the thread is about."""
    text: Mapped[str] = mapped_column(sa.Text)
    mentions: Mapped[list[str]] = mapped_column(default=list)
    """Handles in the text that are accounts."""
    state: Mapped[CommentState] = mapped_column(Word(CommentState), default=CommentState.SHOWN)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    edited_at: Mapped[dt.datetime | None]
    gone_at: Mapped[dt.datetime | None]


class CommentRevision(Row):
    """What a comment said before it was edited."""

    __tablename__ = "comment_revisions"

    comment_id: Mapped[str] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[dt.datetime]


class CommentTold(Row):
    """The key is the rule: a comment tells an account once, however often it is edited."""

    __tablename__ = "comments_told"

    comment_id: Mapped[str] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True, index=True)


class Block(Row):
    """An account wants nothing of another one."""

    __tablename__ = "blocks"
    __table_args__ = (
        sa.CheckConstraint("blocked_id <> account_id", name="somebody_else"),
        sa.Index("ix_blocks_account_id_created_at", "account_id", "created_at", "blocked_id"),
    )

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    blocked_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True, index=True)
    blocked: Mapped[Account] = relationship(foreign_keys=[blocked_id], lazy="joined", innerjoin=True)
    created_at: Mapped[CreatedAt]
