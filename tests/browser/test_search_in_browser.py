"""A fan finds what mixes with their key and may be sold, keeps the search, and is told of what comes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.licences.terms import Licence
from tests.browser.test_publish_in_browser import watch
from tests.unit.rows import Rows

SIGNED_UP = {"Handle": "mara-velt", "E-mail": "mara-velt@example.org", "Password": "a long and quiet sentence"}


@pytest.fixture
def rows(live_hub: str, settings: Settings) -> Rows:
    database = build_parts(settings).database
    rows = Rows(database)
    artist = rows.account("north-pier")
    rows.work(artist, "Pier Lights", tempo_bpm=124, key="A minor")
    rows.work(artist, "Pier Nights", tempo_bpm=124, key="A minor", licence=Licence.BY_NC)
    rows.work(artist, "Harbour", tempo_bpm=62, key="E minor")
    rows.work(artist, "Far Pier", tempo_bpm=90, key="Eb major")
    return rows


def wait_until_found(page: Page, text: str, count: int) -> None:
    """The index is a job's."""
    for _ in range(60):
        page.goto(f"/search/works?q={text}")
        if page.locator(".work-card").count() == count:
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{text} is not found.")


def titles(page: Page) -> list[str]:
    return page.locator(".work-card h3").all_inner_texts()


def test_a_fan_finds_narrows_keeps_and_is_told(page: Page, rows: Rows) -> None:
    faults = watch(page)
    page.goto("/sign-up")
    for label, text in SIGNED_UP.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator(".menu").first).to_contain_text("mara-velt")
    wait_until_found(page, "pier", 4)

    page.goto("/")
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("pier li")
    expect(page.get_by_role("option", name="Pier Lights work")).to_be_visible()
    field.press("ArrowDown")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.press("Enter")
    expect(page.get_by_role("heading", name="Works")).to_be_visible()
    page.get_by_role("link", name="Works", exact=True).click()

    text = page.get_by_label("Search works")
    text.fill("")
    page.get_by_text("Narrow down").click()
    page.get_by_label("Tempo, from").fill("120")
    page.get_by_label("Tempo, to").fill("126")
    expect(page.locator(".work-card")).to_have_count(2)
    page.get_by_label("Half and double too").check()
    expect(page.locator(".work-card")).to_have_count(3)
    page.get_by_label("Key", exact=True).fill("8A")
    page.get_by_label("Keys that mix with it too").check()
    expect(page.locator(".chip.on", has_text="mixes with A minor · 8A")).to_be_visible()
    expect(page.locator(".work-card")).to_have_count(3)
    page.get_by_label("May I …").select_option("sell")
    expect(page.locator(".work-card")).to_have_count(2)
    assert sorted(titles(page)) == ["Harbour", "Pier Lights"]

    address = page.url
    assert "may=sell" in address
    assert not re.search(r"=(&|$)", address), "what is empty is left out"
    page.goto(address)
    assert sorted(titles(page)) == ["Harbour", "Pier Lights"]
    page.get_by_text("Keep this search").click()
    page.get_by_label("Call it").fill("For my set")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Kept as “For my set”")).to_be_visible()

    rows.work(rows.account("velvet-relay"), "New Relay", tempo_bpm=125, key="D minor", licence=Licence.BY)
    for _ in range(120):
        page.goto("/notices")
        if page.get_by_text("New Relay").count():
            break
        page.wait_for_timeout(1000)
    page.get_by_role("link", name="See what it finds").click()
    expect(page.locator(".work-card")).to_have_count(3)
    page.goto("/my/searches")
    page.get_by_role("button", name="Tell me no more of For my set").click()
    expect(page.get_by_role("button", name="Tell me of For my set")).to_be_visible()
    assert faults == []


def test_without_script_the_same_forms_search(scriptless_page: Page, rows: Rows) -> None:
    page = scriptless_page
    wait_until_found(page, "pier", 4)
    page.goto("/search/works")
    page.get_by_text("Narrow down").click()
    page.get_by_label("Tempo, from").fill("fast")
    page.get_by_role("button", name="Search").last.click()
    expect(page.get_by_text("Write a number from 20 to 400.").first).to_be_visible()
    page.get_by_label("Tempo, from").fill("80")
    page.get_by_label("Tempo, to").fill("100")
    page.get_by_role("button", name="Search").last.click()
    assert titles(page) == ["Far Pier"]
    assert page.url.endswith("/search/works?min_tempo_bpm=80&max_tempo_bpm=100")
    page.locator(".chip.on", has_text="80 to 100 BPM").click()
    assert len(titles(page)) == 4
