"""One player goes on over page changes; cards, pages and the deck are its remotes or stand aside."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS
from remixhub.dev.performer import Performer
from tests.browser.test_publish_in_browser import tone, watch

PASSWORD = "a long enough password 1"
SECONDS = 24.0


@pytest.fixture
def two_releases(live_hub: str, tmp_path: Path) -> list[str]:
    """Titles, newest first."""
    client = ApiClient(live_hub)
    client.sign_up("north-pier", PASSWORD, "North Pier")
    titles = ["Pier Lights", "Wet Concrete"]
    for at, title in enumerate(titles):
        stems = [
            tone(tmp_path / f"{name} {title}.wav", pitch_hz * (at + 1), SECONDS)
            for name, pitch_hz in (("Bass", 110.0), ("Pad", 330.0))
        ]
        performer = Performer(client)
        song = dataclasses.replace(SONGS[0], title=title)
        performer.publish_release(song, *performer.upload_all(stems, stems[1]))
    return titles[::-1]


def test_a_piece_goes_on_while_one_walks_and_the_queue_is_kept(page: Page, two_releases: list[str]) -> None:
    faults = watch(page)
    newer, older = two_releases
    page.goto("/")
    bar = page.get_by_role("region", name="Player")
    expect(page.locator(f'wave-player[label="{older}"] .wave-time')).to_have_text("0:24")
    expect(bar).to_be_hidden()
    page.get_by_role("button", name=f"Play {newer}", exact=True).click()
    page.get_by_role("button", name=f"Add {older} to the queue").click()
    audio = page.locator("play-bar audio")
    page.wait_for_function("audio => audio.currentTime > 0.3", arg=audio.element_handle())
    audio.evaluate("audio => { audio.isTheSame = true; }")

    page.get_by_role("heading", name=newer).get_by_role("link").click()
    expect(page.get_by_role("heading", name=newer, level=1)).to_be_focused()
    before = page.evaluate("document.querySelector('play-bar audio').currentTime")
    page.wait_for_function("t => document.querySelector('play-bar audio').currentTime > t + 0.3", arg=before)
    assert audio.evaluate("audio => audio.isTheSame && !audio.paused")
    expect(page.get_by_role("button", name=f"Pause {newer}", exact=True)).to_be_visible()
    told = page.evaluate("(({title, artist}) => [title, artist])(navigator.mediaSession.metadata)")
    assert told == [newer, "North Pier"]
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"

    page.keyboard.press("Space")
    expect(bar.get_by_role("button", name="Play", exact=True)).to_be_visible()
    slider = bar.get_by_role("slider", name=f"Position in {newer}")
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "10")
    expect(page.locator("main").get_by_role("slider", name=f"Position in {newer}")).to_have_attribute(
        "aria-valuenow", "10"
    )

    page.go_back()
    expect(page.get_by_role("heading", name=newer, level=3)).to_be_visible()
    bar.get_by_role("button", name="Queue 2").click()
    handle = bar.get_by_role("button", name=f"Move {older}: arrow up, arrow down")
    handle.focus()
    page.keyboard.press("ArrowUp")
    names = bar.locator(".queue-name .title")
    expect(names).to_have_text([older, newer])
    expect(handle).to_be_focused()
    page.keyboard.press("Escape")
    expect(bar.get_by_role("button", name="Queue 2")).to_be_focused()

    page.reload()
    expect(bar).to_be_visible()
    expect(bar.get_by_role("slider", name="Position in")).to_have_attribute("aria-valuenow", "10")
    assert page.locator("play-bar audio").evaluate("audio => audio.paused")
    page.locator("h1, h2").first.evaluate("heading => { heading.tabIndex = -1; heading.focus(); }")
    page.keyboard.press("p")  # the piece's beginning
    expect(bar.get_by_role("slider", name="Position in")).to_have_attribute("aria-valuenow", "0")
    page.keyboard.press("p")
    expect(bar.get_by_role("slider", name=f"Position in {older}")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Play all").click()
    expect(page.get_by_role("button", name=f"Pause {newer}", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults == []


def test_an_address_that_ran_out_is_asked_anew_and_a_lost_connection_is_told(
    page: Page, two_releases: list[str]
) -> None:
    newer = two_releases[0]
    asked: list[str] = []

    def send_on(route: Route) -> None:
        """The first time to an address that the storage refuses, as it does when one has run out."""
        asked.append(route.request.url)
        answer = route.fetch(max_redirects=0)
        signed = answer.headers["location"]
        route.fulfill(status=302, headers={"Location": signed + "0" if len(asked) == 1 else signed})

    page.goto("/")
    page.route(re.compile(r"/media/works/\w+/preview"), send_on)
    wave = page.locator("main").get_by_role("slider", name=f"Position in {newer}")
    wave.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    audio = page.locator("play-bar audio").element_handle()
    page.wait_for_function("audio => audio.currentTime > 5.2", arg=audio)
    assert len(asked) >= 2, "the first address was refused"
    page.evaluate("""() => {
        Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
        document.querySelector("play-bar audio").dispatchEvent(new Event("waiting"));
    }""")
    expect(page.get_by_role("alert").filter(has_text="The connection is lost")).to_be_visible()


def test_the_deck_seeks_while_paused_and_space_on_a_lane_is_the_decks(page: Page, two_releases: list[str]) -> None:
    faults = watch(page)
    newer = two_releases[0]
    page.goto("/")
    page.get_by_role("button", name=f"Play {newer}", exact=True).click()
    expect(page.get_by_role("button", name=f"Pause {newer}", exact=True)).to_be_visible()
    page.get_by_role("heading", name=newer).get_by_role("link").click()
    told = page.locator("stem-deck output")
    page.get_by_role("button", name="Play stems together").click()
    expect(told).to_have_text(re.compile(r"0:0[1-9] / 0:24"))
    assert page.locator("play-bar audio").evaluate("audio => audio.paused"), "the player stands aside"

    lane = page.locator("stem-deck").get_by_role("slider", name=re.compile("Bass"))
    lane.focus()
    page.keyboard.press("Space")
    deck = page.locator("[data-deck-play]")
    expect(deck).to_have_attribute("aria-pressed", "false")
    assert page.locator("stem-deck audio").evaluate_all("all => all.every(audio => audio.paused)")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(told).to_have_text("0:05 / 0:24")
    for other in page.locator("stem-deck [data-lane]").get_by_role("slider").all():
        expect(other).to_have_attribute("aria-valuenow", "5")
    page.keyboard.press("Space")
    expect(told).to_have_text(re.compile(r"0:0[6-9] / 0:24"))

    page.get_by_role("button", name=re.compile("^Play Bass")).click()
    expect(deck).to_have_attribute("aria-pressed", "false")
    alone = page.locator("[data-lane] audio").first
    page.wait_for_function("audio => !audio.paused && audio.currentTime > 5.5", arg=alone.element_handle())
    assert faults == []
