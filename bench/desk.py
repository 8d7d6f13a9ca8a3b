"""Frames that are dropped while 24 lanes scroll past at the desk: its built page alone, with no server behind it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

import remixhub
from bench.runs import Figure
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.services import find_chromium

LANES, SECONDS, RATE_HZ, FRAMES_A_COLUMN = 24, 360, 44_100, 256
_STATIC = Path(remixhub.__file__).parent / "web" / "static"
_HUB = "http://desk.bench"
_SCROLL = """(step) => new Promise(done => {
  const roll = document.querySelector(".desk-roll"), moments = [];
  const turn = now => {
    moments.push(now);
    roll.scrollLeft += step;
    if (moments.length < 300) requestAnimationFrame(turn); else done(moments);
  };
  requestAnimationFrame(turn);
})"""
"""Five seconds at 60 frames a second; the moments of the frames in milliseconds."""


def figures() -> Iterator[Figure]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.route("**/*", _answer)
        page.goto(f"{_HUB}/")
        page.wait_for_function("document.querySelectorAll('.desk-tile').length > 20")
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelector('mix-desk').zoom(12, 0)")
        still = _dropped(page, 0)
        moving = _dropped(page, 20)
        chromium.close()
    baseline = f"the same page standing still, which drops {still:.1f} %; 1,200 px a second, all waves drawn on the way"
    yield Figure("mixer_dropped_frames_24", round(moving, 1), "%", baseline)


def _dropped(page: Page, step: int) -> float:
    """Per cent of the frames of a 60 Hz screen."""
    moments = np.array(page.evaluate(_SCROLL, step))
    due = (moments[-1] - moments[0]) * 60 / 1000
    return max(0.0, 100 * (1 - (len(moments) - 1) / float(due)))


def _answer(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        route.fulfill(path=_STATIC / path.removeprefix("/static/"))
    elif path.endswith("/peaks"):
        route.fulfill(body=_peaks(), content_type="application/octet-stream")
    else:
        route.fulfill(body=_page(), content_type="text/html")


def _peaks() -> bytes:
    columns = SECONDS * RATE_HZ // FRAMES_A_COLUMN
    loud = (90 * np.abs(np.sin(np.arange(columns) / 300)) + 20).astype(np.int8)
    header = struct.pack("<iIiiII", 2, 1, RATE_HZ, FRAMES_A_COLUMN, columns, 1)
    return header + np.column_stack((-loud, loud)).astype(np.int8).tobytes()


def _page() -> str:
    names = [f"stem-{at}" for at in range(LANES)]
    families = ("rhythm", "low", "voice", "tone")
    stems = [
        {
            "id": name, "name": name, "role": "other", "family": families[at % 4], "frames": SECONDS * RATE_HZ,
            "channels": 2, "gain_db": 0.0, "peaks": f"/{name}/peaks", "sound": "", "index": "",
        }
        for at, name in enumerate(names)
    ]  # fmt: skip
    spec = {"version": 2, "sample_rate_hz": RATE_HZ, "lanes": [{"stem": name} for name in names]}
    desk = {
        "draft": None, "title": "", "spec": {**spec, "grid": {"bpm": 124.0}}, "reference": None,
        "pack": {
            "id": "pack", "work_id": "work", "title": "Long", "artist": "", "work_url": "/", "rate_hz": RATE_HZ,
            "tempo_bpm": 124.0, "first_beat_seconds": None, "key": None, "stems": stems,
        },
        "may_remix": True, "is_read_only": False, "may_keep": False,
        "urls": {"drafts": "/", "page": None, "copy": None, "sign_in": "/"},
    }  # fmt: skip
    return (
        '<!doctype html><link rel="stylesheet" href="/static/build/app.css">'
        '<script type="module" src="/static/build/app.js"></script><body><div id="page"><main><mix-desk>'
        f'<script type="application/json">{json.dumps(desk)}</script></mix-desk></main></div>'
        "<play-bar hidden></play-bar>"
    )
