"""A whole hub behind a real port, with a scheduler and a worker of its own, and a browser to look at it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import flask
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from tests.faults.crew import Crew
from tests.services import RunningStorage

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


@dataclass
class Served:
    """One address and one app for all tests of a session, and the parts of each: to make an app and to compile its
    templates takes longer than most tests.
    """

    url: str
    app: flask.Flask | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        assert self.app is not None
        return self.app(environ, start_response)

    def show(self, settings: Settings, parts: Parts) -> flask.Flask:
        self.app = self.app or create_app(settings, parts)
        self.app.extensions["remixhub"] = parts
        return self.app


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    port = free_ports(1)[0]
    one = Served(f"http://{LOOPBACK}:{port}")
    server = make_server(LOOPBACK, port, one, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield one
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def live_hub(served: Served, settings: Settings, storage_server: RunningStorage, tmp_path: Path) -> Iterator[str]:
    """The address of a running hub."""
    kept = f"folder://{tmp_path / 'mail'}"
    settings = dataclasses.replace(settings, public_url=served.url, upload_part_bytes=PART_BYTES, smtp_url=kept)
    parts = build_parts(settings)
    parts.store.ensure_bucket([served.url])
    served.show(settings, parts)
    try:
        with Crew(settings, tmp_path, workers=1):
            yield served.url
    finally:
        parts.close()
        storage_server.drop_bucket(settings.s3_bucket)  # it lets this address in


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
