"""Likes, and who was counted lately as having played what."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Row, now
from remixhub.models.beside import Beside
from remixhub.models.upsert import insert
from remixhub.models.works import Work

COUNTED_AGAIN_AFTER_SECONDS = 3600
_MOST_PLAYS = 10_000
"""Of one process, each time; what is beyond is not counted."""
_ROWS_AT_ONCE = 500


class Like(Row):
    """A bookmark that counts, in `works.like_count`; who likes what is theirs alone to know."""

    __tablename__ = "likes"
    __table_args__ = (sa.Index("ix_likes_account_id_created_at", "account_id", "created_at", "work_id"),)

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    account: Mapped[Account] = relationship()
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True, index=True)
    work: Mapped[Work] = relationship(lazy="joined", innerjoin=True)
    created_at: Mapped[CreatedAt]


class HeardLately(Row):
    """A play that was counted, for as long as another one by the same would not be."""

    __tablename__ = "heard_lately"
    __table_args__ = (sa.Index("ix_heard_lately_counted_at", "counted_at"),)

    listener: Mapped[Digest] = mapped_column(primary_key=True)
    """Made with the day's salt, which tells nobody who it was."""
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True, index=True)
    counted_at: Mapped[dt.datetime]


class PlaySalt(Row):
    """By which the listeners of one day are told apart, the same in all processes; gone with the day."""

    __tablename__ = "play_salts"

    day: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(64))


class Play(NamedTuple):
    work_id: str
    listener: str


class Plays(Beside[Play]):
    """Counted some times a minute, each listener of a work once an hour."""

    name = "plays"

    def _kept_as(self, noted: Play) -> Play | None:
        return noted if noted in self._counts or len(self._counts) < _MOST_PLAYS else None

    def _save(self, session: Session, counts: Mapping[Play, int]) -> None:
        forget_heard(session)
        counted: Counter[str] = Counter()
        noted = sorted(counts)
        for start in range(0, len(noted), _ROWS_AT_ONCE):
            rows = [{**play._asdict(), "counted_at": now()} for play in noted[start : start + _ROWS_AT_ONCE]]
            added = insert(session, HeardLately).values(rows).on_conflict_do_nothing()
            counted.update(session.scalars(added.returning(HeardLately.work_id)))
        if counted:
            heard = [{"work": work_id, "plays": plays} for work_id, plays in sorted(counted.items())]
            session.connection().execute(_COUNTED, heard)


_COUNTED = (
    sa.update(Work.__table__)  # type: ignore[arg-type]
    .where(Work.id == sa.bindparam("work"))
    .values(play_count=Work.play_count + sa.bindparam("plays"))
)


def salt_of(session: Session, day: str) -> str | None:
    return session.scalar(sa.select(PlaySalt.salt).where(PlaySalt.day == day))


def make_salt(session: Session, day: str) -> str:
    """Of several processes at once the first one's counts."""
    made = insert(session, PlaySalt).values(day=day, salt=secrets.token_hex(32))
    session.execute(made.on_conflict_do_nothing())
    session.execute(sa.delete(PlaySalt).where(PlaySalt.day < day))
    return session.scalars(sa.select(PlaySalt.salt).where(PlaySalt.day == day)).one()


def forget_heard(session: Session) -> None:
    """Whose hour is over, and by what those of days before were known."""
    session.execute(sa.delete(HeardLately).where(HeardLately.counted_at <= now(-COUNTED_AGAIN_AFTER_SECONDS)))
