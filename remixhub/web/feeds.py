"""Feeds: `feed.atom` and `feed.json` below the page that shows the same to people.

They tell all alike what a visitor may see, so nobody is asked who they are, and programs on other sites may read them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import flask

from remixhub.domain.discovery.asked import Order
from remixhub.domain.discovery.written import words_of, works_of
from remixhub.domain.errors import NotFound
from remixhub.domain.feeds import atom, json_feed
from remixhub.domain.feeds.feed import Feed, FeedEntry, Person
from remixhub.domain.states import WorkKind
from remixhub.edge.actor import current_parts
from remixhub.services.contests import feeds as contest_feeds
from remixhub.services.discovery import feeds
from remixhub.services.house.reading import house
from remixhub.services.paging import Page
from remixhub.web.in_feeds import artist, news_as_entries, works_as_entries
from remixhub.web.pages import asked_kind, asked_position, next_cursor

blueprint = flask.Blueprint("feeds", __name__)

ENTRIES_LIMIT = 50
_LONG_AGO = dt.datetime.fromtimestamp(0, dt.UTC)
_TOLD = {None: "New works", WorkKind.RELEASE: "New releases", WorkKind.REMIX: "New remixes"}
_WRITERS = {
    "atom": (atom.atom, atom.MEDIA_TYPE),
    "json": (json_feed.json_feed, json_feed.MEDIA_TYPE),
}
_ONE_PAGE: Page[Any] = Page((), None)


@blueprint.get("/feed.<ending>")
def newest(ending: str) -> flask.typing.ResponseReturnValue:
    """Of the hub; with `kind` and `tag` as on its start page."""
    parts, kind, tag = current_parts(), asked_kind(), flask.request.args.get("tag") or None
    listing = f"feed:newest:{kind}:{tag}"
    found = feeds.newest_works(parts, kind=kind, tag=tag, after=asked_position(listing), limit=ENTRIES_LIMIT)
    name, told = house(parts).name, _TOLD[kind] + (f" tagged “{tag}”" if tag else "")
    return _answer(
        ending, listing, found, works_as_entries(found.rows), page="/", telling={"kind": kind, "tag": tag},
        title=f"{told} – {name}" if kind or tag else name, about=f"{told} on {name}.",
    )  # fmt: skip


@blueprint.get("/search/works/feed.<ending>")
def of_search(ending: str) -> flask.typing.ResponseReturnValue:
    """What is new of what a search finds; its parameters are those of the page. Raises Invalid."""
    parts, asked = current_parts(), works_of({**flask.request.args.to_dict(), "order": Order.NEWEST})
    words = {name: word for name, word in words_of(asked).items() if name != "order"}
    listing = f"feed:search:{urlencode(sorted(words.items()))}"
    found = feeds.works_searched(parts, asked, after=asked_position(listing), limit=ENTRIES_LIMIT)
    narrowed = ", ".join(f"{name.replace('_', ' ')} {word}" for name, word in words.items() if name != "q")
    told = f"Search{f' for “{asked.text}”' if asked.text else ''}{f' ({narrowed})' if narrowed else ''}"
    return _answer(
        ending, listing, found, works_as_entries(found.rows), page="/search/works", telling=words,
        title=f"{told} – {house(parts).name}", about="What is new of what this search finds.",
    )  # fmt: skip


@blueprint.get("/@<handle>/feed.<ending>")
def of_artist(handle: str, ending: str) -> flask.typing.ResponseReturnValue:
    listing = f"feed:artist:{handle}"
    found = feeds.works_of_artist(
        current_parts(), handle, after=asked_position(listing), limit=ENTRIES_LIMIT
    )  # fmt: skip
    account = found.of
    return _answer(
        ending, listing, found.works, works_as_entries(found.works.rows), page=f"/@{account.handle}",
        title=account.display_name, about=f"Releases and remixes by {account.display_name}.", by=artist(account),
        since=account.created_at,
    )  # fmt: skip


@blueprint.get("/labels/<label>/feed.<ending>")
def of_label(label: str, ending: str) -> flask.typing.ResponseReturnValue:
    listing = f"feed:label:{label}"
    found = feeds.releases_of_label(
        current_parts(), label, after=asked_position(listing), limit=ENTRIES_LIMIT
    )  # fmt: skip
    shown = found.of
    return _answer(
        ending, listing, found.works, [*news_as_entries(found.news), *works_as_entries(found.works.rows)],
        page=f"/labels/{shown.handle}", title=shown.name, about=f"Releases and contests of {shown.name}.",
        by=Person(shown.name, current_parts().addresses.label(shown.handle)), since=shown.created_at,
    )  # fmt: skip


@blueprint.get("/contests/feed.<ending>")
def of_contests(ending: str) -> flask.typing.ResponseReturnValue:
    """The news of all of them."""
    return _answer(
        ending, "feed:contests", _ONE_PAGE, news_as_entries(contest_feeds.news(current_parts())), page="/contests/",
        title="Remix contests", about="What is announced, said and decided in remix contests.",
    )  # fmt: skip


@blueprint.get("/contests/<contest_id>/feed.<ending>")
def of_contest(contest_id: str, ending: str) -> flask.typing.ResponseReturnValue:
    """Its news, and its entries as soon as they may be seen by name."""
    listing = f"feed:contest:{contest_id}"
    found = contest_feeds.contest_feed(
        current_parts(), contest_id, after=asked_position(listing), limit=ENTRIES_LIMIT
    )  # fmt: skip
    contest = found.view.contest
    label = contest.label
    return _answer(
        ending, listing, found.entered, [*news_as_entries(found.news), *works_as_entries(found.entered.rows)],
        page=f"/contests/{contest.id}", title=contest.title,
        about=f"A remix contest by {label.name}: its news, and its entries once they are public.",
        by=Person(label.name, current_parts().addresses.label(label.handle)), since=contest.announced_at,
    )  # fmt: skip


def _answer(
    ending: str,
    listing: str,
    found: Page[Any],
    entries: Sequence[FeedEntry],
    *,
    page: str,
    title: str,
    about: str,
    telling: Mapping[str, str | None] | None = None,
    by: Person | None = None,
    since: dt.datetime | None = None,
) -> flask.Response:
    """`page` is the path of what people read, `telling` its query; `since` dates a feed without entries.

    The ETag alone answers 304: no time tells that a work was withdrawn. Raises NotFound for another ending.
    """
    if ending not in _WRITERS:
        raise NotFound(f"There is no feed.{ending}; there are feed.atom and feed.json.")
    write, media_type = _WRITERS[ending]
    addresses, telling = current_parts().addresses, telling or {}
    own, following = addresses.feed(page, ending), next_cursor(found, listing)
    feed = Feed(
        id=addresses.feed(page, "atom") + _query(telling),
        title=title,
        about=about,
        page=addresses.of(page) + _query(telling),
        first=own + _query(telling),
        here=own + _query({**telling, "cursor": flask.request.args.get("cursor")}),
        next=own + _query({**telling, "cursor": following}) if following else None,
        updated_at=max((entry.updated_at for entry in entries), default=since or _LONG_AGO),
        by=by or Person(house(current_parts()).name, addresses.of("/")),
        icon=addresses.of("/static/icons/512.png"),
        entries=sorted(entries, key=lambda one: one.published_at, reverse=True),
    )
    response = flask.Response(write(feed), content_type=f"{media_type}; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.last_modified = feed.updated_at
    return response


def _query(telling: Mapping[str, str | None]) -> str:
    said = {name: value for name, value in telling.items() if value}
    return f"?{urlencode(said, quote_via=quote)}" if said else ""
