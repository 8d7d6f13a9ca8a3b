"""Walks over source links in either direction: the neighbourhood of a work, and the shortest path between two.

One statement a step, whatever the number of works it meets.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.models import SourceLink
from remixhub.services.access import find_visible_work
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
class Neighbourhood:
    """The focus first, then hop by hop: sources before remixes, the oldest first. `links` are all among them."""

    focus_id: str
    neighbours: Sequence[Neighbour]
    links: Sequence[LineageLink]
    left_out: int
    """Works of the hop at which the limit was reached that found no place."""
    cut_at_hop: int | None
    """The hop at which the limit was reached; what lies behind it was not looked at."""


@dataclass(frozen=True)
class Path:
    """From the first work to the last; empty when there is none, or when the search gave up."""

    works: Sequence[Node]
    links: Sequence[LineageLink]
    gave_up: bool


def get_neighbourhood(actor: Actor, parts: Parts, work_id: str, *, hops: int, limit: int) -> Neighbourhood:
    """At most `limit` works besides the focus, over at most `hops` links taken in either direction."""
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
        nodes = nodes_of(session, list(found))
        links = links_among(session, list(found))
        sources, remixes = link_counts(session, list(found), work_id)
    for link in links:
        sources[link.derivative_id] -= 1
        remixes[link.source_id] -= 1
    neighbours = [
        Neighbour(nodes[id], hop, sources.get(id, 0), remixes.get(id, 0)) for id, hop in found.items() if id in nodes
    ]
    return Neighbourhood(work_id, neighbours, links, left_out, cut_at_hop)


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
        nodes = nodes_of(session, ids)
        links = {frozenset((link.derivative_id, link.source_id)): link for link in links_among(session, ids)}
    steps = [links[frozenset(step)] for step in pairwise(ids)]
    return Path([nodes[id] for id in ids], steps, gave_up)


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
    both = sa.union_all(up, down).subquery()
    return sa.select(both.c.start, both.c.id)


def _next_hop(
    session: Session, frontier: Collection[str], focus_id: str, found: Collection[str], room: int
) -> tuple[list[str], int]:
    """The first `room` works that are one link further, and how many there are."""
    up = sa.select(SourceLink.source_id.label("id"), SourceLink.source_seq.label("seq"), sa.literal(0).label("side"))
    down = sa.select(SourceLink.derivative_id, SourceLink.derivative_seq, sa.literal(1))
    both = sa.union_all(
        up.where(SourceLink.derivative_id.in_(frontier)),
        down.where(SourceLink.source_id.in_(frontier), _is_shown([focus_id])),
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
