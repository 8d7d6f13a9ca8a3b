"""All stems of a published work together, for one that has no mix of its artist's: so that it can be heard as a whole.

It is an ordinary mixdown, rendered by the hub on its own account: publishing orders it and never waits for it, and the
scheduler orders it for works that were published before. A work is `is_unheard` until it is there or cannot be.

Transactions lock the render's job first, then its mixdown, then the work. Publishing has the work already, but nobody
else can know of the job of a pack that it freezes.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.mix_spec import MixSpec, sounding_json, stems_together
from remixhub.domain.states import IngestState, JobKind, StemPackState, WorkState
from remixhub.jobs.table import ACTIVE
from remixhub.models import Job, Mixdown, Stem, StemPack, Work
from remixhub.models.changes import changed
from remixhub.models.works import UNHEARD
from remixhub.services import journal
from remixhub.services.mixes.orders import ensure_mixdown, pack_rate_hz

_WORKS_AT_A_TIME = 4


def spec_of(pack: StemPack) -> MixSpec:
    return stems_together({stem.id: stem.gain_db for stem in pack.stems}, pack_rate_hz(pack))


def is_together(mixdown: Mixdown) -> bool:
    """Whoever asked for it: equal specs are one mixdown."""
    return mixdown.spec == sounding_json(spec_of(mixdown.stem_pack))


def order(session: Session, parts: Parts, work: Work, pack: StemPack) -> None:
    """In the transaction that froze the pack. The mix of the version before falls silent: it has other stems."""
    if work.mix_sha256 is None and work.mixdown_digest is None:
        work.stems_mix_digest, work.is_unheard = None, True
        ensure_mixdown(session, SYSTEM, parts, spec_of(pack), pack)


def order_due(parts: Parts) -> None:
    """For the oldest works that wait for it, a few at a time: only when none of the hub's own renders is under way."""
    under_way = sa.select(Job.id).where(
        Job.kind == JobKind.RENDER_MIXDOWN, Job.account_id.is_(None), Job.state.in_(ACTIVE)
    )
    waiting = sa.select(Work.id).where(UNHEARD, Work.state == WorkState.PUBLISHED).order_by(Work.seq)
    with parts.database.reading() as session:
        busy = session.scalar(under_way.limit(1)) is not None
        work_ids = [] if busy else session.scalars(waiting.limit(_WORKS_AT_A_TIME)).all()
    for work_id in work_ids:
        with parts.database.writing() as session:
            pack = _newest(session, work_id)
            digest = ensure_mixdown(session, SYSTEM, parts, spec_of(pack), pack)
            settle(session, session.get_one(Mixdown, digest))


def settle(session: Session, mixdown: Mixdown) -> None:
    """Once it is rendered or refused: the work plays it, or goes without. Nothing while it is neither, for any other
    mix, and for one of stems of which there is a newer version.
    """
    if mixdown.state is IngestState.PENDING or not is_together(mixdown):
        return
    work_id = mixdown.stem_pack.work_id
    session.execute(sa.update(Work).where(Work.id == work_id).values(is_unheard=Work.is_unheard))
    if _newest(session, work_id).id != mixdown.stem_pack_id:  # asked under the work's lock
        return
    is_ready = mixdown.state is IngestState.READY
    wanting = sa.and_(Work.id == work_id, Work.mix_sha256.is_(None), Work.mixdown_digest.is_(None))
    settled = (
        sa.update(Work).where(wanting).values(stems_mix_digest=mixdown.digest if is_ready else None, is_unheard=False)
    )
    if changed(session, settled) == 1 and is_ready:
        journal.record(session, SYSTEM, "work.stems_mixed", "work", work_id, after={"mixdown": mixdown.digest})


def go_without(session: Session, mixdown: Mixdown) -> None:
    """For now: the render fails by our fault, and ordering it on and on would not help."""
    if is_together(mixdown):
        session.execute(sa.update(Work).where(Work.id == mixdown.stem_pack.work_id).values(is_unheard=False))


def _newest(session: Session, work_id: str) -> StemPack:
    return session.scalars(
        sa.select(StemPack)
        .where(StemPack.work_id == work_id, StemPack.state == StemPackState.FROZEN)
        .order_by(StemPack.version.desc())
        .limit(1)
        .options(selectinload(StemPack.stems).joinedload(Stem.original))
    ).one()
