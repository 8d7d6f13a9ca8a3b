"""A whole hub behind a real port, with a scheduler and a worker of its own, and a browser to look at it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from tests.faults.crew import Crew

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
ALL_DEFINED = """() => Promise.all(
  [...document.querySelectorAll(":not(:defined)")].map(element => customElements.whenDefined(element.localName)))"""
"""Waits until every element of the page has its module."""
PART_BYTES = 5 * 1024**2
PATIENCE_MS = 60_000


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages are the same on both databases; one is enough here."""
    return sqlite_url


@pytest.fixture
def live_hub(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The address of a running hub."""
    port = free_ports(1)[0]
    url = f"http://{LOOPBACK}:{port}"
    kept = f"folder://{tmp_path / 'mail'}"
    settings = dataclasses.replace(settings, public_url=url, upload_part_bytes=PART_BYTES, smtp_url=kept)
    parts = build_parts(settings)
    parts.store.ensure_bucket([url])
    server = make_server(LOOPBACK, port, create_app(settings, parts), threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        with Crew(settings, tmp_path, workers=1):
            yield url
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        parts.close()


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, live_hub: str) -> Iterator[Page]:
    context = browser.new_context(base_url=live_hub)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def scriptless_page(browser: Browser, live_hub: str) -> Iterator[Page]:
    context = browser.new_context(base_url=live_hub, java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()
