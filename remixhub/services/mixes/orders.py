"""Ordering the render of a mix spec over a pack, in the transaction that causes it."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Throttled
from remixhub.domain.mix_spec import MixSpec, canonical_json, sounding_json
from remixhub.domain.states import IngestState, JobKind
from remixhub.domain.stems import packs
from remixhub.jobs.table import ACTIVE, add_job
from remixhub.models import Job, Mixdown, StemPack, now
from remixhub.models.upsert import insert
from remixhub.services.mixes import formats

_RENDERS_AT_A_TIME = 20
_WORTH_ANOTHER_TRY = ("internal", "worker_died")
_SETTLED = sa.and_(
    Mixdown.state != IngestState.PENDING,
    sa.or_(Mixdown.refusal_code.is_(None), Mixdown.refusal_code.not_in(_WORTH_ANOTHER_TRY)),
)


class TooManyRenders(Throttled):
    code = "too_many_renders"
    title = "Too many mixes are being rendered"


def pack_rate_hz(pack: StemPack) -> int:
    return packs.pack_rate_hz([stem.original.sample_rate_hz for stem in pack.stems])


def ensure_mixdown(session: Session, actor: Actor, parts: Parts, spec: MixSpec, pack: StemPack) -> str:
    """The digest of the mixdown, which is there afterwards, with the job that renders it unless it is settled.

    The job comes first: a render that commits locks its job and then its mixdown, and so must everybody.
    Raises TooManyRenders, but not for the system.
    """
    digest = mixdown_digest(spec, pack)

    def order() -> None:
        add_job(session, actor, JobKind.RENDER_MIXDOWN, digest, max_attempts=parts.settings.job_attempts)

    is_settled = session.scalar(sa.select(_SETTLED).where(Mixdown.digest == digest))
    if not is_settled:
        require_room_for_a_render(session, actor)
        order()
    values = {
        "digest": digest, "stem_pack_id": pack.id, "spec": sounding_json(spec), "state": IngestState.PENDING,
        "sample_rate_hz": spec.sample_rate_hz, "warnings": [], "created_at": now(),
    }  # fmt: skip
    session.execute(  # touching a mixdown that is there locks it, and keeps the sweep away from it
        insert(session, Mixdown)
        .values(values)
        .on_conflict_do_update(index_elements=["digest"], set_={"created_at": now()})
    )
    session.execute(
        sa.update(Mixdown)
        .where(Mixdown.digest == digest, Mixdown.refusal_code.in_(_WORTH_ANOTHER_TRY))
        .values(state=IngestState.PENDING, refusal_code=None, refusal_detail=None)
    )
    if is_settled and session.scalar(sa.select(Mixdown.state).where(Mixdown.digest == digest)) is IngestState.PENDING:
        order()  # it was swept in between
    return digest


def mixdown_digest(spec: MixSpec, pack: StemPack) -> str:
    """Names the audio: the frozen pack stands for the bytes of its stems, the engine's version for the arithmetic."""
    named = f"{ENGINE_VERSION}\n{pack.id}\n{pack.digest}\n{canonical_json(spec)}"
    return hashlib.sha256(named.encode()).hexdigest()


def require_room_for_a_render(session: Session, actor: Actor) -> None:
    """Files that are made of a mixdown count too. Raises TooManyRenders, but not for the system."""
    if actor.is_system:
        return
    waiting = session.scalar(
        sa.select(sa.func.count())
        .select_from(Job)
        .where(
            Job.kind.in_([JobKind.RENDER_MIXDOWN, *formats.JOBS]),
            Job.account_id == actor.account_id,
            Job.state.in_(ACTIVE),
        )
    )
    if (waiting or 0) >= _RENDERS_AT_A_TIME:
        raise TooManyRenders(
            f"Wait until one of your {_RENDERS_AT_A_TIME} mixes and their files is made.", retry_after_seconds=10
        )
