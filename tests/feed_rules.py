"""The rules of feeds as the W3C's feed validator has them for Atom, and those of the JSON Feed 1.1 specification.

Each function gives what is wrong, in words; an empty list is a valid feed. `here` is the address that it was read from.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?")
_RELATIONS = {"alternate", "self", "first", "next", "enclosure", "license", "via"}
_ONCE = {
    "feed": {"id", "title", "updated", "subtitle", "icon", "generator"},
    "entry": {"id", "title", "updated", "published", "summary", "content", "rights"},
}
_REPEATED = {"feed": {"author", "link", "entry"}, "entry": {"author", "contributor", "category", "link"}}
_FEED_MEMBERS = {
    "version", "title", "home_page_url", "feed_url", "description", "next_url", "icon", "favicon", "authors",
    "language", "expired", "items",
}  # fmt: skip
_ITEM_MEMBERS = {
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image",
    "date_published", "date_modified", "authors", "tags", "language", "attachments",
}  # fmt: skip


def atom_faults(feed: bytes, here: str) -> list[str]:
    root = ElementTree.fromstring(feed)
    assert feed.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return [*_atom_faults(root, here)] if root.tag == f"{ATOM}feed" else [f"The root is {root.tag}."]


def _atom_faults(root: Element, here: str) -> Iterator[str]:
    yield from _element_faults(root, "feed")
    links = {
        rel: [one.get("href") for one in root.iterfind(f"{ATOM}link") if one.get("rel") == rel] for rel in _RELATIONS
    }
    if links["self"] != [here]:
        yield f"The self link is {links['self']}, not {here}."
    if len(links["alternate"]) != 1 or len(links["first"]) != 1 or len(links["next"]) > 1:
        yield f"The feed's links are {links}."
    if links["next"] and links["next"] == links["self"]:
        yield "The next page is this one."
    entries = root.findall(f"{ATOM}entry")
    ids = Counter(one.findtext(f"{ATOM}id") for one in [root, *entries])
    yield from (f"Several have the id {id}." for id, times in ids.items() if times > 1)
    newest = max((_text(one, "updated") for one in entries), default=_text(root, "updated"))
    if newest != _text(root, "updated"):
        yield f"Updated {_text(root, 'updated')}, but an entry at {newest}."
    for entry in entries:
        yield from _entry_faults(entry)


def _entry_faults(entry: Element) -> Iterator[str]:
    yield from _element_faults(entry, "entry")
    if not entry.findall(f"{ATOM}author"):
        yield from () if entry.find(f"{ATOM}content") is None else ("A work without an author.",)
    kinds = Counter((one.get("type"), one.get("hreflang")) for one in _links(entry, "alternate"))
    if len(kinds) != 1 or max(kinds.values()) != 1:
        yield f"Alternate links of the kinds {kinds}."
    for one in _links(entry, "enclosure"):
        if not re.fullmatch("[1-9][0-9]*", one.get("length", "")) or not one.get("type"):
            yield f"The enclosure is {one.attrib}."
    if _text(entry, "updated") < _text(entry, "published"):
        yield "It was updated before it was published."
    content = entry.find(f"{ATOM}content")
    if content is not None:
        if content.get("type") != "html":
            yield f"The content is {content.get('type')}."
        yield from html_faults(content.text or "")


def _element_faults(element: Element, kind: str) -> Iterator[str]:
    names = Counter(one.tag.removeprefix(ATOM) for one in element if one.tag.startswith(ATOM))
    yield from (f"{name} stands in a {kind} {names[name]} times." for name in _ONCE[kind] if names[name] > 1)
    yield from (f"{name} has no place in a {kind}." for name in names.keys() - _ONCE[kind] - _REPEATED[kind])
    yield from (f"A {kind} without {name}." for name in ("id", "title", "updated") if names[name] != 1)
    if kind == "feed" and names["author"] != 1:
        yield "The feed has no author, and not all entries need have one."
    if not _is_absolute(_text(element, "id")) or _text(element, "id") != (_text(element, "id")).strip():
        yield f"The id is {_text(element, 'id')!r}."
    for name in ("updated", "published"):
        if names[name] and not _is_date(_text(element, name)):
            yield f"{name} is {_text(element, name)!r}."
    for link in element.iterfind(f"{ATOM}link"):
        if link.get("rel") not in _RELATIONS or not _is_absolute(link.get("href", "")):
            yield f"A link is {link.attrib}."
        if not _MEDIA_TYPE.fullmatch(link.get("type", "text/html")):
            yield f"The media type of a link is {link.get('type')}."
    for person in (*element.iterfind(f"{ATOM}author"), *element.iterfind(f"{ATOM}contributor")):
        if not _text(person, "name").strip() or not _is_absolute(person.findtext(f"{ATOM}uri", "https://none.example")):
            yield f"A person is {[one.text for one in person]}."
    yield from ("A category without a term." for one in element.iterfind(f"{ATOM}category") if not one.get("term"))
    for one in element.iterfind(f"{_MEDIA}thumbnail"):
        if not _is_absolute(one.get("url", "")):
            yield f"The picture is at {one.get('url')}."


def json_faults(feed: bytes, here: str) -> list[str]:
    return [*_json_faults(json.loads(feed.decode()), here)]


def _json_faults(feed: dict[str, Any], here: str) -> Iterator[str]:
    yield from _member_faults(feed, _FEED_MEMBERS)
    if feed.get("version") != "https://jsonfeed.org/version/1.1" or not feed.get("title"):
        yield "Version or title is missing."
    if feed.get("feed_url") != here or feed.get("next_url") == here:
        yield f"feed_url is {feed.get('feed_url')}, next_url {feed.get('next_url')}, not {here}."
    yield from (f"{name} is {feed[name]}." for name in ("home_page_url", "icon") if not _is_absolute(feed[name]))
    ids = Counter(item.get("id") for item in feed["items"])
    yield from (f"Several have the id {id!r}." for id, times in ids.items() if times > 1 or not isinstance(id, str))
    for item in feed["items"]:
        yield from _item_faults(item)


def _item_faults(item: dict[str, Any]) -> Iterator[str]:
    yield from _member_faults(item, _ITEM_MEMBERS)
    if "content_html" not in item and "content_text" not in item:
        yield "Content is missing."
    yield from html_faults(item.get("content_html", ""))
    for name in ("url", "image"):
        if name in item and not _is_absolute(item[name]):
            yield f"{name} is {item[name]}."
    yield from (f"{name} is {item[name]}." for name in ("date_published", "date_modified") if not _is_date(item[name]))
    if any(not isinstance(tag, str) for tag in item.get("tags", ())):
        yield f"tags are {item['tags']}."
    for one in item.get("attachments", ()):
        if not _is_absolute(one["url"]) or not _MEDIA_TYPE.fullmatch(one["mime_type"]):
            yield f"An attachment is {one}."
        if not isinstance(one["size_in_bytes"], int) or not isinstance(one.get("duration_in_seconds", 0), int | float):
            yield f"An attachment is {one}."


def _member_faults(found: dict[str, Any], known: set[str]) -> Iterator[str]:
    for name, value in found.items():
        if name.startswith("_") and isinstance(value, dict):
            continue
        if name not in known or (value in (None, "", [], {}) and name != "items"):
            yield f"{name} is {value!r}."
    for person in found.get("authors", ()):
        if not person.get("name") or not _is_absolute(person.get("url", "https://none.example")):
            yield f"An author is {person}."


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("p", "a", "img", "br"):
            self.faults.append(f"HTML has a <{tag}>.")
        for name, value in attrs:
            if name in ("href", "src") and not _is_absolute(value or ""):
                self.faults.append(f"HTML leads to {value!r}.")
            if name.startswith("on") or name == "style":
                self.faults.append(f"HTML has {name}.")


def html_faults(html: str) -> list[str]:
    parser = _Html()
    parser.feed(html)
    return parser.faults


def _links(element: Element, rel: str) -> list[Element]:
    return [one for one in element.iterfind(f"{ATOM}link") if one.get("rel") == rel]


def _text(element: Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


def _is_absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"[\s<>\"{}|\\^`]", address)


def _is_date(text: str) -> bool:
    return bool(_RFC_3339.fullmatch(text)) and dt.datetime.fromisoformat(text).tzinfo is not None
