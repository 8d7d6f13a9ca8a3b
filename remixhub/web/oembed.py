"""oEmbed 1.0 (https://oembed.com): what other sites ask for when somebody pastes an address of this hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from xml.etree import ElementTree

import flask
from werkzeug.exceptions import NotImplemented as FormatUnknown

from remixhub.domain.errors import Invalid, NotFound
from remixhub.domain.feeds.feed import writable
from remixhub.edge.actor import current_parts
from remixhub.services.house.reading import house
from remixhub.web.embedded import Embedded, frame_of, named

blueprint = flask.Blueprint("oembed", __name__)

WIDTH, HEIGHT = 560, 152
_PAGE = re.compile(r"/(?:embed/)?(works|contests|mixes|shared-mixes)/([A-Za-z0-9_-]{1,64})/?")
_CACHE_SECONDS = 3600


@blueprint.get("/oembed")
def show() -> flask.typing.ResponseReturnValue:
    """Raises NotFound for what is private, gone, or of another site: none is told from another."""
    asked = flask.request.args
    format = asked.get("format", "json")
    if format not in ("json", "xml"):
        raise FormatUnknown("There is `format=json` and `format=xml`.")
    found = _found(asked.get("url", ""))
    said = _said(found, width=_at_most("maxwidth", WIDTH), height=_at_most("maxheight", HEIGHT))
    if format == "json":
        response = flask.jsonify(said)
    else:
        response = flask.Response(_xml(said), content_type="text/xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _found(url: str) -> Embedded:
    if not url:
        raise Invalid("Name the page: `/oembed?url=…`.", violations={"/url": ["Is missing."]})
    page = _page(url)
    if page is None:
        raise NotFound("This is the address of no work, shared mix or contest of this hub.")
    found = named(page[1].removeprefix("shared-"), page[2])
    if found.is_gone:
        raise NotFound("It was withdrawn or taken down.")
    return found


def _page(url: str) -> re.Match[str] | None:
    """By http as well: who pastes an address may have typed it."""
    own = urlsplit(current_parts().addresses.hub)
    try:
        asked = urlsplit(url)
    except ValueError:
        return None
    is_own = asked.scheme in ("http", "https") and asked.netloc.lower() == own.netloc.lower()
    return _PAGE.fullmatch(asked.path.removeprefix(own.path)) if is_own else None


def _said(found: Embedded, *, width: int, height: int) -> dict[str, object]:
    said: dict[str, object] = {
        "version": "1.0", "type": "rich", "title": found.title, "author_name": found.by, "author_url": found.by_address,
        "provider_name": house(current_parts()).name, "provider_url": current_parts().addresses.of("/"),
        "cache_age": _CACHE_SECONDS, "html": frame_of(found, width=width, height=height), "width": width,
        "height": height,
    }  # fmt: skip
    side = found.thumbnail_side
    if found.thumbnail and _at_most("maxwidth", side) == _at_most("maxheight", side) == side:
        said |= {"thumbnail_url": found.thumbnail, "thumbnail_width": side, "thumbnail_height": side}
    return said


def _at_most(name: str, own: int) -> int:
    asked = flask.request.args.get(name)
    if asked is None:
        return own
    if not re.fullmatch("[0-9]{1,6}", asked) or int(asked) == 0:
        raise Invalid(f"`{name}` is a number of pixels.", violations={f"/{name}": ["Not a positive whole number."]})
    return min(own, int(asked))


def _xml(said: Mapping[str, object]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in said.items():
        ElementTree.SubElement(root, name).text = writable(str(value))
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
