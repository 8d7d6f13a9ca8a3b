"""Mixes: somebody's mix spec over a stem pack. Equal specs over one pack share a mixdown, which is rendered once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work, require_account, require_own_private
from remixhub.domain.errors import Conflict, Invalid, NotFound, Throttled
from remixhub.domain.mix_spec import InvalidMixSpec, MixSpec, canonical_json, parse_mix_spec
from remixhub.domain.states import IngestState, JobKind, JobState, RenditionKind, Scope, StemPackState, WorkState
from remixhub.domain.stems.refusals import StemPackGone, StemPackNotFound, StemPackNotFrozen
from remixhub.jobs.table import ACTIVE, add_job
from remixhub.models import Job, Mix, Mixdown, Rendition, Stem, StemPack, Work, now
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.stems.receipts import add_receipt

_NEWEST = Keyset(Mix.created_at.desc(), Mix.id.desc())
_RENDERS_AT_A_TIME = 20
_WORTH_ANOTHER_TRY = ("internal", "worker_died")
_SETTLED = sa.and_(
    Mixdown.state != IngestState.PENDING,
    sa.or_(Mixdown.refusal_code.is_(None), Mixdown.refusal_code.not_in(_WORTH_ANOTHER_TRY)),
)


class MixSpecStemUnknown(Invalid):
    code = "mix_spec_stem_unknown"
    title = "The mix spec names a stem that is not in the pack"


class MixRefused(Conflict):
    code = "mix_refused"
    title = "This mix could not be rendered"


class TooManyRenders(Throttled):
    code = "too_many_renders"
    title = "Too many mixes are being rendered"


@dataclass(frozen=True)
class MixView:
    """A mix as its maker sees it. `percent` and `step` follow the render; `renditions` hold what is there to play."""

    mix: Mix
    percent: float
    step: str
    renditions: Mapping[RenditionKind, Rendition] = field(default_factory=dict)


def create_mix(actor: Actor, parts: Parts, *, stem_pack_id: str, spec: object, title: str = "") -> tuple[MixView, bool]:
    """The mix, and whether it is new: the same maker asking for the same again gets the mix that is there.

    Raises InvalidMixSpec, MixSpecStemUnknown, StemPackNotFound, StemPackNotFrozen, StemPackGone, TooManyRenders,
    ContestLicenceNotAccepted.
    """
    account_id = require_account(actor)
    with parts.database.writing() as session:
        pack = _find_pack(session, actor, stem_pack_id)
        require_stems(session, actor, pack.work)
        parsed = _parse(spec, pack)
        _require_known_stems(parsed, pack)
        digest = _mixdown_digest(parsed, pack)
        _ensure_mixdown(session, actor, parts, digest, parsed, pack)
        mix_id = session.scalar(
            sa.select(Mix.id).where(Mix.account_id == account_id, Mix.mixdown_digest == digest, Mix.title == title)
        )
        is_new = mix_id is None
        if mix_id is None:
            mix = Mix(account_id=account_id, title=title, mixdown_digest=digest)
            session.add(mix)
            session.flush()
            mix_id = mix.id
            journal.record(session, actor, "mix.created", "mix", mix_id, after={"mixdown": digest})
        if pack.work.account_id != account_id:  # who mixes them has taken them
            add_receipt(session, account_id, pack.work.licence, stem_pack_id=pack.id)
        session.expire_all()
        return _views(session, [mix_id])[0], is_new


def get_mix(actor: Actor, parts: Parts, mix_id: str) -> MixView:
    """One query, cheap enough to poll. Raises NotFound, also for somebody else's."""
    with parts.database.reading() as session:
        return find_mix(session, actor, mix_id)


def find_mix(session: Session, actor: Actor, mix_id: str) -> MixView:
    views = _views(session, [mix_id])
    if not views:
        raise _not_found(mix_id)
    require_own_private(actor, owner_id=views[0].mix.account_id, what="mix", id=mix_id)
    return views[0]


def newest_mixes(session: Session, account_id: str, limit: int) -> Sequence[Mix]:
    query = sa.select(Mix).where(Mix.account_id == account_id)
    return session.scalars(query.order_by(*_NEWEST.order).limit(limit)).all()


def list_mixes(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[MixView]:
    """One's own, newest first."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(Mix.id).where(Mix.account_id == account_id)
    with parts.database.reading() as session:
        found = page(session, query, _NEWEST, after=after, limit=limit)
        return Page(_views(session, found.rows), found.next_position)


def delete_mix(actor: Actor, parts: Parts, mix_id: str) -> None:
    """The mixdown stays: a remix or somebody else's equal mix may stand on it."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        deleted = changed(session, sa.delete(Mix).where(Mix.id == mix_id, Mix.account_id == account_id))
        if deleted == 0:
            raise _not_found(mix_id)
        journal.record(session, actor, "mix.deleted", "mix", mix_id)


def take_over(session: Session, actor: Actor, mix_id: str) -> Mixdown:
    """The mixdown of one's own mix, to become a remix's audio; it may still be rendering.

    Raises MixRefused, and StemPackGone for a mix of stems that were taken down.
    """
    mix = session.get(Mix, mix_id)
    if mix is None:
        raise _not_found(mix_id)
    require_own_private(actor, owner_id=mix.account_id, what="mix", id=mix_id)
    if mix.mixdown.state is IngestState.REFUSED:
        raise MixRefused(mix.mixdown.refusal_detail or "Change the mix spec.", reason=mix.mixdown.refusal_code)
    require_not_taken_down(mix)
    touched = sa.update(Mixdown).where(Mixdown.digest == mix.mixdown_digest)
    session.execute(touched.values(created_at=now()))  # keeps the sweep away until the work is there
    return mix.mixdown


def require_not_taken_down(mix: Mix) -> None:
    """A mix made before its work was withdrawn stays its maker's; that of a work taken down is not served."""
    if is_taken_down(mix):
        raise StemPackGone("The work whose stems are mixed was taken down.")


def is_taken_down(mix: Mix) -> bool:
    return mix.mixdown.stem_pack.work.state is WorkState.TAKEN_DOWN


def _find_pack(session: Session, actor: Actor, stem_pack_id: str) -> StemPack:
    pack = session.scalars(
        sa.select(StemPack)
        .where(StemPack.id == stem_pack_id)
        .options(joinedload(StemPack.work), joinedload(StemPack.stems).joinedload(Stem.original))
    ).unique().one_or_none()  # fmt: skip
    own = pack is not None and pack.work.account_id == actor.account_id
    if pack is None or (pack.state is StemPackState.DRAFT and not own):
        raise StemPackNotFound(f"There is no stem pack {stem_pack_id!r}, or it is private.")
    if pack.state is not StemPackState.FROZEN:
        raise StemPackNotFrozen("Publish it first: a mix needs stems that stay as they are.")
    if not may_hear_work(actor, owner_id=pack.work.account_id, state=pack.work.state):
        raise StemPackGone("Its stems can no longer be mixed.")
    return pack


def _parse(spec: object, pack: StemPack) -> MixSpec:
    """Pointers of what is wrong start at the request's body."""
    try:
        return parse_mix_spec(spec, default_rate_hz=_pack_rate_hz(pack))
    except InvalidMixSpec as exc:
        violations = {f"/spec{pointer}": messages for pointer, messages in exc.violations.items()}
        raise InvalidMixSpec(exc.detail, violations=violations) from exc


def _pack_rate_hz(pack: StemPack) -> int:
    """The rate of most of its stems, the higher one of two that are as frequent."""
    rates = [stem.original.sample_rate_hz for stem in pack.stems]
    return max(set(rates), key=lambda rate: (rates.count(rate), rate))


def _require_known_stems(spec: MixSpec, pack: StemPack) -> None:
    known = {stem.id for stem in pack.stems}
    strange = {f"/spec/lanes/{i}/stem": lane.stem for i, lane in enumerate(spec.lanes) if lane.stem not in known}
    if strange:
        pointer, stem = next(iter(strange.items()))
        raise MixSpecStemUnknown(
            f"{stem!r} at {pointer} is no stem of this pack; `GET /stem-packs/{pack.id}` lists their ids.",
            violations={where: ["Not a stem of this pack."] for where in strange},
        )


def _mixdown_digest(spec: MixSpec, pack: StemPack) -> str:
    """Names the audio: the frozen pack stands for the bytes of its stems, the engine's version for the arithmetic."""
    named = f"{ENGINE_VERSION}\n{pack.id}\n{pack.digest}\n{canonical_json(spec)}"
    return hashlib.sha256(named.encode()).hexdigest()


def _ensure_mixdown(session: Session, actor: Actor, parts: Parts, digest: str, spec: MixSpec, pack: StemPack) -> None:
    """The mixdown, and the job that renders it unless it is settled.

    The job comes first: a render that commits locks its job and then its mixdown, and so must everybody.
    """

    def order() -> None:
        add_job(session, actor, JobKind.RENDER_MIXDOWN, digest, max_attempts=parts.settings.job_attempts)

    is_settled = session.scalar(sa.select(_SETTLED).where(Mixdown.digest == digest))
    if not is_settled:
        _require_room_for_a_render(session, actor)
        order()
    values = {
        "digest": digest, "stem_pack_id": pack.id, "spec": spec.as_json(), "state": IngestState.PENDING,
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


def _require_room_for_a_render(session: Session, actor: Actor) -> None:
    waiting = session.scalar(
        sa.select(sa.func.count())
        .select_from(Job)
        .where(Job.kind == JobKind.RENDER_MIXDOWN, Job.account_id == actor.account_id, Job.state.in_(ACTIVE))
    )
    if (waiting or 0) >= _RENDERS_AT_A_TIME:
        raise TooManyRenders(f"Wait until one of your {_RENDERS_AT_A_TIME} mixes is rendered.", retry_after_seconds=10)


def _views(session: Session, ids: Sequence[str]) -> list[MixView]:
    """In the order of `ids`, by one query: a row a rendition, with the active job beside it."""
    rows = session.execute(
        sa.select(Mix, Job, Rendition)
        .outerjoin(
            Job,
            sa.and_(Job.kind == JobKind.RENDER_MIXDOWN, Job.subject_id == Mix.mixdown_digest, Job.state.in_(ACTIVE)),
        )
        .outerjoin(Rendition, Rendition.subject_digest == Mix.mixdown_digest)
        .where(Mix.id.in_(ids))
        .options(
            joinedload(Mix.mixdown).joinedload(Mixdown.stem_pack).joinedload(StemPack.work).joinedload(Work.account)
        )
    ).all()
    mixes: dict[str, tuple[Mix, Job | None]] = {}
    renditions: dict[str, dict[RenditionKind, Rendition]] = {}
    for mix, job, rendition in rows:
        mixes[mix.id] = (mix, job)
        if rendition is not None:
            renditions.setdefault(mix.id, {})[rendition.kind] = rendition
    return [_view(*mixes[id], renditions.get(id, {})) for id in ids if id in mixes]


def _view(mix: Mix, job: Job | None, renditions: Mapping[RenditionKind, Rendition]) -> MixView:
    if mix.mixdown.state is not IngestState.PENDING:
        return MixView(mix, 100.0, mix.mixdown.state.value, {} if is_taken_down(mix) else renditions)
    if job is None or job.state is not JobState.LEASED:
        return MixView(mix, 0.0, "waiting")
    return MixView(mix, job.progress_percent, job.progress_step)


def _not_found(mix_id: str) -> NotFound:
    return NotFound(f"There is no mix {mix_id!r}, or it is private.", what="mix")
