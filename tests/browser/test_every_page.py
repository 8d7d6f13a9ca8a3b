"""Every page of the hub in Chromium: no axe violation by day or by night, nothing lost at 360 px or at 200 % zoom, no
more weight than it may have, and nothing that the console complains about, where the content security policy speaks.
"""

from __future__ import annotations

import gzip
import struct
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

import remixhub
from remixhub.app import create_app
from remixhub.compose import Parts
from remixhub.dev.ports import LOOPBACK, free_ports
from tests.browser.conftest import ALL_DEFINED
from tests.browser.test_publish_in_browser import watch
from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage, asks

AXE = Path(__file__).parents[2] / "remixhub/web/frontend/node_modules/axe-core/axe.min.js"
STATIC = Path(remixhub.__file__).parent / "web" / "static"
MOST_BYTES = {".js": 60_000, ".css": 25_000, ".woff2": 130_000}
"""Of what one page loads: scripts and styles as gzip sends them, fonts as they are."""
BLOCKING = "link[rel=stylesheet], script:not([type=module], [type='application/json'], [type='application/ld+json'])"
EDITORS = ("/works/<work_id>/edit", "/stem-packs/<stem_pack_id>/mix", "/mix-drafts/", "/shared-mixes/")
"""Bring the uploader along, or the desk: no pages for reading."""
NO_PAGES = (
    "/api/v1/",
    "/companion/",
    "/media/",
    "/dev/mail/<letter_id>/html",
    "/robots.txt",
    "/sitemap",
    "/.well-known",
    "/manifest",
    "/oembed",
)
DESKTOP, PHONE, ZOOMED = ({"width": width, "height": 900} for width in (1280, 360, 640))
PEAKS = struct.pack("<iIiiII", 2, 1, 44_100, 512, 100, 1) + bytes([200, 60] * 100)


@pytest.fixture
def stage(parts: Parts) -> Iterator[tuple[str, ReadingStage]]:
    """The address of a hub with some rows of everything."""
    parts.settings.work_dir.mkdir(parents=True, exist_ok=True)
    app = create_app(parts.settings, parts)
    port = free_ports(1)[0]
    built = ReadingStage(Hub(app, parts), 3)
    server = make_server(LOOPBACK, port, with_one_sound(app), threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://{LOOPBACK}:{port}", built
    server.shutdown()
    serving.join()
    server.server_close()


def with_one_sound(app: WSGIApplication) -> WSGIApplication:
    """The stage has rows without objects: every sound is this one. (A route of Playwright's would switch the cache off,
    and each page would load and compile all scripts anew.)"""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith("/media/") or "cover" in path:
            return app(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [PEAKS if "peaks" in path else b""]

    return serve


def pages_of(stage: ReadingStage) -> list[tuple[str, str, str]]:
    """Name, address and who asks, of what answers with a page."""
    found = []
    asked = asks(stage)
    browsers = {by: stage.browser(by) for by in sorted({ask.by for ask in asked.values()})}
    for name, (address, by) in asked.items():
        if name.startswith(NO_PAGES) and not name.startswith("/api/v1/docs"):
            continue
        with browsers[by].get(address) as answer:
            if answer.status_code == 200 and answer.mimetype == "text/html" and "<html" in answer.text:
                found.append((name, address, by))
    return found


def violations(page: Page, *rules: str) -> list[str]:
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate("options => axe.run(document, options).then(result => result.violations)", options)
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def too_heavy(loaded: set[str]) -> list[str]:
    """`loaded` holds the addresses of all that the page fetched."""
    weights = dict.fromkeys(MOST_BYTES, 0)
    for path in {urlsplit(one).path for one in loaded}:
        kind = Path(path).suffix
        if path.startswith("/static/") and kind in weights:
            held = (STATIC / path.removeprefix("/static/")).read_bytes()
            weights[kind] += len(held) if kind == ".woff2" else len(gzip.compress(held))
    return [f"{bytes_} bytes of {kind}" for kind, bytes_ in weights.items() if bytes_ > MOST_BYTES[kind]]


def too_wide(page: Page, viewport: dict[str, int]) -> list[str]:
    page.set_viewport_size(viewport)  # type: ignore[arg-type]
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{excess} px too wide at {viewport['width']} px"] if excess > 0 else []


def test_all_fonts_together_are_light_and_what_is_static_is_kept_for_ever(page: Page, live_hub: str) -> None:
    fonts = list((STATIC / "build" / "fonts").glob("*.woff2"))
    assert len(fonts) == 5
    assert sum(font.stat().st_size for font in fonts) <= MOST_BYTES[".woff2"]
    kept: dict[str, str] = {}
    page.on("response", lambda answer: kept.update({answer.url: answer.headers.get("cache-control", "")}))
    page.goto("/", wait_until="networkidle")
    static = {url: said for url, said in kept.items() if "/static/" in url}
    assert len(static) > 5
    assert set(static.values()) == {"public, max-age=31536000, immutable"}, static


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", [0, 1])
def test_every_page_is_accessible_fits_and_runs_without_complaint(
    stage: tuple[str, ReadingStage], browser: Browser, part: int
) -> None:
    url, built = stage
    faults = []
    axe = AXE.read_text(encoding="utf-8")
    pages = pages_of(built)
    assert len(pages) > 45
    for by in sorted({who for _, _, who in pages}):
        context = browser.new_context(base_url=url, viewport=DESKTOP)  # type: ignore[arg-type]
        context.add_cookies([{"name": "remixhub_session", "value": f'"session of {by}"', "url": url}])
        page = context.new_page()  # one for all: each further one is a process of its own
        said, loaded = watch(page), set[str]()
        page.on("response", lambda response, loaded=loaded: loaded.add(response.url))
        for name, address, _ in [one for one in pages if one[2] == by][part::2]:
            said.clear()
            loaded.clear()
            page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
            page.emulate_media(color_scheme="light")
            page.goto(address, wait_until="domcontentloaded")
            assert page.url == url + address, name
            page.evaluate(ALL_DEFINED)
            page.evaluate(axe)
            found = violations(page)
            page.emulate_media(color_scheme="dark")
            found += [f"by night, {one}" for one in violations(page, "color-contrast")]
            found += [*too_wide(page, ZOOMED), *too_wide(page, PHONE), *said]
            if not name.startswith(EDITORS):
                found += too_heavy(loaded)
            blocking = page.locator(BLOCKING).count()
            found += [] if blocking == 1 else [f"{blocking} things stand before the first paint"]
            faults += [f"{name}: {one}" for one in found]
        context.close()
    assert not faults, "\n".join(faults)
