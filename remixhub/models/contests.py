"""Contests: entries, judges, ballots, what voters heard, and the log that all of it is chained into."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.contests import phases as rules
from remixhub.domain.contests.coverage import Ruling
from remixhub.domain.contests.entries import BallotState, EntryState
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.contests.terms import ContestTerms
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of
from remixhub.models.labels import Label
from remixhub.models.works import Work

_STANDING = sa.text("state IN ('counted', 'ruled_out')")


class Contest(Row):
    __tablename__ = "contests"
    __table_args__ = (
        one_of(ContestState, "state"),
        sa.CheckConstraint("opens_at < closes_at", name="closes_after_opening"),
        sa.CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_has_date"),
        sa.CheckConstraint("(state = 'decided') = (result IS NOT NULL)", name="decided_has_result"),
        sa.Index("ix_contests_state_closes_at", "state", "closes_at"),
    )

    id: Mapped[Id]
    label_id: Mapped[str] = mapped_column(sa.ForeignKey("labels.id"), index=True)
    label: Mapped[Label] = relationship(lazy="joined", innerjoin=True)
    release_id: Mapped[str | None] = mapped_column(sa.ForeignKey("works.id"), index=True)
    """What is remixed; None in a secret remixer, where everybody gives a source."""
    release: Mapped[Work | None] = relationship(lazy="joined")
    title: Mapped[str] = mapped_column(sa.String(120))
    brief: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[ContestState] = mapped_column(Word(ContestState), default=ContestState.DRAFT)
    terms: Mapped[dict[str, Any]]
    """`domain.contests.terms.ContestTerms.dump`."""
    terms_frozen_at: Mapped[dt.datetime | None]
    opens_at: Mapped[dt.datetime]
    closes_at: Mapped[dt.datetime]
    voting_closes_at: Mapped[dt.datetime | None]
    judging_closes_at: Mapped[dt.datetime | None]
    embargo_until: Mapped[dt.datetime | None]
    """The result is decided, but public only from then on."""
    seed: Mapped[str] = mapped_column(sa.String(64))
    """Draws lots, listening orders and the deal; published with the result, its hash with the brief."""
    salt: Mapped[str] = mapped_column(sa.String(64))
    """Keys the pseudonyms in the log; never published."""
    is_secret_remixer: Mapped[bool] = mapped_column(default=False)
    log_length: Mapped[int] = mapped_column(default=0)
    log_head: Mapped[Digest]
    result: Mapped[dict[str, Any] | None]
    """`domain.contests.result.result_of`."""
    cancel_note: Mapped[str] = mapped_column(sa.Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    announced_at: Mapped[dt.datetime | None]
    dealt_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    judging_reopened_at: Mapped[dt.datetime | None]
    """Sheets that were given before then stay as they are."""
    judges_reminded_at: Mapped[dt.datetime | None]
    """By the host."""
    tended_until: Mapped[dt.datetime | None]
    """Everything that was due until then is done: reminders, and publishing sealed entries."""
    tend_after_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    """When something is due next."""

    @property
    def parsed_terms(self) -> ContestTerms:
        return ContestTerms.parse(self.terms)

    @property
    def deadlines(self) -> rules.Deadlines:
        return rules.Deadlines(self.opens_at, self.closes_at, self.voting_closes_at, self.judging_closes_at)

    @property
    def rule(self) -> rules.Contest:
        """As `domain.contests` sees it."""
        return rules.Contest(self.state, self.deadlines, self.terms_frozen_at is not None)


class ContestSlot(Row):
    """Entries that one account may have: 1 to the terms' limit. An entry without a slot cannot be."""

    __tablename__ = "contest_slots"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ContestEntry(Row):
    """A remix submitted to a contest, with its audio as it was then."""

    __tablename__ = "contest_entries"
    __table_args__ = (
        one_of(EntryState, "state"),
        sa.ForeignKeyConstraint(["contest_id", "slot"], ["contest_slots.contest_id", "contest_slots.slot"]),
        sa.Index(
            "uq_contest_entries_slot", "contest_id", "account_id", "slot", unique=True,
            sqlite_where=_STANDING, postgresql_where=_STANDING,
        ),
        sa.Index(
            "uq_contest_entries_work", "contest_id", "work_id", unique=True,
            sqlite_where=_STANDING, postgresql_where=_STANDING,
        ),
        sa.Index("ix_contest_entries_work_id", "work_id"),
    )  # fmt: skip

    id: Mapped[Id]
    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"))
    work: Mapped[Work] = relationship(lazy="joined", innerjoin=True)
    slot: Mapped[int]
    state: Mapped[EntryState] = mapped_column(Word(EntryState), default=EntryState.COUNTED)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    """Why it does not count."""
    audio_sha256: Mapped[Digest]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    """For the host: such as what was made by AI."""
    submitted_at: Mapped[CreatedAt]


class EntryReceipt(Row):
    """The answer to every submission, counted or not, with a hash over what it says."""

    __tablename__ = "entry_receipts"

    id: Mapped[Id]
    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    work_id: Mapped[str] = mapped_column(sa.String(64))
    entry_id: Mapped[str | None] = mapped_column(sa.ForeignKey("contest_entries.id"))
    is_counted: Mapped[bool]
    code: Mapped[str] = mapped_column(sa.String(60), default="")
    detail: Mapped[str] = mapped_column(sa.Text, default="")
    audio_sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    sha256: Mapped[Digest]
    created_at: Mapped[dt.datetime]


class ContestJudge(Row):
    __tablename__ = "contest_judges"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True, index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    added_at: Mapped[CreatedAt]


class JudgeRequest(Row):
    """Somebody who is no member of the label is asked to judge: once, and a no stands."""

    __tablename__ = "judge_requests"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    contest: Mapped[Contest] = relationship(lazy="joined", innerjoin=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True, index=True)
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined", innerjoin=True)
    asked_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    asked_at: Mapped[CreatedAt]
    is_accepted: Mapped[bool | None]
    """None until it is answered."""
    answered_at: Mapped[dt.datetime | None]


class JudgeConflict(Row):
    """An entry that a judge does not score, by the graph or by declaration."""

    __tablename__ = "judge_conflicts"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(300))
    created_at: Mapped[CreatedAt]


class JudgeScores(Row):
    """A judge's ballot on one entry; edited until the judging closes."""

    __tablename__ = "judge_scores"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"), primary_key=True)
    scores: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    updated_at: Mapped[CreatedAt]


class ContestRuling(Row):
    """How an entry is placed that too few judges scored; the log has every one that was given, this the last."""

    __tablename__ = "contest_rulings"
    __table_args__ = (one_of(Ruling, "ruling"),)

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id", ondelete="CASCADE"), primary_key=True)
    ruling: Mapped[Ruling] = mapped_column(Word(Ruling))
    reason: Mapped[str] = mapped_column(sa.Text)
    ruled_at: Mapped[CreatedAt]


class Hearing(Row):
    """How long an account listened to an entry, by the time that passed here between its beats."""

    __tablename__ = "hearings"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"), primary_key=True)
    heard_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    last_beat_at: Mapped[CreatedAt]


class ContestBallot(Row):
    """A voter's answer to a duel, or score of an entry. Excluded ones stay."""

    __tablename__ = "contest_ballots"
    __table_args__ = (
        one_of(BallotState, "state"),
        sa.UniqueConstraint("contest_id", "account_id", "subject"),
    )

    id: Mapped[Id]
    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined", innerjoin=True)
    subject: Mapped[str] = mapped_column(sa.String(80))
    """The entry scored, or both of a duel in the order of their ids: an account answers once."""
    favoured_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"))
    against_id: Mapped[str | None] = mapped_column(sa.ForeignKey("contest_entries.id"))
    score: Mapped[float | None]
    origin: Mapped[str] = mapped_column(sa.String(64), default="")
    """A keyed hash of the network it came from."""
    agent: Mapped[str] = mapped_column(sa.String(64), default="")
    device: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    """A keyed hash of the browser's device cookie, another one in each contest."""
    state: Mapped[BallotState] = mapped_column(Word(BallotState), default=BallotState.COUNTED)
    review_note: Mapped[str] = mapped_column(sa.Text, default="")
    reviewed_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    reviewed_at: Mapped[dt.datetime | None]
    cast_at: Mapped[CreatedAt]


class BallotScreening(Row):
    """When a contest's ballots were looked through last, for what looks arranged."""

    __tablename__ = "ballot_screenings"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    ballots: Mapped[int]
    """How many there were."""
    screened_at: Mapped[dt.datetime]
    """When they were read."""


class BallotFlag(Row):
    """A ballot that looks arranged. Once somebody has decided about the ballot, it stays."""

    __tablename__ = "ballot_flags"

    ballot_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_ballots.id", ondelete="CASCADE"), primary_key=True)
    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), index=True)
    reasons: Mapped[list[str]]
    words: Mapped[str] = mapped_column(sa.Text)


class DuelTally(Row):
    """The ballots of two entries against each other that count: kept with them, so that nobody has to count."""

    __tablename__ = "duel_tallies"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    one_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"), primary_key=True)
    """Of both ids the first in order, as in a ballot's `subject`."""
    other_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"), primary_key=True)
    one_wins: Mapped[int]
    other_wins: Mapped[int]


class DuelOffer(Row):
    """The duel that a voter has before them: they answer it before they get another."""

    __tablename__ = "duel_offers"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    left_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"))
    right_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"))
    offered_at: Mapped[CreatedAt]


class ContestLogLine(Row):
    """See `domain.contests.log`. Only ever added to, under the lock of the contest's row."""

    __tablename__ = "contest_log"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record: Mapped[str] = mapped_column(sa.Text)
    """Canonical JSON."""
    sha256: Mapped[Digest]


class ContestAnnouncement(Row):
    __tablename__ = "contest_announcements"

    id: Mapped[Id]
    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[CreatedAt]


class WinnerRelease(Row):
    """Where a winner's remix came out, in the host's words."""

    __tablename__ = "winner_releases"

    entry_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_entries.id"), primary_key=True)
    url: Mapped[str] = mapped_column(sa.String(300))
    recorded_by_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    recorded_at: Mapped[CreatedAt]


class ContestSignUp(Row):
    """Of a secret remixer: the source that one gives, and after the deal the one that one gets."""

    __tablename__ = "contest_sign_ups"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contests.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True, index=True)
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"))
    dealt_work_id: Mapped[str | None] = mapped_column(sa.ForeignKey("works.id"))
    created_at: Mapped[CreatedAt]
