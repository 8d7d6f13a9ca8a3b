"""A fan sends a remix from a DAW with two sources, meets a licence clash, sees the path, resolves it and publishes."""

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


@pytest.fixture
def works(live_hub: str, settings: Settings) -> dict[str, str]:
    """Three that are published, by title."""
    del live_hub
    parts = build_parts(settings)
    try:
        catalogue = Catalogue(parts)
        return {
            "Relay Dub": catalogue.work("Relay Dub", by="bob", licence=Licence.BY_SA),
            "Rain Loop": catalogue.work("Rain Loop", by="ada", licence=Licence.BY),
            "Paper Pier": catalogue.work("Paper Pier", by="olga", licence=Licence.BY_NC),
        }
    finally:
        parts.close()


def test_a_fan_meets_a_clash_sees_the_path_resolves_it_and_publishes(
    page: Page, works: dict[str, str], tmp_path: Path
) -> None:
    faults = watch(page)
    sign_up(page, "fan")
    page.goto(f"/works/{works['Relay Dub']}")
    page.get_by_role("button", name="Upload a remix").click()
    find, shelf = page.get_by_label("Add a source"), page.locator("#shelf")
    shelf.scroll_into_view_if_needed()
    expect(shelf).to_contain_text("no downloads or mixes yet")

    find.fill("rain")
    page.get_by_role("button", name="Add Rain Loop").click()
    row = page.locator(f"#source-{works['Rain Loop']}")
    expect(row).to_be_visible()
    row.locator("summary").press("Enter")
    row.get_by_label("Used as").select_option("sample")
    row.get_by_label("From").fill("0:04")
    row.get_by_label("To").fill("0:08.5")
    row.get_by_role("button", name="Keep").press("Enter")
    expect(row).to_contain_text("Sample, 0:04–0:08")

    shelf.scroll_into_view_if_needed()
    expect(shelf).to_contain_text("no downloads or mixes yet")
    find.fill("paper")
    expect(shelf).to_contain_text("clashes")
    page.get_by_role("button", name="Add Paper Pier").click()
    refused = page.locator(f"#source-{works['Paper Pier']}")
    expect(refused.locator(".word")).to_have_text("No")
    expect(refused).to_contain_text("“Relay Dub” and “Paper Pier” cannot meet in one remix.")
    expect(refused.locator(".lineage-path")).to_have_count(2)
    expect(page.locator(".checks li:not(.done)", has_text="Paper Pier")).to_be_visible()

    refused.get_by_role("button", name="Leave out “Relay Dub” instead, under CC BY-NC 4.0").click()
    expect(page.locator("#left-out")).to_contain_text("Relay Dub")
    expect(page.locator("#verdict")).to_contain_text("Your remix may stand under CC BY-NC 4.0.")
    page.get_by_role("link", name=re.compile("whose leave would it need")).first.click()
    expect(page.locator("#verdict .word")).to_have_text("No")
    assert "/edit" in page.url, "it is said in place"

    page.get_by_label("Audio file of the audio").set_input_files(tone(tmp_path / "Tide.wav", 220.0, 3.0))
    expect(page.locator(".checks li.done", has_text="Audio that is ready to play")).to_be_visible()
    page.locator("summary", has_text="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Everybody can hear and remix it now")).to_be_visible()
    made_from = page.get_by_role("region", name="Made from")
    for title in ("Rain Loop", "Paper Pier"):
        expect(made_from.get_by_role("link", name=title)).to_be_visible()
    expect(made_from.get_by_role("link", name="Relay Dub")).to_have_count(0)
    assert faults == []
