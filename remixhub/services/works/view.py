"""A work with all that its page shows besides the rows: the state of its audio, renditions, its newest pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work
from remixhub.domain.states import RenditionKind, WholeKind
from remixhub.models import Rendition, StemPack, Work
from remixhub.services.access import find_visible_work, may_have_pack
from remixhub.services.licences.contest_licences import may_have_stems
from remixhub.services.works.tempo_and_key import TempoAndKey, said_or_heard
from remixhub.services.works.tombstones import Tombstone, tombstone_of
from remixhub.services.works.whole_piece import WholePiece, whole_piece


@dataclass(frozen=True)
class WorkView:
    work: Work
    packs: Sequence[StemPack]
    """Those that the actor may have, the newest first."""
    whole: WholePiece | None
    may_hear_whole: bool
    tempo_and_key: TempoAndKey
    """As said, or as heard in the newest of them."""
    renditions: Mapping[RenditionKind, Rendition]
    """Of the whole piece, for those who may hear it, the cover, and the picture for links."""
    tombstone: Tombstone | None

    @property
    def stem_pack_id(self) -> str | None:
        return self.packs[0].id if self.packs else None


WITH_MIX = (joinedload(Work.mix),)
_PACKS = sa.select(StemPack).where(StemPack.work_id == sa.bindparam("work_id")).order_by(StemPack.version.desc())
_RENDITIONS = sa.select(Rendition).where(Rendition.subject_digest.in_(sa.bindparam("subjects", expanding=True)))


def view_work(actor: Actor, parts: Parts, work_id: str) -> WorkView:
    """In three queries, one more for a mixdown and one for what was taken down.

    Raises NotFound, also for somebody else's draft.
    """
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id, options=WITH_MIX)
        return viewed(session, actor, work)


def viewed(session: Session, actor: Actor, work: Work) -> WorkView:
    packs = session.scalars(_PACKS, {"work_id": work.id})
    shown = [one for one in packs if may_have_pack(actor, work, one)]
    may_hear = _may_hear_whole(session, actor, work)
    return WorkView(
        work=work,
        packs=shown,
        whole=whole_piece(session, work),
        may_hear_whole=may_hear,
        tempo_and_key=said_or_heard(work, shown[0] if shown else None),
        renditions=_renditions(session, work, may_hear=may_hear),
        tombstone=tombstone_of(session, work),
    )


def _may_hear_whole(session: Session, actor: Actor, work: Work) -> bool:
    """All stems together are for whoever may have the stems, the artist's own mix for whoever may hear the work."""
    if not may_hear_work(actor, owner_id=work.account_id, state=work.state):
        return False
    return work.whole_kind is not WholeKind.STEMS_TOGETHER or may_have_stems(session, actor, work)


def _renditions(session: Session, work: Work, *, may_hear: bool) -> dict[RenditionKind, Rendition]:
    pictured = None if work.state.is_tombstone else work.cover_digest or work.print_digest
    subjects = [work.whole_digest if may_hear else None, pictured]
    rows = session.scalars(_RENDITIONS, {"subjects": [one for one in subjects if one is not None]})
    return {row.kind: row for row in rows}
