"""Mixes: somebody's mix spec over a stem pack. Equal specs over one pack share a mixdown, which is rendered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work, require_account, require_own_private
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.mix_spec import InvalidMixSpec, MixSpec, parse_mix_spec
from remixhub.domain.states import IngestState, JobKind, JobState, RenditionKind, Scope, StemPackState, WorkState
from remixhub.domain.stems.refusals import StemPackGone, StemPackNotFound, StemPackNotFrozen
from remixhub.jobs.table import ACTIVE
from remixhub.models import Job, Mix, Mixdown, Rendition, Stem, StemPack, Work, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.mixes import formats
from remixhub.services.mixes.formats import MixFile, files_of
from remixhub.services.mixes.orders import ensure_mixdown, pack_rate_hz
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.stems.receipts import add_receipt

_NEWEST = Keyset(Mix.created_at.desc(), Mix.id.desc())
_TOLD = sa.or_(
    sa.and_(Job.kind.in_([JobKind.RENDER_MIXDOWN, *formats.JOBS]), Job.state.in_(ACTIVE)),
    sa.and_(Job.kind.in_(formats.JOBS), Job.state == JobState.DEAD),
)
"""The jobs on a mixdown that its maker hears of."""


class MixSpecStemUnknown(Invalid):
    code = "mix_spec_stem_unknown"
    title = "The mix spec names a stem that is not in the pack"


class MixRefused(Conflict):
    code = "mix_refused"
    title = "This mix could not be rendered"


@dataclass(frozen=True)
class MixView:
    """A mix as its maker sees it. `percent` and `step` follow the render; `renditions` hold what is there to play:
    while it renders, its opening alone.
    """

    mix: Mix
    percent: float
    step: str
    renditions: Mapping[RenditionKind, Rendition] = field(default_factory=dict)
    jobs: Mapping[JobKind, Job] = field(default_factory=dict)
    """The newest of their kinds that are under way or failed."""

    @property
    def files(self) -> Sequence[MixFile]:
        return files_of(self.renditions, self.jobs)


def create_mix(actor: Actor, parts: Parts, *, stem_pack_id: str, spec: object, title: str = "") -> tuple[MixView, bool]:
    """The mix, and whether it is new: the same maker asking for the same again gets the mix that is there.

    Raises InvalidMixSpec, MixSpecStemUnknown, StemPackNotFound, StemPackNotFrozen, StemPackGone, TooManyRenders,
    ContestLicenceNotAccepted.
    """
    require_account(actor)
    with parts.database.writing() as session:
        mix_id, is_new = keep_mix(session, actor, parts, stem_pack_id=stem_pack_id, spec=spec, title=title)
        return _views(session, [mix_id])[0], is_new


def keep_mix(
    session: Session, actor: Actor, parts: Parts, *, stem_pack_id: str, spec: object, title: str
) -> tuple[str, bool]:
    """`create_mix` in the caller's transaction, whose objects are read anew after it."""
    account_id = require_account(actor)
    pack = find_mixable_pack(session, actor, stem_pack_id)
    require_stems(session, actor, pack.work)
    parsed = read_spec(spec, pack)
    digest = ensure_mixdown(session, actor, parts, parsed, pack)
    mix = session.scalars(
        sa.select(Mix).where(Mix.account_id == account_id, Mix.mixdown_digest == digest, Mix.title == title).limit(1)
    ).one_or_none()
    is_new = mix is None
    if mix is None:
        mix = Mix(account_id=account_id, title=title, mixdown_digest=digest)
        session.add(mix)
    mix.spec = parsed.as_json()  # of equal ones, that with the newest markers
    session.flush()
    mix_id = mix.id
    if is_new:
        journal.record(session, actor, "mix.created", "mix", mix_id, after={"mixdown": digest})
    if pack.work.account_id != account_id:  # who mixes them has taken them
        add_receipt(session, account_id, pack.work.licence, stem_pack_id=pack.id)
    session.expire_all()
    return mix_id, is_new


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
    with parts.database.reading() as session:
        return mixes_of(session, account_id, after=after, limit=limit)


def mixes_of(session: Session, account_id: str, *, after: Position | None, limit: int) -> Page[MixView]:
    query = sa.select(Mix.id).where(Mix.account_id == account_id)
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


def find_mixable_pack(session: Session, actor: Actor, stem_pack_id: str) -> StemPack:
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


def read_spec(spec: object, pack: StemPack) -> MixSpec:
    """Pointers of what is wrong start at the request's body. Raises InvalidMixSpec, MixSpecStemUnknown."""
    try:
        parsed = parse_mix_spec(spec, default_rate_hz=pack_rate_hz(pack))
    except InvalidMixSpec as exc:
        violations = {f"/spec{pointer}": messages for pointer, messages in exc.violations.items()}
        raise InvalidMixSpec(exc.detail, violations=violations) from exc
    _require_known_stems(parsed, pack)
    return parsed


def _require_known_stems(spec: MixSpec, pack: StemPack) -> None:
    known = {stem.id for stem in pack.stems}
    strange = {f"/spec/lanes/{i}/stem": lane.stem for i, lane in enumerate(spec.lanes) if lane.stem not in known}
    if strange:
        pointer, stem = next(iter(strange.items()))
        raise MixSpecStemUnknown(
            f"{stem!r} at {pointer} is no stem of this pack; `GET /stem-packs/{pack.id}` lists their ids.",
            violations={where: ["Not a stem of this pack."] for where in strange},
        )


def _views(session: Session, ids: Sequence[str]) -> list[MixView]:
    """In the order of `ids`, by one query: a row a rendition and a job."""
    rows = session.execute(
        sa.select(Mix, Job, Rendition)
        .outerjoin(Job, sa.and_(Job.subject_id == Mix.mixdown_digest, _TOLD))
        .outerjoin(Rendition, Rendition.subject_digest == Mix.mixdown_digest)
        .where(Mix.id.in_(ids))
        .order_by(Job.created_at)
        .options(
            joinedload(Mix.mixdown).joinedload(Mixdown.stem_pack).joinedload(StemPack.work).joinedload(Work.account)
        )
    ).all()
    mixes: dict[str, Mix] = {}
    jobs: dict[str, dict[JobKind, Job]] = {}
    renditions: dict[str, dict[RenditionKind, Rendition]] = {}
    for mix, job, rendition in rows:
        mixes[mix.id] = mix
        if job is not None:
            jobs.setdefault(mix.id, {})[job.kind] = job
        if rendition is not None:
            renditions.setdefault(mix.id, {})[rendition.kind] = rendition
    return [_view(mixes[id], jobs.get(id, {}), renditions.get(id, {})) for id in ids if id in mixes]


def _view(mix: Mix, jobs: Mapping[JobKind, Job], renditions: Mapping[RenditionKind, Rendition]) -> MixView:
    is_pending = mix.mixdown.state is IngestState.PENDING
    played = {kind: one for kind, one in renditions.items() if (kind is RenditionKind.OPENING) == is_pending}
    if is_taken_down(mix):
        played = {}
    if not is_pending:
        return MixView(mix, 100.0, mix.mixdown.state.value, played, jobs)
    job = jobs.get(JobKind.RENDER_MIXDOWN)
    if job is None or job.state is not JobState.LEASED:
        return MixView(mix, 0.0, "waiting", played)
    return MixView(mix, job.progress_percent, job.progress_step, played)


def _not_found(mix_id: str) -> NotFound:
    return NotFound(f"There is no mix {mix_id!r}, or it is private.", what="mix")
