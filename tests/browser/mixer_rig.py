"""The mixer's engine in a page of Chromium, with stems as the ingest makes them, behind a server that can fail."""

from __future__ import annotations

import base64
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page

from remixhub.audio.read.flac_chunks import FlacIndex
from tests.browser.desk_code import FRONT
from tests.signals import Sound

BUILD = """
import { build } from "esbuild";
import { apart } from "./apart.mjs";
const [source, outdir] = process.argv.slice(1);
const stdin = { contents: source, resolveDir: "src", sourcefile: "code.ts", loader: "ts" };
await build({ stdin, outdir, bundle: true, format: "iife", globalName: "code", target: "es2022", plugins: [apart] });
"""
MEDIA_TYPES = {".js": "text/javascript", ".html": "text/html"}


@dataclass
class Shop:
    """What the server has, and how it fails."""

    files: dict[str, bytes] = field(default_factory=dict)
    is_lost: bool = False
    """Connections are cut without an answer."""
    signature: int = 0
    """Addresses signed with another one have expired."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Paths, with the status that was answered."""

    def put_stem(self, stem_id: str, flac: Path, index: Path) -> None:
        self.files[f"/store/{stem_id}"] = flac.read_bytes()
        self.files[f"/media/stems/{stem_id}/mixer-index"] = index.read_bytes()


class Rig:
    def __init__(self, shop: Shop, page: Page, url: str) -> None:
        self.shop, self.page, self.url = shop, page, url

    def call(self, script: str, given: object = None) -> Any:
        return self.page.evaluate(script, given)

    def stem(self, stem_id: str) -> dict[str, Any]:
        index = FlacIndex.parse(self.shop.files[f"/media/stems/{stem_id}/mixer-index"])
        return {
            "id": stem_id,
            "frames": index.total_frames,
            "channels": index.channels,
            "sound": f"/media/stems/{stem_id}/mixer",
            "index": f"/media/stems/{stem_id}/mixer-index",
        }


def floats(encoded: str) -> Sound:
    """What the page's `encoded` made of two channels."""
    return np.frombuffer(base64.b64decode(encoded), "<f4").reshape(2, -1).T


def encoded(sound: Sound) -> str:
    """For the page: one channel behind the other."""
    return base64.b64encode(np.ascontiguousarray(sound.T, "<f4").tobytes()).decode()


ENCODED = """
export function encoded(...channels) {
  const parts = [];
  for (const channel of channels) {
    const raw = new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength);
    for (let at = 0; at < raw.length; at += 30000) parts.push(String.fromCharCode(...raw.subarray(at, at + 30000)));
  }
  return btoa(parts.join(""));
}
"""


@contextmanager
def opened_rig(browser: Browser | BrowserContext, source: str, folder: Path) -> Iterator[Rig]:
    """A page that knows the exports of `source`, which imports from "./mixing/…", as `code`."""
    subprocess.run(
        ["node", "--input-type=module", "-e", BUILD, source + ENCODED, str(folder)], cwd=FRONT, check=True, text=True
    )
    shop = Shop({f"/static/build/{path.name}": path.read_bytes() for path in folder.glob("*.js")})
    script = next(path for path in shop.files if not Path(path).name.startswith("chunk-"))
    shop.files["/"] = f'<!doctype html><title>Rig</title><script src="{script}"></script>'.encode()
    server = _server(shop)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    page = browser.new_page()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        page.goto(url)
        yield Rig(shop, page, url)
    finally:
        page.close()
        server.shutdown()
        serving.join()
        server.server_close()


def _server(shop: Shop) -> ThreadingHTTPServer:
    class Counter(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            if shop.is_lost:
                self.close_connection = True
            elif split.path.endswith("/mixer"):
                self._answer(HTTPStatus.FOUND, b"", {"Location": f"/store/{split.path.split('/')[3]}?{shop.signature}"})
            elif split.path.startswith("/store/") and split.query != str(shop.signature):
                self._answer(HTTPStatus.FORBIDDEN, b"expired")
            elif split.path not in shop.files:
                self._answer(HTTPStatus.NOT_FOUND, b"")
            else:
                self._send(shop.files[split.path], MEDIA_TYPES.get(Path(split.path or "/").suffix, "text/html"))

        def _send(self, content: bytes, media_type: str) -> None:
            span = self.headers.get("Range")
            if span is None:
                self._answer(HTTPStatus.OK, content, {"Content-Type": media_type})
                return
            first, last = (int(end) for end in span.removeprefix("bytes=").split("-"))
            told = {"Content-Range": f"bytes {first}-{last}/{len(content)}", "Content-Type": media_type}
            self._answer(HTTPStatus.PARTIAL_CONTENT, content[first : last + 1], told)

        def _answer(self, status: HTTPStatus, content: bytes, headers: dict[str, str] | None = None) -> None:
            shop.asked.append((self.path, status.value))
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # it was not wanted any more
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Transfers that the page ended."""

    return Quiet(("127.0.0.1", 0), Counter)
