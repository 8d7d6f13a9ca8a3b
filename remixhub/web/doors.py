"""What programs ask a site for at the door: robots.txt, the sitemap, security.txt, keys, the manifest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, cast
from xml.sax.saxutils import escape

import flask

from remixhub.domain.errors import NotFound
from remixhub.domain.times import rfc3339
from remixhub.edge.actor import current_parts
from remixhub.services.bundles.signing import hub_keys, key_url
from remixhub.services.discovery import sitemap
from remixhub.services.discovery.sitemap import Listed
from remixhub.services.house.reading import house
from remixhub.web.robots import robots_txt

blueprint = flask.Blueprint("doors", __name__)

_SECURITY_DAYS = 180
"""RFC 9116 wants less than a year."""
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LINES_A_BLOCK = 500
PAPER, NIGHT = "#f3eee2", "#14161b"


@blueprint.get("/robots.txt")
def robots() -> flask.typing.ResponseReturnValue:
    return _text(robots_txt(current_parts().addresses.of("/sitemap.xml")))


@blueprint.get("/sitemap.xml")
def show_sitemap() -> flask.typing.ResponseReturnValue:
    """Or the index of its files."""
    parts = current_parts()
    listed = sitemap.whole_sitemap(parts)
    if listed is not None:
        return _streamed(_addresses(listed))
    files = (parts.addresses.of(f"/sitemaps/{name}.xml") for name in sitemap.sitemap_files(parts))
    lines = (f"<sitemap><loc>{escape(address)}</loc></sitemap>" for address in files)
    return _streamed(_within("sitemapindex", lines))


@blueprint.get("/sitemaps/<name>.xml")
def sitemap_file(name: str) -> flask.typing.ResponseReturnValue:
    return _streamed(_addresses(sitemap.sitemap_file(current_parts(), name)))


@blueprint.get("/.well-known/security.txt")
def security() -> flask.typing.ResponseReturnValue:
    """RFC 9116. Raises NotFound while nobody is named."""
    parts = current_parts()
    contact = parts.settings.security_contact
    if not contact:
        raise NotFound("Who runs this hub has not said where faults are reported (REMIXHUB_SECURITY_CONTACT).")
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = rfc3339(today + dt.timedelta(days=_SECURITY_DAYS))
    here = parts.addresses.of(flask.request.path)
    return _text(f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {here}\n")


@blueprint.get("/.well-known/remixhub-keys.json")
def keys() -> flask.typing.ResponseReturnValue:
    """By which bundles are checked (docs/bundles.md); the first one signs."""
    parts = current_parts()
    known = hub_keys(parts).public
    return flask.jsonify(
        hub=parts.addresses.hub,
        keys=[
            {"id": id, "algorithm": "Ed25519", "url": key_url(parts, id), "pem": pem.decode()}
            for id, pem in known.items()
        ],
    )


@blueprint.get("/.well-known/remixhub-keys/<key_id>.pem")
def key(key_id: str) -> flask.typing.ResponseReturnValue:
    """Raises NotFound."""
    pem = hub_keys(current_parts()).public.get(key_id)
    if pem is None:
        raise NotFound("This hub has no such key. `/.well-known/remixhub-keys.json` lists those that it has.")
    return flask.Response(pem, mimetype="application/x-pem-file")


@blueprint.get("/manifest.webmanifest")
def manifest() -> flask.typing.ResponseReturnValue:
    static_url = cast(Callable[[str], str], flask.current_app.jinja_env.globals["static_url"])
    icons: list[dict[str, Any]] = [{"src": static_url("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    icons += [
        {"src": static_url(f"icons/{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]
    name = house(current_parts()).name
    response = flask.jsonify(
        id="/", name=name, short_name=name, description="Stems to take apart, and remixes to hear.",
        start_url="/", scope="/", display="minimal-ui", background_color=PAPER, theme_color=PAPER, icons=icons,
    )  # fmt: skip
    response.mimetype = "application/manifest+json"
    return response


def _text(text: str) -> flask.Response:
    return flask.Response(text, mimetype="text/plain")


def _addresses(listed: Iterable[Listed]) -> Iterator[str]:
    return _within("urlset", map(_line, listed))


def _line(one: Listed) -> str:
    changed = f"<lastmod>{one.changed_at:%Y-%m-%d}</lastmod>" if one.changed_at else ""
    return f"<url><loc>{escape(one.address)}</loc>{changed}</url>"


def _within(root: str, lines: Iterable[str]) -> Iterator[str]:
    yield f'{_XML}<{root} xmlns="{_SCHEMA}">\n'
    remaining = iter(lines)
    while block := list(islice(remaining, _LINES_A_BLOCK)):
        yield "\n".join(block) + "\n"
    yield f"</{root}>\n"


def _streamed(blocks: Iterator[str]) -> flask.Response:
    response = flask.Response(blocks, mimetype="application/xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
