"""Mixes (somebody's mix spec over a stem pack) and mixdowns (the audio, rendered once for equal specs)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.states import IngestState
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of
from remixhub.models.works import StemPack


class Mixdown(Row):
    """Audio of a mix spec over a frozen stem pack by one version of the engine; renditions are filed under `digest`."""

    __tablename__ = "mixdowns"
    __table_args__ = (one_of(IngestState, "state"),)

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    stem_pack_id: Mapped[str] = mapped_column(sa.ForeignKey("stem_packs.id"), index=True)
    stem_pack: Mapped[StemPack] = relationship()
    spec: Mapped[dict[str, Any]]
    state: Mapped[IngestState] = mapped_column(Word(IngestState), default=IngestState.PENDING)
    sample_rate_hz: Mapped[int]
    duration_frames: Mapped[int | None] = mapped_column(sa.BigInteger)
    integrated_lufs: Mapped[float | None]
    true_peak_dbtp: Mapped[float | None]
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """`{"code", "detail"}`: what is odd about the render."""
    refusal_code: Mapped[str | None] = mapped_column(sa.String(60))
    refusal_detail: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[CreatedAt]
    rendered_at: Mapped[dt.datetime | None]

    @property
    def duration_seconds(self) -> float | None:
        return None if self.duration_frames is None else self.duration_frames / self.sample_rate_hz


class Mix(Row):
    __tablename__ = "mixes"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    mixdown_digest: Mapped[Digest] = mapped_column(sa.ForeignKey("mixdowns.digest"), index=True)
    mixdown: Mapped[Mixdown] = relationship(lazy="joined", innerjoin=True)
    created_at: Mapped[CreatedAt]
