"""The pages of one's mixes, each in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.mix_revisions import MOST_DRAFTS
from remixhub.domain.states import IngestState, Scope, WorkState
from remixhub.domain.troubles import Delay
from remixhub.jobs.table import why_delayed
from remixhub.models import MixDraft, Stem, Work
from remixhub.services.licences.verdicts import against_remixing, may_remix
from remixhub.services.mixes.drafts import drafts_of
from remixhub.services.mixes.mixes import MixView, find_mix, mixes_of, require_not_taken_down
from remixhub.services.paging import Page, Position


@dataclass(frozen=True)
class MixPage:
    view: MixView
    stems: Sequence[Stem]
    may_publish: bool
    """As far as the licence goes; not looked up while it renders and no stems are shown."""
    may_remix: bool
    """It is ready to be published as a remix."""
    delay: Delay | None
    """What it waits for by our fault."""
    published: Work | None = None
    """The remix that took it over."""
    conflict: Mapping[str, object] | None = None
    """What licences say against publishing it, as a Verdict has it."""


@dataclass(frozen=True)
class OwnMixes:
    drafts: Sequence[MixDraft]
    """All of them, the last saved first; none on later pages."""
    mixes: Page[MixView]
    published: Mapping[str, str]
    """The works that were published of them, by the digest of their mixdown."""


def view_own_mixes(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> OwnMixes:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        drafts = () if after else drafts_of(session, account_id, after=None, limit=MOST_DRAFTS).rows
        mixes = mixes_of(session, account_id, after=after, limit=limit)
        digests = [view.mix.mixdown_digest for view in mixes.rows]
        own = sa.select(Work.mixdown_digest, Work.id).where(
            Work.account_id == account_id, Work.mixdown_digest.in_(digests), Work.state == WorkState.PUBLISHED
        )
        return OwnMixes(drafts, mixes, {str(digest): work_id for digest, work_id in session.execute(own)})


def view_mix_page(actor: Actor, parts: Parts, mix_id: str) -> MixPage:
    """Also where its stems were withdrawn since. Raises NotFound, StemPackGone."""
    with parts.database.reading() as session:
        view = find_mix(session, actor, mix_id)
        require_not_taken_down(view.mix)
        pack = view.mix.mixdown.stem_pack
        stems = session.scalars(sa.select(Stem).where(Stem.stem_pack_id == pack.id)).all()
        page = _page(session, actor, view, stems)
        return page if page.may_publish else replace(page, conflict=against_remixing(session, pack.work))


def follow_mix(actor: Actor, parts: Parts, mix_id: str) -> MixPage:
    """Without its stems: cheap enough to poll."""
    with parts.database.reading() as session:
        return _page(session, actor, find_mix(session, actor, mix_id), ())


def _page(session: Session, actor: Actor, view: MixView, stems: Sequence[Stem]) -> MixPage:
    mixdown = view.mix.mixdown
    is_waiting = mixdown.state is IngestState.PENDING and view.step == "waiting"
    is_ready = mixdown.state is IngestState.READY
    may_publish = (is_ready or bool(stems)) and may_remix(session, actor, mixdown.stem_pack.work)
    taken_over = sa.and_(Work.account_id == view.mix.account_id, Work.mixdown_digest == mixdown.digest)
    published = sa.select(Work).where(taken_over, Work.state == WorkState.PUBLISHED).order_by(Work.seq.desc()).limit(1)
    return MixPage(
        view=view,
        stems=stems,
        may_publish=may_publish,
        may_remix=is_ready and may_publish,
        delay=why_delayed(session, [mixdown.digest]) if is_waiting else None,
        published=session.scalars(published).one_or_none() if is_ready else None,
    )
