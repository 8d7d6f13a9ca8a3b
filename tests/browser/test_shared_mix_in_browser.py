"""A stranger with a link hears whose mix it is, signs in to make it theirs, and finds the copy on their own desk."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from remixhub.dev.client import ApiClient
from tests.browser.desks import desk_address as desk_address  # a fixture
from tests.browser.test_publish_in_browser import watch

PASSWORD = "a long enough password 1"


def test_a_shared_mix_is_made_one_s_own_by_way_of_signing_in(page: Page, live_hub: str, desk_address: str) -> None:
    faults = watch(page)
    maker = ApiClient(live_hub)
    maker.sign_up("mika", PASSWORD, "Mika")
    pack = maker.get(f"/stem-packs/{desk_address.split('/')[2]}")
    lanes = [{"stem": pack["stems"][0]["id"], "gain_db": -7.5}]
    begun = {"stem_pack_id": pack["id"], "spec": {"version": 2, "lanes": lanes}, "title": "Before Dawn"}
    draft = maker.post("/mix-drafts", begun)
    link = maker.post(f"/mix-drafts/{draft['id']}/share", {})["share_url"]
    friend = ApiClient(live_hub)
    friend.sign_up("oda", PASSWORD, "Oda")

    page.goto(link)
    expect(page.get_by_text(re.compile("^a mix by Mika ·"))).to_be_visible()
    expect(page.get_by_role("button", name="Render")).to_have_count(0)
    page.get_by_role("button", name="Sign in to make it mine").click()
    page.get_by_label("Handle or e-mail").fill("oda")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("This is your own copy now")).to_be_visible()
    expect(page).to_have_url(re.compile("/mix-drafts/"))
    expect(page.get_by_role("button", name="Render & publish")).to_be_visible()
    (copy,) = friend.get("/mix-drafts")["mix_drafts"]
    assert copy["id"] != draft["id"]
    assert friend.get(f"/mix-drafts/{copy['id']}")["spec"]["lanes"][0]["gain_db"] == -7.5
    assert faults == []
