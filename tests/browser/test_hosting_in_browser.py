"""A label runs a contest from the form's preset to the result, and an operator takes a work down, in Chromium."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.services.accounts.accounts import make_operator
from tests.browser.conftest import PATIENCE_MS, Served
from tests.browser.test_publish_in_browser import watch
from tests.integration.conftest import PASSWORD, Hub
from tests.integration.contests.conftest import ContestStage


@pytest.fixture
def stage(served: Served, settings: Settings) -> Iterator[ContestStage]:
    """A hub behind a real port without workers: what is heard here was put there by the test."""
    settings = dataclasses.replace(settings, public_url=served.url)
    parts = build_parts(settings)
    yield ContestStage(Hub(served.show(settings, parts), parts))
    parts.close()


@pytest.fixture
def page(browser: Browser, stage: ContestStage) -> Iterator[Page]:
    context = browser.new_context(base_url=stage.hub.parts.settings.public_url)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_a_label_runs_a_contest_from_the_preset_to_the_result(page: Page, stage: ContestStage) -> None:
    faults = watch(page)
    for handle in ("host", "ada"):
        stage.hub.browser(handle)
        stage.person(handle)
    stage.label()
    stage.judge("ada")
    release = stage.catalogue.work("Harbour", by="host")
    sign_in(page, "host")
    page.locator(".menu summary").last.click()
    page.get_by_role("link", name="My labels").click()
    page.get_by_role("link", name="New contest").click()

    page.get_by_label("Title").fill("Rebuild the pier")
    page.get_by_role("button", name="Jury and community").click()
    expect(page.get_by_text("Judges decide 50 % of the result")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Rebuild the pier")
    page.get_by_role("button", name="Quick").click()
    expect(page.get_by_text("Judges decide.", exact=True)).to_be_visible()
    page.get_by_label("The brief").fill("Leave the **bridge** in.")
    page.get_by_label("Prizes").fill("Side B of the cassette")
    expect(page.get_by_label("Entries for each account")).to_be_hidden()
    page.get_by_role("link", name="The terms").click()
    page.get_by_label("Entries for each account").fill("2")
    page.get_by_label("Until all ballots are in").select_option("public")
    expect(page.get_by_text("You may enter up to 2 times.")).to_be_visible()
    page.get_by_role("button", name="Make the draft").click()

    page.get_by_role("link", name="Look through and announce").click()
    expect(page.get_by_text("Judges decide the result, and there is none")).to_be_visible()
    expect(page.get_by_role("button", name="Announce it")).to_have_count(0)
    page.get_by_role("link", name="Name a judge").click()
    page.get_by_label("Add a member of the label").select_option("ada")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#judges").get_by_text("@ada")).to_be_visible()
    page.get_by_role("link", name="Look through and announce").click()
    expect(page.get_by_text("One judge decides alone")).to_be_visible()
    page.get_by_role("button", name="Announce it as it is").click()
    expect(page.get_by_text("It is announced. Everybody sees it now.")).to_be_visible()

    contest = {"id": re.findall(r"/contests/(\w+)/host", page.url)[0], "release_id": release}
    stage.pass_hours(contest, 48)
    assert stage.enter("fan", contest).status_code == 201
    stage.pass_hours(contest, 24 * 14)
    judge = stage.person("ada")
    page.reload()
    expect(page.get_by_text("@ada still has entries to score.")).to_be_visible()
    for entry in judge.get(f"/contests/{contest['id']}/desk").get_json()["entries"]:
        scored = judge.put(f"/contests/{contest['id']}/scores/{entry['id']}", {"scores": {"c1": 8, "c2": 6.5}})
        assert scored.status_code == 200, scored.text
    stage.pass_hours(contest, 24 * 7)
    page.reload()
    page.get_by_text("Decide…").click()
    page.get_by_role("button", name="Decide and publish the result").click()
    expect(page.get_by_role("heading", name="Winners")).to_be_visible()
    page.get_by_role("link", name="The whole result").click()
    expect(page.get_by_text("Remix by fan").first).to_be_visible()
    assert [fault for fault in faults if "/media/entries/" not in fault and "404" not in fault] == []


def test_an_operator_takes_a_work_down(page: Page, stage: ContestStage) -> None:
    faults = watch(page)
    for handle in ("artist", "fan", "moderator"):
        stage.hub.browser(handle)
    make_operator(stage.hub.parts, "moderator")
    release = stage.catalogue.work("Harbour Lights", by="artist")
    stage.catalogue.work("Harbour Nights", [release], by="fan")
    sign_in(page, "fan")
    page.goto(f"/works/{release}")
    page.get_by_role("link", name="Report this work").click()
    page.get_by_label("It uses something without permission").check()
    page.get_by_label("What should a moderator know?").fill("The bass is mine.")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("A moderator will look at it")).to_be_visible()

    sign_in(page, "moderator")
    page.locator(".menu summary").last.click()
    page.get_by_role("link", name="Moderation").click()
    page.get_by_role("link", name="Take down").click()
    expect(page.get_by_text("Harbour Lights → Harbour Nights")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("infringement")
    page.get_by_label("What the artists should know").fill("Not cleared.")
    page.get_by_role("button", name="Take down what is ticked").click()
    expect(page.get_by_text("These works are down.")).to_be_visible()
    page.get_by_role("link", name="Harbour Lights").click()
    expect(page.get_by_text("took this work down")).to_be_visible()

    sign_in(page, "artist")
    page.goto("/notices")
    expect(page.get_by_text("Not cleared.")).to_be_visible()
    page.get_by_role("link", name="Read why, or appeal").click()
    expect(page.get_by_role("button", name="Send appeal")).to_be_visible()
    assert faults == []


def sign_in(page: Page, handle: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Handle or e-mail").fill(handle)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text(f"@{handle}").first).to_be_visible()
