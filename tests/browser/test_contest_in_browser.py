"""A voter listens and decides in Chromium: what was heard is told while it plays, and counts only then."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from remixhub.config import Settings
from remixhub.dev.client import ApiClient
from remixhub.dev.performer import Performer
from remixhub.models import Account, Contest, ContestBallot, Database, JudgeScores, StemPack, Work
from tests.browser.test_publish_in_browser import sign_up, tone, watch

PASSWORD = "a long enough password 1"
RUBRIC = [
    {"key": "idea", "title": "Idea", "weight": 2, "max_score": 10},
    {"key": "craft", "title": "Craft", "weight": 1, "max_score": 10},
]
DECK = """({sides: ((deck) => [...deck.querySelectorAll("audio")].map((audio, n) => (
    {seconds: audio.currentTime, level: deck.levels[n]})))(document.querySelector("entry-deck"))})"""
"""Where both sides of a duel are, and how loud."""
SHOTS = os.environ.get("REMIXHUB_TEST_SCREENSHOTS")
"""A folder for pictures of the pages, for whoever wants to look at them."""


def test_a_voter_hears_both_and_decides(page: Page, live_hub: str, settings: Settings, tmp_path: Path) -> None:
    faults = watch(page)
    database = Database.connect(settings.database_url)
    contest = staged(live_hub, database, tmp_path)
    path = f"/contests/{contest['id']}"
    sign_up(page, "voter")
    with database.writing() as session:
        session.execute(sa.update(Account).values(email_verified_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))
    page.goto(path)
    expect(page.locator("count-down")).to_have_text(re.compile(r"\d\d days\s+\d\d hours\s+\d\d min"))
    shoot(page, "brief")
    page.get_by_role("link", name="Listen and vote").first.click()
    hears_both_at_the_same_place(page)
    page.keyboard.press("b")
    expect(page.get_by_text("B is the better one?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have heard everything that there is for you.")).to_be_visible()
    with database.reading() as session:
        assert len(session.scalars(sa.select(ContestBallot)).all()) == 1
    sign_in(page, "judge")
    page.goto(f"{path}/desk")
    judges_by_keyboard(page)
    with database.reading() as session:
        assert [one.scores for one in session.scalars(sa.select(JudgeScores))] == [{"idea": 7.5, "craft": 8.0}] * 2
    assert faults == []
    sign_in(page, "host")
    for name, address in (
        ("label", "/labels/nightshift"),
        ("new", "/labels/nightshift/contests/new"),
        ("list", "/contests/"),
    ):
        page.goto(address)
        shoot(page, name)
    with database.writing() as session:
        session.execute(
            sa.update(Contest).values(voting_closes_at=Contest.closes_at, judging_closes_at=Contest.closes_at)
        )
    page.goto(f"{path}/host")
    page.get_by_role("button", name="Look now").click()  # else the worker waits for more ballots
    for _ in range(240):
        page.goto(f"{path}/host")
        if page.get_by_text("Decide…").is_visible():
            break
        page.wait_for_timeout(250)
    shoot(page, "host")
    page.get_by_text("Decide…").click()
    page.get_by_role("button", name="Decide and publish the result").click()
    expect(page.get_by_text("It is decided, and everybody concerned is told.")).to_be_visible()
    shoot(page, "decided")
    page.goto(f"{path}/result")
    expect(page.get_by_text("The host alone may release it until")).to_be_visible()
    shoot(page, "result")
    database.dispose()


def hears_both_at_the_same_place(page: Page) -> None:
    """Space plays both, of which one is heard; X gives the other its place."""
    missing = page.locator("[data-deck-left]")
    shoot(page, "vote")
    expect(missing).to_have_text("3 s more of A and 3 s more of B before your choice counts")
    page.keyboard.press("a")
    expect(page.locator(".deck-words")).to_contain_text("3 s more of A")
    expect(page.locator("dialog")).to_be_hidden()
    page.keyboard.press("Space")
    wait_until(page, f"{DECK}.sides.every((one) => one.seconds > 1)")
    wait_until(page, f"Math.abs({DECK}.sides[0].seconds - {DECK}.sides[1].seconds) < 0.05")  # they run together
    a, b = page.evaluate(f"{DECK}.sides")
    assert (a["level"] > 0.1, b["level"] < 0.001) == (True, True)
    expect(missing).to_have_text(re.compile(r"^[123] s more of B before"))
    at = page.evaluate(f"{DECK}.sides[0].seconds")
    page.keyboard.press("x")
    wait_until(page, f"{DECK}.sides[0].level < 0.001 && {DECK}.sides[1].level > 0.1")
    assert page.evaluate(f"{DECK}.sides[1].seconds") >= at - 0.15, "and goes on from there"
    page.keyboard.press("ArrowLeft")
    expect(missing).to_have_text("Heard enough: your choice counts")
    page.keyboard.press("Space")
    wait_until(page, f"{DECK}.sides.every((one) => one.level === 0)")
    shoot(page, "vote-heard")


def wait_until(page: Page, condition: str) -> None:
    """Without `eval`, which the pages' policy forbids."""
    look = f"const look = () => ({condition} ? done() : requestAnimationFrame(look)); look();"
    page.evaluate(f"() => new Promise((done) => {{ {look} }})")


def judges_by_keyboard(page: Page) -> None:
    """One entry a page: scores are kept as they are given, and the keys go from entry to entry."""
    expect(page.get_by_text("0 of 2 scored")).to_be_visible()
    shoot(page, "desk")
    for number in (1, 2):
        expect(page.get_by_role("heading", name=f"Entry {number}")).to_be_visible()
        expect(page.get_by_text("to the scores")).to_be_visible()
        page.keyboard.press("s")
        page.keyboard.type("7.5")
        page.keyboard.press("Tab")
        page.keyboard.type("8")
        page.keyboard.press("Escape")
        expect(page.get_by_text("Kept. You can change it")).to_be_visible()
        if number == 1:
            page.keyboard.press("j")
            expect(page.get_by_role("heading", name="Entry 2")).to_be_visible()
            expect(page.get_by_text("to the scores")).to_be_visible()
            page.keyboard.press("k")
            expect(page.get_by_label("Craft")).to_have_value("8")
            expect(page.get_by_text("to the scores")).to_be_visible()
            page.keyboard.press("j")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("All heard")).to_be_visible()
    shoot(page, "desk-finish")


def sign_in(page: Page, handle: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Handle or e-mail").fill(handle)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text(f"@{handle}").first).to_be_visible()


def shoot(page: Page, name: str) -> None:
    if not SHOTS:
        return
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{SHOTS}/contest-{name}-{width}.png", full_page=True)


def staged(url: str, database: Database, folder: Path) -> Any:
    """A contest with two entries that are ready to be heard, in the phase of votes and judges."""
    clients = {}
    for handle in ("host", "judge", "ann-b", "bob-c"):
        clients[handle] = ApiClient(url)
        clients[handle].sign_up(handle, PASSWORD, handle.title())
    host = clients["host"]
    release = host.post("/releases", {"title": "Harbour", "licence": "cc-by-4.0"})
    with database.writing() as session:  # what publishing stems does is shown elsewhere
        session.execute(sa.delete(StemPack).where(StemPack.work_id == release["id"]))
        session.execute(
            sa.update(Work)
            .where(Work.id == release["id"])
            .values(state="published", seq=1, published_at=Work.created_at)
        )
        session.execute(sa.text("UPDATE counters SET value = 1 WHERE name = 'work_seq'"))
    host.post("/labels", {"handle": "nightshift", "name": "Night Shift", "time_zone": "Europe/Berlin"})
    invitation = host.post("/labels/nightshift/invitations", {"role": "judge"})
    clients["judge"].post(f"/label-invitations/{invitation['token']}/acceptance")
    starts = dt.datetime.now(dt.UTC)
    dates = {
        name: (starts + dt.timedelta(hours=hours)).isoformat()
        for name, hours in (("opens_at", -1), ("closes_at", 1), ("voting_closes_at", 30), ("judging_closes_at", 80))
    }
    terms = {
        "rubric": RUBRIC, "vote": "duels", "vote_share_percent": 40, "sealing": "sealed", "prizes": ["A synth"],
        "exclusivity": "exclusive", "release_by": "2999-01-31",
    }  # fmt: skip
    contest = host.post(
        "/contests",
        {
            "label": "nightshift", "title": "Remix the harbour", "brief": "Make it rain.\nKeep the foghorn.",
            "release_id": release["id"], "terms": terms, **dates,
        },
    )  # fmt: skip
    with database.writing() as session:  # no mail goes out here, and somebody has to be able to vote
        session.execute(sa.update(Account).values(email_verified_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))
    host.post(f"/contests/{contest['id']}/judges", {"handle": "judge"})
    host.post(f"/contests/{contest['id']}/announcement")
    for handle, pitch_hz in (("ann-b", 220.0), ("bob-c", 330.0)):
        client = clients[handle]
        upload = client.upload(tone(folder / f"{handle}.wav", pitch_hz, 6.0), "remix")
        sources = [{"source_id": release["id"]}]
        remix = Performer(client).publish_remix(f"Rain by {handle}", sources, upload_id=upload)
        client.post(f"/contests/{contest['id']}/entries", {"work_id": remix["id"]})
    with database.writing() as session:
        row = session.get_one(Contest, contest["id"])
        row.closes_at = starts - dt.timedelta(minutes=1)
    return contest
