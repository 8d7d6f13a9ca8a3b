"""What hangs on a work besides its stems: the audio of the whole piece, and the cover."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Conflict, Invalid
from remixhub.domain.states import StemPackState, UploadPurpose, WorkKind, WorkState
from remixhub.models import StemPack, Work
from remixhub.services import journal
from remixhub.services.mixes import mixes
from remixhub.services.remixes.remixes import require_mix_source
from remixhub.services.stems.orders import order_ingest, order_review
from remixhub.services.uploads.claims import release_claims
from remixhub.services.uploads.uploads import claim_upload
from remixhub.services.works.works import begin_edit

_DRAFT = (WorkState.DRAFT,)
_MIX_PURPOSES = {UploadPurpose.REFERENCE_MIX, UploadPurpose.REMIX}


class OneAudio(Invalid):
    code = "one_audio_needed"
    title = "The whole piece comes from one upload or one mix"


class MixForReleases(Conflict):
    code = "release_mix_is_uploaded"
    title = "The reference mix of a release is uploaded"


def set_mix(
    actor: Actor,
    parts: Parts,
    work_id: str,
    *,
    upload_id: str | None = None,
    mix_id: str | None = None,
    revision: int | None = None,
) -> Work:
    """Of a draft: a release's reference mix, or a remix's audio, which may be taken over from one's own mix.

    Raises OneAudio, MixForReleases, MixSourceMissing, and what `begin_edit`, `claim_upload` and `take_over` raise.
    """
    if (upload_id is None) == (mix_id is None):
        raise OneAudio("Give `upload_id` or `mix_id`, and not both.")
    with parts.database.writing() as session:
        work = begin_edit(session, actor, work_id, states=_DRAFT, revision=revision)
        before = _facts(work)
        if upload_id is not None:
            upload = claim_upload(session, actor, upload_id, _MIX_PURPOSES)
            assert upload.original_sha256 is not None
            order_ingest(session, actor, parts, upload.original_sha256)
            _replace(session, actor, parts, work, mix_sha256=upload.original_sha256, mixdown_digest=None)
        else:
            assert mix_id is not None
            if work.kind is not WorkKind.REMIX:
                raise MixForReleases("Upload it with the purpose `reference_mix`.")
            mixdown = mixes.take_over(session, actor, mix_id)
            require_mix_source(session, mixdown, work.account_id, work.sources)
            _replace(session, actor, parts, work, mix_sha256=None, mixdown_digest=mixdown.digest)
        journal.record(session, actor, "work.mix_set", "work", work_id, before=before, after=_facts(work))
        session.flush()
    return work


def remove_mix(actor: Actor, parts: Parts, work_id: str, *, revision: int | None = None) -> Work:
    """Of a draft; doing so when there is none changes nothing else."""
    with parts.database.writing() as session:
        work = begin_edit(session, actor, work_id, states=_DRAFT, revision=revision)
        before = _facts(work)
        _replace(session, actor, parts, work, mix_sha256=None, mixdown_digest=None)
        journal.record(session, actor, "work.mix_removed", "work", work_id, before=before)
        session.flush()
    return work


def set_cover(actor: Actor, parts: Parts, work_id: str, *, upload_id: str, revision: int | None = None) -> Work:
    """Of a draft or a published work. Raises what `begin_edit` and `claim_upload` raise."""
    with parts.database.writing() as session:
        work = begin_edit(session, actor, work_id, revision=revision)
        upload = claim_upload(session, actor, upload_id, {UploadPurpose.COVER})
        _replace_cover(session, actor, work, upload.cover_digest)
    return work


def remove_cover(actor: Actor, parts: Parts, work_id: str, *, revision: int | None = None) -> Work:
    with parts.database.writing() as session:
        _replace_cover(session, actor, work := begin_edit(session, actor, work_id, revision=revision), None)
    return work


def _replace(
    session: Session, actor: Actor, parts: Parts, work: Work, *, mix_sha256: str | None, mixdown_digest: str | None
) -> None:
    """The draft pack is judged against the reference mix, so its findings go stale."""
    replaced = work.mix_sha256
    work.mix_sha256, work.mixdown_digest = mix_sha256, mixdown_digest
    pack_id = session.scalar(
        sa.select(StemPack.id).where(StemPack.work_id == work.id, StemPack.state == StemPackState.DRAFT)
    )
    if pack_id is not None and replaced != mix_sha256:
        order_review(session, actor, parts, pack_id)
        session.execute(sa.update(StemPack).where(StemPack.id == pack_id).values(findings=None, reviewed_digest=None))
    if replaced is not None and replaced != mix_sha256:
        release_claims(session, work.account_id, originals=[replaced])
    session.flush()
    session.expire(work, ["mix"])


def _replace_cover(session: Session, actor: Actor, work: Work, cover_digest: str | None) -> None:
    replaced = work.cover_digest
    work.cover_digest = cover_digest
    if replaced != cover_digest:
        work.thumbnail_digest = None
    if replaced is not None and replaced != cover_digest:
        release_claims(session, work.account_id, covers=[replaced])
    before, after = {"cover": replaced}, {"cover": cover_digest}
    journal.record(session, actor, "work.cover_changed", "work", work.id, before=before, after=after)
    session.flush()


def _facts(work: Work) -> dict[str, object]:
    return {"mix": work.mix_sha256, "mixdown": work.mixdown_digest}
