"""News of contests as feeds (Atom, RFC 4287; JSON Feed 1.1) and their dates as a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.addresses import Addresses
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.times import rfc3339
from remixhub.models import Contest, ContestAnnouncement, now
from remixhub.services.contests.reading import ContestView

_NEWS_LIMIT = 50
_OCTETS_A_LINE = 75
_BEFORE_ALL_NEWS = dt.datetime.fromtimestamp(0, dt.UTC)


@dataclass(frozen=True)
class News:
    id: str
    contest_id: str
    title: str
    text: str
    at: dt.datetime


def news(parts: Parts) -> Sequence[News]:
    """What was announced, said and decided, newest first; nothing under embargo."""
    with parts.database.reading() as session:
        contests = session.scalars(
            sa.select(Contest)
            .where(Contest.announced_at.is_not(None))
            .order_by(Contest.announced_at.desc())
            .limit(_NEWS_LIMIT)
        ).all()
        said = session.execute(
            sa.select(ContestAnnouncement, Contest.title)
            .join(Contest, Contest.id == ContestAnnouncement.contest_id)
            .order_by(ContestAnnouncement.created_at.desc())
            .limit(_NEWS_LIMIT)
        ).all()
        public = set(
            session.scalars(
                sa.select(Contest.id).where(
                    Contest.state == ContestState.DECIDED,
                    sa.or_(Contest.embargo_until.is_(None), Contest.embargo_until <= now()),
                )
            )
        )
    found = [News(row.id, row.contest_id, title, row.text, row.created_at) for row, title in said]
    for one in contests:
        assert one.announced_at is not None
        closes = f"Entries are taken from {rfc3339(one.opens_at)} to {rfc3339(one.closes_at)}."
        found.append(News(f"{one.id}-announced", one.id, f"New contest: {one.title}", closes, one.announced_at))
        if one.id in public and one.decided_at is not None:
            at = max(one.decided_at, one.embargo_until or one.decided_at)
            found.append(News(f"{one.id}-decided", one.id, f"Decided: {one.title}", "See who won, and verify it.", at))
    return sorted(found, key=lambda one: one.at, reverse=True)[:_NEWS_LIMIT]


def atom(items: Sequence[News], addresses: Addresses) -> str:
    own = addresses.contest_feed("atom")
    updated = rfc3339(items[0].at if items else _BEFORE_ALL_NEWS)
    entries = "".join(
        f"<entry><id>{addresses.contest(one.contest_id)}#{one.id}</id><title>{escape(one.title)}</title>"
        f'<link href="{addresses.contest(one.contest_id)}"/><updated>{rfc3339(one.at)}</updated>'
        f"<summary>{escape(one.text)}</summary></entry>"
        for one in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{own}</id><title>Remix contests</title><updated>{updated}</updated>"
        f'<author><name>RemixHub</name></author><link rel="self" href="{own}"/>{entries}</feed>\n'
    )


def json_feed(items: Sequence[News], addresses: Addresses) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Remix contests",
            "home_page_url": addresses.contests(),
            "feed_url": addresses.contest_feed("json"),
            "items": [
                {
                    "id": one.id,
                    "url": addresses.contest(one.contest_id),
                    "title": one.title,
                    "content_text": one.text,
                    "date_published": rfc3339(one.at),
                }
                for one in items
            ],
        },
        ensure_ascii=False,
    )


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
