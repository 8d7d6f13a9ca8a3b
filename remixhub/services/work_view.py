"""A work with all that its page shows besides the rows: the state of its audio, renditions, its newest pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work
from remixhub.domain.states import IngestState, RenditionKind
from remixhub.models import Mixdown, Original, Rendition, StemPack, Work
from remixhub.services.access import find_visible_work, may_have_pack
from remixhub.services.tombstones import Tombstone, tombstone_of


@dataclass(frozen=True)
class Refusal:
    code: str
    detail: str


@dataclass(frozen=True)
class WorkView:
    work: Work
    stem_pack_id: str | None
    """The newest pack that the actor may have."""
    audio_state: IngestState | None
    """Of the whole piece; None without one."""
    refusal: Refusal | None
    duration_seconds: float | None
    tempo_bpm: float | None
    """As the artist says, else as estimated over the newest pack."""
    key: str | None
    renditions: Mapping[RenditionKind, Rendition]
    """Of the whole piece, for those who may hear it, and the cover."""
    tombstone: Tombstone | None


def view_work(actor: Actor, parts: Parts, work_id: str) -> WorkView:
    """In four queries, one more for what was taken down. Raises NotFound, also for somebody else's draft."""
    with parts.database.reading() as session:
        return viewed(session, actor, find_visible_work(session, actor, work_id))


def viewed(session: Session, actor: Actor, work: Work) -> WorkView:
    packs = session.scalars(
        sa.select(StemPack).where(StemPack.work_id == work.id).order_by(StemPack.version.desc())
    ).all()
    pack = next((one for one in packs if may_have_pack(actor, work, one)), None)
    whole = _whole(session, work)
    return WorkView(
        work=work,
        stem_pack_id=pack.id if pack else None,
        audio_state=_state(whole),
        refusal=Refusal(whole.refusal_code, whole.refusal_detail or "") if whole and whole.refusal_code else None,
        duration_seconds=_seconds(whole),
        tempo_bpm=work.tempo_bpm or (pack.tempo_bpm if pack else None),
        key=work.key or (pack.key if pack else None),
        renditions=_renditions(session, actor, work),
        tombstone=tombstone_of(session, work),
    )


def _whole(session: Session, work: Work) -> Original | Mixdown | None:
    if work.mix_sha256 is not None:
        return session.get_one(Original, work.mix_sha256)
    if work.mixdown_digest is not None:
        return session.get_one(Mixdown, work.mixdown_digest)
    return None


def _state(whole: Original | Mixdown | None) -> IngestState | None:
    if isinstance(whole, Original):
        return whole.ingest_state
    return whole.state if whole is not None else None


def _seconds(whole: Original | Mixdown | None) -> float | None:
    if whole is None or whole.duration_frames is None:
        return None
    return whole.duration_frames / whole.sample_rate_hz


def _renditions(session: Session, actor: Actor, work: Work) -> dict[RenditionKind, Rendition]:
    may_hear = may_hear_work(actor, owner_id=work.account_id, state=work.state)
    subjects = [work.playable_digest if may_hear else None, None if work.state.is_tombstone else work.cover_digest]
    rows = session.scalars(
        sa.select(Rendition).where(Rendition.subject_digest.in_([one for one in subjects if one is not None]))
    )
    return {row.kind: row for row in rows}
