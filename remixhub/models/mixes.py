"""Mixes (somebody's mix spec over a stem pack), mixdowns (the audio, rendered once for equal specs), draft mixes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import IngestState
from remixhub.models.accounts import Account
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
    spec: Mapped[dict[str, Any] | None]
    """With what changes no sample, such as markers, and so is not in the mixdown's; None for mixes of before."""
    created_at: Mapped[CreatedAt]

    @property
    def document(self) -> dict[str, Any]:
        """In version 2, every field spelled out."""
        return self.spec or parse_mix_spec(self.mixdown.spec).as_json()


class MixDraft(Row):
    """A mix that somebody works on. What it says stands in its newest revision."""

    __tablename__ = "mix_drafts"
    __table_args__ = (sa.Index("ix_mix_drafts_newest", "account_id", "saved_at", "id"),)

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship()
    stem_pack_id: Mapped[str] = mapped_column(sa.ForeignKey("stem_packs.id"), index=True)
    stem_pack: Mapped[StemPack] = relationship()
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)
    """The number of the newest revision."""
    mix_id: Mapped[str | None] = mapped_column(sa.ForeignKey("mixes.id", ondelete="SET NULL"), index=True)
    """As it was rendered last, or what it goes on from."""
    share_number: Mapped[int] = mapped_column(default=0)
    """How often it was shared: each time by another link."""
    share_token_hash: Mapped[Digest | None] = mapped_column(unique=True)
    """None while it is not shared."""
    created_at: Mapped[CreatedAt]
    saved_at: Mapped[CreatedAt]


class MixRevision(Row):
    """A state of a draft mix; which are kept is said by `domain.mix_revisions`."""

    __tablename__ = "mix_revisions"

    mix_draft_id: Mapped[str] = mapped_column(sa.ForeignKey("mix_drafts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Rises with each state that is kept; numbers of states that went are missing."""
    spec: Mapped[dict[str, Any]]
    size_bytes: Mapped[int]
    """Of the spec as compact JSON."""
    begun_at: Mapped[CreatedAt]
    """Later states replace this one for a while from then."""
    saved_at: Mapped[CreatedAt]
