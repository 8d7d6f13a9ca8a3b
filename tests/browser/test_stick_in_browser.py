"""Bundles opened from `file://` in Chromium, offline: pages read and play, and their stems are mixed in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import sticks
from tests.browser.test_every_page import AXE

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
CLOSE_MS = 5.0
"""Two sounds so near to each other are heard as one."""


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contest, a label, a pack, names without an end, each in a folder below one whose name has to be encoded."""
    folder = tmp_path_factory.mktemp("stick") / "棒 #1 50%20?"
    sticks.lay_down(folder / "contest", sticks.contest_with_6())
    sticks.lay_down(folder / "label", sticks.label_with(30))
    sticks.lay_down(folder / "pack", sticks.pack_of_40())
    sticks.lay_down(folder / "long", sticks.too_long())
    return folder


@pytest.fixture
def asked() -> list[str]:
    """All that the pages asked for, which did not lie on the stick, or was not there, or the console complained of."""
    return []


def opened(browser: Browser, asked: list[str], **options: Any) -> BrowserContext:
    context = browser.new_context(offline=True, **options)
    context.on("request", lambda one: None if one.url.startswith("file:") else asked.append(one.url))
    context.on("requestfailed", lambda one: asked.append(f"{one.url} {one.failure}"))
    context.on("console", lambda one: asked.append(one.text))
    context.on("weberror", lambda one: asked.append(str(one.error)))
    return context


@pytest.fixture
def page(browser: Browser, asked: list[str]) -> Iterator[Page]:
    context = opened(browser, asked, viewport=DESKTOP)
    yield context.new_page()
    context.close()
    assert asked == []


def violations(page: Page) -> list[str]:
    """By axe, which may load nothing either."""
    found: list[str] = page.evaluate(
        "axe.run(document, { resultTypes: ['violations'], preload: false })"
        ".then(({ violations }) =>"
        " violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`)))"
    )
    return found


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "390"])
def test_pages_have_no_violation_and_lose_nothing_at_either_width(
    browser: Browser, stick: Path, asked: list[str], viewport: dict[str, int]
) -> None:
    pages = [stick / "label/index.html", stick / "pack/index.html"]
    pages += [stick / "long/index.html", *sorted((stick / "long/pages").glob("*.html"))]
    pages += [stick / "contest/index.html", *sorted((stick / "contest/pages").glob("*.html"))]
    found = []
    context = opened(browser, asked, viewport=viewport)
    page = context.new_page()
    for path in pages:
        page.goto(path.as_uri())
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{path.name} {scheme}: {one}" for one in violations(page)]
        if "pack" in path.parts or ("contest" in path.parts and path.name == "work-002.html"):
            page.get_by_role("button", name="Mix these stems").click()
            found += [f"{path.name}, mixing: {one}" for one in violations(page)]
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert excess <= 0, path.name
        assert page.evaluate("document.fonts.check('900 20px Archivo')")
    context.close()
    assert found == []
    assert asked == []


def test_without_script_and_network_pages_lead_to_sound(browser: Browser, stick: Path, asked: list[str]) -> None:
    context = opened(browser, asked, java_script_enabled=False)
    page = context.new_page()
    page.goto((stick / "contest/index.html").as_uri())
    page.get_by_role("link", name="Slow Train to Osaka", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Slow Train to Osaka")
    expect(page.get_by_role("button", name="Mix these stems")).to_have_count(0)
    expect(page.locator("audio")).to_have_count(9)
    stem = page.locator(".lane audio").nth(2)
    stem.focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(600)
    at, decoded = stem.evaluate("one => [one.currentTime, one.webkitAudioDecodedByteCount]")
    assert at > 0.1
    assert decoded > 1000
    page.get_by_role("link", name="Lineage", exact=True).click()
    page.get_by_role("link", name="Concrete Garden Mira Okafor · BY").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Concrete Garden")
    context.close()
    assert asked == []


def until(page: Page, condition: str) -> None:
    """Playwright's own way evaluates text within the page, which its policy forbids."""
    ends = time.monotonic() + 60
    while not page.evaluate(condition):
        assert time.monotonic() < ends, condition
        page.wait_for_timeout(50)


def apart_ms(page: Page) -> float:
    """By how much the players are off each other, most of the time: a machine that does much else makes some wait."""
    looks = []
    for _ in range(11):
        looks.append(
            page.evaluate(
                "(([...all]) => (Math.max(...all) - Math.min(...all)) * 1000)"
                "([...document.querySelectorAll('[data-mixing] .lane audio')].map(one => one.currentTime))"
            )
        )
        page.wait_for_timeout(100)
    return float(sorted(looks)[5])


def assert_together(page: Page) -> None:
    """At once on a machine of one's own, soon on a busy one; players that nobody holds do not come together."""
    apart = [apart_ms(page)]
    while apart[-1] >= CLOSE_MS and len(apart) < 5:
        apart.append(apart_ms(page))
    assert apart[-1] < CLOSE_MS, apart


def mixer_of(page: Page, path: Path) -> None:
    page.goto(path.as_uri())
    page.get_by_role("button", name="Mix these stems").press("Enter")
    page.get_by_role("button", name="Play", exact=True).press("Space")


def sounding(page: Page) -> list[str]:
    """The lanes that are heard."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.lane')].filter(one => { const audio = one.querySelector('audio');"
        " return !audio.muted && !audio.paused && audio.volume > 0.01 && audio.webkitAudioDecodedByteCount > 1000 })"
        ".map(one => one.dataset.name)"
    )
    return found


def test_stems_are_mixed_in_time_by_keys_alone(page: Page, stick: Path) -> None:
    mixer_of(page, stick / "contest/pages/work-002.html")
    names = [one.name for one in sticks.work(1, 8).pack.stems]  # type: ignore[union-attr]
    until(page, "document.querySelector('.lane audio').currentTime > 0.5")
    assert sounding(page) == names
    assert_together(page)
    page.get_by_role("button", name=f"Mute {names[0]}").press("Space")
    assert sounding(page) == names[1:]
    page.get_by_role("button", name=f"Solo {names[4]}").press("Space")
    assert sounding(page) == [names[4]]
    page.get_by_role("button", name=f"Solo {names[4]}").press("Space")
    fader = page.get_by_role("slider", name=f"Gain of {names[1]}")
    for _ in range(12):
        fader.press("ArrowLeft")
    expect(fader).to_have_attribute("aria-valuetext", "−6.0 dB")
    volume = page.locator(".lane audio").nth(1).evaluate("one => one.volume")
    assert volume == pytest.approx(10 ** ((-1.5 - 6) / 20), abs=1e-3)
    for _ in range(2):  # at once, the second on its way before the first is there
        page.get_by_role("slider", name="Position in the mix").press("ArrowRight")
    until(page, "document.querySelector('.lane audio').currentTime > 10.2")
    assert_together(page)
    page.get_by_role("button", name="Pause").press("Enter")
    assert sounding(page) == []


def test_40_stems_come_together_and_another_player_stops_them(page: Page, stick: Path) -> None:
    mixer_of(page, stick / "pack/index.html")
    until(page, "document.querySelector('.lane audio').currentTime > 4")
    assert len(sounding(page)) == 40
    assert_together(page)
    page.locator(".grand audio").evaluate("one => one.play()")
    until(page, "[...document.querySelectorAll('.lane audio')].every(one => one.paused)")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_pages_are_printed_on_few_sheets(page: Page, stick: Path) -> None:
    sheets = {}
    for path in ("contest/index.html", "contest/pages/work-002.html", "contest/pages/zine.html", "label/index.html"):
        page.goto((stick / path).as_uri())
        sheets[path] = len(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)))
    assert sheets["contest/pages/work-002.html"] == 1, "a J-card"
    assert sheets["contest/index.html"] <= 2
    assert sheets["contest/pages/zine.html"] <= 2
    assert sheets["label/index.html"] <= 6
