"""Uploads in progress, originals (bytes as uploaded, named by SHA-256) and the renditions made from them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.states import IngestState, RenditionKind, UploadPurpose, UploadState
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of

UNMEASURED = sa.text("ingest_state = 'ready' AND sound_recipe = 0")


class Original(Row):
    """Verified audio, stored once for its SHA-256. The measurements arrive with the ingest."""

    __tablename__ = "originals"
    __table_args__ = (
        one_of(IngestState, "ingest_state"),
        sa.Index("ix_originals_key", "key"),
        sa.Index("ix_originals_unmeasured", "created_at", sqlite_where=UNMEASURED, postgresql_where=UNMEASURED),
    )

    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200))
    """Where the bytes lie: where they came in, or where a form cannot replace them."""
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    container: Mapped[str] = mapped_column(sa.String(20))
    codec: Mapped[str] = mapped_column(sa.String(40))
    media_type: Mapped[str] = mapped_column(sa.String(60))
    sample_rate_hz: Mapped[int]
    channels: Mapped[int]
    bit_depth: Mapped[int | None]
    duration_frames: Mapped[int | None] = mapped_column(sa.BigInteger)
    """As declared by the container until ingested, then as decoded."""
    ingest_state: Mapped[IngestState] = mapped_column(Word(IngestState), default=IngestState.PENDING)
    engine_version: Mapped[str | None] = mapped_column(sa.String(20))
    measurements: Mapped[dict[str, Any] | None]
    """`audio.Measurements` as JSON."""
    refusal_code: Mapped[str | None] = mapped_column(sa.String(60))
    refusal_detail: Mapped[str | None] = mapped_column(sa.Text)
    sound: Mapped[bytes | None] = mapped_column(sa.LargeBinary(12))
    """What it is like, as `domain.stems.sound` has it; None for silence, and until it was measured."""
    sound_recipe: Mapped[int] = mapped_column(default=0, server_default="0")
    """By which it was measured; 0 until then."""
    created_at: Mapped[CreatedAt]
    doomed_at: Mapped[dt.datetime | None]
    """When the sweep found that nobody uses it. What lies at its key is being deleted."""

    @property
    def duration_seconds(self) -> float | None:
        return None if self.duration_frames is None else self.duration_frames / self.sample_rate_hz


class Rendition(Row):
    """A file derived from an original, a mix spec or a stem pack; `subject_digest` names what it was made from."""

    __tablename__ = "renditions"
    __table_args__ = (one_of(RenditionKind, "kind"),)

    subject_digest: Mapped[Digest] = mapped_column(primary_key=True)
    kind: Mapped[RenditionKind] = mapped_column(Word(RenditionKind), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(60))
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    engine_version: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[CreatedAt]


class Upload(Row):
    """A multipart transfer in progress, and its outcome until something claims it."""

    __tablename__ = "uploads"
    __table_args__ = (
        one_of(UploadState, "state"),
        one_of(UploadPurpose, "purpose"),
        sa.Index("ix_uploads_state_expires_at", "state", "expires_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    filename: Mapped[str] = mapped_column(sa.String(255))
    """As the client named it, cleaned for display; never part of a key."""
    purpose: Mapped[UploadPurpose] = mapped_column(Word(UploadPurpose))
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    sha256_declared: Mapped[Digest | None]
    part_size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    key: Mapped[str] = mapped_column(sa.String(200))
    s3_upload_id: Mapped[str] = mapped_column(sa.String(400))
    state: Mapped[UploadState] = mapped_column(Word(UploadState), default=UploadState.OPEN)
    original_sha256: Mapped[Digest | None] = mapped_column(sa.ForeignKey("originals.sha256"))
    original: Mapped[Original | None] = relationship()
    cover_digest: Mapped[Digest | None]
    """For purpose `cover`: the digest of the re-encoded picture."""
    session_reading: Mapped[dict[str, Any] | None]
    """For purpose `session`: what it says of stems, as `domain.exports.handed_back.SessionReading` JSON."""
    rejection_code: Mapped[str | None] = mapped_column(sa.String(60))
    rejection_detail: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]
    storable_until_at: Mapped[dt.datetime | None]
    """A form that was signed for it may store until then. Once the upload is over, it counts while this is set."""
    completed_at: Mapped[dt.datetime | None]
    verified_at: Mapped[dt.datetime | None]
