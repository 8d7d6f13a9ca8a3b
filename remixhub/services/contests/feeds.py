"""What feeds of contests hold, the same for all who ask; and their dates as a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.addresses import Addresses
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.states import WorkState
from remixhub.domain.times import rfc3339
from remixhub.models import Contest, ContestAnnouncement, ContestEntry, Work, now
from remixhub.services.contests.entries import are_named
from remixhub.services.contests.reading import ContestView, find_view
from remixhub.services.paging import Keyset, Listing, Page, Position
from remixhub.services.works.in_feeds import WorkInFeed, in_feeds

_NEWS_LIMIT = 50
_OCTETS_A_LINE = 75
_IS_PUBLIC = sa.and_(
    Contest.state == ContestState.DECIDED, sa.or_(Contest.embargo_until.is_(None), Contest.embargo_until <= now())
)
_ENTERED = Listing(
    sa.select(Work)
    .join(ContestEntry, ContestEntry.work_id == Work.id)
    .where(
        ContestEntry.contest_id == sa.bindparam("contest_id"),
        ContestEntry.state == EntryState.COUNTED,
        Work.state == WorkState.PUBLISHED,
    ),
    Keyset(ContestEntry.submitted_at.desc(), ContestEntry.id.desc()),
)


@dataclass(frozen=True)
class News:
    id: str
    contest_id: str
    title: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class ContestFeed:
    view: ContestView
    news: Sequence[News]
    """On the first page."""
    entered: Page[WorkInFeed]
    """Once they may be seen by name, those that came last first."""


def news(parts: Parts) -> Sequence[News]:
    """What was announced, said and decided in any contest, newest first; nothing under embargo."""
    with parts.database.reading() as session:
        return _news(session)


def news_of_label(session: Session, label_id: str) -> Sequence[News]:
    return _news(session, Contest.label_id == label_id)


def contest_feed(parts: Parts, contest_id: str, *, after: Position | None, limit: int) -> ContestFeed:
    """Raises ContestNotFound, also for a draft."""
    with parts.database.reading() as session:
        view = find_view(session, VISITOR, contest_id)
        entered: Page[Work] = Page((), None)
        if are_named(view.contest, view.phase, is_host=False):
            entered = _ENTERED.page(session, after, limit, contest_id=contest_id)
        return ContestFeed(
            view=view,
            news=() if after else _news(session, Contest.id == contest_id),
            entered=Page(in_feeds(session, entered.rows), entered.next_position),
        )


def _news(session: Session, *where: sa.ColumnElement[bool]) -> Sequence[News]:
    decided_at = sa.func.coalesce(Contest.embargo_until, Contest.decided_at)
    said = (
        sa.select(ContestAnnouncement, Contest.title)
        .join(Contest, Contest.id == ContestAnnouncement.contest_id)
        .where(Contest.announced_at.is_not(None))
    )
    found = [
        News(row.id, row.contest_id, title, row.text, row.created_at)
        for row, title in session.execute(_newest(said, ContestAnnouncement.created_at, *where))
    ]
    announced = sa.select(Contest).where(Contest.announced_at.is_not(None))
    for one in session.scalars(_newest(announced, Contest.announced_at, *where)):
        assert one.announced_at is not None
        closes = f"Entries are taken from {rfc3339(one.opens_at)} to {rfc3339(one.closes_at)}."
        found.append(News(f"{one.id}-announced", one.id, f"New contest: {one.title}", closes, one.announced_at))
    for one in session.scalars(_newest(sa.select(Contest).where(_IS_PUBLIC), decided_at, *where)):
        assert one.decided_at is not None
        at = max(one.decided_at, one.embargo_until or one.decided_at)
        found.append(News(f"{one.id}-decided", one.id, f"Decided: {one.title}", "See who won, and verify it.", at))
    return sorted(found, key=lambda one: one.at, reverse=True)[:_NEWS_LIMIT]


def _newest(
    query: sa.Select[*tuple[Any, ...]], at: sa.SQLColumnExpression[Any], *where: sa.ColumnElement[bool]
) -> sa.Select[*tuple[Any, ...]]:
    return query.where(*where).order_by(at.desc()).limit(_NEWS_LIMIT)


def calendar(view: ContestView, addresses: Addresses) -> str:
    """One event for each date, a moment long."""
    contest = view.contest
    dates = {
        "opens": contest.opens_at, "closes for entries": contest.closes_at,
        "closes for votes": contest.voting_closes_at, "closes for judges": contest.judging_closes_at,
    }  # fmt: skip
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//RemixHub//Contests//EN"]
    for number, (words, date) in enumerate(dates.items()):
        if date is None:
            continue
        lines += [
            "BEGIN:VEVENT", f"UID:{contest.id}-{number}@remixhub", f"DTSTAMP:{_basic(view.moment)}",
            f"DTSTART:{_basic(date)}", f"SEQUENCE:{contest.revision}", f"SUMMARY:{_text(contest.title)} {words}",
            f"URL:{addresses.contest(contest.id)}", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) for line in lines)


def _basic(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    for special in ("\\", ";", ","):
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())


def _folded(line: str) -> str:
    """At most 75 octets a line; what follows begins with a space."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > _OCTETS_A_LINE - 1:
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece]) + "\r\n"
