"""Feeds written by the rules of their formats, whatever stands in them."""

from __future__ import annotations

import datetime as dt
import json
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.feeds.atom import atom
from remixhub.domain.feeds.feed import Enclosure, Feed, FeedEntry, Link, Person, writable
from remixhub.domain.feeds.json_feed import json_feed
from tests.feed_rules import ATOM, atom_faults, json_faults

HERE = "https://hub.example/feed.atom"
AT = dt.datetime(2026, 11, 2, 12, 30, 0, 250_000, tzinfo=dt.UTC)
TEXTS = st.text(st.characters(), max_size=30)
"""Lone surrogates, NULs and noncharacters among them."""


def entry(title: str = "Night shift", **facts: object) -> FeedEntry:
    known: dict[str, object] = {
        "id": "https://hub.example/works/w", "url": "https://hub.example/works/w", "published_at": AT,
        "updated_at": AT + dt.timedelta(days=1), "text": "A release.", **facts,
    }  # fmt: skip
    return FeedEntry(title=title, **known)  # type: ignore[arg-type]


def feed(*entries: FeedEntry, **facts: object) -> Feed:
    known: dict[str, object] = {
        "id": HERE, "title": "The hub", "about": "New works.", "page": "https://hub.example/", "first": HERE,
        "here": HERE, "next": None, "updated_at": max((one.updated_at for one in entries), default=AT),
        "by": Person("The hub", "https://hub.example/"), "icon": "https://hub.example/icon.png", **facts,
    }  # fmt: skip
    return Feed(entries=entries, **known)  # type: ignore[arg-type]


WHOLE = entry(
    html="<p>A <em>release</em></p>".replace("em", "a"),
    by=[Person("Mara", "https://hub.example/@mara")],
    with_=[Person("Ben")],
    tags=["dub techno"],
    picture="https://hub.example/media/works/w/link-picture?v=1",
    sound=Enclosure("https://hub.example/media/works/w/preview", "audio/mpeg", 4_800_000, 199.9996),
    licence=Link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
    sources=[Link("https://hub.example/works/s", "Source by Ada"), Link("https://hub.example/works/t", "Other by Ada")],
    figures={"tempo_bpm": 124.0, "key": None},
)


def test_all_of_an_entry_is_written_in_both_formats() -> None:
    written = feed(WHOLE, next="https://hub.example/feed.atom?cursor=x")
    assert atom_faults(atom(written), HERE) == []
    assert json_faults(json_feed(written), HERE) == []
    found = ElementTree.fromstring(atom(written)).find(f"{ATOM}entry")
    assert found is not None
    links = [
        (one.get("rel"), one.get("href"), one.get("type"), one.get("length")) for one in found.iterfind(f"{ATOM}link")
    ]
    assert links == [
        ("alternate", "https://hub.example/works/w", "text/html", None),
        ("enclosure", "https://hub.example/media/works/w/preview", "audio/mpeg", "4800000"),
        ("license", "https://creativecommons.org/licenses/by/4.0/", None, None),
        ("via", "https://hub.example/works/s", "text/html", None),
        ("via", "https://hub.example/works/t", "text/html", None),
    ]
    assert found.findtext(f"{ATOM}published") == "2026-11-02T12:30:00.250Z"
    assert found.findtext(f"{ATOM}updated") == "2026-11-03T12:30:00.250Z"
    (item,) = json.loads(json_feed(written))["items"]
    assert item["attachments"] == [
        {
            "url": "https://hub.example/media/works/w/preview", "mime_type": "audio/mpeg", "title": "Night shift",
            "size_in_bytes": 4_800_000, "duration_in_seconds": 200.0,
        }
    ]  # fmt: skip
    assert item["_remixhub"] == {
        "tempo_bpm": 124.0,
        "licence": {"url": "https://creativecommons.org/licenses/by/4.0/", "title": "CC BY 4.0"},
        "sources": [
            {"url": "https://hub.example/works/s", "title": "Source by Ada"},
            {"url": "https://hub.example/works/t", "title": "Other by Ada"},
        ],
        "credits": [{"name": "Ben"}],
    }


def test_a_feed_of_nothing_is_valid() -> None:
    assert atom_faults(atom(feed()), HERE) == []
    assert json_faults(json_feed(feed()), HERE) == []


def test_an_entry_of_words_alone_has_no_html() -> None:
    (item,) = json.loads(json_feed(feed(entry())))["items"]
    assert item["content_text"] == "A release."
    assert item.keys().isdisjoint({"content_html", "summary", "attachments", "authors"})
    found = ElementTree.fromstring(atom(feed(entry()))).find(f"{ATOM}entry/{ATOM}content")
    assert found is None


@given(text=TEXTS)
def test_no_text_breaks_a_feed_and_all_that_can_be_written_comes_through(text: str) -> None:
    name = f"N{text}"
    hostile = entry(
        name, text=name, html=f"<p>{name.replace('&', '&amp;').replace('<', '&lt;')}</p>", tags=[name],
        by=[Person(name)], with_=[Person(name)], licence=Link("https://l.example/", name),
        sources=[Link("https://s.example/", name)],
    )  # fmt: skip
    written = feed(hostile, title=name, about=name)
    assert atom_faults(atom(written), HERE) == []
    assert json_faults(json_feed(written), HERE) == []
    (item,) = json.loads(json_feed(written))["items"]
    found = ElementTree.fromstring(atom(written)).findtext(f"{ATOM}entry/{ATOM}title")
    assert found == writable(name).replace("\r\n", "\n").replace("\r", "\n")  # as XML reads line ends
    assert writable(item["title"]) == writable(name)


def test_the_end_of_cdata_a_script_and_a_lone_surrogate_are_words_like_others() -> None:
    name = "]]></title><script>alert(1)</script>\ud800\x00\x1b\ufffe"
    found = ElementTree.fromstring(atom(feed(entry(name)))).findtext(f"{ATOM}entry/{ATOM}title")
    assert found == "]]></title><script>alert(1)</script>\ufffd\ufffd\ufffd\ufffd"
