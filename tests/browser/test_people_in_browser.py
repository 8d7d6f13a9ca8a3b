"""Following a work, being told of its remix on the hub and by mail, stopping that mail; a collection by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from remixhub.compose import Parts
from remixhub.models import Account, now
from tests.browser.conftest import Served
from tests.integration.conftest import PASSWORD, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.mailbox import Mailbox, link_in, mailbox, with_mail


@dataclass
class Stage:
    hub: Hub
    catalogue: Catalogue
    server: Mailbox
    page: Page


@pytest.fixture
def stage(served: Served, parts: Parts, browser: Browser) -> Iterator[Stage]:
    """A hub that sends mail, and a fan whose address is verified, signed in."""
    with mailbox() as server:
        mailing = with_mail(parts, f"smtp://127.0.0.1:{server.port}", public_url=served.url)
        mailing.settings.work_dir.mkdir(parents=True, exist_ok=True)
        hub = Hub(served.show(mailing.settings, mailing), mailing)
        hub.browser("fan")
        with mailing.database.writing() as session:
            verified = sa.update(Account).where(Account.handle == "fan")
            session.execute(verified.values(email="fan@example.org", email_verified_at=now()))
        context = browser.new_context(base_url=served.url)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("Handle or e-mail").fill("fan")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("@fan").first).to_be_attached()
        yield Stage(hub, Catalogue(mailing), server, page)
        context.close()


def test_who_follows_a_work_is_told_of_its_remix_and_stops_the_mail_by_its_link(stage: Stage) -> None:
    page = stage.page
    source = stage.catalogue.work("Harbour", by="mara")
    page.goto(f"/works/{source}")
    page.get_by_role("button", name="Tell me of remixes").click()
    expect(page.get_by_role("button", name="You are told of remixes")).to_be_visible()
    stage.catalogue.work("Dawn", [source], by="ben")
    stage.hub.drain()
    page.goto("/notices")
    expect(page.get_by_text("“Dawn” by Ben is a remix of “Harbour”")).to_be_visible()
    page.get_by_role("link", name="Hear the remix").click()
    expect(page.get_by_role("heading", name="Dawn")).to_be_visible()
    page.goto("/feed")
    expect(page.get_by_role("heading", name="Dawn")).to_be_visible()
    expect(page.get_by_text("You follow remixes of Harbour")).to_be_visible()
    (letter,) = (one for one in stage.server.letters if "List-Unsubscribe:" in one)
    page.goto(f"/unsubscribe/{link_in(letter, 'unsubscribe')}")
    page.get_by_role("button", name="No more of this by mail").click()
    expect(page.get_by_role("heading", name="No more of this by mail")).to_be_visible()
    page.goto("/settings/mail")
    expect(page.get_by_label("Remixes of your works, and of those you follow")).to_have_value("never")
    told = len(stage.server.letters)
    stage.catalogue.work("Dusk", [source], by="ben")
    stage.hub.drain()
    page.goto("/notices")
    expect(page.get_by_text("“Dusk” by Ben is a remix of “Harbour”")).to_be_visible()
    assert len(stage.server.letters) == told


def test_a_collection_is_begun_at_a_work_and_put_in_order_by_keyboard(stage: Stage) -> None:
    page = stage.page
    works = [stage.catalogue.work(title, by="mara") for title in ("Harbour", "Quay")]
    page.goto(f"/works/{works[0]}")
    page.get_by_role("link", name="Add to a collection").click()
    page.get_by_label("Title of a new one").fill("Night set")
    page.get_by_label("Note").fill("Opens.")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Night set")).to_be_visible()
    page.goto(f"/works/{works[1]}/collect")
    page.get_by_role("button", name="Add it").click()
    titles = page.locator("[data-stem] h2")
    expect(titles).to_have_text(["Harbour", "Quay"])
    grip = page.get_by_role("button", name="Move Quay", exact=True)
    grip.focus()
    with page.expect_response(lambda answer: answer.url.endswith("/order")) as ordered:
        for key in (" ", "ArrowUp", " "):
            page.keyboard.press(key)
    assert ordered.value.status == 204
    page.reload()
    expect(titles).to_have_text(["Quay", "Harbour"])
