"""Following artists and labels, and what it puts on the start page."""

from __future__ import annotations

import pytest

from remixhub.domain.states import WorkState
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.browser("fan")


def followed(fan: Client) -> list[tuple[str | None, str | None]]:
    return [(one["artist"], one["label"]) for one in fan.get("/account/follows").get_json()["follows"]]


def test_artists_and_labels_are_followed_once_and_no_more(hub: Hub, fan: Client) -> None:
    hub.browser("mara")
    hub.browser("host").post("/labels", {"handle": "nightshift", "name": "Nightshift"})
    for _ in range(2):
        assert fan.post("/accounts/mara/follow").get_json()["artist"] == "mara"
        assert fan.post("/labels/nightshift/follow").get_json()["label"] == "nightshift"
    assert sorted(followed(fan), key=str) == [("mara", None), (None, "nightshift")]
    for address in ("/accounts/mara/follow", "/labels/nightshift/follow", "/labels/nightshift/follow"):
        assert fan.delete(address).status_code == 204
    assert followed(fan) == []


def test_nobody_follows_themselves_nor_who_is_gone(hub: Hub, fan: Client) -> None:
    assert fan.post("/accounts/fan/follow").get_json()["code"] == "follows_oneself"
    gone = hub.browser("gone")
    fan.post("/accounts/gone/follow")
    assert gone.delete("/account", {"password": PASSWORD}).status_code == 204
    assert followed(fan) == []
    assert fan.post("/accounts/gone/follow").status_code == 404
    assert fan.post("/labels/nothing/follow").get_json()["code"] == "label_not_found"


def test_the_start_page_shows_what_is_new_of_whom_one_follows_and_the_drafts_that_wait(hub: Hub, fan: Client) -> None:
    catalogue = Catalogue(hub.parts)
    catalogue.work("Of mara", by="mara")
    catalogue.work("Of somebody", by="somebody")
    fan.post("/releases", {"title": "Not done", "licence": "cc-by-4.0"})
    assert "New from whom you follow" not in fan.http.get("/").text
    assert fan.http.post("/@mara/follow").headers["Location"] == "/@mara"
    page = fan.http.get("/").text
    ours = page[page.index("New from whom you follow") : page.index('id="newest"')]
    assert "Of mara" in ours
    assert "Of somebody" not in ours
    assert "Not done" in page
    assert "Not done" not in hub.visitor().http.get("/").text
    assert "Following" in fan.http.get("/@mara").text
    fan.http.post("/@mara/unfollow")
    assert "New from whom you follow" not in fan.http.get("/").text


def test_what_the_house_picked_stands_in_front_until_it_is_withdrawn(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    first, second = catalogue.work("First", by="mara"), catalogue.work("Second", by="mara")
    operator = hub.browser("keeper")
    make_operator(hub.parts, "keeper")
    visitor = hub.visitor()
    assert operator.http.post(f"/works/{first}/pick", data={"note": "A bridge."}).status_code == 303
    assert operator.post(f"/works/{second}/pick", {"note": "A harbour."}).status_code == 200
    front = visitor.http.get("/").text
    assert "A harbour." in front
    assert "A bridge." not in front
    assert [one["work"]["title"] for one in visitor.get("/picks").get_json()["picks"]] == ["Second", "First"]
    assert operator.delete(f"/works/{second}/pick").status_code == 204
    assert "A bridge." in visitor.http.get("/").text
    catalogue.set_state(first, WorkState.WITHDRAWN)
    assert "Pick of the house" not in visitor.http.get("/").text
    assert visitor.get("/picks").get_json()["picks"] == []
    draft = hub.browser("drafter").post("/releases", {"title": "Draft", "licence": "cc-by-4.0"}).get_json()["id"]
    assert operator.post(f"/works/{draft}/pick", {}).status_code == 404
    assert operator.post(f"/works/{first}/pick", {}).get_json()["code"] == "work_not_published"
