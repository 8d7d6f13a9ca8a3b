"""Every page of the hub in Chromium: no axe violation by day or by night, nothing lost at 360 px or at 200 % zoom, and
nothing that the console complains about, which is where the content security policy speaks up.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from werkzeug.serving import make_server

from remixhub.app import create_app
from remixhub.compose import Parts
from remixhub.dev.ports import LOOPBACK, free_ports
from tests.browser.test_publish_in_browser import watch
from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage, asks

AXE = Path(__file__).parents[2] / "remixhub/web/frontend/node_modules/axe-core/axe.min.js"
NO_PAGES = ("/api/v1/", "/companion/", "/media/", "/robots.txt", "/sitemap", "/.well-known", "/manifest")
DESKTOP, PHONE, ZOOMED = ({"width": width, "height": 900} for width in (1280, 360, 640))
ALL_DEFINED = """() => Promise.all(
  [...document.querySelectorAll(":not(:defined)")].map(element => customElements.whenDefined(element.localName)))"""
PEAKS = struct.pack("<iIiiII", 2, 1, 44_100, 512, 100, 1) + bytes([200, 60] * 100)


@pytest.fixture
def stage(parts: Parts) -> Iterator[tuple[str, ReadingStage]]:
    """The address of a hub with some rows of everything."""
    parts.settings.work_dir.mkdir(parents=True, exist_ok=True)
    app = create_app(parts.settings, parts)
    port = free_ports(1)[0]
    built = ReadingStage(Hub(app, parts), 3)
    server = make_server(LOOPBACK, port, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://{LOOPBACK}:{port}", built
    server.shutdown()
    serving.join()
    server.server_close()


def play_something(route: Route) -> None:
    """The stage has rows without objects: every sound is this one."""
    is_drawn = "cover" in route.request.url
    if is_drawn:
        route.continue_()
    else:
        route.fulfill(body=PEAKS if "peaks" in route.request.url else b"", content_type="application/octet-stream")


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


def too_wide(page: Page, viewport: dict[str, int]) -> list[str]:
    page.set_viewport_size(viewport)  # type: ignore[arg-type]
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{excess} px too wide at {viewport['width']} px"] if excess > 0 else []


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
        context.add_cookies([{"name": "remixhub_session", "value": f"session of {by}", "url": url}])
        context.route("**/media/**", play_something)
        for name, address, _ in [one for one in pages if one[2] == by][part::2]:
            page = context.new_page()
            said = watch(page)
            page.goto(address, wait_until="domcontentloaded")
            page.evaluate(ALL_DEFINED)
            page.evaluate(axe)
            found = violations(page)
            page.emulate_media(color_scheme="dark")
            found += [f"by night, {one}" for one in violations(page, "color-contrast")]
            found += [*too_wide(page, ZOOMED), *too_wide(page, PHONE), *said]
            faults += [f"{name}: {one}" for one in found]
            page.close()
        context.close()
    assert not faults, "\n".join(faults)
