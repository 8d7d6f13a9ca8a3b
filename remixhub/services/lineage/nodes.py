"""Works as nodes of the graph, read in bounded numbers of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.licences.grants import HeldBy
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import LinkState, SourceKind, WorkKind, WorkState
from remixhub.models import Account, SourceLink, Work


class Node(NamedTuple):
    """What the lineage shows of a work, tombstones included; a tuple, since pages make hundreds."""

    id: str
    kind: WorkKind
    state: WorkState
    title: str
    handle: str
    artist: str
    licence: Licence
    cover_digest: str | None
    thumbnail_digest: str | None
    print_digest: str | None
    remix_count: int
    descendant_count: int
    published_at: dt.datetime | None
    seq: int | None
    generation: int = 0
    """By how many links its farthest root is away."""


NODE_COLUMNS: tuple[Any, ...] = (
    Work.id, Work.kind, Work.state, Work.title, Account.handle, Account.display_name, Work.licence,
    Work.cover_digest, Work.thumbnail_digest, Work.print_digest, Work.remix_count, Work.descendant_count,
    Work.published_at, Work.seq, Work.generation,
)  # fmt: skip
"""In the order of Node's fields; Account has to be joined."""
_NODES = sa.select(*NODE_COLUMNS).join(Account, Account.id == Work.account_id)
GRANT_COLUMNS = (SourceLink.grant_kind, SourceLink.grant_id, SourceLink.grant_sha256, SourceLink.granted_at)
"""In the order of HeldBy's fields: all are there, or none."""
_LINK_COLUMNS = (
    SourceLink.derivative_id, SourceLink.source_id, SourceLink.kind, SourceLink.licence, SourceLink.state,
    *GRANT_COLUMNS,
)  # fmt: skip


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_NODES_BY_ID = _NODES.where(Work.id.in_(_IDS))
_LINKS_AMONG = (
    sa.select(*_LINK_COLUMNS)
    .where(SourceLink.derivative_id.in_(_IDS), SourceLink.source_id.in_(_IDS))
    .order_by(SourceLink.derivative_seq, SourceLink.derivative_id, SourceLink.position)
)


@dataclass(frozen=True)
class LineageLink:
    derivative_id: str
    source_id: str
    kind: SourceKind
    licence: Licence
    state: LinkState = LinkState.STANDING
    held_by: HeldBy | None = None


def nodes_of(session: Session, ids: Sequence[str]) -> dict[str, Node]:
    """By id; tombstones included. One statement, for at most some thousand ids."""
    return {row[0]: Node._make(row) for row in session.execute(_NODES_BY_ID, {"ids": ids})}


def nodes_in(page: sa.Subquery) -> sa.Select[Any]:
    """The statement for `read_nodes`: the works whose `seq` is in a column of the page."""
    return _NODES.join(page, page.c.seq == Work.seq)


def read_nodes(session: Session, statement: sa.Select[Any], parameters: Mapping[str, Any]) -> list[Node]:
    """Oldest first."""
    return sorted(map(Node._make, session.execute(statement, parameters)), key=_seq)


def _seq(node: Node) -> int:
    return node.seq or 0


def links_among(session: Session, ids: Sequence[str]) -> list[LineageLink]:
    """The oldest derivative's first, in its remixer's order."""
    rows = session.execute(_LINKS_AMONG, {"ids": ids})
    return [LineageLink(*row[:5], held_by_in(row[5:])) for row in rows]


def held_by_in(columns: Sequence[Any]) -> HeldBy | None:
    """Of GRANT_COLUMNS."""
    return None if columns[0] is None else HeldBy(*columns)
