"""Ordering the work that makes stems playable and judges packs, in the transaction that causes it.

Transactions lock in this order, so that none waits for another in a circle: work, ingest job, review job, stem pack.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import IngestState, JobKind, StemPackState
from remixhub.domain.stems.packs import PackedStem, review_digest
from remixhub.jobs.table import add_job
from remixhub.models import Original, Stem, StemPack, Work


def order_ingest(session: Session, actor: Actor, parts: Parts, sha256: str) -> Original:
    """Unless this version of the engine has made the original playable, or has refused it."""
    original = session.get_one(Original, sha256)
    if original.ingest_state is IngestState.REFUSED and original.engine_version != ENGINE_VERSION:
        original.ingest_state, original.refusal_code, original.refusal_detail = IngestState.PENDING, None, None
    if original.ingest_state is IngestState.PENDING or original.engine_version != ENGINE_VERSION:
        add_job(session, actor, JobKind.INGEST_STEM, sha256, max_attempts=parts.settings.job_attempts)
    return original


def order_review(session: Session, actor: Actor, parts: Parts, stem_pack_id: str) -> None:
    """To be called before the pack is locked; what the transaction changes then is what will be reviewed."""
    add_job(session, actor, JobKind.REVIEW_STEM_PACK, stem_pack_id, max_attempts=parts.settings.job_attempts)


def order_reviews_with(session: Session, actor: Actor, parts: Parts, sha256: str) -> None:
    """Of every draft pack in which the original is a stem or, of its work, the mix."""
    by_stem = sa.select(Stem.stem_pack_id).where(Stem.original_sha256 == sha256)
    by_mix = sa.select(StemPack.id).join(Work, Work.id == StemPack.work_id).where(Work.mix_sha256 == sha256)
    packs = session.scalars(
        sa.select(StemPack.id)
        .where(StemPack.state == StemPackState.DRAFT, StemPack.id.in_(by_stem.union(by_mix)))
        .order_by(StemPack.id)
    )
    for stem_pack_id in packs.all():
        order_review(session, actor, parts, stem_pack_id)


def packed(stems: Sequence[Stem]) -> list[PackedStem]:
    return [PackedStem(stem.id, stem.role, stem.name, stem.gain_db, stem.original_sha256) for stem in stems]


def present_digest(pack: StemPack, work: Work) -> str:
    """What a review of the pack as it is now would be filed under."""
    return review_digest(packed(pack.stems), work.mix_sha256)
