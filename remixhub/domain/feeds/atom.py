"""A feed as Atom: RFC 4287, pages by RFC 5005, licences by RFC 4946, pictures by Media RSS."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from remixhub.domain.feeds.feed import Feed, FeedEntry, Person, writable
from remixhub.domain.times import rfc3339

MEDIA_TYPE = "application/atom+xml"
_NAMESPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:media": "http://search.yahoo.com/mrss/"}
"""Declared by hand, as ElementTree's register of prefixes is one for the whole process."""


def atom(feed: Feed) -> bytes:
    root = Element("feed", _NAMESPACES)
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.about)
    _text(root, "updated", rfc3339(feed.updated_at))
    _person(root, "author", feed.by)
    _text(root, "icon", feed.icon)
    _text(root, "generator", "RemixHub")
    _link(root, "alternate", feed.page, type="text/html")
    _link(root, "self", feed.here, type=MEDIA_TYPE)
    _link(root, "first", feed.first, type=MEDIA_TYPE)
    if feed.next is not None:
        _link(root, "next", feed.next, type=MEDIA_TYPE)
    for entry in feed.entries:
        _entry(root, entry)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: Element, entry: FeedEntry) -> None:
    one = SubElement(root, "entry")
    _text(one, "id", entry.id)
    _text(one, "title", entry.title)
    _text(one, "published", rfc3339(entry.published_at))
    _text(one, "updated", rfc3339(entry.updated_at))
    for person in entry.by:
        _person(one, "author", person)
    for person in entry.with_:
        _person(one, "contributor", person)
    for tag in entry.tags:
        SubElement(one, "category", term=writable(tag))
    if entry.licence is not None:
        _text(one, "rights", entry.licence.title)
    _link(one, "alternate", entry.url, type="text/html")
    if entry.sound is not None:
        sound = entry.sound
        _link(one, "enclosure", sound.url, type=sound.media_type, length=str(sound.size_bytes))
    if entry.licence is not None:
        _link(one, "license", entry.licence.url, title=entry.licence.title)
    for source in entry.sources:
        _link(one, "via", source.url, type="text/html", title=source.title)
    if entry.picture is not None:
        SubElement(one, "media:thumbnail", url=entry.picture)
    _text(one, "summary", entry.text)
    if entry.html:
        _text(one, "content", entry.html, type="html")


def _text(above: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(above, name, attributes).text = writable(text)


def _link(above: Element, rel: str, href: str, **attributes: str) -> None:
    said = {name: writable(value) for name, value in attributes.items()}
    SubElement(above, "link", {"rel": rel, "href": href, **said})


def _person(above: Element, name: str, person: Person) -> None:
    element = SubElement(above, name)
    _text(element, "name", person.name)
    if person.url is not None:
        _text(element, "uri", person.url)
