"""A feed as JSON Feed 1.1 (https://jsonfeed.org/version/1.1); what it has no word for stands under `_remixhub`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from remixhub.domain.feeds.feed import Feed, FeedEntry, Link, Person, writable
from remixhub.domain.times import rfc3339

MEDIA_TYPE = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    said = {
        "version": _VERSION,
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.page,
        "feed_url": feed.here,
        "next_url": feed.next,
        "icon": feed.icon,
        "authors": [_person(feed.by)],
    }
    whole = {**_present(said), "items": [_entry(entry) for entry in feed.entries]}
    return writable(json.dumps(whole, ensure_ascii=False)).encode()


def _entry(entry: FeedEntry) -> dict[str, Any]:
    said = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html or None,
        "content_text": None if entry.html else entry.text,
        "summary": entry.text if entry.html else None,
        "image": entry.picture,
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [_person(one) for one in entry.by],
        "tags": list(entry.tags),
        "attachments": [_attachment(entry)] if entry.sound else [],
        "_remixhub": _own(entry),
    }
    return _present(said)


def _attachment(entry: FeedEntry) -> dict[str, Any]:
    sound = entry.sound
    assert sound is not None
    seconds = sound.duration_seconds
    return _present(
        {
            "url": sound.url,
            "mime_type": sound.media_type,
            "title": entry.title,
            "size_in_bytes": sound.size_bytes,
            "duration_in_seconds": None if seconds is None else round(seconds, 3),
        }
    )


def _own(entry: FeedEntry) -> dict[str, Any]:
    said = {
        **entry.figures,
        "licence": _link(entry.licence) if entry.licence else None,
        "sources": [_link(one) for one in entry.sources],
        "credits": [_person(one) for one in entry.with_],
    }
    return _present(said)


def _person(person: Person) -> dict[str, str]:
    return _present({"name": person.name, "url": person.url})


def _link(link: Link) -> dict[str, str]:
    return {"url": link.url, "title": link.title}


def _present(said: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty: an absent member says the same in fewer words."""
    return {name: value for name, value in said.items() if value not in (None, [], {})}
