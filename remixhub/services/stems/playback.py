"""Where a browser finds what it plays and draws: presigned URLs of renditions, for those who may hear them."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work, may_see_work
from remixhub.domain.errors import NotFound
from remixhub.domain.states import RenditionKind, StemPackState
from remixhub.models import Stem, StemPack, Work
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.works.whole_piece import rendition_url


def work_rendition_url(actor: Actor, parts: Parts, work_id: str, kind: RenditionKind) -> str:
    """Of the whole piece, or its cover. Raises NotFound, RenditionMissing."""
    with parts.database.reading() as session:
        work = session.get(Work, work_id)
        if work is None or not _may_have(actor, work, kind):
            raise NotFound(f"There is no work {work_id!r}, or it is private.", what="work")
        subject = work.cover_digest if kind is RenditionKind.COVER else work.playable_digest
        return rendition_url(session, parts, subject, kind)


def stem_rendition_url(actor: Actor, parts: Parts, stem_id: str, kind: RenditionKind) -> str:
    with parts.database.reading() as session:
        found = session.execute(
            sa.select(Stem.original_sha256, StemPack.state, Work)
            .join(StemPack, StemPack.id == Stem.stem_pack_id)
            .join(Work, Work.id == StemPack.work_id)
            .where(Stem.id == stem_id)
        ).one_or_none()
        if found is None or not _may_hear_pack(actor, found.Work, found.state):
            raise NotFound(f"There is no stem {stem_id!r}, or it is private.", what="stem")
        require_stems(session, actor, found.Work)
        return rendition_url(session, parts, found.original_sha256, kind)


def _may_have(actor: Actor, work: Work, kind: RenditionKind) -> bool:
    decide = may_see_work if kind is RenditionKind.COVER and not work.state.is_tombstone else may_hear_work
    return decide(actor, owner_id=work.account_id, state=work.state)


def _may_hear_pack(actor: Actor, work: Work, state: StemPackState) -> bool:
    """A pack that is still being put together is its artist's alone, even when the work is published."""
    if state is StemPackState.DRAFT and actor.account_id != work.account_id:
        return False
    return may_hear_work(actor, owner_id=work.account_id, state=work.state)
