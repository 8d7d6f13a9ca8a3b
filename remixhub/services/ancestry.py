"""Walks over source links in the database: what a work came from, and what came from it.

Drafts are never found: nothing can cite them, and their own links carry no `derivative_seq`. A source's `seq` is
smaller than its derivative's, so every walk ends, and oldest-first walks can stop early.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models import ShortlistedDescendant, SourceLink, Work

SHORTLIST_FROM = 512
"""Works with more descendants have their first pages listed beforehand; fewer are walked in a few milliseconds."""
SHORTLISTED = 256
"""So many of the oldest and as many of the newest; longer than any page."""
_GENERATIONS_LIMIT = 100


@dataclass(frozen=True, order=True)
class Found:
    seq: int
    id: str


@dataclass(frozen=True)
class Slice:
    """Of a listing by `seq`: the first `limit` works beyond `after_seq`."""

    limit: int
    after_seq: int | None = None
    newest_first: bool = False

    def of_walk(self, walk: sa.CTE) -> sa.Subquery:
        """Column `seq` of the works in the slice of a walk."""
        return self._of(sa.select(walk.c.seq), walk.c.seq)

    def of_shortlist(self, work_seq: int) -> sa.Subquery:
        """From the list made beforehand for works with more than SHORTLIST_FROM descendants; it ends before they do."""
        seq = ShortlistedDescendant.descendant_seq.label("seq")
        listed = sa.select(seq).where(
            ShortlistedDescendant.work_seq == work_seq, ShortlistedDescendant.is_newest.is_(self.newest_first)
        )
        return self._of(listed, ShortlistedDescendant.descendant_seq)

    def _of(self, works: sa.Select[int], seq: sa.SQLColumnExpression[int]) -> sa.Subquery:
        if self.after_seq is not None:
            works = works.where(seq < self.after_seq if self.newest_first else seq > self.after_seq)
        return works.order_by(seq.desc() if self.newest_first else seq).limit(self.limit).subquery()


def ancestors(of: Collection[str]) -> sa.Subquery:
    """Columns `id` and `seq` of every ancestor of the works `of` (drafts allowed), once each."""
    walk = ancestor_seqs(of)
    return sa.select(Work.id, Work.seq).join(walk, Work.seq == walk.c.seq).subquery("ancestors")


def ancestor_seqs(of: Collection[str]) -> sa.CTE:
    """Column `seq` of every ancestor. Walks by numbers, which takes half as long as by ids."""
    walk = (
        sa.select(SourceLink.source_seq.label("seq"))
        .where(SourceLink.derivative_id.in_(of))
        .cte("ancestor_seqs", recursive=True)
    )
    return walk.union(sa.select(SourceLink.source_seq).join(walk, SourceLink.derivative_seq == walk.c.seq))


def oldest_ancestors(session: Session, work_id: str, *, after_seq: int, limit: int) -> list[Found]:
    """The first `limit` ancestors published after `after_seq`, oldest first."""
    page = Slice(limit, after_seq).of_walk(ancestor_seqs([work_id]))
    return _found(session, sa.select(Work.seq, Work.id).join(page, page.c.seq == Work.seq).order_by(Work.seq))


def oldest_walked(session: Session, work_id: str, slice: Slice) -> list[str]:
    """The ids in a slice of the oldest descendants, without walking over all of them.

    One query a generation, each for at most `limit` works: a derivative younger than the `limit` oldest found so
    far cannot lead to anything older, so it is never followed.
    """
    limit = slice.limit
    found = _first_derivatives(session, work_id, slice.after_seq or 0, limit)
    frontier = found
    while frontier:
        youngest = found[-1].seq if len(found) == limit else None
        derivatives = _derivatives_of([one.id for one in frontier], limit)
        if youngest is not None:
            derivatives = derivatives.where(SourceLink.derivative_seq < youngest)
        known = set(found)
        fresh = set(_found(session, derivatives)) - known
        found = heapq.nsmallest(limit, known | fresh)
        frontier = [one for one in found if one in fresh]
    return [one.id for one in found]


def all_descendant_seqs(session: Session, work_seq: int) -> list[int]:
    """Of every descendant, oldest first; as long as the list is."""
    walk = descendant_seqs(work_seq)
    return list(session.scalars(sa.select(walk.c.seq).order_by(walk.c.seq)))


def descendant_seqs(work_seq: int) -> sa.CTE:
    """Column `seq` of every descendant."""
    walk = (
        sa.select(SourceLink.derivative_seq.label("seq"))
        .where(SourceLink.source_seq == work_seq, SourceLink.derivative_seq.is_not(None))
        .cte("descendant_seqs", recursive=True)
    )
    further = sa.select(SourceLink.derivative_seq).join(walk, SourceLink.source_seq == walk.c.seq)
    return walk.union(further.where(SourceLink.derivative_seq.is_not(None)))


def nearest(session: Session, work_id: str, *, derivatives: bool, limit: int) -> tuple[list[str], bool]:
    """The `limit` nearest ancestors or descendants, and whether there are more.

    One query a generation, nearest generation first and the oldest first within it.
    """
    found: dict[str, None] = {}
    frontier = [work_id]
    for _ in range(_GENERATIONS_LIMIT):
        most = limit + 1 + len(found)
        step = _derivatives_of(frontier, most) if derivatives else _sources_of(frontier, most)
        frontier = [one.id for one in _found(session, step) if one.id not in found]
        found |= dict.fromkeys(frontier)
        if not frontier or len(found) > limit:
            break
    return list(found)[:limit], len(found) > limit or bool(frontier)


def _first_derivatives(session: Session, work_id: str, after_seq: int, limit: int) -> list[Found]:
    """The oldest works after `after_seq` that cite the work or a descendant of it from before `after_seq`."""
    derivatives = _derivatives_of([work_id], limit)
    if after_seq > 0:
        passed = sa.select(sa.literal(work_id).label("id")).cte("passed", recursive=True)
        passed = passed.union(
            sa.select(SourceLink.derivative_id)
            .join(passed, SourceLink.source_id == passed.c.id)
            .where(SourceLink.derivative_seq <= after_seq)
        )
        derivatives = (
            _in_order(SourceLink.derivative_seq, SourceLink.derivative_id, limit)
            .join(passed, SourceLink.source_id == passed.c.id)
            .where(SourceLink.derivative_seq > after_seq)
        )
    return _found(session, derivatives)


def _derivatives_of(ids: Sequence[str], limit: int) -> sa.Select[int | None, str]:
    return _in_order(SourceLink.derivative_seq, SourceLink.derivative_id, limit).where(
        SourceLink.source_id.in_(ids), SourceLink.derivative_seq.is_not(None)
    )


def _sources_of(ids: Sequence[str], limit: int) -> sa.Select[int | None, str]:
    return _in_order(SourceLink.source_seq, SourceLink.source_id, limit).where(SourceLink.derivative_id.in_(ids))


def _in_order(
    seq: sa.SQLColumnExpression[int | None], id: sa.SQLColumnExpression[str], limit: int
) -> sa.Select[int | None, str]:
    return sa.select(seq, id).distinct().order_by(seq).limit(limit)


def _found(session: Session, query: sa.Select[int | None, str]) -> list[Found]:
    return [Found(seq, id) for seq, id in session.execute(query) if seq is not None]
