"""The files of a work that is brought in: each is an upload as anybody's, checked and listened to by workers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.bundles.contents import BundledFile, BundledWork
from remixhub.domain.bundles.moving import picture_of, role_of, sound_of
from remixhub.domain.errors import Invalid
from remixhub.domain.states import StemPackState, UploadPurpose, UploadState, WorkKind
from remixhub.models import Stem, StemPack, Upload, Work
from remixhub.services.bundles.bringing.errand import Errand
from remixhub.services.remixes.attachments import set_cover, set_mix
from remixhub.services.stems.stems import add_stem
from remixhub.services.uploads.uploads import complete_upload, create_upload

_FOUND = (UploadState.OPEN, UploadState.VERIFYING, UploadState.READY, UploadState.REJECTED)


def send(parts: Parts, errand: Errand, actor: Actor, work: BundledWork, work_id: str) -> bool:
    """Whether all of its files are where they belong; what is not sent yet is sent. Raises Invalid for a bad file."""
    with parts.database.reading() as session:
        row = session.get_one(Work, work_id)
        there = _stem_count(session, work_id)
    is_ready = True
    for place, stem in enumerate(work.pack.stems if work.pack is not None else (), 1):
        if place <= there:
            continue
        upload = _uploaded(parts, errand, actor, stem.original, UploadPurpose.STEM)
        if upload is None or not is_ready:  # they come in their order
            is_ready = False
            continue
        add_stem(
            actor, parts, work_id, upload_id=upload.id, name=stem.name, role=role_of(stem.role), gain_db=stem.gain_db
        )
    sound = sound_of(work)
    if sound is not None and row.mix_sha256 is None:
        purpose = UploadPurpose.REMIX if row.kind is WorkKind.REMIX else UploadPurpose.REFERENCE_MIX
        upload = _uploaded(parts, errand, actor, sound, purpose)
        if upload is not None:
            set_mix(actor, parts, work_id, upload_id=upload.id)
        is_ready = is_ready and upload is not None
    picture = picture_of(work)
    if picture is not None and row.cover_digest is None:
        upload = _uploaded(parts, errand, actor, picture, UploadPurpose.COVER)
        if upload is not None:
            set_cover(actor, parts, work_id, upload_id=upload.id)
        is_ready = is_ready and upload is not None
    return is_ready


def _uploaded(parts: Parts, errand: Errand, actor: Actor, file: BundledFile, purpose: UploadPurpose) -> Upload | None:
    """None until workers have checked it. Raises Invalid with what they found wrong."""
    upload = _found(parts, actor, file, purpose)
    if upload is None:
        upload = create_upload(
            actor, parts, filename=file.path.rpartition("/")[2], size_bytes=file.size_bytes, purpose=purpose,
            sha256=file.sha256,
        )  # fmt: skip
    if upload.state is UploadState.OPEN:
        errand.tell(file.path)
        with errand.opened.open(file.path) as stream:
            parts.store.put_stream(upload.key, stream, "application/octet-stream")
        complete_upload(actor, parts, upload.id)
        return None
    if upload.state is UploadState.REJECTED:
        raise Invalid(f"{file.path!r}: {upload.rejection_detail}")
    return upload if upload.state is UploadState.READY else None


def _found(parts: Parts, actor: Actor, file: BundledFile, purpose: UploadPurpose) -> Upload | None:
    """What an earlier pass has sent and nothing uses yet."""
    query = (
        sa.select(Upload)
        .where(Upload.account_id == actor.account_id, Upload.sha256_declared == file.sha256)
        .where(Upload.purpose == purpose, Upload.state.in_(_FOUND))
        .order_by(Upload.created_at.desc(), Upload.id.desc())
        .limit(1)
    )
    with parts.database.reading() as session:
        return session.scalars(query).one_or_none()


def _stem_count(session: Session, work_id: str) -> int:
    counted = (
        sa.select(sa.func.count(Stem.id))
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .where(StemPack.work_id == work_id, StemPack.state == StemPackState.DRAFT)
    )
    return session.scalars(counted).one()
