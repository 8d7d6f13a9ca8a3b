"""The lineage about a work, laid out: one answer from which the drawing, the table and the API's JSON are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.licences.marks import code_of, marks_of
from remixhub.domain.licences.terms import short_name
from remixhub.domain.lineage.drawing import Drawn, Layout, lay_out
from remixhub.domain.lineage.foreign_addresses import is_node_id
from remixhub.domain.lineage.generations import ELSEWHERE, Link, generations, head_of
from remixhub.domain.lineage.pictures import cut_line, cut_title
from remixhub.models import ElsewhereSource, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.lineage import ancestry
from remixhub.services.lineage.cards import WorkCard, card_of
from remixhub.services.lineage.elsewhere import ElsewhereNode, citing_each, count_citing, nodes_cited
from remixhub.services.lineage.nodes import LineageLink, Node, links_among, nodes_of
from remixhub.services.lineage.surroundings import link_counts

SHOWN_LIMIT, MOST_SHOWN = 60, 500
"""Ancestors, and as many descendants: unless asked otherwise, and at most."""
OPENED_LIMIT = 24
"""Works whose neighbours are asked for by name."""
_NEIGHBOURS_LIMIT = 60
"""Of all that are opened, so many each."""
_COUNTED_LIMIT = 10_000


@dataclass(frozen=True)
class Explored:
    """Works from left to right and from above, as the table lists them; tombstones included."""

    focus: Node
    nodes: Sequence[Node]
    links: Sequence[LineageLink]
    layout: Layout
    opened: list[str]
    """Whose neighbours are shown, ancestors and descendants of the focus or not; sources from elsewhere too."""
    kin: Collection[str]
    """The focus, its ancestors and its descendants; others stand beside them."""
    total: int
    """Of kin there are."""
    is_counted_out: bool
    """False: there are more of them than `total`."""
    hidden_sources: Mapping[str, int]
    """Direct sources that are not shown, by the work's id."""
    hidden_remixes: Mapping[str, int]
    elsewhere: Sequence[ElsewhereNode] = ()
    """What the works cite from elsewhere, from above; not among those that are counted."""

    @property
    def may_show_more(self) -> bool:
        return len(self.kin) < self.total


@dataclass(frozen=True)
class ExplorerPage:
    explored: Explored
    card: WorkCard
    """Of the focus."""


def explore(actor: Actor, parts: Parts, work_id: str, *, limit: int, opened: Sequence[str] = ()) -> Explored:
    """The `limit` nearest ancestors and as many descendants, and the neighbours of what is `opened`, works or sources
    from elsewhere, as far as links lead to them. Raises NotFound.
    """
    with parts.database.reading() as session:
        return _explored(session, find_visible_work(session, actor, work_id), limit, opened)


def view_explorer(actor: Actor, parts: Parts, work_id: str, *, limit: int, opened: Sequence[str] = ()) -> ExplorerPage:
    """Raises NotFound."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        return ExplorerPage(_explored(session, work, limit, opened), card_of(session, actor, parts, work))


def _explored(session: Session, work: Work, limit: int, opened: Sequence[str]) -> Explored:
    above, more_above = ancestry.nearest(session, work.id, derivatives=False, limit=limit)
    below, _ = ancestry.nearest(session, work.id, derivatives=True, limit=limit)
    ids = list(dict.fromkeys([work.id, *above, *below, *_neighbours(session, opened)]))
    links = links_among(session, ids)
    pairs = [Link(link.derivative_id, link.source_id) for link in links]
    cited = nodes_cited(session, ids)
    reached = _reached(work.id, [*pairs, *(Link(one.derivative_id, one.node_id) for one in _citations(cited))])
    nodes = {id: node for id, node in nodes_of(session, ids).items() if id in reached}
    links = [link for link in links if link.source_id in nodes and link.derivative_id in nodes]
    sources, remixes = link_counts(session, list(nodes), work.id)
    ancestors = _count_ancestors(session, work.id) if more_above else len(above)
    for link in links:
        sources[link.derivative_id] -= 1
        remixes[link.source_id] -= 1
    elsewhere = [shown for one in cited if (shown := one.among(nodes)) is not None]
    citing = count_citing(session, [one.id for one in elsewhere])
    remixes |= {one.id: citing.get(one.id, 0) - one.public_citations for one in elsewhere}
    drawn = [
        *(Drawn(one.seq or ancestry.BEYOND_ALL, one.id, one.generation) for one in nodes.values()),
        *(Drawn(rank, one.id, ELSEWHERE) for rank, one in enumerate(elsewhere)),
    ]
    layout = lay_out(drawn, [*pairs, *(Link(one.derivative_id, one.node_id) for one in _citations(elsewhere))])
    kin = generations(work.id, pairs).keys()
    return Explored(
        focus=nodes[work.id],
        nodes=sorted(nodes.values(), key=lambda one: _reading_order(layout, one.id)),
        links=sorted(links, key=lambda one: _reading_order(layout, one.derivative_id)),
        layout=layout,
        opened=[id for id in opened if id in layout.places],
        kin=kin,
        total=max(1 + ancestors + max(work.descendant_count, len(below)), len(kin)),
        is_counted_out=ancestors < _COUNTED_LIMIT,
        hidden_sources={id: count for id, count in sources.items() if count > 0},
        hidden_remixes={id: count for id, count in remixes.items() if count > 0},
        elsewhere=sorted(elsewhere, key=lambda one: _reading_order(layout, one.id)),
    )


def _citations(elsewhere: Iterable[ElsewhereNode]) -> list[ElsewhereSource]:
    return [one for node in elsewhere for one in node.citations]


def _reached(start: str, links: Iterable[Link]) -> set[str]:
    """Over links in either direction."""
    nexts = defaultdict(list)
    for link in links:
        nexts[link.source_id].append(link.derivative_id)
        nexts[link.derivative_id].append(link.source_id)
    reached, waiting = {start}, [start]
    while waiting:
        fresh = [one for one in nexts[waiting.pop()] if one not in reached]
        reached.update(fresh)
        waiting += fresh
    return reached


def as_json(found: Explored) -> dict[str, Any]:
    """As the API answers and the page embeds it."""
    sources = defaultdict(list)
    for link in found.links:
        sources[link.derivative_id].append(link.source_id)
    bends = {one.link: one.bends for one in found.layout.links}
    return {
        "focus_id": found.focus.id,
        "shown": len(found.kin),
        "total": found.total,
        "is_counted_out": found.is_counted_out,
        "beside": len(found.nodes) - len(found.kin),
        "opened": list(found.opened),
        "heads": _heads(found.layout.generations),
        "rows": found.layout.rows,
        "works": [_work_json(found, one) for one in found.nodes],
        "links": [
            {
                "source_id": one.source_id,
                "derivative_id": one.derivative_id,
                "kind": one.kind,
                "state": one.state,
                "bends": list(bends[Link(one.derivative_id, one.source_id)]),
            }
            for one in found.links
        ],
        "elsewhere": [_elsewhere_json(found, one, bends) for one in found.elsewhere],
    }


def _work_json(found: Explored, node: Node) -> dict[str, Any]:
    place = found.layout.places[node.id]
    marks = marks_of(node.licence)
    return {
        "id": node.id,
        "title": node.title,
        "artist": node.artist,
        "licence": node.licence,
        "licence_name": short_name(node.licence),
        "marks": list(marks),
        "state": node.state,
        "label": cut_title(node.title, marks),
        "line": cut_line(node.artist, code_of(node.licence)),
        "generation": found.layout.generations[place.column],
        "column": place.column,
        "row": place.row,
        "hidden_sources": found.hidden_sources.get(node.id, 0),
        "hidden_remixes": found.hidden_remixes.get(node.id, 0),
    }


def _elsewhere_json(found: Explored, node: ElsewhereNode, bends: Mapping[Link, Sequence[float]]) -> dict[str, Any]:
    face, place = node.face, found.layout.places[node.id]
    marks = marks_of(face.licence)
    return {
        "id": node.id,
        "title": face.title,
        "artist": face.artist,
        "site": face.site,
        "address": face.address,
        "licence": face.licence,
        "licence_name": short_name(face.licence),
        "marks": list(marks),
        "label": cut_title(face.title, marks),
        "line": cut_line(face.site, code_of(face.licence)),
        "column": place.column,
        "row": place.row,
        "hidden_remixes": found.hidden_remixes.get(node.id, 0),
        "citations": [
            {
                "derivative_id": one.derivative_id,
                "kind": one.kind,
                "state": one.state,
                "bends": list(bends[Link(one.derivative_id, node.id)]),
            }
            for one in node.citations
        ],
    }


def _heads(generations: Sequence[int]) -> list[str]:
    words = [head_of(one) for one in generations]
    first = next((place for place, one in enumerate(generations) if one > 0), None)
    return words if first is None else [*words[:first], f"{words[first]} generation", *words[first + 1 :]]


def _reading_order(layout: Layout, id: str) -> tuple[int, float]:
    place = layout.places[id]
    return place.column, place.row


def _neighbours(session: Session, opened: Iterable[str]) -> list[str]:
    """The works `opened`, as far as they are published, and the oldest sources and remixes of each; the oldest works
    that cite what is elsewhere.
    """
    every = list(opened)
    asked, outside = [id for id in every if not is_node_id(id)], [id for id in every if is_node_id(id)]
    if outside:
        return [*_neighbours(session, asked), *citing_each(session, outside, limit=_NEIGHBOURS_LIMIT)]
    if not asked:
        return []
    published = session.scalars(sa.select(Work.id).where(Work.id.in_(asked), Work.seq.is_not(None))).all()
    is_public = SourceLink.derivative_seq.is_not(None)
    up = sa.select(
        SourceLink.source_id.label("id"), SourceLink.derivative_id.label("of"), SourceLink.source_seq.label("seq")
    )
    down = sa.select(SourceLink.derivative_id, SourceLink.source_id, SourceLink.derivative_seq)
    both = sa.union_all(
        up.where(SourceLink.derivative_id.in_(published)), down.where(SourceLink.source_id.in_(published), is_public)
    ).subquery()
    place = sa.func.row_number().over(partition_by=both.c.of, order_by=both.c.seq).label("place")
    ranked = sa.select(both.c.id, both.c.seq, place).subquery()
    found = sa.select(ranked.c.id).where(ranked.c.place <= _NEIGHBOURS_LIMIT).order_by(ranked.c.seq)
    return [*published, *session.scalars(found)]


def _count_ancestors(session: Session, work_id: str) -> int:
    counted = sa.select(ancestry.ancestor_seqs([work_id]).c.seq).limit(_COUNTED_LIMIT).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
