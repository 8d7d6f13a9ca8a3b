"""A fan declares a source that is not on this hub, meets a clash, resolves it, publishes, and sees node and credit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.licences.terms import Licence
from tests.browser.test_publish_in_browser import sign_up, tone, watch
from tests.integration.lineage.catalogue import Catalogue

RAIN = "https://freesound.org/people/ines/sounds/1/"


@pytest.fixture
def release(live_hub: str, settings: Settings) -> str:
    del live_hub
    parts = build_parts(settings)
    try:
        return Catalogue(parts).work("Relay Dub", by="bob", licence=Licence.BY)
    finally:
        parts.close()


def test_a_fan_cites_a_sound_from_elsewhere(page: Page, release: str, tmp_path: Path) -> None:
    faults = watch(page)
    sign_up(page, "outsider")
    page.goto(f"/works/{release}")
    page.get_by_role("button", name="Upload a remix").click()

    page.locator("#elsewhere-new > summary").click()
    new = page.locator("#elsewhere-new")
    new.get_by_label("Address").fill("http://www.freesound.org/people/ines/sounds/1/#comments")
    expect(new.get_by_role("status")).to_have_text("Freesound")
    new.get_by_label("Title").fill("Rain")
    new.get_by_label("Artist", exact=True).fill("Ines")
    new.get_by_role("button", name="Add source").click()
    expect(new.get_by_text("Write its name or address")).to_be_visible()
    expect(new.get_by_label("Title")).to_have_value("Rain")
    new.get_by_label("Licence stated there").fill("https://creativecommons.org/licenses/by-nc/4.0/")
    new.get_by_label("Seen on").fill("2024-03-01")
    new.get_by_role("button", name="Add source").click()

    row = page.locator("li[id^=elsewhere-]")
    expect(row.locator(".word")).to_have_text("No")
    expect(row).to_contain_text("under CC BY-NC 4.0 as you saw it on 1 March 2024")
    expect(page.locator(".checks li:not(.done)", has_text="Rain")).to_be_visible()
    row.get_by_role("button", name="Publish under CC BY-NC 4.0").click()
    expect(page.get_by_text("Source added.")).to_be_visible()
    expect(row.locator(".word")).to_have_count(0)
    expect(page.locator("#verdict")).to_contain_text("CC BY-NC 4.0")

    page.get_by_label("Audio file of the audio").set_input_files(tone(tmp_path / "Wet.wav", 220.0, 3.0))
    expect(page.locator(".checks li.done", has_text="Audio that is ready to play")).to_be_visible()
    page.locator("summary", has_text="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Everybody can hear and remix it now")).to_be_visible()

    made_from = page.get_by_role("region", name="Made from")
    outward = made_from.get_by_role("link", name="Freesound ↗")
    expect(outward).to_have_attribute("href", RAIN)
    expect(outward).to_have_attribute("rel", "nofollow noopener noreferrer ugc")
    expect(page.locator(".credited", has_text="at Freesound")).to_contain_text("as seen on 1 March 2024")
    expect(page.locator(".lineage-small .lineage-box.outside")).to_have_count(1)

    page.get_by_role("link", name="See the whole lineage").click()
    node = page.locator("lineage-map a", has=page.locator(".lineage-box.outside"))
    expect(node).to_have_attribute("aria-label", re.compile("Rain Freesound"))
    node.click()
    expect(page.locator("[data-card]")).to_contain_text("From elsewhere · Freesound")
    node.click()
    expect(page.get_by_role("heading", name="Rain")).to_be_visible()
    expect(page.get_by_role("region", name="Made from it here")).to_contain_text("Relay Dub (outsider remix)")
    expect(page.get_by_role("link", name=RAIN)).to_have_attribute("rel", "nofollow noopener noreferrer ugc")
    assert [one for one in faults if "422" not in one] == [], "but for the licence that was left out at first"
