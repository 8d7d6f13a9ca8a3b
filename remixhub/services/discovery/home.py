"""The start page: what can be dug now, and for who is signed in what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.contests.terms import ContestTerms
from remixhub.domain.states import WorkKind, WorkState
from remixhub.domain.work_facts import tag_searched
from remixhub.models import Contest, ContestEntry, Label, Pick, Work, now
from remixhub.services.accounts.follows import is_followed
from remixhub.services.discovery.feed import Entry, feed
from remixhub.services.lineage.charts import Charted, Window, most_remixed
from remixhub.services.paging import Page, Position
from remixhub.services.works.picks import newest_pick
from remixhub.services.works.works import published

_TICKETS = 3
_CHARTED = 5
_FOLLOWED = 4
_DRAFTS = 5


@dataclass(frozen=True)
class Ticket:
    """A contest that takes entries now."""

    id: str
    title: str
    label: str
    closes_in_seconds: float
    entry_count: int
    prizes: Sequence[str]


@dataclass(frozen=True)
class HomePage:
    works: Page[Work]
    tickets: Sequence[Ticket] = ()
    """Those that close first."""
    pick: Pick | None = None
    most_remixed: Sequence[Charted] = ()
    followed: Sequence[Entry] = ()
    """The newest of what the actor follows."""
    is_followed: bool = False
    """The tag that the works are filtered by, by the actor."""
    drafts: Sequence[Work] = ()
    """The actor's own, the newest first."""


def view_home(
    actor: Actor, parts: Parts, *, kind: WorkKind | None, tag: str | None, after: Position | None, limit: int
) -> HomePage:
    """The newest works alone where they are filtered or leafed through."""
    with parts.database.reading() as session:
        works = published(session, kind=kind, tag=tag, after=after, limit=limit)
        if kind or tag or after:
            return HomePage(works, is_followed=tag is not None and is_followed(session, actor, tag=tag_searched(tag)))
        return HomePage(
            works=works,
            tickets=_open_contests(session),
            pick=newest_pick(session),
            most_remixed=most_remixed(session, Window.ALL, after=None, limit=_CHARTED).rows,
            followed=feed(session, actor.account_id, after=None, limit=_FOLLOWED).rows if actor.account_id else (),
            drafts=_drafts(session, actor) if actor.account_id else (),
        )


def _open_contests(session: Session) -> Sequence[Ticket]:
    return [
        Ticket(id, title, label, (closes_at - moment).total_seconds(), entries, ContestTerms.parse(terms).prizes)
        for id, title, label, closes_at, terms, entries, moment in session.execute(_OPEN_CONTESTS)
    ]


def _asked_of_open_contests() -> sa.Select[*tuple[Any, ...]]:
    counted = sa.select(sa.func.count()).where(
        ContestEntry.contest_id == Contest.id, ContestEntry.state == EntryState.COUNTED
    )
    open_now = sa.and_(Contest.state == ContestState.ANNOUNCED, Contest.opens_at <= now(), Contest.closes_at > now())
    return (
        sa.select(
            Contest.id, Contest.title, Label.name, Contest.closes_at, Contest.terms, counted.scalar_subquery(),
            now().label("moment"),
        )
        .join(Label, Label.id == Contest.label_id)
        .where(open_now)
        .order_by(Contest.closes_at, Contest.id)
        .limit(_TICKETS)
    )  # fmt: skip


_OPEN_CONTESTS = _asked_of_open_contests()
"""Built once: building takes longer than reading."""


def _drafts(session: Session, actor: Actor) -> Sequence[Work]:
    query = sa.select(Work).where(Work.account_id == actor.account_id, Work.state == WorkState.DRAFT)
    return session.scalars(query.order_by(Work.created_at.desc(), Work.id.desc()).limit(_DRAFTS)).all()
