"""Stems that sound like another: of the same role, by the distance of what they are like, whatever their key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import RenditionKind, StemPackState, WorkState
from remixhub.models import Rendition, Stem, StemPack, Work
from remixhub.services.licences.contest_licences import require_stems, with_stems_for
from remixhub.services.stems.stems import find_stem

_ASKED_FOR = 4
"""Times as many as are shown: some are gone since, some are for entrants, some are the same file once more."""


@dataclass(frozen=True)
class SimilarStem:
    stem: Stem
    work: Work
    distance: float
    """0 for the same, 1 for the utmost."""
    renditions: Mapping[RenditionKind, Rendition]
    """To hear and to draw."""


@dataclass(frozen=True)
class Similar:
    to: Stem
    work: Work
    stems: Sequence[SimilarStem]
    """The nearest first."""
    is_measured: bool
    """Otherwise nothing is like it: it is silent, or waits to be measured."""


def similar_stems(actor: Actor, parts: Parts, stem_id: str, *, limit: int) -> Similar:
    """Published ones that the actor may hear. Raises StemNotFound, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        stem, _, work = find_stem(session, actor, stem_id)
        require_stems(session, actor, work)
        role, sound, own = stem.role, stem.original.sound, stem.original_sha256
    if sound is None:
        return Similar(stem, work, (), is_measured=False)
    near = {one.stem_id: one.distance for one in parts.database.sounds.near(role, sound, _ASKED_FOR * (limit + 1))}
    query = (
        sa.select(Stem, Work)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .join(Work, Work.id == StemPack.work_id)
        .where(Stem.id.in_(near), StemPack.state == StemPackState.FROZEN, Work.state == WorkState.PUBLISHED)
    )
    with parts.database.reading() as session:
        found: dict[str, tuple[Stem, Work]] = {}
        rows = session.execute(query).all()
        open_works = with_stems_for(session, actor, (its_work for _, its_work in rows))
        for other, its_work in sorted(rows, key=lambda row: (near[row[0].id], row[0].id)):
            is_new = other.original_sha256 != own and other.original_sha256 not in found
            if is_new and len(found) < limit and its_work.id in open_works:
                found[other.original_sha256] = (other, its_work)
        kinds = (RenditionKind.PREVIEW, RenditionKind.PEAKS_COARSE)
        renditions: dict[str, dict[RenditionKind, Rendition]] = {}
        filed = sa.select(Rendition).where(Rendition.subject_digest.in_(found), Rendition.kind.in_(kinds))
        for row in session.scalars(filed):
            renditions.setdefault(row.subject_digest, {})[row.kind] = row
    return Similar(
        stem,
        work,
        [
            SimilarStem(other, its_work, near[other.id], renditions.get(sha256, {}))
            for sha256, (other, its_work) in found.items()
        ],
        is_measured=True,
    )
