"""Walks over source links in the database: what a work came from, and what came from it.

Drafts are never found: nothing can cite them, and their own links carry no `derivative_seq`. A source's `seq` is
smaller than its derivative's, so every walk ends, and oldest-first walks can stop early.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models import ShortlistedDescendant, SourceLink, Work

SHORTLIST_FROM = 512
"""Works with more descendants have their first pages listed beforehand; fewer are walked in a few milliseconds."""
SHORTLISTED = 256
"""So many of the oldest and as many of the newest; longer than any page."""
_GENERATIONS_LIMIT = 100
BEYOND_ALL = 2**63 - 1


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

    @property
    def bounds(self) -> dict[str, int]:
        """The parameters of a statement over a subquery of slices."""
        beginning = BEYOND_ALL if self.newest_first else 0
        return {"limit": self.limit, "after_seq": beginning if self.after_seq is None else self.after_seq}


# Subqueries with one column, `seq`, for statements that are built once: building one takes longer than most walks.
# What they are of, `work_id` or `work_seq`, and the bounds of the slice are parameters.


def ancestors_slice() -> sa.Subquery:
    """Oldest first."""
    return _sliced(_walk_up(SourceLink.derivative_id == sa.bindparam("work_id")).c.seq, newest_first=False)


def descendants_slice(*, newest_first: bool) -> sa.Subquery:
    return _sliced(descendant_seqs(sa.bindparam("work_seq")).c.seq, newest_first=newest_first)


def shortlist_slice(*, newest_first: bool) -> sa.Subquery:
    """From the list made beforehand for works with more than SHORTLIST_FROM descendants; it ends before they do."""
    of_work = ShortlistedDescendant.work_seq == sa.bindparam("work_seq")
    is_listed = ShortlistedDescendant.is_newest.is_(newest_first)
    return _sliced(ShortlistedDescendant.descendant_seq, of_work, is_listed, newest_first=newest_first)


def _sliced(seq: sa.SQLColumnExpression[int], *where: sa.ColumnElement[bool], newest_first: bool) -> sa.Subquery:
    after_seq = sa.bindparam("after_seq", type_=sa.BigInteger())
    beyond = seq < after_seq if newest_first else seq > after_seq
    works: sa.Select[int] = (
        sa.select(seq.label("seq")).where(*where, beyond).order_by(seq.desc() if newest_first else seq)
    )
    return works.limit(sa.bindparam("limit", type_=sa.Integer())).subquery()


def ancestors(of: Collection[str]) -> sa.Subquery:
    """Columns `id` and `seq` of every ancestor of the works `of` (drafts allowed), once each."""
    walk = ancestor_seqs(of)
    return sa.select(Work.id, Work.seq).join(walk, Work.seq == walk.c.seq).subquery("ancestors")


def ancestor_seqs(of: Collection[str] | sa.BindParameter[Any]) -> sa.CTE:
    """Column `seq` of every ancestor. `of` is an expanding parameter in statements that are built once."""
    return _walk_up(SourceLink.derivative_id.in_(of))


def _walk_up(first: sa.ColumnElement[bool]) -> sa.CTE:
    """From the `first` links. By numbers, which takes half as long as by ids."""
    walk = sa.select(SourceLink.source_seq.label("seq")).where(first).cte("ancestor_seqs", recursive=True)
    return walk.union(sa.select(SourceLink.source_seq).join(walk, SourceLink.derivative_seq == walk.c.seq))


def _oldest_ancestors() -> sa.Select[int | None, str]:
    page = ancestors_slice()
    return sa.select(Work.seq, Work.id).join(page, page.c.seq == Work.seq).order_by(Work.seq)


_OLDEST_ANCESTORS = _oldest_ancestors()


def oldest_ancestors(session: Session, work_id: str, *, after_seq: int, limit: int) -> list[Found]:
    """The first `limit` ancestors published after `after_seq`, oldest first."""
    return _found(session, _OLDEST_ANCESTORS, {"work_id": work_id, **Slice(limit, after_seq).bounds})


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
        derivatives = _DERIVATIVES
        if youngest is not None:
            derivatives = derivatives.where(SourceLink.derivative_seq < youngest)
        known = set(found)
        fresh = set(_found(session, derivatives, {"ids": [one.id for one in frontier], "limit": limit})) - known
        found = heapq.nsmallest(limit, known | fresh)
        frontier = [one for one in found if one in fresh]
    return [one.id for one in found]


def all_descendant_seqs(session: Session, work_seq: int) -> list[int]:
    """Of every descendant, oldest first; as long as the list is."""
    walk = descendant_seqs(work_seq)
    return list(session.scalars(sa.select(walk.c.seq).order_by(walk.c.seq)))


def descendant_seqs(of: int | sa.BindParameter[int] | Collection[int]) -> sa.CTE:
    """Column `seq` of every descendant of a work, or of several, once each."""
    is_direct = SourceLink.source_seq.in_(of) if isinstance(of, Collection) else SourceLink.source_seq == of
    walk = (
        sa.select(SourceLink.derivative_seq.label("seq"))
        .where(is_direct, SourceLink.derivative_seq.is_not(None))
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
        step = _DERIVATIVES if derivatives else _SOURCES
        reached = _found(session, step, {"ids": frontier, "limit": most})
        frontier = [one.id for one in reached if one.id not in found]
        found |= dict.fromkeys(frontier)
        if not frontier or len(found) > limit:
            break
    return list(found)[:limit], len(found) > limit or bool(frontier)


def _first_derivatives(session: Session, work_id: str, after_seq: int, limit: int) -> list[Found]:
    """The oldest works after `after_seq` that cite the work or a descendant of it from before `after_seq`."""
    derivatives, parameters = _DERIVATIVES, {"ids": [work_id], "limit": limit}
    if after_seq > 0:
        passed = sa.select(sa.literal(work_id).label("id")).cte("passed", recursive=True)
        passed = passed.union(
            sa.select(SourceLink.derivative_id)
            .join(passed, SourceLink.source_id == passed.c.id)
            .where(SourceLink.derivative_seq <= after_seq)
        )
        derivatives = (
            _in_order(SourceLink.derivative_seq, SourceLink.derivative_id)
            .join(passed, SourceLink.source_id == passed.c.id)
            .where(SourceLink.derivative_seq > after_seq)
        )
        parameters = {"limit": limit}
    return _found(session, derivatives, parameters)


def _in_order(seq: sa.SQLColumnExpression[int | None], id: sa.SQLColumnExpression[str]) -> sa.Select[int | None, str]:
    return sa.select(seq, id).distinct().order_by(seq).limit(sa.bindparam("limit", type_=sa.Integer()))


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_DERIVATIVES = _in_order(SourceLink.derivative_seq, SourceLink.derivative_id).where(
    SourceLink.source_id.in_(_IDS), SourceLink.derivative_seq.is_not(None)
)
_SOURCES = _in_order(SourceLink.source_seq, SourceLink.source_id).where(SourceLink.derivative_id.in_(_IDS))


def _found(
    session: Session, query: sa.Select[int | None, str], parameters: Mapping[str, Any] | None = None
) -> list[Found]:
    return [Found(seq, id) for seq, id in session.execute(query, parameters) if seq is not None]
