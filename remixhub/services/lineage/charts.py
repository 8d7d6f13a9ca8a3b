"""What is remixed most, and how far an account's works have reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import WorkState
from remixhub.models import Account, SourceLink, Work, now
from remixhub.services.accounts.accounts import find_profile
from remixhub.services.lineage.nodes import NODE_COLUMNS, Node
from remixhub.services.paging import Keyset, Listing, Page, Position

_DAY_SECONDS = 24 * 60 * 60
_DESCENDANTS_LIMIT = 100_000


class Window(StrEnum):
    """Over which time remixes are counted."""

    ALL = "all"
    MONTH = "30d"


@dataclass(frozen=True)
class Charted:
    seq: int
    remixes: int
    """Published in the window; those withdrawn since are counted, as in the lineage."""
    node: Node


@dataclass(frozen=True)
class Influence:
    """Counts over everything published; tombstones, which stay in the lineage, are counted too."""

    handle: str
    works: int
    remixes_by_others: int
    """Works of other accounts that cite one of these directly, each once."""
    remixers: int
    """The other accounts that made them."""
    descendants: int
    """Works at any number of links below, each once, by whomever."""
    descendants_by_others: int
    is_capped: bool
    """There are more descendants than were counted."""


def list_most_remixed(
    actor: Actor, parts: Parts, window: Window, *, after: Position | None, limit: int
) -> Page[Charted]:
    """Works that are not tombstones, the most remixed first; among equals the older one."""
    del actor  # published works are everybody's
    with parts.database.reading() as session:
        return most_remixed(session, window, after=after, limit=limit)


def most_remixed(session: Session, window: Window, *, after: Position | None, limit: int) -> Page[Charted]:
    """`list_most_remixed` in the caller's transaction."""
    found = _charted(window).page_of_rows(session, after, limit)
    return found.map(lambda row: Charted(row[0], row[1], Node(*row[2:])))


@cache
def _charted(window: Window) -> Listing[Any]:
    query, remixes = _counted(window)
    return Listing(query, Keyset(remixes.desc(), Work.seq))


def get_influence(actor: Actor, parts: Parts, handle: str) -> Influence:
    """Raises AccountNotFound."""
    del actor  # as far as it is published
    with parts.database.reading() as session:
        return _influence(session, find_profile(session, handle))


def _influence(session: Session, account: Account) -> Influence:
    own = sa.select(Work.id).where(Work.account_id == account.id, Work.seq.is_not(None))
    direct = (
        sa.select(sa.func.count(sa.distinct(Work.id)), sa.func.count(sa.distinct(Work.account_id)))
        .join(SourceLink, SourceLink.derivative_id == Work.id)
        .where(SourceLink.source_id.in_(own), Work.seq.is_not(None), Work.account_id != account.id)
    )
    walk = _descendants(own)
    below = sa.select(walk.c.id).limit(_DESCENDANTS_LIMIT + 1).subquery()
    by_others = sa.func.sum(sa.case((Work.account_id != account.id, 1), else_=0))
    works = session.scalar(sa.select(sa.func.count()).select_from(own.subquery())) or 0
    remixes, remixers = session.execute(direct).one()
    total, others = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(by_others, 0)).join_from(below, Work, Work.id == below.c.id)
    ).one()
    is_capped = total > _DESCENDANTS_LIMIT
    return Influence(account.handle, works, remixes, remixers, total, others, is_capped)


def _counted(window: Window) -> tuple[sa.Select[Any], sa.ColumnElement[int]]:
    """Columns: seq, remixes, those of a node."""
    remixes: sa.ColumnElement[int] = Work.remix_count.expression
    query: sa.Select[Any]
    if window is Window.ALL:
        query = sa.select(Work.seq, Work.remix_count, *NODE_COLUMNS).where(Work.remix_count > 0)
    else:
        # times rise with `seq`: backwards along its index, only the window itself is read
        older = (
            sa.select(Work.seq)
            .where(Work.seq.is_not(None), Work.published_at < now(-30 * _DAY_SECONDS))
            .order_by(Work.seq.desc())
            .limit(1)
            .scalar_subquery()
        )
        links = (
            sa.select(SourceLink.source_seq)
            .where(SourceLink.derivative_seq > sa.func.coalesce(older, 0))
            .cte("links")
            .prefix_with("MATERIALIZED")  # else SQLite reads all links there are, in the order of the grouping
        )
        recent = sa.select(links.c.source_seq, sa.func.count().label("remixes")).group_by(links.c.source_seq).subquery()
        remixes = recent.c.remixes
        query = sa.select(Work.seq, remixes, *NODE_COLUMNS).join(recent, recent.c.source_seq == Work.seq)
    return query.join(Account, Account.id == Work.account_id).where(Work.state == WorkState.PUBLISHED), remixes


def _descendants(of: sa.Select[str]) -> sa.CTE:
    """Column `id`: each descendant once. Read with a LIMIT, no more of it is walked than that."""
    walk = (
        sa.select(SourceLink.derivative_id.label("id"))
        .where(SourceLink.source_id.in_(of), SourceLink.derivative_seq.is_not(None))
        .cte("descendants", recursive=True)
    )
    further = sa.select(SourceLink.derivative_id).join(walk, SourceLink.source_id == walk.c.id)
    return walk.union(further.where(SourceLink.derivative_seq.is_not(None)))
