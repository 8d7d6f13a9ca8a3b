"""The check of a completed upload: the stored bytes are read once, hashed, sniffed and probed.

Good bytes move to their own SHA-256, where equal content is stored once; bad bytes go, and the upload says why.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio.confine.pictures import COVER_MEDIA_TYPE, webp_cover
from remixhub.audio.read.probe import Probe, probe
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.errors import Invalid
from remixhub.domain.media import TooLong
from remixhub.domain.states import IngestState, RenditionKind, UploadPurpose, UploadState
from remixhub.jobs.lease import Lease
from remixhub.models import Original, Upload, now
from remixhub.models.upsert import insert
from remixhub.services import journal, workbench
from remixhub.services.uploads.endings import give_back_cleared, still_counted
from remixhub.services.uploads.uploads import part_count
from remixhub.storage.keys import incoming_key, original_key


class HashMismatch(Invalid):
    code = "sha256_mismatch"
    title = "The stored bytes are not those that were declared"


class StoredSizeMismatch(Invalid):
    code = "stored_size_mismatch"
    title = "The stored bytes are more or fewer than declared"


def verify_upload(parts: Parts, lease: Lease) -> None:
    """A job; safe to repeat at any point. It ends only when the upload has its outcome and the bytes are gone."""
    with parts.database.reading() as session:
        upload = session.get(Upload, lease.subject_id)
    if upload is not None and upload.state is UploadState.VERIFYING:
        try:
            with workbench.own_folder(parts, lease) as folder:
                _verify(parts, lease, upload, folder)
        except Invalid as exc:
            with lease.writing() as session:
                _reject(session, upload.id, exc.code, exc.detail)
    parts.store.delete(incoming_key(lease.subject_id))
    with lease.committing() as session:
        give_back_cleared(session, lease.subject_id)


def give_up_on_upload(session: Session, upload_id: str, code: str, detail: str) -> None:
    """When the check itself can never succeed; the sweep deletes the bytes."""
    if code == "internal":
        detail = "The check failed on our side, not by the file's fault; upload it again later."
    _reject(session, upload_id, code, detail)


def _verify(parts: Parts, lease: Lease, upload: Upload, folder: Path) -> None:
    path = folder / "upload"
    digest = hashlib.sha256()
    count = workbench.BytesDone(lease, upload.size_bytes, "reading", to_percent=80)

    def read(block: bytes) -> None:
        digest.update(block)
        count(block)

    parts.store.download(upload.key, path, read)
    sha256 = digest.hexdigest()
    if count.done_bytes != upload.size_bytes:
        raise StoredSizeMismatch(
            f"{count.done_bytes} bytes are stored, {upload.size_bytes} were declared; upload it again."
        )
    if upload.sha256_declared not in (None, sha256):
        raise HashMismatch(
            f"The stored bytes have the SHA-256 {sha256}, declared was {upload.sha256_declared}; upload it again."
        )
    lease.progress(85, "checking")
    if upload.purpose is UploadPurpose.COVER:
        _accept_cover(parts, lease, upload, path)
    else:
        probed = probe(path, parts.sandbox)
        check_duration(parts, probed)
        _accept_audio(parts, lease, upload, path, sha256, probed)


def check_duration(parts: Parts, probed: Probe) -> None:
    """Raises TooLong by what the container declares; the ingest counts what is really there."""
    limit = parts.settings.duration_limit_seconds
    if probed.declared_frames is not None and probed.declared_frames > limit * probed.sample_rate_hz:
        seconds = probed.declared_frames / probed.sample_rate_hz
        raise TooLong(f"It lasts {seconds / 60:.0f} minutes; {limit // 60} are the most.", limit_seconds=limit)


def _accept_audio(parts: Parts, lease: Lease, upload: Upload, path: Path, sha256: str, probed: Probe) -> None:
    """The row comes first: an object without one would be found by nobody, a row without an object mends itself."""
    key = original_key(sha256)
    _note_original(parts, upload.size_bytes, key, sha256, probed)
    stored = parts.store.head(key)
    if stored is None or stored.size_bytes != upload.size_bytes:
        if part_count(upload) == 1:  # a form can still replace the incoming object: keep the bytes that were checked
            parts.store.put_file(key, path, probed.container.media_type)
        else:
            parts.store.copy(upload.key, key)
    with lease.writing() as session:
        _make_ready(parts, session, upload, original_sha256=sha256)


def _note_original(parts: Parts, size_bytes: int, key: str, sha256: str, probed: Probe) -> None:
    """Equal content has one row; touching it keeps the sweep away for a day."""
    values = {
        "sha256": sha256,
        "key": key,
        "size_bytes": size_bytes,
        "container": str(probed.container),
        "codec": probed.codec,
        "media_type": probed.container.media_type,
        "sample_rate_hz": probed.sample_rate_hz,
        "channels": probed.channels,
        "bit_depth": probed.bit_depth,
        "duration_frames": probed.declared_frames,
        "ingest_state": IngestState.PENDING,
        "created_at": now(),
    }
    with parts.database.writing() as session:
        noted = insert(session, Original).values(**values)
        session.execute(noted.on_conflict_do_update(index_elements=[Original.sha256], set_={"created_at": now()}))


def _accept_cover(parts: Parts, lease: Lease, upload: Upload, path: Path) -> None:
    encoded = path.with_name("cover.webp")
    encoded.write_bytes(webp_cover(path, parts.sandbox))
    digest = hashlib.sha256(encoded.read_bytes()).hexdigest()
    cover = workbench.store_rendition(parts, digest, RenditionKind.COVER, encoded, COVER_MEDIA_TYPE)
    with lease.writing() as session:
        workbench.keep_rendition(session, cover)
        _make_ready(parts, session, upload, cover_digest=digest)


def _make_ready(parts: Parts, session: Session, upload: Upload, **outcome: str) -> None:
    lifetime = parts.settings.upload_lifetime_seconds
    session.execute(
        sa.update(Upload)
        .where(Upload.id == upload.id, Upload.state == UploadState.VERIFYING)
        .values(state=UploadState.READY, verified_at=now(), expires_at=now(lifetime), **outcome)
    )
    journal.record(session, SYSTEM, "upload.verified", "upload", upload.id, after=dict(outcome))


def _reject(session: Session, upload_id: str, code: str, detail: str) -> None:
    rejected = session.execute(
        sa.update(Upload)
        .where(Upload.id == upload_id, Upload.state == UploadState.VERIFYING)
        .values(
            state=UploadState.REJECTED,
            rejection_code=code,
            rejection_detail=detail,
            storable_until_at=still_counted(),
        )
        .returning(Upload.id)
    ).one_or_none()
    if rejected is not None:
        journal.record(session, SYSTEM, "upload.rejected", "upload", upload_id, after={"code": code})
