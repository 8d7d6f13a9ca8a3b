"""Works as feeds show them, to everybody alike: with what may be heard, whom they credit, what they were made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.states import RenditionKind, StemPackState
from remixhub.models import ElsewhereSource, Rendition, SourceLink, StemPack, Work
from remixhub.services.works.tempo_and_key import TempoAndKey, said_or_heard

_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_TEXTS = sa.select(Work.id, Work.description, Work.credits).where(Work.id.in_(_IDS))
_PACKS = (
    sa.select(StemPack)
    .where(StemPack.work_id.in_(_IDS), StemPack.state == StemPackState.FROZEN)
    .order_by(StemPack.version)
)
_SOURCES = sa.select(SourceLink).where(SourceLink.derivative_id.in_(_IDS)).order_by(SourceLink.position)
_ELSEWHERE = (
    sa.select(ElsewhereSource).where(ElsewhereSource.derivative_id.in_(_IDS)).order_by(ElsewhereSource.position)
)
_RENDITIONS = sa.select(Rendition).where(
    Rendition.subject_digest.in_(sa.bindparam("digests", expanding=True)),
    Rendition.kind.in_((RenditionKind.PREVIEW, RenditionKind.LINK_PICTURE)),
)


@dataclass(frozen=True)
class WorkInFeed:
    work: Work
    description: str
    credits: Sequence[Mapping[str, Any]]
    updated_at: dt.datetime
    """When it was published, had its licence changed, or its stems corrected: whatever came last."""
    tempo_and_key: TempoAndKey
    preview: Rendition | None
    """Of the whole piece, where everybody may hear it and it is there."""
    has_picture: bool
    """For links; else there is the print alone."""
    sources: Sequence[SourceLink]
    elsewhere: Sequence[ElsewhereSource] = ()
    """Sources that are not on this hub."""


def in_feeds(session: Session, works: Sequence[Work]) -> list[WorkInFeed]:
    """In five statements, whatever their number; all of them are published."""
    ids = [work.id for work in works]
    texts = {row.id: row for row in session.execute(_TEXTS, {"ids": ids})}
    packs = {pack.work_id: pack for pack in session.scalars(_PACKS, {"ids": ids})}
    sources: dict[str, list[SourceLink]] = {}
    for link in session.scalars(_SOURCES, {"ids": ids}):
        sources.setdefault(link.derivative_id, []).append(link)
    elsewhere: dict[str, list[ElsewhereSource]] = {}
    for one in session.scalars(_ELSEWHERE, {"ids": ids}):
        elsewhere.setdefault(one.derivative_id, []).append(one)
    digests = {digest for work in works for digest in (work.playable_digest, _pictured(work)) if digest}
    renditions = {
        (row.subject_digest, row.kind): row for row in session.scalars(_RENDITIONS, {"digests": list(digests)})
    }
    return [
        WorkInFeed(
            work=work,
            description=texts[work.id].description,
            credits=texts[work.id].credits,
            updated_at=_updated_at(work, packs.get(work.id)),
            tempo_and_key=said_or_heard(work, packs.get(work.id)),
            preview=renditions.get((work.playable_digest or "", RenditionKind.PREVIEW)),
            has_picture=(_pictured(work) or "", RenditionKind.LINK_PICTURE) in renditions,
            sources=sources.get(work.id, ()),
            elsewhere=elsewhere.get(work.id, ()),
        )
        for work in works
    ]


def _pictured(work: Work) -> str | None:
    return work.cover_digest or work.print_digest


def _updated_at(work: Work, newest_pack: StemPack | None) -> dt.datetime:
    corrected_at = newest_pack.frozen_at if newest_pack else None
    return max(at for at in (work.published_at, work.licensed_at, corrected_at, work.created_at) if at is not None)
