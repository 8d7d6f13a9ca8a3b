"""Stem packs: reading them, beginning the next version, discarding it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_own_work
from remixhub.domain.errors import Conflict, NotFound
from remixhub.domain.states import JobKind, RenditionKind, StemPackState, WorkState
from remixhub.domain.stems.refusals import StemPackNotFound
from remixhub.jobs.table import ACTIVE
from remixhub.models import Job, Rendition, Stem, StemPack
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.access import find_visible_work, may_have_pack
from remixhub.services.stems.orders import order_review
from remixhub.services.stems.preparing import filed_under
from remixhub.services.stems.stems import StemPackFrozen, suggested_names
from remixhub.services.uploads.claims import release_claims
from remixhub.services.works.works import begin_edit


class Taken(Protocol):
    """A work, and the ids of the stems of it that somebody names."""

    @property
    def source_id(self) -> str: ...
    @property
    def stems(self) -> Sequence[str]: ...


class FirstStemPack(Conflict):
    code = "first_stem_pack"
    title = "The first stem pack goes with its draft"


@dataclass(frozen=True)
class StemPackView:
    """A pack with all that is shown of it. `ingests` are keyed by the SHA-256 of the stems' originals, `renditions` by
    what they are filed under.
    """

    pack: StemPack
    renditions: Mapping[str, Mapping[RenditionKind, Rendition]]
    ingests: Mapping[str, Job]
    """The jobs at work on stems that are not ready."""
    review: Job | None
    """The job that judges the pack, while there is one."""
    suggested_names: Mapping[str, str]
    """By the stems' ids, for a draft; see `stems.suggested_names`."""

    def renditions_of(self, stem: Stem) -> Mapping[RenditionKind, Rendition]:
        filed = {kind: self.renditions.get(filed_under(stem, kind), {}) for kind in RenditionKind}
        return {kind: renditions[kind] for kind, renditions in filed.items() if kind in renditions}


def get_stem_pack(actor: Actor, parts: Parts, stem_pack_id: str) -> StemPack:
    """With its work, stems and originals. Raises StemPackNotFound for a stranger's draft and for withdrawn works."""
    with parts.database.reading() as session:
        return find_pack(session, actor, stem_pack_id)


def view_stem_pack(actor: Actor, parts: Parts, stem_pack_id: str) -> StemPackView:
    """In four queries, whatever the number of stems."""
    with parts.database.reading() as session:
        return _viewed(session, find_pack(session, actor, stem_pack_id))


def list_stem_packs(actor: Actor, parts: Parts, work_id: str) -> Sequence[StemPack]:
    """The newest version first, with stems and originals."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        packs = session.scalars(
            sa.select(StemPack)
            .where(StemPack.work_id == work_id)
            .order_by(StemPack.version.desc())
            .options(joinedload(StemPack.work), selectinload(StemPack.stems))
        ).all()
        return [pack for pack in packs if may_have_pack(actor, work, pack)]


def begin_stem_pack(actor: Actor, parts: Parts, work_id: str) -> tuple[StemPackView, bool]:
    """A draft of the next version with copies of the newest stems, and whether it is new: there is one at a time."""
    with parts.database.writing() as session:
        work = begin_edit(session, actor, work_id, states=(WorkState.PUBLISHED,))
        packs = session.scalars(
            sa.select(StemPack).where(StemPack.work_id == work_id).order_by(StemPack.version.desc())
        ).all()
        if packs and packs[0].state is StemPackState.DRAFT:
            session.rollback()
            return _viewed(session, find_own_pack(session, actor, packs[0].id)), False
        pack = StemPack(work_id=work_id, version=packs[0].version + 1 if packs else 1)
        session.add(pack)
        session.flush()
        copies = {stem.id: _copy(stem, pack.id) for stem in (packs[0].stems if packs else ())}
        session.add_all(copies.values())
        session.flush()
        chosen = (packs[0].families if packs else None) or {}
        pack.families = {copies[id].id: one for id, one in chosen.items() if id in copies} or None
        order_review(session, actor, parts, pack.id)
        journal.record(session, actor, "stem_pack.begun", "work", work.id, after={"version": pack.version})
        session.flush()
        session.expire_all()
        return _viewed(session, find_own_pack(session, actor, pack.id)), True


def discard_stem_pack(actor: Actor, parts: Parts, stem_pack_id: str) -> None:
    """Drops the draft of a next version. Raises FirstStemPack for that of a work which is a draft itself."""
    with parts.database.writing() as session:
        pack = find_own_pack(session, actor, stem_pack_id)
        if pack.work.state is WorkState.DRAFT:
            raise FirstStemPack("Remove its stems, or delete the draft.")
        used = [stem.original_sha256 for stem in pack.stems]
        account_id, work_id, version = pack.work.account_id, pack.work_id, pack.version
        session.expunge_all()
        draft = sa.and_(StemPack.id == stem_pack_id, StemPack.state == StemPackState.DRAFT)
        if changed(session, sa.delete(StemPack).where(draft)) == 0:
            raise StemPackFrozen("It was published; a published stem pack stays as it is.")
        release_claims(session, account_id, originals=used)
        journal.record(session, actor, "stem_pack.discarded", "work", work_id, before={"version": version})


def find_pack(session: Session, actor: Actor, stem_pack_id: str) -> StemPack:
    pack = session.scalars(
        sa.select(StemPack)
        .where(StemPack.id == stem_pack_id)
        .options(joinedload(StemPack.work), selectinload(StemPack.stems))
    ).one_or_none()
    if pack is None or not may_have_pack(actor, pack.work, pack):
        raise StemPackNotFound(f"There is no stem pack {stem_pack_id!r}, or it is private.")
    return pack


def find_newest_pack(session: Session, actor: Actor, work_id: str) -> StemPack:
    """The stems that everybody hears: the newest version that is published. Raises NotFound for a work without any."""
    work = find_visible_work(session, actor, work_id)
    pack = session.scalars(
        sa.select(StemPack)
        .where(StemPack.work_id == work_id, StemPack.state == StemPackState.FROZEN)
        .order_by(StemPack.version.desc())
        .limit(1)
        .options(selectinload(StemPack.stems))
    ).one_or_none()
    if pack is None or not may_have_pack(actor, work, pack):
        raise NotFound("This work has no stems.")
    set_committed_value(pack, "work", work)
    return pack


def find_own_pack(session: Session, actor: Actor, stem_pack_id: str) -> StemPack:
    pack = find_pack(session, actor, stem_pack_id)
    work = pack.work
    require_own_work(actor, owner_id=work.account_id, state=work.state, what="stem pack", id=stem_pack_id)
    return pack


def _viewed(session: Session, pack: StemPack) -> StemPackView:
    sums = {stem.original_sha256 for stem in pack.stems}
    renditions: dict[str, dict[RenditionKind, Rendition]] = {}
    subjects = sums | {stem.mixer_digest for stem in pack.stems}
    for rendition in session.scalars(sa.select(Rendition).where(Rendition.subject_digest.in_(subjects))):
        renditions.setdefault(rendition.subject_digest, {})[rendition.kind] = rendition
    jobs = session.scalars(
        sa.select(Job).where(
            Job.state.in_(ACTIVE),
            sa.or_(
                sa.and_(Job.kind == JobKind.INGEST_STEM, Job.subject_id.in_(sums)),
                sa.and_(Job.kind == JobKind.REVIEW_STEM_PACK, Job.subject_id == pack.id),
            ),
        )
    ).all()
    ingests = {job.subject_id: job for job in jobs if job.kind is JobKind.INGEST_STEM}
    review = next((job for job in jobs if job.kind is JobKind.REVIEW_STEM_PACK), None)
    names = suggested_names(pack.stems, pack.work.title) if pack.state is StemPackState.DRAFT else {}
    return StemPackView(pack, renditions, ingests, review, names)


def _copy(stem: Stem, stem_pack_id: str) -> Stem:
    return Stem(
        stem_pack_id=stem_pack_id,
        position=stem.position,
        name=stem.name,
        role=stem.role,
        gain_db=stem.gain_db,
        filename=stem.filename,
        original_sha256=stem.original_sha256,
    )


def stems_offered(session: Session, named: Sequence[Taken]) -> Mapping[str, Sequence[Stem]]:
    """By work, the stems of its newest pack, and those that are named of packs before; one query."""
    if not named:
        return {}
    chosen = {stem for one in named for stem in one.stems}
    is_newest = StemPack.version == (
        sa.select(sa.func.max(_Newer.version))
        .where(_Newer.work_id == StemPack.work_id, _Newer.frozen_at.is_not(None))
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(StemPack.work_id, Stem)
        .join(Stem, Stem.stem_pack_id == StemPack.id)
        .where(StemPack.work_id.in_([one.source_id for one in named]), StemPack.frozen_at.is_not(None))
        .where(sa.or_(is_newest, Stem.id.in_(chosen)))
        .order_by(StemPack.version.desc(), Stem.position, Stem.created_at, Stem.id)
    )
    offered: dict[str, list[Stem]] = {}
    for work_id, stem in rows:
        offered.setdefault(work_id, []).append(stem)
    return offered


_Newer = aliased(StemPack)
