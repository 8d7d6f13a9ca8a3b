"""What browsers mix of a published stem, where the ingest has not made it: for stems of another rate than their pack's,
and for works that were published before it had an index.

Publishing orders it and never waits for it; the scheduler orders what is left, the newest packs first. A pack is
`is_unprepared` until all of it is there. A job's subject is what the renditions are filed under.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio.mixer_sound import RenditionFile, write_mixer_sound
from remixhub.audio.resample import RECIPE
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.media import Cancelled
from remixhub.domain.states import JobKind, JobState, RenditionKind, StemPackState, WorkState
from remixhub.domain.stems.packs import pack_rate_hz, resampled_digest
from remixhub.jobs.lease import Lease, LeaseLost
from remixhub.jobs.table import ACTIVE, add_job
from remixhub.models import Job, Original, Rendition, Stem, StemPack, Work
from remixhub.models.works import UNPREPARED
from remixhub.services import workbench

_STEMS_AT_A_TIME = 8
_FETCHED, _WRITTEN = 15.0, 85.0
"""Percent of the job's progress."""
_SUBJECT = sa.func.coalesce(Stem.resampled_digest, Stem.original_sha256)
"""`Stem.mixer_digest`."""
_IS_INDEX = Rendition.kind == RenditionKind.MIXER_INDEX
_LACKS_INDEX = ~sa.exists().where(Rendition.subject_digest == _SUBJECT, _IS_INDEX)


def filed_under(stem: Stem, kind: RenditionKind) -> str:
    is_mixed = kind in (RenditionKind.MIXER, RenditionKind.MIXER_INDEX)
    return stem.mixer_digest if is_mixed else stem.original_sha256


def order(session: Session, parts: Parts, pack: StemPack) -> None:
    """In the transaction that freezes the pack, whose rate stands from now on."""
    rate_hz = pack_rate_hz([stem.original.sample_rate_hz for stem in pack.stems])
    for stem in pack.stems:
        if stem.original.sample_rate_hz != rate_hz:
            stem.resampled_digest = resampled_digest(stem.original_sha256, rate_hz, RECIPE)
    wanted = {stem.mixer_digest for stem in pack.stems}
    there = session.scalars(sa.select(Rendition.subject_digest).where(Rendition.subject_digest.in_(wanted), _IS_INDEX))
    lacking = wanted.difference(there)
    pack.is_unprepared = bool(lacking)
    session.flush()
    _add_jobs(session, parts, lacking)


def order_due(parts: Parts) -> None:
    """A few at a time, and only while none is under way. What died waits for an operator to send it again."""
    under_way = sa.select(Job.id).where(Job.kind == JobKind.PREPARE_STEM, Job.state.in_(ACTIVE))
    died = sa.exists().where(Job.kind == JobKind.PREPARE_STEM, Job.subject_id == _SUBJECT, Job.state == JobState.DEAD)
    waiting = (
        sa.select(_SUBJECT)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .join(Work, Work.id == StemPack.work_id)
        .where(UNPREPARED, Work.state == WorkState.PUBLISHED, _LACKS_INDEX, ~died)
        .order_by(StemPack.frozen_at.desc(), Stem.position)
        .limit(_STEMS_AT_A_TIME)
    )
    prepared = sa.select(StemPack.id).where(
        UNPREPARED, ~sa.exists().where(Stem.stem_pack_id == StemPack.id, _LACKS_INDEX)
    )
    with parts.database.reading() as session:
        if session.scalar(under_way.limit(1)) is not None:
            return
        subjects, done = set(session.scalars(waiting)), session.scalars(prepared).all()
    if subjects or done:
        with parts.database.writing() as session:
            _add_jobs(session, parts, subjects)
            session.execute(sa.update(StemPack).where(StemPack.id.in_(done)).values(is_unprepared=False))


def prepare_stem(parts: Parts, lease: Lease) -> None:
    """A job; safe to repeat at any point, since equal originals give equal bytes under equal keys."""
    due = _find(parts, lease.subject_id)
    stored = []
    if due is not None:
        with workbench.own_folder(parts, lease) as folder:
            files = _write(parts, lease, due, folder)
            lease.progress(_WRITTEN, "storing")
            stored = [
                workbench.store_rendition(parts, lease.subject_id, file.kind, file.path, file.media_type)
                for file in files
            ]
    with lease.committing() as session:
        for rendition in stored:
            workbench.keep_rendition(session, rendition)


@dataclass(frozen=True)
class _Due:
    original: Original
    sample_rate_hz: int


def _find(parts: Parts, subject: str) -> _Due | None:
    """None for what is there already, and for what no published stem wants any more."""
    own_rate = Stem.resampled_digest.is_(None)
    wanting = (
        sa.select(Stem)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .where(StemPack.state == StemPackState.FROZEN)
        .where(sa.or_(Stem.resampled_digest == subject, sa.and_(own_rate, Stem.original_sha256 == subject)))
    )
    with parts.database.reading() as session:
        stem = session.scalars(wanting.limit(1)).first()
        if stem is None or session.get(Rendition, (subject, RenditionKind.MIXER_INDEX)) is not None:
            return None
        rates = [one.original.sample_rate_hz for one in stem.stem_pack.stems]
        is_own = stem.resampled_digest is None
        return _Due(stem.original, stem.original.sample_rate_hz if is_own else pack_rate_hz(rates))


def _write(parts: Parts, lease: Lease, due: _Due, folder: Path) -> tuple[RenditionFile, ...]:
    out_dir = folder / "out"
    out_dir.mkdir()
    fetched = workbench.fetch_originals(parts, lease, [due.original], folder, to_percent=_FETCHED)
    try:
        return write_mixer_sound(
            fetched[due.original.sha256],
            out_dir,
            parts.sandbox,
            due.sample_rate_hz,
            on_progress=lambda share, step: lease.progress(_FETCHED + (_WRITTEN - _FETCHED) * share, step),
            cancelled=lambda: lease.lost,
        )
    except Cancelled as exc:
        raise LeaseLost(lease.job_id) from exc


def _add_jobs(session: Session, parts: Parts, subjects: set[str]) -> None:
    """In one order for all, so that none waits for another in a circle."""
    for subject in sorted(subjects):
        add_job(session, SYSTEM, JobKind.PREPARE_STEM, subject, max_attempts=parts.settings.job_attempts)
