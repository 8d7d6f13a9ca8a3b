"""Sources from elsewhere as the lineage reads them: of one work, of many, and who cites the same."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import NotFound
from remixhub.domain.states import WorkKind
from remixhub.models import ElsewhereEvent, ElsewhereSource, Work
from remixhub.services.lineage import ancestry
from remixhub.services.paging import Keyset, Listing, Page, Position

_EVENTS_LIMIT = 200
NODES_LIMIT = 500
"""Sources from elsewhere in one answer about a lineage."""


class ElsewhereNotFound(NotFound):
    code = "elsewhere_not_found"
    title = "Nobody here cites this"


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_WORK_ID: sa.BindParameter[str] = sa.bindparam("work_id")
_IS_CITED = sa.not_(ElsewhereSource.is_wanted)
_ALL_OF = (
    sa.select(ElsewhereSource)
    .where(ElsewhereSource.derivative_id == _WORK_ID)
    .order_by(ElsewhereSource.position, ElsewhereSource.node_id)
)
_CITED_AMONG = (
    sa.select(ElsewhereSource)
    .where(ElsewhereSource.derivative_id.in_(_IDS), _IS_CITED)
    .order_by(
        ElsewhereSource.derivative_seq.is_not(None),
        ElsewhereSource.derivative_seq.desc(),
        ElsewhereSource.position,
        ElsewhereSource.node_id,
    )
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
_ENTITIES: tuple[Any, ...] = (ElsewhereSource, Work)
_CITING: Listing[Any] = Listing(
    sa.select(*_ENTITIES)
    .join(Work, Work.id == ElsewhereSource.derivative_id)
    .where(ElsewhereSource.node_id == sa.bindparam("node_id"), ElsewhereSource.derivative_seq.is_not(None)),
    Keyset(ElsewhereSource.derivative_seq.desc()),
)


def named_by(session: Session, work: Work) -> Sequence[ElsewhereSource]:
    """All that a work names, in the remixer's order; what a draft wants too. No statement for a release."""
    if work.kind is WorkKind.RELEASE:
        return ()
    return session.scalars(_ALL_OF, {"work_id": work.id}).all()


def cited_by(session: Session, work: Work) -> Sequence[ElsewhereSource]:
    return [one for one in named_by(session, work) if not one.is_wanted]


def cited_among(session: Session, ids: Sequence[str], *, limit: int = NODES_LIMIT) -> Sequence[ElsewhereSource]:
    """What the works `ids` cite from elsewhere, the youngest work's first."""
    return session.scalars(_CITED_AMONG, {"ids": list(ids), "limit": limit}).all()


@dataclass(frozen=True)
class ElsewhereNode:
    """What stands at one address, with those of the shown works that cite it."""

    citations: Sequence[ElsewhereSource]
    """At least one; that of the youngest work first."""

    @property
    def face(self) -> ElsewhereSource:
        """By which it is shown."""
        return self.citations[0]

    @property
    def id(self) -> str:
        return self.face.node_id

    def among(self, ids: Container[str]) -> ElsewhereNode | None:
        """As far as the works `ids` cite it."""
        citations = [one for one in self.citations if one.derivative_id in ids]
        return ElsewhereNode(citations) if citations else None

    @property
    def public_citations(self) -> int:
        return sum(one.derivative_seq is not None for one in self.citations)


def nodes_cited(session: Session, ids: Sequence[str], *, limit: int = NODES_LIMIT) -> list[ElsewhereNode]:
    """What the works `ids` cite from elsewhere, by address. One statement."""
    return _by_node(cited_among(session, ids, limit=limit))


def nodes_among(session: Session, ids: Sequence[str], node_ids: Sequence[str]) -> list[ElsewhereNode]:
    """The nodes `node_ids` with their citations by the works `ids`. No statement for none."""
    if not node_ids:
        return []
    among = _CITED_AMONG.where(ElsewhereSource.node_id.in_(sa.bindparam("node_ids", expanding=True))).limit(None)
    return _by_node(session.scalars(among, {"ids": list(ids), "node_ids": list(node_ids)}))


def count_citing(session: Session, node_ids: Sequence[str]) -> dict[str, int]:
    """How many published works cite each. No statement for none."""
    if not node_ids:
        return {}
    cited = sa.and_(ElsewhereSource.node_id.in_(node_ids), ElsewhereSource.derivative_seq.is_not(None))
    counted = sa.select(ElsewhereSource.node_id, sa.func.count()).where(cited).group_by(ElsewhereSource.node_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def citing_each(session: Session, node_ids: Sequence[str], *, limit: int) -> list[str]:
    """The published works that cite the nodes, the oldest `limit` of each."""
    nth = sa.func.row_number().over(partition_by=ElsewhereSource.node_id, order_by=ElsewhereSource.derivative_seq)
    cited = sa.and_(ElsewhereSource.node_id.in_(node_ids), ElsewhereSource.derivative_seq.is_not(None))
    ranked = sa.select(ElsewhereSource.derivative_id, nth.label("nth")).where(cited).subquery()
    return list(session.scalars(sa.select(ranked.c.derivative_id).where(ranked.c.nth <= limit)))


def _by_node(cited: Iterable[ElsewhereSource]) -> list[ElsewhereNode]:
    by_node: dict[str, list[ElsewhereSource]] = {}
    for one in cited:
        by_node.setdefault(one.node_id, []).append(one)
    return [ElsewhereNode(citations) for citations in by_node.values()]


def first_citations(*columns: Any) -> sa.Select[Any]:
    """The `columns` of what a work and its ancestors cite from elsewhere, each node once: as the work itself cites it,
    else as the oldest ancestor does; and its `place`, the `seq` of who cites it so, or 0 for the work itself. To be
    built once.

    Of those beyond `after_seq` up to `last_seq`, as `Slice` and BEYOND_ALL have them; `of` are the work's id alone.
    """
    above = sa.select(ancestry.ancestor_seqs(sa.bindparam("of", expanding=True)).c.seq)
    is_own = ElsewhereSource.derivative_id == sa.bindparam("work_id")
    place = sa.case((is_own, 0), else_=ElsewhereSource.derivative_seq)
    nth = sa.func.row_number().over(partition_by=ElsewhereSource.node_id, order_by=place)
    found = (
        sa.select(ElsewhereSource.derivative_id, ElsewhereSource.node_id, place.label("place"), nth.label("nth"))
        .where(sa.or_(is_own, ElsewhereSource.derivative_seq.in_(above)), _IS_CITED)
        .subquery()
    )
    after_seq, last_seq = (sa.bindparam(name, type_=sa.BigInteger()) for name in ("after_seq", "last_seq"))
    is_found = sa.and_(
        found.c.derivative_id == ElsewhereSource.derivative_id, found.c.node_id == ElsewhereSource.node_id
    )
    return (
        sa.select(*columns, found.c.place)
        .join_from(found, ElsewhereSource, is_found)
        .where(found.c.nth == 1, found.c.place > after_seq, found.c.place <= last_seq)
    )


def events_elsewhere(session: Session, work_id: str) -> Sequence[ElsewhereEvent]:
    query = sa.select(ElsewhereEvent).where(ElsewhereEvent.derivative_id == work_id)
    newest = ElsewhereEvent.created_at.desc(), ElsewhereEvent.id.desc()
    return session.scalars(query.order_by(*newest).limit(_EVENTS_LIMIT)).all()


@dataclass(frozen=True)
class Citing:
    """A work here, and what it declared of the source."""

    work: Work
    source: ElsewhereSource


@dataclass(frozen=True)
class ElsewherePage:
    """A node that is not on this hub."""

    newest: ElsewhereSource
    """As it was declared last."""
    citing: Page[Citing]
    """Published works, tombstones included, the newest first."""


def view_elsewhere(actor: Actor, parts: Parts, node_id: str, *, after: Position | None, limit: int) -> ElsewherePage:
    """Raises ElsewhereNotFound, also where drafts of others alone name it."""
    with parts.database.reading() as session:
        newest = session.execute(
            _NEWEST, {"node_id": node_id, "account_id": actor.account_id or ""}
        ).scalar_one_or_none()
        if newest is None:
            raise ElsewhereNotFound(f"No published work here cites {node_id!r}.", what="elsewhere_source")
        page = _CITING.page_of_rows(session, after, limit, node_id=node_id)
        return ElsewherePage(newest, page.map(lambda row: Citing(work=row[1], source=row[0])))


_NEWEST = (
    sa.select(ElsewhereSource)
    .where(
        ElsewhereSource.node_id == sa.bindparam("node_id"),
        sa.or_(
            ElsewhereSource.derivative_seq.is_not(None),
            ElsewhereSource.derivative_id.in_(sa.select(Work.id).where(Work.account_id == sa.bindparam("account_id"))),
        ),
    )
    .order_by(ElsewhereSource.derivative_seq.is_(None), ElsewhereSource.derivative_seq.desc())
    .limit(1)
)
