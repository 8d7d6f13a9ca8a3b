"""Questions about the ancestors of a work: direct remixes, roots, ways of descent, what two works have in common."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Conflict
from remixhub.domain.lineage.kinship import Descent, descents
from remixhub.domain.states import SourceKind
from remixhub.models import Account, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.lineage import ancestry
from remixhub.services.lineage.nodes import NODE_COLUMNS, Node, nodes_of
from remixhub.services.paging import Keyset, Page, Position, checked, page_of, page_of_rows

_LINKS_LIMIT = 200_000
_NEWEST_LINKED = Keyset(SourceLink.derivative_seq.desc())


class AncestryTooLarge(Conflict):
    code = "ancestry_too_large"
    title = "The work has too many ancestors for this question"


@dataclass(frozen=True)
class Remix:
    kind: SourceKind
    seq: int
    node: Node


@dataclass(frozen=True)
class Descended:
    """An ancestor, and how the work descends from it."""

    node: Node
    descent: Descent


@dataclass(frozen=True)
class CommonAncestor:
    """An ancestor of two works, and how the first and the second descend from it."""

    node: Node
    first: Descent
    second: Descent


def list_remixes(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> Page[Remix]:
    """The works that cite this one directly, tombstones included, newest first."""
    query: sa.Select[Any] = (
        sa.select(SourceLink.kind, Work.seq, *NODE_COLUMNS)
        .join(Work, Work.id == SourceLink.derivative_id)
        .join(Account, Account.id == Work.account_id)
        .where(SourceLink.source_id == work_id, SourceLink.derivative_seq.is_not(None))
    )
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        found = page_of_rows(session, query, _NEWEST_LINKED, after=after, limit=limit)
    return found.map(lambda row: Remix(row[0], row[1], Node(*row[2:])))


def list_roots(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> Page[Node]:
    """The ancestors that cite nothing, oldest first; none for a work that cites nothing itself."""
    walk = ancestry.ancestors([work_id])
    query: sa.Select[Any] = (
        sa.select(*NODE_COLUMNS)
        .select_from(walk)
        .join(Work, Work.id == walk.c.id)
        .join(Account, Account.id == Work.account_id)
        .where(~sa.exists().where(SourceLink.derivative_id == walk.c.id))
    )
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        found = page_of_rows(session, query, Keyset(walk.c.seq), after=after, limit=limit)
    return found.map(lambda node: Node(*node))


def list_ancestry(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> Page[Descended]:
    """All ancestors with their generation and number of paths, nearest generation first, the oldest first within it.

    Raises AncestryTooLarge above 200,000 links.
    """
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        found = _descents(session, work_id)
        order = sorted(([one.generation, one.seq], id) for id, one in found.items())
        page = _page_of(order, after, limit)
        nodes = nodes_of(session, page.rows)
    return page.map(lambda id: Descended(nodes[id], found[id]))


def list_common_ancestors(
    actor: Actor, parts: Parts, work_id: str, other_id: str, *, after: Position | None, limit: int
) -> Page[CommonAncestor]:
    """Those with the fewest links between the two works first, then the youngest. A work is no ancestor of itself.

    Raises AncestryTooLarge above 200,000 links.
    """
    with parts.database.reading() as session:
        for id in (work_id, other_id):
            find_visible_work(session, actor, id)
        first, second = _descents(session, work_id), _descents(session, other_id)
        order = sorted(
            ([first[id].generation + second[id].generation, -first[id].seq], id) for id in first.keys() & second.keys()
        )
        page = _page_of(order, after, limit)
        nodes = nodes_of(session, page.rows)
    return page.map(lambda id: CommonAncestor(nodes[id], first[id], second[id]))


def _descents(session: Session, work_id: str) -> dict[str, Descent]:
    """In one statement."""
    above = sa.select(ancestry.ancestors([work_id]).c.id)
    rows = session.execute(
        sa.select(SourceLink.derivative_id, SourceLink.source_id, SourceLink.source_seq)
        .where(sa.or_(SourceLink.derivative_id == work_id, SourceLink.derivative_id.in_(above)))
        .limit(_LINKS_LIMIT + 1)
    )
    links = [(derivative_id, source_id, seq) for derivative_id, source_id, seq in rows]
    if len(links) > _LINKS_LIMIT:
        raise AncestryTooLarge(
            f"More than {_LINKS_LIMIT} links lead up from the work; list its ancestors instead.", work_id=work_id
        )
    return descents(work_id, links)


def _page_of(order: Sequence[tuple[list[int], str]], after: Position | None, limit: int) -> Page[str]:
    """Of works that were put in order here, each with its place."""
    start = 0 if after is None else bisect_right(order, checked(after, int, int), key=itemgetter(0))
    found = page_of(order[start : start + limit + 1], limit, itemgetter(0))
    return found.map(lambda one: one[1])
