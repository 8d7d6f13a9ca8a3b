"""Credit splits over the lineage: who would get what of a remix, before it is made and as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.lineage.shares import GENERATIONS_LIMIT, WHOLE, Claim, Share, people_of, settle
from remixhub.models import Account, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.licences import sources
from remixhub.services.licences.grants import grants_held
from remixhub.services.licences.sources import NewSource


@dataclass(frozen=True)
class Split:
    shares: Sequence[Share]
    """The maker first, then the nearest ancestors."""
    is_cut: bool
    """The ancestors claim more than there is."""


def simulate(actor: Actor, parts: Parts, source_ids: Sequence[str]) -> Split:
    """As if a remix of these works were declared now. Raises what declaring them raises."""
    with parts.database.reading() as session:
        cited = [NewSource(id) for id in dict.fromkeys(source_ids)]
        links = sources.declare(session, actor, cited, held=grants_held(session, actor.account_id, cited))
        session.expunge_all()
        return _settled(session, Claim("", "Your remix", "You", 0, 0), links)


def split_of(actor: Actor, parts: Parts, work_id: str) -> Split:
    """Of a work with its sources as they are declared."""
    with parts.database.reading() as session:
        return split_over_lineage(session, find_visible_work(session, actor, work_id))


def split_over_lineage(session: Session, work: Work) -> Split:
    maker = Claim(work.id, work.title, work.account.display_name, 0, 0, people_of(work.credits))
    return _settled(session, maker, work.sources)


def _settled(session: Session, maker: Claim, links: Iterable[SourceLink]) -> Split:
    direct = [(link.source_id, 1, link.inherited_shares) for link in links]
    if not direct:
        return Split(settle(maker, []), is_cut=False)
    held: dict[str, tuple[int, int]] = {}
    for source_id, generation, inherited in [*direct, *_further(session, [one[0] for one in direct])]:
        if source_id not in held:
            stated = inherited[generation - 1] if generation <= len(inherited) else 0
            held[source_id] = (generation, stated)
    claiming = {id: one for id, one in held.items() if one[1]}
    works = {row.id: row for row in session.execute(_CLAIMING, {"ids": list(claiming)})}
    claims = [
        Claim(id, works[id].title, works[id].display_name, *claiming[id], people_of(works[id].credits))
        for id in claiming
    ]
    return Split(settle(maker, claims), sum(claim.basis_points for claim in claims) > WHOLE)


def _further(session: Session, source_ids: Sequence[str]) -> list[tuple[str, int, list[int]]]:
    """Links of the second generation and up: the source, how far it is, what it stated; nearest first, then oldest."""
    rows = session.execute(_FURTHER, {"ids": source_ids})
    return [(source_id, generation, inherited) for source_id, generation, inherited in rows]


def _links_further_up() -> sa.Select[str, int, list[int]]:
    walk = (
        sa.select(Work.seq.label("seq"), sa.literal(1).label("generation"))
        .where(Work.id.in_(_IDS))
        .cte("nearest", recursive=True)
    )
    walk = walk.union(
        sa.select(SourceLink.source_seq, walk.c.generation + 1)
        .join(walk, SourceLink.derivative_seq == walk.c.seq)
        .where(walk.c.generation < GENERATIONS_LIMIT - 1)
    )
    return (
        sa.select(SourceLink.source_id, walk.c.generation + 1, SourceLink.inherited_shares)
        .join(walk, SourceLink.derivative_seq == walk.c.seq)
        .order_by(walk.c.generation, SourceLink.derivative_seq, SourceLink.position)
    )


# built once: building such a statement takes longer than running it
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_FURTHER = _links_further_up()
_CLAIMING = (
    sa.select(Work.id, Work.title, Work.credits, Account.display_name)
    .join(Account, Account.id == Work.account_id)
    .where(Work.id.in_(_IDS))
)
