"""Sessions that came back with the draft of a remix, and the sources that they name until a person says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.states import ProposalState
from remixhub.models.base import CreatedAt, Row, Word, one_of
from remixhub.models.works import Work


class Handback(Row):
    """The latest session of a draft, and how much of it was recognised."""

    __tablename__ = "handbacks"

    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True)
    filename: Mapped[str] = mapped_column(sa.String(255))
    sound_count: Mapped[int]
    """Files of sound that are heard in it."""
    known_count: Mapped[int]
    """Of them those that are stems here."""
    unknown: Mapped[list[str]]
    """Names of those that are no stem that the remixer may see."""
    read_at: Mapped[dt.datetime]


class SourceProposal(Row):
    """What a session says of a source: a suggestion, which alters nothing until it is taken."""

    __tablename__ = "source_proposals"
    __table_args__ = (one_of(ProposalState, "state"), sa.Index("ix_source_proposals_source_id", "source_id"))

    derivative_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[Work] = relationship(foreign_keys=[source_id], lazy="joined", innerjoin=True)
    state: Mapped[ProposalState] = mapped_column(Word(ProposalState), default=ProposalState.PROPOSED)
    stems: Mapped[list[str]] = mapped_column(default=list)
    starts_seconds: Mapped[float | None]
    ends_seconds: Mapped[float | None]
    uses: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """`domain.exports.handed_back.Use` JSON, in the order of the session."""
    created_at: Mapped[CreatedAt]
