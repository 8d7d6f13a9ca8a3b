"""A release's or remix's page: the work as the API shows it, its stems, and what stands above and below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work
from remixhub.domain.lineage.credits import Credit
from remixhub.domain.states import IngestState, StemPackState
from remixhub.domain.troubles import Delay
from remixhub.jobs.table import why_delayed
from remixhub.models import ElsewhereSource, Like, SourceLink, Stem, StemPack, Work, WorkFollow
from remixhub.services.access import find_visible_work
from remixhub.services.licences.contest_licences import may_have_stems
from remixhub.services.licences.verdicts import may_remix
from remixhub.services.lineage import credits
from remixhub.services.lineage.nodes import Node
from remixhub.services.lineage.small import SmallDrawing, surroundings_of
from remixhub.services.remixes import shares
from remixhub.services.remixes.shares import Split
from remixhub.services.works.tempo_and_key import TempoAndKey, said_or_heard
from remixhub.services.works.view import WITH_MIX, WorkView, viewed

_REMIXES_LIMIT = 50
_CREDITS_LIMIT = 100


# as the relationships would load them, but built once
_STEMS = (
    sa.select(Stem)
    .where(Stem.stem_pack_id == sa.bindparam("stem_pack_id"))
    .order_by(Stem.position, Stem.created_at, Stem.id)
)


def _sources() -> sa.Select[*tuple[Any, ...]]:
    """A work's sources, here and elsewhere, in one statement: of each row one of the two is None."""
    of_work: sa.BindParameter[str] = sa.bindparam("work_id")
    none = sa.cast(sa.null(), sa.String)
    here = sa.select(SourceLink.source_id.label("here"), none.label("elsewhere"), SourceLink.position)
    outside = sa.select(none, ElsewhereSource.node_id, ElsewhereSource.position)
    named = sa.union_all(
        here.where(SourceLink.derivative_id == of_work),
        outside.where(ElsewhereSource.derivative_id == of_work, sa.not_(ElsewhereSource.is_wanted)),
    ).subquery()
    entities: tuple[Any, ...] = (SourceLink, ElsewhereSource)
    is_link = sa.and_(SourceLink.derivative_id == of_work, SourceLink.source_id == named.c.here)
    is_outside = sa.and_(ElsewhereSource.derivative_id == of_work, ElsewhereSource.node_id == named.c.elsewhere)
    return (
        sa.select(*entities)
        .select_from(named)
        .outerjoin(SourceLink, is_link)
        .outerjoin(ElsewhereSource, is_outside)
        .options(joinedload(SourceLink.source, innerjoin=False).joinedload(Work.account, innerjoin=False))
        .order_by(named.c.position, named.c.elsewhere)
    )


_SOURCES = _sources()


_OF_ACTOR = sa.select(
    *(
        sa.exists().where(table.account_id == sa.bindparam("account_id"), table.work_id == sa.bindparam("work_id"))
        for table in (WorkFollow, Like)
    )
)
"""Whether the account follows it, and likes it."""


@dataclass(frozen=True)
class WorkPage:
    view: WorkView
    pack: StemPack | None
    """The stems that everybody hears: the newest version that is published."""
    stems: Sequence[Stem]
    tempo_and_key: TempoAndKey
    """As said, or as heard in that pack."""
    may_hear: bool
    may_remix: bool
    may_have_stems: bool
    sources: Sequence[SourceLink]
    elsewhere: Sequence[ElsewhereSource]
    """Sources that are not on this hub."""
    remixes: Sequence[Node]
    """Tombstones included, the oldest first."""
    drawing: SmallDrawing | None
    """The works about it, as a small picture."""
    credits: Sequence[Credit]
    split: Split
    is_followed: bool
    """By the actor, who is told of remixes."""
    is_liked: bool
    delay: Delay | None
    """What its stems wait for by our fault."""


def work_page(session: Session, actor: Actor, parts: Parts, work_id: str) -> WorkPage:
    """Raises NotFound, also for somebody else's draft."""
    work = find_visible_work(session, actor, work_id, options=WITH_MIX)
    return _page(session, actor, parts, viewed(session, actor, work))


def _page(session: Session, actor: Actor, parts: Parts, view: WorkView) -> WorkPage:
    work = view.work
    pack = next((one for one in view.packs if one.state is StemPackState.FROZEN), None)
    stems = session.scalars(_STEMS, {"stem_pack_id": pack.id}).all() if pack else []
    if pack is not None:
        set_committed_value(pack, "stems", stems)
    sources = session.execute(_SOURCES, {"work_id": work.id}).all()
    set_committed_value(work, "sources", [link for link, _ in sources if link is not None])
    elsewhere = [one for _, one in sources if one is not None]
    surroundings = surroundings_of(session, work, limit=_REMIXES_LIMIT, elsewhere=elsewhere)
    waiting = {stem.original_sha256 for stem in stems if stem.original.ingest_state is IngestState.PENDING}
    of_actor = session.execute(_OF_ACTOR, {"account_id": actor.account_id, "work_id": work.id}).one()
    return WorkPage(
        view=view,
        pack=pack,
        stems=stems,
        tempo_and_key=said_or_heard(work, pack),
        may_hear=may_hear_work(actor, owner_id=work.account_id, state=work.state),
        may_remix=may_remix(session, actor, work),
        may_have_stems=may_have_stems(session, actor, work),
        sources=work.sources,
        elsewhere=elsewhere,
        remixes=surroundings.remixes,
        drawing=surroundings.drawing,
        credits=credits.owed_by(session, parts, work, after_seq=0, limit=_CREDITS_LIMIT).rows,
        split=shares.split_over_lineage(session, work),
        is_followed=bool(of_actor[0]),
        is_liked=bool(of_actor[1]),
        delay=why_delayed(session, waiting) if waiting else None,
    )
