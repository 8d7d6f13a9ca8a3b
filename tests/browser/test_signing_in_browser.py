"""Signing in by more than a password: a passkey of Chromium's virtual authenticator, and without any script a code and
a recovery code."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from remixhub.dev.ports import LOOPBACK
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_publish_in_browser import watch

PASSWORD = "a sentence nobody guesses"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def named(live_hub: str) -> str:
    """Browsers make no passkeys for bare addresses."""
    return live_hub.replace(LOOPBACK, "localhost")


@pytest.fixture
def page(browser: Browser, live_hub: str) -> Iterator[Page]:
    context = browser.new_context(base_url=named(live_hub))
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def scriptless_page(browser: Browser, live_hub: str) -> Iterator[Page]:
    context = browser.new_context(base_url=named(live_hub), java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def sign_up(page: Page, handle: str) -> None:
    page.goto("/sign-up")
    page.get_by_label("Handle").fill(handle)
    page.get_by_label("E-mail").fill(f"{handle}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url("/")


def test_a_passkey_signs_in_alone_and_an_app_and_recovery_codes_without_script(
    page: Page, scriptless_page: Page
) -> None:
    said = watch(page)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_up(page, "ada")
    page.goto("/settings/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Lap\u202etop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("passkey-key output")).to_contain_text("U+202E")
    said.clear()  # the refusal itself
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Laptop", exact=True)).to_be_visible()
    page.context.clear_cookies()
    page.goto("/sign-in?next=/my/works")  # the field offers it, and this authenticator takes each offer
    expect(page).to_have_url("/my/works")
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    page.context.clear_cookies()
    page.goto("/sign-in?next=/my/uploads")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url("/my/uploads")
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Handle or e-mail").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url("/")
    expect(page.get_by_text("@ada").first).to_be_visible()
    assert said == []
    without_script(scriptless_page)


def without_script(page: Page) -> None:
    sign_up(page, "ben")
    page.goto("/settings/security")
    page.get_by_role("button", name="Set up an app").click()
    shown = page.locator("code").inner_text()
    app = pyotp.TOTP(shown.replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(app.now())
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Make ten codes").click()
    codes = re.findall(r"\w{4}-\w{4}-\w{4}", page.locator("pre").inner_text())
    assert len(codes) == 10
    for taken in (True, False):
        page.context.clear_cookies()
        page.goto("/sign-in?next=/my/works")
        page.get_by_label("Handle or e-mail").fill("ben")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_text("Use a recovery code").click()
        page.get_by_label("Recovery code").fill(codes[0])
        page.get_by_role("button", name="Sign in", exact=True).last.click()
        if taken:
            expect(page).to_have_url("/my/works")
        else:
            expect(page.get_by_role("alert")).to_contain_text("not used before")
    page.get_by_label("Code of your app").fill(app.at(0, counter_offset=app.timecode(time.time()) + 1))
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    expect(page).to_have_url("/my/works")
