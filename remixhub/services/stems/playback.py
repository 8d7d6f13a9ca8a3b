"""Where a browser finds what it plays and draws: presigned URLs of renditions, for those who may hear them."""

from __future__ import annotations

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work
from remixhub.domain.covers.thumbnails import SIDES_PIXELS
from remixhub.domain.errors import NotFound
from remixhub.domain.states import RenditionKind, WholeKind
from remixhub.models import Work
from remixhub.services.access import may_have_cover
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.stems import preparing
from remixhub.services.stems.stems import find_stem
from remixhub.services.works.whole_piece import rendition_url


def work_rendition_url(actor: Actor, parts: Parts, work_id: str, kind: RenditionKind, *, for_head: bool = False) -> str:
    """Of the whole piece, or its pictures. Raises NotFound, RenditionMissing, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        work = session.get(Work, work_id)
        if work is None or not _may_have(actor, work, kind):
            raise NotFound(f"There is no work {work_id!r}, or it is private.", what="work")
        if kind is RenditionKind.COVER:
            return rendition_url(session, parts, work.cover_digest, kind, for_head=for_head)
        if kind is RenditionKind.LINK_PICTURE:
            return rendition_url(session, parts, work.cover_digest or work.print_digest, kind, for_head=for_head)
        if kind in SIDES_PIXELS:
            return rendition_url(session, parts, work.thumbnail_digest, kind, for_head=for_head)
        if work.whole_kind is WholeKind.STEMS_TOGETHER:
            require_stems(session, actor, work)
        return rendition_url(session, parts, work.whole_digest, kind, for_head=for_head)


def stem_rendition_url(actor: Actor, parts: Parts, stem_id: str, kind: RenditionKind) -> str:
    with parts.database.reading() as session:
        stem, _, work = find_stem(session, actor, stem_id)
        require_stems(session, actor, work)
        return rendition_url(session, parts, preparing.filed_under(stem, kind), kind)


def _may_have(actor: Actor, work: Work, kind: RenditionKind) -> bool:
    if kind in (RenditionKind.COVER, RenditionKind.LINK_PICTURE, *SIDES_PIXELS):
        return may_have_cover(actor, work)
    return may_hear_work(actor, owner_id=work.account_id, state=work.state)
