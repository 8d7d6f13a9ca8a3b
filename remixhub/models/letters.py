"""Letters on their way, the links in them, and what accounts do not wish by mail."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.domain.letters import LetterKind, LetterState, LinkPurpose, MailTopic, Rhythm
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of


class Letter(Row):
    """What is to be told to whom; its words are made when it is sent. Its id is the first half of its Message-ID."""

    __tablename__ = "letters"
    __table_args__ = (
        one_of(LetterState, "state"),
        sa.Index("ix_letters_state_created_at", "state", "created_at"),
        sa.Index("ix_letters_account_id_kind", "account_id", "kind"),
    )

    id: Mapped[Id]
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))
    """None: to an address without an account, or whose account is looked for when it is sent."""
    address: Mapped[str] = mapped_column(sa.String(254), default="")
    topic: Mapped[MailTopic | None] = mapped_column(Word(MailTopic))
    """Of mail that can be stopped."""
    facts: Mapped[dict[str, Any]]
    """No secrets, and no words of others: of a notice its id. Empty once the letter went, or never will."""
    state: Mapped[LetterState] = mapped_column(Word(LetterState), default=LetterState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often the mail server was asked to take it."""
    tried_at: Mapped[dt.datetime | None]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(sa.Text, default="")


class MailedLink(Row):
    """A link in a letter, one for each attempt to send it; it goes when it is used, or another takes its place."""

    __tablename__ = "mailed_links"
    __table_args__ = (sa.Index("ix_mailed_links_account_id_purpose", "account_id", "purpose"),)

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Word(LinkPurpose))
    letter_id: Mapped[str | None] = mapped_column(sa.ForeignKey("letters.id", ondelete="CASCADE"), index=True)
    """None: printed for an operator."""
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(sa.String(254))
    """Where it was sent."""
    expires_at: Mapped[dt.datetime]
    created_at: Mapped[CreatedAt]


class DeclinedTopic(Row):
    """An account does not wish this by mail, or not at once: all that the release before knows."""

    __tablename__ = "declined_topics"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[MailTopic] = mapped_column(Word(MailTopic), primary_key=True)
    created_at: Mapped[CreatedAt]


class MailRhythm(Row):
    """How often an account wishes a topic by mail, where it has chosen. Beside DeclinedTopic, which the release before
    reads by the topics that it knows.
    """

    __tablename__ = "mail_rhythms"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[MailTopic] = mapped_column(Word(MailTopic, strange=True), primary_key=True)
    rhythm: Mapped[Rhythm] = mapped_column(Word(Rhythm))
    stopped: Mapped[Rhythm | None] = mapped_column(Word(Rhythm))
    """How it came until the link in a mail stopped it; None when whatever is chosen was chosen otherwise."""
    created_at: Mapped[CreatedAt]
