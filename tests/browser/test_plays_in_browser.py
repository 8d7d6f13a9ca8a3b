"""Ten seconds of real sound through the player in Chromium count as a play; less do not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS
from remixhub.dev.performer import Performer
from remixhub.models import beside
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_publish_in_browser import tone, watch

SECONDS = 14.0


@pytest.fixture
def works(live_hub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two addresses, each of a piece that is a little longer than what counts."""
    monkeypatch.setattr(beside, "WRITTEN_EVERY_SECONDS", 0.2)
    client = ApiClient(live_hub)
    client.sign_up("north-pier", "a long enough password 1", "North Pier")
    performer, stem = Performer(client), tone(tmp_path / "Bass.wav", 110.0, SECONDS)
    songs = [dataclasses.replace(SONGS[0], title=title) for title in ("Heard", "Left")]
    made = [performer.publish_release(song, *performer.upload_all([stem], stem)) for song in songs]
    return [f"/works/{work['id']}" for work in made]


def test_ten_seconds_that_sounded_are_a_play(browser: Browser, live_hub: str, works: list[str]) -> None:
    """Chromium without a head says so, and programs count nothing: this one has a name as people's have."""
    context = browser.new_context(
        base_url=live_hub, user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Firefox/125.0"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults = watch(page)
    page.goto(works[1])
    expect(page.get_by_text("0 plays")).to_have_count(0)
    page.get_by_role("button", name="Play Left", exact=True).click()
    audio = page.locator("play-bar audio").element_handle()
    page.wait_for_function("audio => audio.currentTime > 1", arg=audio)
    page.goto(works[0])
    with page.expect_response("**/api/v1/plays") as told:
        page.get_by_role("button", name="Play Heard", exact=True).click()
    assert told.value.status == 204
    for _ in range(60):
        page.wait_for_timeout(500)  # it is written beside
        if page.request.get(f"/api/v1{works[0]}").json()["play_count"]:
            break
    assert [page.request.get(f"/api/v1{one}").json()["play_count"] for one in works] == [1, 0]
    page.reload()
    expect(page.get_by_text("1 play", exact=True)).to_be_visible()
    assert faults == []
    context.close()
