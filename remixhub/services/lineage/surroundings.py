"""Walks over source links in either direction: the neighbourhood of a work, and the shortest path between two.

They go over sources from elsewhere too: two works that cite the same one are two links apart. One statement a step,
whatever the number of works it meets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.lineage.foreign_addresses import is_node_id
from remixhub.models import ElsewhereSource, SourceLink
from remixhub.services.access import find_visible_work
from remixhub.services.lineage.elsewhere import ElsewhereNode, count_citing, nodes_among
from remixhub.services.lineage.nodes import LineageLink, Node, links_among, nodes_of

_PATH_STEPS_LIMIT = 40
_PATH_LINKS_LIMIT = 20_000


@dataclass(frozen=True)
class Neighbour:
    node: Node
    hops: int
    hidden_sources: int
    """Direct sources that are not shown."""
    hidden_remixes: int


@dataclass(frozen=True)
class OutsideNeighbour:
    """What stands at one address elsewhere, with those of the shown works that cite it."""

    node: ElsewhereNode
    hops: int
    hidden_remixes: int


@dataclass(frozen=True)
class Neighbourhood:
    """The focus first, then hop by hop: sources before what is elsewhere and that before remixes, the oldest first.
    `links` are all among the works; those to what is elsewhere stand with it.
    """

    focus_id: str
    neighbours: Sequence[Neighbour]
    links: Sequence[LineageLink]
    left_out: int
    """What of the hop at which the limit was reached found no place."""
    cut_at_hop: int | None
    """The hop at which the limit was reached; what lies behind it was not looked at."""
    elsewhere: Sequence[OutsideNeighbour] = ()


@dataclass(frozen=True)
class Path:
    """From the first work to the last; empty when there is none, or when the search gave up."""

    steps: Sequence[str]
    """The ids on the way, of works and of what is elsewhere."""
    works: Sequence[Node]
    links: Sequence[LineageLink]
    elsewhere: Sequence[ElsewhereNode]
    gave_up: bool


def get_neighbourhood(actor: Actor, parts: Parts, work_id: str, *, hops: int, limit: int) -> Neighbourhood:
    """At most `limit` nodes besides the focus, over at most `hops` links taken in either direction."""
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        found = {work_id: 0}
        left_out, cut_at_hop = 0, None
        frontier = [work_id]
        for hop in range(1, hops + 1):
            room = limit + 1 - len(found)
            frontier, total = _next_hop(session, frontier, work_id, found, room)
            found |= dict.fromkeys(frontier, hop)
            if total > room:
                left_out, cut_at_hop = total - room, hop
            if not frontier or cut_at_hop is not None:
                break
        works, outside = _told_apart(found)
        nodes = nodes_of(session, works)
        links = links_among(session, works)
        sources, remixes = link_counts(session, works, work_id)
        cited = nodes_among(session, works, outside)
        citing = count_citing(session, outside)
    for link in links:
        sources[link.derivative_id] -= 1
        remixes[link.source_id] -= 1
    neighbours = [
        Neighbour(nodes[id], hop, sources.get(id, 0), remixes.get(id, 0)) for id, hop in found.items() if id in nodes
    ]
    elsewhere = [
        OutsideNeighbour(one, found[one.id], citing.get(one.id, 0) - one.public_citations)
        for one in sorted(cited, key=lambda one: outside.index(one.id))
    ]
    return Neighbourhood(work_id, neighbours, links, left_out, cut_at_hop, elsewhere)


def find_path(actor: Actor, parts: Parts, work_id: str, other_id: str) -> Path:
    """A shortest path over links in either direction.

    From both ends at once, always from the end with fewer works to go on from: then the first work that both have met
    lies on a shortest path. Gives up beyond 40 links, or when both ends would have to read more than 20,000 links.
    """
    with parts.database.reading() as session:
        for id in (work_id, other_id):
            find_visible_work(session, actor, id)
        here, there = _Side(work_id), _Side(other_id)
        ids, gave_up = _search(session, here, there)
        works, outside = _told_apart(ids)
        nodes = nodes_of(session, works)
        links = {frozenset((link.derivative_id, link.source_id)): link for link in links_among(session, works)}
        elsewhere = nodes_among(session, works, outside)
    steps = [links[frozenset(step)] for step in pairwise(ids) if not any(map(is_node_id, step))]
    return Path(ids, [nodes[id] for id in works], steps, elsewhere, gave_up)


def _told_apart(ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Works, and what is elsewhere."""
    every = list(ids)
    return [id for id in every if not is_node_id(id)], [id for id in every if is_node_id(id)]


@dataclass
class _Side:
    """One end's part of the search: from which work each was met, and those to go on from."""

    start: str
    met_from: dict[str, str | None] = field(init=False)
    frontier: list[str] = field(init=False)
    links_read: int = 0
    is_spent: bool = False

    def __post_init__(self) -> None:
        self.met_from = {self.start: None}
        self.frontier = [self.start]

    def advance(self, session: Session, ends: Collection[str]) -> None:
        """By one link; is spent, and stays where it is, when that would read too many."""
        room = _PATH_LINKS_LIMIT - self.links_read
        rows = session.execute(_steps(self.frontier, ends).limit(room + 1)).all()
        if len(rows) > room:
            self.is_spent = True
            return
        self.links_read += len(rows)
        fresh: dict[str, str] = {}
        for start, end in sorted((row.start, row.id) for row in rows):
            if end not in self.met_from:
                fresh.setdefault(end, start)
        self.met_from |= fresh
        self.frontier = list(fresh)

    def way_to(self, id: str) -> list[str]:
        """From `id` back to the start."""
        way: list[str] = []
        step: str | None = id
        while step is not None:
            way.append(step)
            step = self.met_from[step]
        return way


def _search(session: Session, here: _Side, there: _Side) -> tuple[list[str], bool]:
    """The ids from one start to the other, and whether it gave up."""
    ends = (here.start, there.start)
    for _ in range(_PATH_STEPS_LIMIT + 1):
        meeting = min(here.met_from.keys() & there.met_from.keys(), default=None)
        if meeting is not None:
            return [*reversed(here.way_to(meeting)), *there.way_to(meeting)[1:]], False
        if not here.frontier or not there.frontier:
            return [], False
        ready = [side for side in (here, there) if not side.is_spent]
        if not ready:
            break
        min(ready, key=lambda side: len(side.frontier)).advance(session, ends)
    return [], True


def _steps(frontier: Collection[str], drafts: Collection[str]) -> sa.Select[str, str]:
    """Columns `start` and `id`: each link of the frontier, in either direction. Drafts are not met, except `drafts`."""
    up = sa.select(SourceLink.derivative_id.label("start"), SourceLink.source_id.label("id")).where(
        SourceLink.derivative_id.in_(frontier)
    )
    down = sa.select(SourceLink.source_id, SourceLink.derivative_id).where(
        SourceLink.source_id.in_(frontier), _is_shown(drafts)
    )
    works, outside = _told_apart(frontier)
    cites = sa.select(ElsewhereSource.derivative_id, ElsewhereSource.node_id).where(
        ElsewhereSource.derivative_id.in_(works), _is_cited(drafts)
    )
    is_cited = sa.select(ElsewhereSource.node_id, ElsewhereSource.derivative_id).where(
        ElsewhereSource.node_id.in_(outside), _is_cited(drafts)
    )
    every = sa.union_all(up, down, cites, is_cited).subquery()
    return sa.select(every.c.start, every.c.id)


def _next_hop(
    session: Session, frontier: Collection[str], focus_id: str, found: Collection[str], room: int
) -> tuple[list[str], int]:
    """The first `room` nodes that are one link further, and how many there are."""
    works, outside = _told_apart(frontier)
    up = sa.select(SourceLink.source_id.label("id"), SourceLink.source_seq.label("seq"), sa.literal(0).label("side"))
    down = sa.select(SourceLink.derivative_id, SourceLink.derivative_seq, sa.literal(2))
    cites = sa.select(ElsewhereSource.node_id, ElsewhereSource.derivative_seq, sa.literal(1))
    is_cited = sa.select(ElsewhereSource.derivative_id, ElsewhereSource.derivative_seq, sa.literal(2))
    both = sa.union_all(
        up.where(SourceLink.derivative_id.in_(works)),
        down.where(SourceLink.source_id.in_(works), _is_shown([focus_id])),
        cites.where(ElsewhereSource.derivative_id.in_(works), _is_cited([focus_id])),
        is_cited.where(ElsewhereSource.node_id.in_(outside), _is_cited([focus_id])),
    ).subquery()
    fresh = (
        sa.select(both.c.id, sa.func.min(both.c.side).label("side"), sa.func.min(both.c.seq).label("seq"))
        .where(both.c.id.not_in(found))
        .group_by(both.c.id)
        .subquery()
    )
    rows = session.execute(
        sa.select(fresh.c.id, sa.func.count().over())
        .order_by(fresh.c.side, fresh.c.seq, fresh.c.id)
        .limit(max(room, 1))
    ).all()
    return [id for id, _ in rows][:room], rows[0][1] if rows else 0


def link_counts(session: Session, ids: Collection[str], focus_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """How many sources and how many remixes each has that whoever may see the focus may see."""
    counts: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for side, id, count in session.execute(_LINK_COUNTS, {"ids": ids, "focus_id": focus_id}):
        counts[side][id] = count
    return counts


def _is_shown(drafts: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.or_(SourceLink.derivative_seq.is_not(None), SourceLink.derivative_id.in_(drafts))


def _is_cited(drafts: Collection[str]) -> sa.ColumnElement[bool]:
    is_shown = sa.or_(ElsewhereSource.derivative_seq.is_not(None), ElsewhereSource.derivative_id.in_(drafts))
    return sa.and_(is_shown, sa.not_(ElsewhereSource.is_wanted))


def _counted() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """To be built once."""
    is_shown = sa.or_(SourceLink.derivative_seq.is_not(None), SourceLink.derivative_id == sa.bindparam("focus_id"))
    sources, remixes = (
        sa.select(sa.literal(side).label("side"), end, sa.func.count())
        .where(end.in_(sa.bindparam("ids", expanding=True)), is_shown)
        .group_by(end)
        for side, end in enumerate((SourceLink.derivative_id, SourceLink.source_id))
    )
    return sa.union_all(sources, remixes)


_LINK_COUNTS = _counted()
