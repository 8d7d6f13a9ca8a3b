"""A webhook and a channel in the settings: added, tested, mended, and sent again what had failed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from remixhub.config import Settings
from tests.browser.test_publish_in_browser import sign_up, watch
from tests.discord_server import ADDRESS, TOKEN
from tests.web_servers import Reply, WebServer, web_server


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """This machine stands for the internet."""
    return dataclasses.replace(settings, hook_networks="127.0.0.0/8")


@pytest.fixture
def receiver() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def until_the_log_says(page: Page, words: str) -> None:
    found = page.locator("#log li").first.get_by_text(words, exact=True)
    for _ in range(100):
        if found.count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(found).to_be_visible()


def test_from_adding_a_webhook_to_what_failed_and_arrives_after_all(page: Page, receiver: WebServer) -> None:
    said = watch(page)
    sign_up(page, "artist")
    page.goto("/settings/profile")
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Address").fill("https://10.0.0.1/hook")
    page.get_by_label("Name").fill("Zine bot")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#address-fault")).to_contain_text("private or reserved network")
    page.get_by_label("Address").fill(f"http://127.0.0.1:{receiver.port}/hook")
    page.get_by_role("button", name="Add").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("link", name="Go on: send a test").click()

    page.get_by_role("button", name="Send a test").click()
    until_the_log_says(page, "Arrived")
    (request,) = receiver.requests
    told = Webhook(secret).verify(request.body, dict(request.headers))
    assert told["type"] == "hook.test"
    assert "Zine bot" in json.dumps(told)
    expect(page.get_by_text("thanks")).to_be_visible()

    receiver.answer = lambda _request: Reply(410, {}, b"moved away")
    page.get_by_role("button", name="Send a test").click()
    until_the_log_says(page, "Failed")
    expect(page.get_by_text("It is turned off.")).to_be_visible()
    page.goto("/notices")
    page.get_by_role("link", name="Look at the webhook").click()
    receiver.answer = lambda _request: Reply()
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("It is on.")).to_be_visible()
    page.locator("#log").get_by_role("button", name="a day").click()
    expect(page.get_by_text("One is on its way again.")).to_be_visible()
    until_the_log_says(page, "Arrived")
    ids = [one.headers["webhook-id"] for one in receiver.requests]
    assert ids[1] == ids[2] != ids[0]
    page.locator("#log").get_by_role("button", name="Send again: hook.test").last.click()
    until_the_log_says(page, "Arrived")

    page.get_by_label("Name").fill("Zine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("Add the first")).to_be_visible()
    assert [one for one in said if "422" not in one] == [], "but for the address that was refused"


def test_a_channel_is_added_without_script_and_its_address_not_shown(scriptless_page: Page) -> None:
    page = scriptless_page
    sign_up(page, "artist")
    page.goto("/settings/hooks")
    page.get_by_label("A Discord channel").check()
    page.get_by_label("Address").fill(ADDRESS)
    page.get_by_label("Name").fill("Our channel")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("“Our channel” is added.")).to_be_visible()
    expect(page.get_by_text("https://discord.com/api/webhooks/123456789012345678/…")).to_be_visible()
    assert TOKEN not in page.content()
