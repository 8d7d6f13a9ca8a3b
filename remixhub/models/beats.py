"""The beats table: which schedulers and workers are there, as they say themselves."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.domain.states import ProcessRole
from remixhub.models.base import CreatedAt, Row, Word, one_of


class Beat(Row):
    """The latest beat of one process."""

    __tablename__ = "beats"
    __table_args__ = (one_of(ProcessRole, "role"),)

    name: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    role: Mapped[ProcessRole] = mapped_column(Word(ProcessRole))
    host: Mapped[str] = mapped_column(sa.String(255))
    pid: Mapped[int]
    version: Mapped[str] = mapped_column(sa.String(32))
    started_at: Mapped[CreatedAt]
    beat_at: Mapped[dt.datetime]
    doing: Mapped[str] = mapped_column(sa.String(60), default="")
    scratch_free_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    """On the disk of its work folder; null when it cannot be told."""
