"""The lineage: linking on publication, ancestors, descendants, sources and the credits owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_visible
from remixhub.domain.errors import NotFound
from remixhub.domain.lineage.generations import Link, generations
from remixhub.domain.states import WorkKind
from remixhub.models import ElsewhereSource, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.lineage import ancestry
from remixhub.services.lineage.ancestry import Found, Slice
from remixhub.services.lineage.elsewhere import ElsewhereNode, nodes_cited
from remixhub.services.lineage.influence import note_publication
from remixhub.services.lineage.nodes import LineageLink, Node, links_among, nodes_in, nodes_of, read_nodes
from remixhub.services.lineage.orders import order_settling
from remixhub.services.paging import Page, Position, page_of, seq_in

_FOCUS = sa.select(Work.id, Work.seq, Work.account_id, Work.state, Work.descendant_count).where(
    Work.id == sa.bindparam("work_id")
)
_ANCESTORS = nodes_in(ancestry.ancestors_slice())
_DESCENDANTS, _SHORTLISTED = (
    {newest_first: nodes_in(slice(newest_first=newest_first)) for newest_first in (False, True)}
    for slice in (ancestry.descendants_slice, ancestry.shortlist_slice)
)
"""By `newest_first`."""


@dataclass(frozen=True)
class Lineage:
    """The surroundings of the focus, tombstones included.

    `generations` says how many links away a work is: negative for ancestors, positive for descendants.
    """

    focus_id: str
    nodes: Sequence[Node]
    generations: dict[str, int]
    links: Sequence[LineageLink]
    more_ancestors: bool
    more_descendants: bool
    elsewhere: Sequence[ElsewhereNode] = ()
    """What the nodes cite from elsewhere; of no generation, for nobody here knows what it was made from."""


def get_lineage(actor: Actor, parts: Parts, work_id: str, *, limit: int) -> Lineage:
    """At most the `limit` nearest ancestors and as many descendants, nearest first, and all links among them."""
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        above, more_above = ancestry.nearest(session, work_id, derivatives=False, limit=limit)
        below, more_below = ancestry.nearest(session, work_id, derivatives=True, limit=limit)
        ids = [work_id, *above, *below]
        links = links_among(session, ids)
        nodes = nodes_of(session, ids)
        elsewhere = nodes_cited(session, ids)
    steps = generations(work_id, [Link(link.derivative_id, link.source_id) for link in links])
    shown = [nodes[id] for id in ids if id in steps]  # the sources of a draft may change between two queries
    return Lineage(work_id, shown, steps, links, more_above, more_below, elsewhere)


def list_ancestors(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> Page[Node]:
    """Oldest first; `after` is the position at which the page before ended."""
    slice = Slice(limit + 1, seq_in(after))
    with parts.database.reading() as session:
        _find_focus(session, actor, work_id)
        nodes = read_nodes(session, _ANCESTORS, {"work_id": work_id, **slice.bounds})
    return page_of(nodes, limit, _position)


def list_descendants(
    actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int, newest_first: bool = False
) -> Page[Node]:
    """`after` is the position at which the page before ended.

    Of a work with very many descendants the freshly published ones are listed once they are counted, a moment later,
    and newest-first pages beyond its shortlist walk over all descendants.
    """
    slice = Slice(limit + 1, seq_in(after), newest_first)
    with parts.database.reading() as session:
        focus = _find_focus(session, actor, work_id)
        of_slice = {"work_seq": focus.seq, **slice.bounds}
        nodes: list[Node] = []
        is_shortlisted = focus.descendant_count > ancestry.SHORTLIST_FROM
        if is_shortlisted:
            nodes = read_nodes(session, _SHORTLISTED[newest_first], of_slice)
        if len(nodes) <= limit and is_shortlisted and not newest_first:
            nodes = list(nodes_of(session, ancestry.oldest_walked(session, work_id, slice)).values())
        elif len(nodes) <= limit:
            nodes = read_nodes(session, _DESCENDANTS[newest_first], of_slice)
    nodes.sort(key=_seq, reverse=newest_first)
    return page_of(nodes, limit, _position)


def list_sources(actor: Actor, parts: Parts, work_id: str) -> Sequence[SourceLink]:
    """The direct sources with their works, in the remixer's order."""
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        return session.scalars(
            sa.select(SourceLink).where(SourceLink.derivative_id == work_id).order_by(SourceLink.position)
        ).all()


def link_on_publish(session: Session, actor: Actor, parts: Parts, work: Work, seq: int) -> None:
    """Puts a work that has just got its `seq` into the lineage, once, and orders that its ancestors count it.

    To be called in the transaction that took `seq` from the counter.
    """
    # the links by their derivative alone: asked for those without a `seq`, PostgreSQL reads the links of all drafts
    own = SourceLink.derivative_id == work.id
    above = sa.select(sa.func.max(Work.generation), sa.func.count(SourceLink.derivative_seq)).join_from(
        SourceLink, Work, Work.id == SourceLink.source_id
    )
    with session.no_autoflush:  # so that the work is written once, below
        highest, linked = session.execute(above.where(own)).one()
    if linked:
        return
    if highest is not None:
        work.generation, work.is_uncounted, work.is_untold = highest + 1, True, True
        session.flush()  # the links' foreign key wants the work to have its number
        session.execute(sa.update(SourceLink).where(own).values(derivative_seq=seq))
    if work.kind is WorkKind.REMIX:
        session.flush()
        cited = ElsewhereSource.derivative_id == work.id
        session.execute(sa.update(ElsewhereSource).where(cited).values(derivative_seq=seq))
    order_settling(session, actor, parts)
    note_publication(session, work.account_id)  # after the job, whose row who counts has before that of the account


def _find_focus(session: Session, actor: Actor, work_id: str) -> Any:
    """The few columns that a listing around a work needs. Raises NotFound as `find_visible_work` does."""
    focus = session.execute(_FOCUS, {"work_id": work_id}).one_or_none()
    if focus is None:
        raise NotFound(f"There is no work {work_id!r}, or it is private.", what="work")
    require_visible(actor, owner_id=focus.account_id, state=focus.state, what="work", id=work_id)
    return focus


def _position(one: Node | Found) -> list[int]:
    return [_seq(one)]


def _seq(one: Node | Found) -> int:
    return one.seq or 0
