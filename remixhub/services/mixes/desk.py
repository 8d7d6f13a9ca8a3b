"""What stands on the desk when it is opened: the stems of a pack, and the mix that one starts from or goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.mix_spec import Grid, stems_together
from remixhub.domain.mix_spec.bounds import FASTEST_BPM, SLOWEST_BPM
from remixhub.models import Mix, MixDraft, StemPack
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.licences.verdicts import may_remix
from remixhub.services.mixes.drafts import DraftView, find_draft, latest_draft
from remixhub.services.mixes.mixes import find_mix, find_mixable_pack
from remixhub.services.mixes.orders import pack_rate_hz
from remixhub.services.mixes.sharing import SharedMix, find_shared
from remixhub.services.works.tempo_and_key import TempoAndKey, said_or_heard
from remixhub.services.works.whole_piece import WholePiece, whole_piece


@dataclass(frozen=True)
class MixDesk:
    pack: StemPack
    rate_hz: int
    music: TempoAndKey
    reference: WholePiece | None
    """The work as it is heard as a whole, to compare with."""
    may_remix: bool
    """Whether a mix of it may be published, as far as the licence goes."""
    title: str
    spec: Mapping[str, Any]
    earlier: Mix | None = None
    """The rendered mix that one goes on from."""
    draft: MixDraft | None = None
    """One's own, whose newest revision is on the desk."""
    kept: MixDraft | None = None
    """While nothing of this desk is kept: one's own draft of the same stems that was saved last."""
    shared: SharedMix | None = None
    """Somebody's, to look at."""


def open_desk(
    actor: Actor, parts: Parts, stem_pack_id: str, *, after: str | None = None, only: str | None = None
) -> MixDesk:
    """With nothing kept yet. `after` names the mix that one goes on from; `only` the one stem that is not muted,
    if the pack has it. Whoever may hear the stems may stand there.

    Raises NotFound, StemPackNotFrozen, StemPackGone, ContestLicenceNotAccepted.
    """
    with parts.database.reading() as session:
        earlier = find_mix(session, actor, after).mix if after is not None else None
        pack = find_mixable_pack(session, actor, stem_pack_id)
        require_stems(session, actor, pack.work)
        if earlier is None:
            desk = _desk(session, actor, pack, title="", spec=spread_out(pack, only))
            return replace(desk, kept=latest_draft(session, actor, pack))
        return replace(_desk(session, actor, pack, title=earlier.title, spec=earlier.document), earlier=earlier)


def open_draft(actor: Actor, parts: Parts, draft_id: str) -> MixDesk | DraftView:
    """The draft alone where its stems have fallen silent. Raises NotFound, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        view = find_draft(session, actor, draft_id)
        if view.is_silent:
            return view
        pack = find_mixable_pack(session, actor, view.draft.stem_pack_id)
        require_stems(session, actor, pack.work)
        desk = _desk(session, actor, pack, title=view.draft.title, spec=view.newest.spec)
        return replace(desk, draft=view.draft)


def open_shared(actor: Actor, parts: Parts, token: str) -> MixDesk:
    """Raises what `find_shared` raises."""
    with parts.database.reading() as session:
        found = find_shared(session, actor, token)
        desk = _desk(session, actor, found.draft.stem_pack, title=found.draft.title, spec=found.newest.spec)
        return replace(desk, shared=found)


def spread_out(pack: StemPack, only: str | None = None) -> dict[str, Any]:
    """Every stem whole on a lane of its own at the gain that its artist suggests, all but `only` muted if it is one."""
    tempo_bpm = said_or_heard(pack.work, pack).tempo_bpm
    grid = Grid(tempo_bpm) if tempo_bpm is not None and SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM else None
    together = stems_together({stem.id: stem.gain_db for stem in pack.stems}, pack_rate_hz(pack))
    is_there = any(stem.id == only for stem in pack.stems)
    return replace(
        together,
        lanes=tuple(replace(lane, muted=is_there and lane.stem != only) for lane in together.lanes),
        grid=grid,
        stems={stem.id: stem.name for stem in pack.stems},
    ).as_json()


def _desk(session: Session, actor: Actor, pack: StemPack, *, title: str, spec: Mapping[str, Any]) -> MixDesk:
    return MixDesk(
        pack=pack,
        rate_hz=pack_rate_hz(pack),
        music=said_or_heard(pack.work, pack),
        reference=whole_piece(session, pack.work),
        may_remix=may_remix(session, actor, pack.work),
        title=title,
        spec=spec,
    )
