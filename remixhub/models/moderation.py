"""Reports, takedowns with the works they name, appeals, and notices to accounts."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.comments import CommentFault
from remixhub.domain.letters import Rhythm
from remixhub.domain.moderation import NoticeKind, ReportReason, ReportState, TakedownState
from remixhub.domain.states import WorkState
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of
from remixhub.models.collections import Collection
from remixhub.models.comments import Comment
from remixhub.models.works import Work

_OPEN_OF_WORK = sa.text("state = 'open' AND comment_id IS NULL")
_OPEN_OF_COMMENT = sa.text("state = 'open' AND comment_id IS NOT NULL")
_OPEN_OF_COLLECTION = sa.text("state = 'open' AND collection_id IS NOT NULL")


_DUE = sa.text("mail_due IS NOT NULL")


class Report(Row):
    """Of a work, of a comment on it, or of a collection."""

    __tablename__ = "reports"
    __table_args__ = (
        one_of(ReportReason, "reason"),
        one_of(ReportState, "state"),
        sa.Index("ix_reports_state_created_at", "state", "created_at", "id"),
        sa.Index(
            "uq_reports_one_open", "account_id", "work_id", unique=True, sqlite_where=_OPEN_OF_WORK,
            postgresql_where=_OPEN_OF_WORK,
        ),
        sa.Index(
            "uq_reports_one_open_of_comment", "account_id", "comment_id", unique=True, sqlite_where=_OPEN_OF_COMMENT,
            postgresql_where=_OPEN_OF_COMMENT,
        ),
        sa.Index(
            "uq_reports_one_open_of_collection", "account_id", "collection_id", unique=True,
            sqlite_where=_OPEN_OF_COLLECTION, postgresql_where=_OPEN_OF_COLLECTION,
        ),
    )  # fmt: skip

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined", innerjoin=True)
    work_id: Mapped[str | None] = mapped_column(sa.ForeignKey("works.id"), index=True)
    """None: it is about a collection."""
    work: Mapped[Work | None] = relationship(lazy="joined")
    comment_id: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    """No foreign key: SQLite would have to build the table anew."""
    comment: Mapped[Comment | None] = relationship(
        primaryjoin=lambda: sa.orm.foreign(Report.comment_id) == Comment.id, viewonly=True, lazy="joined"
    )
    comment_fault: Mapped[CommentFault | None] = mapped_column(Word(CommentFault))
    comment_text: Mapped[str | None] = mapped_column(sa.Text)
    """As it was reported, until that is decided: its author may edit or delete it meanwhile."""
    collection_id: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    """No foreign key: its owner may delete it meanwhile."""
    collection: Mapped[Collection | None] = relationship(
        primaryjoin=lambda: sa.orm.foreign(Report.collection_id) == Collection.id, viewonly=True, lazy="joined"
    )
    collection_text: Mapped[str | None] = mapped_column(sa.Text)
    """Its words as they were reported, until that is decided."""
    reason: Mapped[ReportReason] = mapped_column(Word(ReportReason))
    """Of a comment's always `offensive`, which a release that knows none can read."""
    note: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[ReportState] = mapped_column(Word(ReportState), default=ReportState.OPEN)
    created_at: Mapped[CreatedAt]
    decided_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")
    decided_at: Mapped[dt.datetime | None]
    decision_note: Mapped[str] = mapped_column(sa.Text, default="")


class Takedown(Row):
    """`decided_*` speak of the last decision about an appeal or a restoration."""

    __tablename__ = "takedowns"
    __table_args__ = (
        one_of(ReportReason, "reason"),
        one_of(TakedownState, "state"),
        sa.Index("ix_takedowns_state_created_at", "state", "created_at", "id"),
    )

    id: Mapped[Id]
    taken_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """None: the system."""
    taken_by: Mapped[Account | None] = relationship(foreign_keys=[taken_by_id], lazy="joined")
    report_id: Mapped[str | None] = mapped_column(sa.ForeignKey("reports.id"))
    reason: Mapped[ReportReason] = mapped_column(Word(ReportReason))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[TakedownState] = mapped_column(Word(TakedownState), default=TakedownState.STANDING)
    created_at: Mapped[CreatedAt]
    decided_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")
    decided_at: Mapped[dt.datetime | None]
    decision_note: Mapped[str] = mapped_column(sa.Text, default="")

    works: Mapped[list[TakedownWork]] = relationship(order_by="TakedownWork.work_id", lazy="selectin")
    appeals: Mapped[list[Appeal]] = relationship(order_by="Appeal.created_at", lazy="selectin")


class TakedownWork(Row):
    __tablename__ = "takedown_works"
    __table_args__ = (one_of(WorkState, "state_before"),)

    takedown_id: Mapped[str] = mapped_column(sa.ForeignKey("takedowns.id", ondelete="CASCADE"), primary_key=True)
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"), primary_key=True, index=True)
    work: Mapped[Work] = relationship(lazy="joined", innerjoin=True)
    state_before: Mapped[WorkState] = mapped_column(Word(WorkState))
    """Before the first of the takedowns that overlap: published or withdrawn."""


class Appeal(Row):
    """The key is the rule: each artist concerned appeals once."""

    __tablename__ = "appeals"

    takedown_id: Mapped[str] = mapped_column(sa.ForeignKey("takedowns.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    note: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[CreatedAt]


class Notice(Row):
    __tablename__ = "notices"
    __table_args__ = (
        one_of(NoticeKind, "kind"),
        sa.Index("ix_notices_account_id_created_at", "account_id", "created_at", "id"),
        sa.Index("ix_notices_mail_due", "account_id", "mail_due", sqlite_where=_DUE, postgresql_where=_DUE),
        sa.Index("uq_notices_told_of", "told_of", "account_id", unique=True),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.String(300))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[CreatedAt]
    read_at: Mapped[dt.datetime | None]
    mail_due: Mapped[Rhythm | None] = mapped_column(Word(Rhythm))
    """With the letter of which day or week it goes, until then."""
    told_of: Mapped[str | None] = mapped_column(sa.String(32))
    """The remix that it tells of, of which an account is told once; None for all else."""
