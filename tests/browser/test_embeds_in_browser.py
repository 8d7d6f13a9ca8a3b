"""A work in a frame on another site: it plays without a cookie, and weighs little. No other page may be framed."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Request, expect

from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS
from remixhub.dev.performer import Performer
from remixhub.dev.ports import LOOPBACK
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_publish_in_browser import tone

MOST_BYTES = 30_000
"""Of all that a frame loads but the sound, as it is sent."""
SECONDS = 24.0


@contextmanager
def a_site_with(html: str) -> Iterator[str]:
    """On another host and port than the hub."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


@pytest.fixture
def client(live_hub: str) -> ApiClient:
    return ApiClient(live_hub)


@pytest.fixture
def release(live_hub: str, client: ApiClient, tmp_path: Path) -> str:
    """The id of a published work that can be heard."""
    client.sign_up("north-pier", "a long enough password 1", "North Pier")
    stems = [tone(tmp_path / f"{name}.wav", pitch_hz, SECONDS) for name, pitch_hz in (("Bass", 110.0), ("Pad", 330.0))]
    performer = Performer(client)
    work_id = str(performer.publish_release(SONGS[0], *performer.upload_all(stems, stems[1]))["id"])
    return work_id


def test_a_work_plays_in_a_frame_on_another_site_which_may_frame_nothing_else(
    browser: Browser, live_hub: str, release: str
) -> None:
    title = SONGS[0].title
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    code = page.request.get(f"{live_hub}/oembed?url={live_hub}/works/{release}").json()["html"]
    loaded: list[Request] = []
    said: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request))
    page.on("console", lambda message: said.append(message.text))
    page_of_work = f'<iframe src="{live_hub}/works/{release}"></iframe>'
    with a_site_with(f"<!doctype html><title>Zine</title>{code}{page_of_work}") as site:
        page.goto(site, wait_until="networkidle")
        frame = page.frame_locator("iframe").first
        expect(frame.get_by_role("link", name=title, exact=True)).to_be_visible()
        weights = {
            one.url.removeprefix(live_hub): one.sizes()["responseBodySize"]
            for one in loaded
            if one.frame.url.startswith(f"{live_hub}/embed/")
        }
        assert len(weights) >= 4
        assert sum(weights.values()) <= MOST_BYTES, weights

        frame.get_by_role("button", name=f"Play {title}").click()
        expect(frame.get_by_role("button", name=f"Pause {title}")).to_be_visible()
        expect(frame.locator(".clock")).to_have_text(re.compile("^0:0[1-9] / 0:24$"))
        frame.get_by_role("button", name="Pause").click()
        wave = frame.get_by_role("slider")
        wave.press("Home")
        wave.press("ArrowRight")
        expect(wave).to_have_attribute("aria-valuetext", "0:05 of 0:24")
        assert context.cookies() == []

        refused = [one for one in said if "frame-ancestors" in one]
        assert len(refused) == 1, said
        assert said == refused
        expect(page.frame_locator("iframe").nth(1).get_by_role("heading", name=title)).to_have_count(0)
    context.close()


def test_a_frame_weighs_little_however_heavy_the_cover_is(
    browser: Browser, live_hub: str, client: ApiClient, release: str, tmp_path: Path
) -> None:
    noise = np.random.default_rng(17).integers(0, 256, (1500, 1500, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "cover.png")
    assert (tmp_path / "cover.png").stat().st_size > 5_000_000
    upload_id = client.upload(tmp_path / "cover.png", "cover")
    work = client.get(f"/works/{release}")
    client.put(f"/works/{release}/cover", {"upload_id": upload_id}, revision=work["revision"])
    context = browser.new_context(device_scale_factor=2)
    page = context.new_page()
    loaded: list[Request] = []
    page.on("requestfinished", lambda request: loaded.append(request))
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while "/thumbnail-384" not in page.request.get(f"{live_hub}/embed/works/{release}").text():
        assert time.monotonic() < deadline, "the press made no small ones"
        time.sleep(0.5)
    page.set_viewport_size({"width": 560, "height": 152})
    page.goto(f"{live_hub}/embed/works/{release}", wait_until="networkidle")
    shown = page.locator(".cover img").evaluate("img => [img.currentSrc, img.complete && img.naturalWidth]")
    weights = {one.url: one.sizes()["responseBodySize"] for one in loaded}
    assert "thumbnail" in shown[0] or "/renditions/" in shown[0], shown
    assert shown[1] > 0
    assert any("/thumbnail-384" in one for one in weights)
    assert sum(weights.values()) <= MOST_BYTES, weights
    context.close()
