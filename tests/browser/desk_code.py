"""The desk's own TypeScript in a page of Chromium: bundled as the build does it, called from Python."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

FRONT = Path(__file__).parents[2] / "remixhub/web/frontend"

Call = Callable[..., Any]
"""Evaluates JavaScript that knows the bundle's exports as `code`, with one argument."""


def opened(browser: Browser, source: str) -> tuple[Call, Callable[[], None]]:
    """`source` imports from "./mixing/…" and exports; answers how to call it and how to close its page."""
    bundled = subprocess.run(
        [FRONT / "node_modules/esbuild/bin/esbuild", "--bundle", "--format=iife", "--global-name=code", "--loader=ts"],
        input=source, cwd=FRONT / "src", capture_output=True, text=True, check=True,
    )  # fmt: skip
    page = browser.new_page()
    page.add_script_tag(content=bundled.stdout)

    def call(script: str, given: object = None) -> Any:
        return page.evaluate(script, given)

    return call, page.close
