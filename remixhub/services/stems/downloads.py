"""Originals as downloads: a presigned address, with the name that the artist gave the file."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import StemPackState
from remixhub.models import Stem, StemPack, Work
from remixhub.services.access import may_have_pack
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.stems import receipts
from remixhub.services.stems.stems import StemNotFound


def original_url(actor: Actor, parts: Parts, stem_id: str) -> str:
    """Good for a short while; who has an account gets a receipt.

    Raises StemNotFound for whom the stem is private, or withdrawn, and ContestLicenceNotAccepted.
    """
    with parts.database.reading() as session:
        found = session.execute(
            sa.select(Stem, StemPack, Work)
            .join(StemPack, StemPack.id == Stem.stem_pack_id)
            .join(Work, Work.id == StemPack.work_id)
            .where(Stem.id == stem_id)
        ).one_or_none()
        if found is None or not may_have_pack(actor, found.Work, found.StemPack):
            raise StemNotFound(f"There is no stem {stem_id!r}, or it is private.")
        require_stems(session, actor, found.Work)
    if found.StemPack.state is StemPackState.FROZEN and found.Work.account_id != actor.account_id:
        receipts.record_download(
            actor, parts, found.Work.licence, stem_pack_id=found.StemPack.id, stem_id=stem_id, stem_name=found.Stem.name
        )
    original = found.Stem.original
    return parts.store.presign_get(original.key, media_type=original.media_type, filename=found.Stem.filename)
