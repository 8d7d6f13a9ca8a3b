"""The check of a completed upload: the stored bytes are read once, hashed, sniffed and probed.

Until then they are in quarantine, which is a state in SQL: nobody but the check is given their key. Good bytes become
an original where they lie, unless equal ones are there already or a form could still replace them; bad bytes go, and
the upload says why.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio.confine.pictures import COVER_MEDIA_TYPE, webp_cover
from remixhub.audio.read.probe import Probe, probe
from remixhub.audio.read.sniff import is_read_in_place
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.errors import Invalid, Unavailable
from remixhub.domain.media import TooLong
from remixhub.domain.states import IngestState, RenditionKind, UploadPurpose, UploadState
from remixhub.jobs.lease import Lease
from remixhub.jobs.troubles import is_verdict
from remixhub.models import Original, Upload, now
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.services import journal, workbench
from remixhub.services.uploads.endings import drop_bytes, give_back_cleared, still_counted
from remixhub.services.uploads.session_files import read_session
from remixhub.services.uploads.uploads import part_count
from remixhub.storage.keys import original_key
from remixhub.storage.ranged import RangedObject
from remixhub.storage.s3 import ObjectMissing


class HashMismatch(Invalid):
    code = "sha256_mismatch"
    title = "The stored bytes are not those that were declared"


class StoredSizeMismatch(Invalid):
    code = "stored_size_mismatch"
    title = "The stored bytes are more or fewer than declared"


class StoredBytesMissing(Unavailable):
    """They had arrived: where they are now is not the artist's to say."""

    code = "stored_bytes_missing"
    title = "The bytes of the upload are not where they were stored"


class _Swept(Exception):
    """The equal original that was to be used was swept meanwhile."""


def verify_upload(parts: Parts, lease: Lease) -> None:
    """A job; safe to repeat at any point. It ends only when the upload has its outcome and unwanted bytes are gone."""
    with parts.database.reading() as session:
        upload = session.get(Upload, lease.subject_id)
    if upload is not None and upload.state is UploadState.VERIFYING:
        try:
            _verify(parts, lease, upload)
        except Invalid as exc:
            if not is_verdict(exc):
                raise
            with lease.writing() as session:
                _reject(session, upload.id, exc.code, exc.detail)
        except ObjectMissing as exc:
            raise StoredBytesMissing("The storage has lost the upload's bytes for now; it is tried again.") from exc
    is_cleared = upload is None or drop_bytes(parts, upload.key)
    with lease.committing() as session:
        if is_cleared:
            give_back_cleared(session, lease.subject_id)


def reject_upload(session: Session, upload_id: str, code: str, detail: str) -> None:
    """By the file's own fault, found out otherwise than by the check; the sweep deletes the bytes."""
    _reject(session, upload_id, code, detail)


def _verify(parts: Parts, lease: Lease, upload: Upload) -> None:
    in_place = _in_place(parts, upload)
    if in_place is not None:
        _accept_audio(parts, lease, upload, in_place, _hashed(parts, lease, upload))
        return
    with workbench.own_folder(parts, lease) as folder:
        path = folder / "upload"
        sha256 = _hashed(parts, lease, upload, into=path)
        if upload.purpose is UploadPurpose.COVER:
            lease.progress(85, "checking")
            _accept_cover(parts, lease, upload, path)
        elif upload.purpose is UploadPurpose.SESSION:
            _accept_session(parts, lease, upload, path)
        else:
            _accept_audio(parts, lease, upload, path, sha256)


def _in_place(parts: Parts, upload: Upload) -> RangedObject | None:
    """The stored bytes, if they can be probed where they are; None for what has to be a file, or is small anyhow."""
    if part_count(upload) == 1 or not upload.purpose.is_audio:
        return None
    stored = parts.store.head(upload.key)
    if stored is None or stored.size_bytes != upload.size_bytes:
        return None
    source = RangedObject(parts.store, upload.key, stored.size_bytes)
    return source if is_read_in_place(source) else None


def _hashed(parts: Parts, lease: Lease, upload: Upload, *, into: Path | None = None) -> str:
    """The SHA-256 of the stored bytes, which are as many as was declared; `into` is a file that is to hold them.

    Raises StoredSizeMismatch, HashMismatch, ObjectMissing.
    """
    digest = hashlib.sha256()
    count = workbench.BytesDone(lease, upload.size_bytes, "reading", to_percent=80)

    def read(block: bytes) -> None:
        digest.update(block)
        count(block)

    if into is not None:
        parts.store.download(upload.key, into, read)
    else:
        for block in parts.store.blocks(upload.key):
            read(block)
    sha256 = digest.hexdigest()
    if count.done_bytes != upload.size_bytes:
        raise StoredSizeMismatch(
            f"{count.done_bytes} bytes are stored, {upload.size_bytes} were declared; upload it again."
        )
    if upload.sha256_declared not in (None, sha256):
        raise HashMismatch(
            f"The stored bytes have the SHA-256 {sha256}, declared was {upload.sha256_declared}; upload it again."
        )
    return sha256


def check_duration(parts: Parts, probed: Probe) -> None:
    """Raises TooLong by what the container declares; the ingest counts what is really there."""
    limit = parts.settings.duration_limit_seconds
    if probed.declared_frames is not None and probed.declared_frames > limit * probed.sample_rate_hz:
        seconds = probed.declared_frames / probed.sample_rate_hz
        raise TooLong(f"It lasts {seconds / 60:.0f} minutes; {limit // 60} are the most.", limit_seconds=limit)


def _accept_audio(parts: Parts, lease: Lease, upload: Upload, source: Path | RangedObject, sha256: str) -> None:
    """Equal content is stored once: where it lies already, else where nobody can replace it."""
    lease.progress(85, "checking")
    probed = probe(source, parts.sandbox)
    check_duration(parts, probed)
    while True:
        with parts.database.reading() as session:
            noted = session.scalar(
                sa.select(Original.key).where(Original.sha256 == sha256, Original.doomed_at.is_(None))
            )
        stored = None if noted is None else parts.store.head(noted)
        is_stored = stored is not None and stored.size_bytes == upload.size_bytes
        own = None if is_stored else _own_key(parts, upload, source, sha256, probed)
        try:
            with lease.writing() as session:
                kept = _make_original_ready(parts, session, upload, _facts(upload, sha256, probed), noted, own)
            break
        except _Swept:
            continue
    if own is not None and own not in (kept, upload.key):
        parts.store.delete(own)


def _own_key(parts: Parts, upload: Upload, source: Path | RangedObject, sha256: str, probed: Probe) -> str:
    """Where the bytes of this upload lie for good, having been put there if they did not."""
    if part_count(upload) > 1:
        return upload.key
    key = original_key(sha256, upload.id)
    assert isinstance(source, Path)
    parts.store.put_file(key, source, probed.container.media_type)
    return key


def _facts(upload: Upload, sha256: str, probed: Probe) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "size_bytes": upload.size_bytes,
        "container": str(probed.container),
        "codec": probed.codec,
        "media_type": probed.container.media_type,
        "sample_rate_hz": probed.sample_rate_hz,
        "channels": probed.channels,
        "bit_depth": probed.bit_depth,
        "duration_frames": probed.declared_frames,
        "ingest_state": IngestState.PENDING,
    }


def _make_original_ready(
    parts: Parts, session: Session, upload: Upload, facts: dict[str, Any], noted: str | None, own: str | None
) -> str | None:
    """The key at which the original lies now; None when the upload was aborted. Touched, it is young to the sweep.

    The bytes lie at `noted` if `own` is None, else at `own`, and not at `noted`. Raises _Swept.
    """
    if not _make_ready(parts, session, upload):
        return None
    sha256 = facts["sha256"]
    if own is None:
        there = sa.and_(Original.sha256 == sha256, Original.key == noted, Original.doomed_at.is_(None))
        if changed(session, sa.update(Original).where(there).values(created_at=now())) == 0:
            raise _Swept
        kept = noted
    else:
        gone = sa.or_(Original.doomed_at.is_not(None), Original.key == (noted or ""))
        values = {"key": sa.case((gone, own), else_=Original.key), "doomed_at": None, "created_at": now()}
        kept = session.execute(
            insert(session, Original)
            .values(**facts, key=own, created_at=now())
            .on_conflict_do_update(index_elements=[Original.sha256], set_=values)
            .returning(Original.key)
        ).scalar_one()
    _note_outcome(session, upload, original_sha256=sha256)
    return kept


def _accept_cover(parts: Parts, lease: Lease, upload: Upload, path: Path) -> None:
    encoded = path.with_name("cover.webp")
    encoded.write_bytes(webp_cover(path, parts.sandbox))
    digest = hashlib.sha256(encoded.read_bytes()).hexdigest()
    cover = workbench.store_rendition(parts, digest, RenditionKind.COVER, encoded, COVER_MEDIA_TYPE)
    with lease.writing() as session:
        workbench.keep_rendition(session, cover)
        if _make_ready(parts, session, upload):
            _note_outcome(session, upload, cover_digest=digest)


def _accept_session(parts: Parts, lease: Lease, upload: Upload, path: Path) -> None:
    """What it says is kept; its bytes are not, and go as soon as this is done."""
    reading = read_session(path, lambda part: lease.progress(80 + 20 * part, "looking for stems"))
    with lease.writing() as session:
        if _make_ready(parts, session, upload):
            told = sa.update(Upload).where(Upload.id == upload.id).values(session_reading=reading.as_json())
            session.execute(told)
            after = {"sounds": len(reading.files)}
            journal.record(session, SYSTEM, "upload.verified", "upload", upload.id, after=after)


def _make_ready(parts: Parts, session: Session, upload: Upload) -> bool:
    """Write first: an upload that was aborted meanwhile has its outcome already."""
    lifetime = parts.settings.upload_lifetime_seconds
    verifying = sa.update(Upload).where(Upload.id == upload.id, Upload.state == UploadState.VERIFYING)
    values = {"state": UploadState.READY, "verified_at": now(), "expires_at": now(lifetime)}
    return changed(session, verifying.values(values)) == 1


def _note_outcome(session: Session, upload: Upload, **outcome: str) -> None:
    session.execute(sa.update(Upload).where(Upload.id == upload.id).values(**outcome))
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
