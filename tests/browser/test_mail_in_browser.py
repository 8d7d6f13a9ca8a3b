"""Mail of a hub on one's own machine: from signing up to a verified address, and back in after a forgotten password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

PASSWORD, ANOTHER = "a sentence nobody guesses", "another sentence, as long"


@pytest.fixture
def elsewhere(browser: Browser, live_hub: str) -> Iterator[Page]:
    context = browser.new_context(base_url=live_hub)
    yield context.new_page()
    context.close()


def open_letter(page: Page, subject: str) -> None:
    """The newest of that subject, once the hub has sent it."""
    found = page.locator("main li a", has_text=subject)
    page.goto("/dev/mail")
    for _ in range(150):
        if found.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    found.first.click()
    expect(page.locator("h1", has_text=subject)).to_be_visible()


def sign_in(page: Page, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Handle or e-mail").fill("fan")
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def test_from_signing_up_to_a_verified_address_and_back_after_a_forgotten_password(page: Page, elsewhere: Page) -> None:
    page.goto("/sign-up")
    page.get_by_label("Handle").fill("fan")
    page.get_by_label("E-mail").fill("fan@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Welcome, fan.")).to_be_visible()
    open_letter(page, "Is this address yours?")
    expect(page.get_by_text("It was given for the account @fan").last).to_be_visible()
    page.frame_locator("iframe").get_by_role("link", name="Yes, it is mine").click()
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page.get_by_text("The address of @fan is verified.")).to_be_visible()
    page.goto("/settings/security")
    expect(page.get_by_text("fan@example.org, verified")).to_be_visible()

    sign_in(elsewhere, PASSWORD)
    expect(elsewhere.get_by_text("@fan").first).to_be_attached()
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgotten?").click()
    expect(page.get_by_role("heading", name="Forgotten?")).to_be_visible()
    page.get_by_label("Handle or e-mail").fill("fan@example.org")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    open_letter(page, "Set a new password")
    page.frame_locator("iframe").get_by_role("link", name="Set a new password").click()
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.locator("#new_password-fault")).to_be_visible()
    page.get_by_label("New password").fill(ANOTHER)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your password is a new one")).to_be_visible()
    expect(page.get_by_text("@fan").first).to_be_attached()
    elsewhere.goto("/settings/profile")
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
