"""Works as nodes of the graph, read in bounded numbers of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models import Account, SourceLink, Work
from remixhub.services.lineage import LineageLink, Node

NODE_COLUMNS: tuple[Any, ...] = (
    Work.id, Work.kind, Work.state, Work.title, Account.handle, Account.display_name, Work.licence,
    Work.cover_digest, Work.remix_count, Work.descendant_count, Work.published_at,
)  # fmt: skip
"""In the order of `Node`'s fields; `Account` has to be joined."""

_LINK_COLUMNS = (SourceLink.derivative_id, SourceLink.source_id, SourceLink.kind, SourceLink.licence)


def nodes_of(session: Session, ids: Sequence[str]) -> dict[str, Node]:
    """By id; tombstones included. One statement, for at most some thousand ids."""
    rows = session.execute(
        sa.select(*NODE_COLUMNS).join(Account, Account.id == Work.account_id).where(Work.id.in_(ids))
    )
    return {row[0]: Node(*row) for row in rows}


def links_among(session: Session, ids: Sequence[str]) -> list[LineageLink]:
    """The oldest derivative's first, in its remixer's order."""
    rows = session.execute(
        sa.select(*_LINK_COLUMNS)
        .where(SourceLink.derivative_id.in_(ids), SourceLink.source_id.in_(ids))
        .order_by(SourceLink.derivative_seq, SourceLink.derivative_id, SourceLink.position)
    )
    return [LineageLink(*row) for row in rows]
