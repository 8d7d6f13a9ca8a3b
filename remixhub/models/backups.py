"""What keeps the sweep off while a backup runs; which backups ended, and what was found of stored bytes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from remixhub.domain.backups.faults import FaultKind
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, now, one_of


class SweepHold(Row):
    """While it lasts nothing is deleted from the storage: a backup copies what its database names."""

    __tablename__ = "sweep_holds"

    id: Mapped[Id]
    until_at: Mapped[dt.datetime]
    """Renewed while the backup lives; one that was killed keeps nobody for long."""


class BackupRun(Row):
    """A backup that ended, as the command wrote it when the snapshot was whole."""

    __tablename__ = "backup_runs"

    id: Mapped[Id]
    target: Mapped[str] = mapped_column(sa.String(500))
    """Without any secret."""
    snapshot: Mapped[str] = mapped_column(sa.String(40))
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[CreatedAt]
    object_count: Mapped[int]
    object_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    copied_count: Mapped[int]
    copied_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    fault_count: Mapped[int]
    """Objects that the database names and that could not be backed up as they should be."""


class FixityRound(Row):
    """One walk over all originals in the order of their digests; the unfinished one says how far it is."""

    __tablename__ = "fixity_rounds"

    id: Mapped[Id]
    started_at: Mapped[CreatedAt]
    after: Mapped[str] = mapped_column(sa.String(64), default="")
    """The digest that was checked last."""
    checked_count: Mapped[int] = mapped_column(default=0)
    checked_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    finished_at: Mapped[dt.datetime | None]


class FixityFault(Row):
    """An original whose stored bytes are not what they were; the row goes when they are right again."""

    __tablename__ = "fixity_faults"
    __table_args__ = (one_of(FaultKind, "kind"),)

    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[FaultKind] = mapped_column(Word(FaultKind))
    found_at: Mapped[CreatedAt]


_HELD = sa.select(SweepHold.id).where(SweepHold.until_at > now()).limit(1)


def is_held(session: Session) -> bool:
    """To be asked after what is to be deleted was decided and committed, and before it is deleted.

    Then a backup's database either knows of the decision, since its hold came later, or is waited for.
    """
    found: Any = session.scalar(_HELD)
    return found is not None
