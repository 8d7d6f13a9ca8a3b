"""A stranger finds out, by keyboard alone, who is behind the remix they hear."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.licences.terms import Licence
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def remix(live_hub: str, settings: Settings) -> str:
    """The id; its root is two links above, and has a second remix that is not in its lineage."""
    parts = build_parts(settings)
    catalogue = Catalogue(parts)
    root = catalogue.work("Pier Lights", by="north-pier", credits=[{"name": "Ada Miles", "role": "voice"}])
    between = catalogue.work("Before Dawn", [root], by="mika", licence=Licence.BY_SA)
    catalogue.work("Drums Up", [root], by="oda")
    remix = catalogue.work("Both at Once", [between], by="juno-k", licence=Licence.BY_SA)
    parts.close()
    return remix


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.closest(selector) != null", selector):
            return
    pytest.fail(f"Tab does not lead to {selector}.")


def test_a_stranger_walks_from_a_remix_to_its_roots_credits_by_keyboard(page: Page, remix: str) -> None:
    page.goto(f"/works/{remix}")
    tab_to(page, "figcaption a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Both at Once")
    expect(page.get_by_text("3 of 3 works shown")).to_be_visible()

    tab_to(page, ".lineage-stage")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="Before Dawn Mika")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    root = page.get_by_role("link", name="Pier Lights North-Pier")
    expect(root).to_be_focused()
    card = page.locator("[data-card]")
    expect(card).to_contain_text("Ada Miles — voice")

    page.keyboard.press("e")
    expect(page.get_by_role("link", name="Drums Up Oda")).to_be_visible()
    expect(page.get_by_text("3 of 3 works shown, 1 beside").first).to_be_visible()
    page.reload()
    expect(root).to_have_attribute("tabindex", "0")
    expect(card).to_contain_text("Ada Miles — voice")

    tab_to(page, ".lineage-stage")
    page.keyboard.press("t")
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(1)).to_contain_text("Pier Lights")
    page.keyboard.press("t")
    expect(root).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pier Lights")
    expect(page.get_by_role("main")).to_contain_text("Ada Miles")

    page.go_back()
    expect(root).to_have_attribute("tabindex", "0")
    expect(page.get_by_text("3 of 3 works shown, 1 beside").first).to_be_visible()
