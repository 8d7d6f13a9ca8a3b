"""Contests as an actor sees them now: one, or a listing of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.contests.dealing import seed_commitment
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.labels import LabelRole
from remixhub.domain.contests.phases import ContestState, Phase, phase_of
from remixhub.domain.contests.terms import ContestTerms
from remixhub.models import Contest, ContestAnnouncement, ContestEntry, ContestJudge, Label, LabelMember, now
from remixhub.services.contests import holding
from remixhub.services.paging import Keyset, Listing, Page, Position

_LAST_TO_CLOSE = Keyset(Contest.closes_at.desc(), Contest.id.desc())
_BEYOND_ALL_MS = 10**14
"""Later than every date that a contest may have."""


class Showing(StrEnum):
    """What a listing is narrowed to."""

    OPEN = "open"
    """Announced and not closed yet."""
    VOTING = "voting"
    """Closed, and not decided yet."""
    DECIDED = "decided"

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        match self:
            case Showing.OPEN:
                return sa.and_(Contest.state == ContestState.ANNOUNCED, Contest.closes_at > now())
            case Showing.VOTING:
                return sa.and_(Contest.state == ContestState.ANNOUNCED, Contest.closes_at <= now())
            case Showing.DECIDED:
                return Contest.state == ContestState.DECIDED


def is_open() -> sa.ColumnElement[bool]:
    """Entries are taken."""
    return sa.and_(Showing.OPEN.condition, Contest.opens_at <= now())


@dataclass(frozen=True)
class ContestView:
    """A contest as the actor sees it now."""

    contest: Contest
    terms: ContestTerms
    phase: Phase
    moment: dt.datetime
    """The database's time, for countdowns."""
    role: LabelRole | None
    """The actor's, in the label."""
    is_judge: bool
    entry_count: int
    seed_commitment: str
    announcements: Sequence[ContestAnnouncement]

    @property
    def result_is_public(self) -> bool:
        until = self.contest.embargo_until
        return self.contest.result is not None and (until is None or until <= self.moment)


def _seen() -> sa.Select[Contest]:
    own = sa.select(LabelMember.label_id).where(
        LabelMember.account_id == _ACCOUNT_ID, LabelMember.role.in_([LabelRole.OWNER, LabelRole.MANAGER])
    )
    return sa.select(Contest).join(Label).where(sa.or_(Contest.announced_at.is_not(None), Contest.label_id.in_(own)))


def _facts() -> sa.Select[*tuple[Any, ...]]:
    counted = sa.select(sa.func.count()).where(
        ContestEntry.contest_id == Contest.id, ContestEntry.state == EntryState.COUNTED
    )
    role = sa.select(LabelMember.role).where(
        LabelMember.label_id == Contest.label_id, LabelMember.account_id == _ACCOUNT_ID
    )
    judges = sa.exists().where(ContestJudge.contest_id == Contest.id, ContestJudge.account_id == _ACCOUNT_ID)
    return sa.select(
        Contest.id, now().label("moment"), counted.scalar_subquery().label("entry_count"),
        role.scalar_subquery().label("role"), judges.label("is_judge"),
    ).where(Contest.id.in_(_IDS))  # fmt: skip


# built once, of the actor's account, which is null for a visitor and then equals none
_ACCOUNT_ID: sa.BindParameter[Any] = sa.bindparam("account_id", type_=sa.String())
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_SEEN = Listing(_seen(), _LAST_TO_CLOSE)
_SEEN_OF_LABEL = Listing(_seen().where(Label.handle == sa.bindparam("handle")), _LAST_TO_CLOSE)
_FACTS = _facts()
_ANNOUNCEMENTS = (
    sa.select(ContestAnnouncement)
    .where(ContestAnnouncement.contest_id.in_(_IDS))
    .order_by(ContestAnnouncement.created_at.desc())
)


def get_contest(actor: Actor, parts: Parts, contest_id: str) -> ContestView:
    with parts.database.reading() as session:
        return find_view(session, actor, contest_id)


def find_view(session: Session, actor: Actor, contest_id: str) -> ContestView:
    (view,) = viewed(session, actor, [holding.find(session, actor, contest_id)])
    return view


def list_contests(
    actor: Actor, parts: Parts, *, label: str | None, after: Position | None, limit: int
) -> Page[ContestView]:
    """Announced ones, those that close last first; and for the label's hosts their drafts."""
    with parts.database.reading() as session:
        return contests_seen(session, actor, label=label, after=after, limit=limit)


def browse(
    actor: Actor, parts: Parts, *, showing: Showing | None, after: Position | None, limit: int
) -> Page[ContestView]:
    """For people: open ones, the next to close first; then those that open next; then the last closed."""
    with parts.database.reading() as session:
        found = _browsed(showing).page(session, after, limit, account_id=actor.account_id)
        return Page(viewed(session, actor, found.rows), found.next_position)


@cache
def _browsed(showing: Showing | None) -> Listing[Contest]:
    opens_ms, closes_ms = (sa.type_coerce(one, sa.BigInteger()) for one in (Contest.opens_at, Contest.closes_at))
    order = sa.case(
        (is_open(), closes_ms),
        (Showing.OPEN.condition, _BEYOND_ALL_MS + opens_ms),
        else_=3 * _BEYOND_ALL_MS - closes_ms,
    )
    seen = _seen() if showing is None else _seen().where(showing.condition)
    return Listing(seen, Keyset(order, Contest.id))


def contests_seen(
    session: Session, actor: Actor, *, label: str | None, after: Position | None, limit: int
) -> Page[ContestView]:
    if label is None:
        found = _SEEN.page(session, after, limit, account_id=actor.account_id)
    else:
        found = _SEEN_OF_LABEL.page(session, after, limit, account_id=actor.account_id, handle=label.lower())
    return Page(viewed(session, actor, found.rows), found.next_position)


def viewed(session: Session, actor: Actor, contests: Sequence[Contest]) -> list[ContestView]:
    """In two statements, whatever their number."""
    ids = [one.id for one in contests]
    facts = {row.id: row for row in session.execute(_FACTS, {"ids": ids, "account_id": actor.account_id})}
    news: dict[str, list[ContestAnnouncement]] = {}
    for one in session.scalars(_ANNOUNCEMENTS, {"ids": ids}):
        news.setdefault(one.contest_id, []).append(one)
    return [_view(one, facts[one.id], news.get(one.id, ())) for one in contests]


def _view(contest: Contest, facts: sa.Row[Any], announcements: Sequence[ContestAnnouncement]) -> ContestView:
    return ContestView(
        contest=contest,
        terms=contest.parsed_terms,
        phase=phase_of(contest.rule, facts.moment),
        moment=facts.moment,
        role=facts.role,
        is_judge=facts.is_judge,
        entry_count=facts.entry_count,
        seed_commitment=seed_commitment(contest.seed),
        announcements=announcements,
    )
