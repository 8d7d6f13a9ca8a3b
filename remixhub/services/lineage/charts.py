"""What is remixed most, of all time and lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import WorkState
from remixhub.models import Account, Work
from remixhub.models.works import REMIXED, REMIXED_LATELY
from remixhub.services.lineage import lately
from remixhub.services.lineage.nodes import NODE_COLUMNS, Node
from remixhub.services.paging import Page, Position, checked, page_of


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

    @property
    def position(self) -> list[int]:
        return [self.remixes, self.seq]


class _Chart:
    """Its statements, built once, over a stored count and the condition that its index spells."""

    def __init__(self, remixes: sa.SQLColumnExpression[int], where: sa.TextClause) -> None:
        bound = sa.bindparam("page_limit", type_=sa.Integer())
        works = sa.select(Work.seq, remixes, *NODE_COLUMNS).join(Account, Account.id == Work.account_id).where(where)
        first = works.order_by(remixes.desc(), Work.seq).limit(bound)
        fewer = remixes < sa.bindparam("remixes", type_=sa.Integer())
        as_many = remixes == sa.bindparam("remixes", type_=sa.Integer())
        beyond = Work.seq > sa.bindparam("seq", type_=sa.BigInteger())
        # by itself each is one seek, which together they are not
        self.pages = {False: (first,), True: (first.where(as_many, beyond), first.where(fewer))}
        """By whether they begin after a position."""

    def read(
        self, session: Session, after: Sequence[int] | None, limit: int, *where: sa.ColumnElement[bool], **given: int
    ) -> list[Charted]:
        if after is not None:
            given = {**given, "remixes": after[0], "seq": after[1]}
        found: list[Charted] = []
        for statement in self.pages[after is not None]:
            rows = session.execute(statement.where(*where), {**given, "page_limit": limit - len(found)})
            found += [_charted(row) for row in rows]
            if len(found) == limit:
                break
        return found


_ALL = _Chart(Work.remix_count, REMIXED)
_MONTH = _Chart(Work.recent_remix_count, REMIXED_LATELY)


def list_most_remixed(
    actor: Actor, parts: Parts, window: Window, *, after: Position | None, limit: int
) -> Page[Charted]:
    """Works that are not tombstones, the most remixed first; among equals the older one."""
    del actor  # published works are everybody's
    with parts.database.reading() as session:
        return most_remixed(session, window, after=after, limit=limit)


def most_remixed(session: Session, window: Window, *, after: Position | None, limit: int) -> Page[Charted]:
    """`list_most_remixed` in the caller's transaction."""
    beyond = None if after is None else checked(after, int, int)
    found = _ALL.read(session, beyond, limit + 1) if window is Window.ALL else _lately(session, beyond, limit + 1)
    return page_of(found, limit, lambda one: one.position)


def _lately(session: Session, after: Sequence[int] | None, limit: int) -> list[Charted]:
    bounds = lately.bounds(session)
    if bounds.is_stored:
        return _MONTH.read(session, after, limit)
    given = bounds._asdict()
    found = [
        *_MONTH.read(session, after, limit, _IS_STORED, **given),
        *(_charted(row) for row in session.execute(_MOVED, given)),
    ]
    found.sort(key=_order)
    return [one for one in found if after is None or _order(one) > (-after[0], after[1])][:limit]


def _order(one: Charted) -> tuple[int, int]:
    return -one.remixes, one.seq


def _charted(row: Sequence[Any]) -> Charted:
    return Charted(row[0], row[1], Node._make(row[2:]))


_CHANGES = lately.moved()
_IS_STORED = Work.seq.not_in(sa.select(_CHANGES.c.seq))


def _moved_works() -> sa.Select[Any]:
    remixes = Work.recent_remix_count + _CHANGES.c.change
    works = sa.select(Work.seq, remixes, *NODE_COLUMNS).join(Account, Account.id == Work.account_id)
    return works.join(_CHANGES, _CHANGES.c.seq == Work.seq).where(Work.state == WorkState.PUBLISHED, remixes > 0)


_MOVED = _moved_works()
