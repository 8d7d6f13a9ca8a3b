"""The pages of one's mixes, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.mix_revisions import MOST_DRAFTS
from remixhub.domain.states import IngestState, Scope
from remixhub.jobs.table import is_delayed
from remixhub.models import MixDraft, Stem
from remixhub.services.licences.verdicts import may_remix
from remixhub.services.mixes.drafts import drafts_of
from remixhub.services.mixes.mixes import MixView, find_mix, mixes_of, require_not_taken_down
from remixhub.services.paging import Page, Position
from remixhub.services.stems.packs import find_pack


@dataclass(frozen=True)
class MixPage:
    view: MixView
    stems: Sequence[Stem]
    may_publish: bool
    """As far as the licence goes; not looked up while it renders and no stems are shown."""
    may_remix: bool
    """It is ready to be published as a remix."""
    is_delayed: bool
    """It waits, and nobody takes up what is due."""


@dataclass(frozen=True)
class OwnMixes:
    drafts: Sequence[MixDraft]
    """All of them, the last saved first; none on later pages."""
    mixes: Page[MixView]


def view_own_mixes(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> OwnMixes:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        drafts = () if after else drafts_of(session, account_id, after=None, limit=MOST_DRAFTS).rows
        return OwnMixes(drafts, mixes_of(session, account_id, after=after, limit=limit))


def view_mix_page(actor: Actor, parts: Parts, mix_id: str) -> MixPage:
    """Raises NotFound, StemPackGone, and StemPackNotFound for stems that were withdrawn since."""
    with parts.database.reading() as session:
        view = find_mix(session, actor, mix_id)
        require_not_taken_down(view.mix)
        pack = find_pack(session, actor, view.mix.mixdown.stem_pack_id)
        return _page(session, actor, view, pack.stems)


def follow_mix(actor: Actor, parts: Parts, mix_id: str) -> MixPage:
    """Without its stems: cheap enough to poll."""
    with parts.database.reading() as session:
        return _page(session, actor, find_mix(session, actor, mix_id), ())


def _page(session: Session, actor: Actor, view: MixView, stems: Sequence[Stem]) -> MixPage:
    mixdown = view.mix.mixdown
    is_waiting = mixdown.state is IngestState.PENDING and view.step == "waiting"
    is_ready = mixdown.state is IngestState.READY
    may_publish = (is_ready or bool(stems)) and may_remix(session, actor, mixdown.stem_pack.work)
    return MixPage(
        view=view,
        stems=stems,
        may_publish=may_publish,
        may_remix=is_ready and may_publish,
        is_delayed=is_waiting and is_delayed(session),
    )
