"""Comments in Chromium: at the playhead, answered in place, edited, deleted; the mark that plays from there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from remixhub.config import Settings
from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS
from remixhub.dev.performer import Performer
from remixhub.models import Account, Database, now
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_publish_in_browser import tone, watch

PASSWORD = "a long enough password 1"
SECONDS = 60.0
Enter = Callable[[str], Page]


@pytest.fixture
def work(live_hub: str, settings: Settings, tmp_path: Path) -> str:
    """The address of a minute of music by North Pier; everybody's address is confirmed."""
    client = ApiClient(live_hub)
    client.sign_up("north-pier", PASSWORD, "North Pier")
    for handle in ("oda", "mika"):
        ApiClient(live_hub).sign_up(handle, PASSWORD, handle.title())
    database = Database.connect(settings.database_url)
    with database.writing() as session:
        session.execute(sa.update(Account).values(email_verified_at=now()))
    database.dispose()
    stems = [tone(tmp_path / f"{name}.wav", pitch_hz, SECONDS) for name, pitch_hz in (("Bass", 110.0), ("Pad", 330.0))]
    performer = Performer(client)
    song = dataclasses.replace(SONGS[0], title="Pier Lights")
    made = performer.publish_release(song, *performer.upload_all(stems, stems[1]))
    return f"/works/{made['id']}"


@pytest.fixture
def enter(browser: Browser, live_hub: str) -> Iterator[Enter]:
    """A browser of its own for each."""
    contexts = []

    def sign_in(handle: str) -> Page:
        context = browser.new_context(base_url=live_hub)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        signed_in = context.request.post("/api/v1/sessions", data={"login": handle, "password": PASSWORD})
        assert signed_in.ok, signed_in.text()
        return context.new_page()

    yield sign_in
    for context in contexts:
        context.close()


def test_people_talk_about_a_moment_while_it_plays(enter: Enter, work: str) -> None:
    oda, artist = enter("oda"), enter("north-pier")
    faults = (watch(oda), watch(artist))
    oda.goto(work)
    wave = oda.locator("main").get_by_role("slider", name="Position in Pier Lights")
    wave.focus()
    oda.keyboard.press("Home")
    for _ in range(9):
        oda.keyboard.press("ArrowRight")
    here = oda.get_by_role("button", name="Comment at 0:45")
    expect(here).to_be_visible()
    oda.get_by_role("button", name="Play Pier Lights", exact=True).click()
    oda.wait_for_function("audio => audio.currentTime > 45.2", arg=oda.locator("play-bar audio").element_handle())
    wave.focus()
    oda.keyboard.press("Home")
    for _ in range(8):
        oda.keyboard.press("ArrowRight")
    here = oda.locator("[data-comment-here]")
    here.click()
    text = oda.get_by_label("Your comment")
    expect(text).to_be_focused()
    oda.get_by_label("At (optional)").fill("0:42")
    text.fill("The pad, @mika!\nHere.")
    oda.get_by_role("button", name="Comment", exact=True).click()
    said = oda.locator("#comments .comment").first
    expect(said.locator(".moment")).to_have_text("at 0:42")
    expect(said).to_be_focused()
    assert not oda.locator("play-bar audio").evaluate("audio => audio.paused"), "what plays goes on"

    mark = oda.get_by_role("list", name="Comments at moments").get_by_role("link")
    mark.focus()
    expect(mark.locator(".mark-text")).to_have_text("0:42 @oda: The pad, @mika! Here.")
    oda.keyboard.press("Enter")
    audio = oda.locator("play-bar audio").element_handle()
    oda.wait_for_function("audio => Math.abs(audio.currentTime - 42) < 3", arg=audio)

    artist.goto("/notices")
    expect(artist.get_by_text("@oda comments on “Pier Lights” at 0:42")).to_be_visible()
    artist.get_by_role("link", name="Go to the comment").click()
    artist.get_by_role("link", name="Answer Oda").click()
    answer = artist.get_by_label("Your answer to Oda")
    expect(answer).to_be_focused()
    answer.fill("That is no pad.")
    artist.get_by_role("button", name="Answer", exact=True).click()
    expect(artist.locator(".answers .comment")).to_contain_text("That is no pad.")

    mika = enter("mika")
    mika.goto("/notices")
    expect(mika.get_by_text("@oda mentions you in a comment on “Pier Lights”")).to_be_visible()

    oda.reload()
    said.get_by_role("link", name="Edit").click()
    edit = oda.get_by_label("Your comment, edited")
    edit.fill("The harmonica!")
    oda.get_by_role("button", name="Save comment").click()
    expect(said.locator(".kept-lines")).to_have_text("The harmonica!")
    said.get_by_role("link", name="edited").click()
    expect(oda.get_by_role("heading", name="Before")).to_be_visible()
    expect(oda.get_by_text("The pad, @mika!")).to_be_visible()
    oda.go_back()
    said.locator("summary").click()
    said.get_by_role("button", name="Delete comment").click()
    expect(said).to_have_text("Deleted by who wrote it.")
    expect(oda.locator(".answers .comment")).to_contain_text("That is no pad.")
    expect(oda.get_by_role("list", name="Comments at moments")).to_have_count(0)
    assert faults == ([], [])


def test_an_artist_closes_comments_and_blocks_who_writes_them(enter: Enter, work: str) -> None:
    mika, artist = enter("mika"), enter("north-pier")
    mika.goto(work)
    mika.get_by_label("Your comment").fill("First!")
    mika.get_by_role("button", name="Comment", exact=True).click()
    expect(mika.locator("#comments .comment")).to_contain_text("First!")

    artist.goto(work)
    artist.get_by_role("combobox", name="Comments").select_option("closed")
    artist.get_by_role("button", name="Set", exact=True).click()
    expect(artist.get_by_text("Comments are closed. Those that are there stay.")).to_be_visible()
    mika.get_by_label("Your comment").fill("Second!")
    mika.get_by_role("button", name="Comment", exact=True).click()
    expect(mika.get_by_role("alert")).to_have_text("Its artist has closed the comments on this work.")
    expect(mika.get_by_label("Your comment")).to_have_value("Second!")

    artist.goto("/@mika")
    artist.locator("summary", has_text="Block…").click()
    artist.get_by_role("button", name="Block account").click()
    expect(artist.get_by_text("@mika is blocked, and is not told.")).to_be_visible()
    artist.goto(work)
    artist.get_by_role("combobox", name="Comments").select_option("open")
    artist.get_by_role("button", name="Set", exact=True).click()
    expect(artist.get_by_text("Nobody has said anything yet.")).to_be_visible()
    mika.goto(work)
    expect(mika.get_by_text("This artist does not take your comments.")).to_be_visible()
    expect(mika.locator("#comments .comment")).to_contain_text("First!")


def test_without_a_script_one_comments_at_a_moment_that_is_typed(
    browser: Browser, live_hub: str, enter: Enter, work: str
) -> None:
    cookies = enter("oda").context.cookies()
    context = browser.new_context(base_url=live_hub, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(work)
    page.get_by_label("Your comment").fill("Here.")
    page.get_by_label("At (optional)").fill("0:42")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("[data-linked] .moment")).to_have_text("at 0:42")
    page.get_by_role("link", name="Answer Oda").click()
    page.get_by_label("Your answer to Oda").fill("And there.")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".answers .comment")).to_contain_text("And there.")
    context.close()
