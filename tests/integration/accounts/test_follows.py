"""Following artists, labels, works and tags, and what it puts on the start page."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from remixhub.domain.states import WorkState
from remixhub.models import TagFollow, WorkFollow
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.browser("fan")


def followed(fan: Client) -> list[tuple[str | None, str | None]]:
    return [(one["artist"], one["label"]) for one in fan.get("/account/follows").get_json()["follows"]]


def named(fan: Client) -> list[tuple[str, str]]:
    return [(one["kind"], one["name"]) for one in fan.get("/account/follows").get_json()["follows"]]


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
    assert "New from what you follow" not in fan.http.get("/").text
    assert fan.http.post("/@mara/follow").headers["Location"] == "/@mara"
    page = fan.http.get("/").text
    ours = page[page.index("New from what you follow") : page.index('id="newest"')]
    assert "Of mara" in ours
    assert "Of somebody" not in ours
    assert "Not done" in page
    assert "Not done" not in hub.visitor().http.get("/").text
    assert "Following" in fan.http.get("/@mara").text
    fan.http.post("/@mara/unfollow")
    assert "New from what you follow" not in fan.http.get("/").text


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


def test_works_and_tags_are_followed_and_the_list_takes_each_back(hub: Hub, fan: Client) -> None:
    work = Catalogue(hub.parts).work("Harbour", by="mara")
    for _ in range(2):
        assert fan.post(f"/works/{work}/follow").get_json()["work_id"] == work
        assert fan.post("/account/tag-follows", {"tag": "#Drum/Bass "}).get_json()["tag"] == "drum/bass"
    assert named(fan) == [("tag", "drum/bass"), ("work", "Harbour")]
    assert "Following this tag" in fan.http.get("/?tag=Drum/Bass").text
    assert "You are told of remixes" in fan.http.get(f"/works/{work}").text
    tag = fan.get("/account/follows").get_json()["follows"][0]["id"]
    page = fan.http.post(f"/my/follows/{tag}/end", follow_redirects=True).text
    assert "drum/bass</bdi> no more" in page
    assert named(fan) == [("work", "Harbour")]
    undo = {"tag": "drum/bass", "next": "/my/follows"}
    assert fan.http.post("/tags/follow", data=undo).headers["Location"] == "/my/follows"
    assert len(named(fan)) == 2
    assert fan.delete(f"/account/follows/{tag}").status_code == 404
    assert fan.delete(f"/works/{work}/follow").status_code == 204
    assert named(fan) == [("tag", "drum/bass")]


def test_nobody_follows_their_own_work_nor_a_draft_nor_what_is_no_tag(hub: Hub, fan: Client) -> None:
    catalogue = Catalogue(hub.parts)
    own, draft = catalogue.work("Own", by="fan"), catalogue.draft("Draft", by="fan")
    assert fan.post(f"/works/{own}/follow").get_json()["code"] == "follows_oneself"
    assert fan.post(f"/works/{draft}/follow").get_json()["code"] == "work_not_published"
    assert fan.post("/account/tag-follows", {"tag": "#"}).get_json()["code"] == "tags_invalid"
    assert fan.post("/account/tag-follows", {"tag": "a,b"}).get_json()["code"] == "tags_invalid"


def test_an_account_follows_so_much_and_no_more(hub: Hub, fan: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remixhub.services.accounts.follows.FOLLOWS_LIMIT", 2)
    for tag in ("a", "b"):
        assert fan.post("/account/tag-follows", {"tag": tag}).status_code == 200
    assert fan.post("/account/tag-follows", {"tag": "c"}).get_json()["code"] == "follows_too_many"
    assert fan.post("/account/tag-follows", {"tag": "a"}).status_code == 200
    assert named(fan) == [("tag", "b"), ("tag", "a")]


def test_of_whom_leaves_nothing_is_followed(hub: Hub, fan: Client) -> None:
    work = Catalogue(hub.parts).work("Harbour", by="mara")
    fan.post(f"/works/{work}/follow")
    fan.post("/account/tag-follows", {"tag": "dub"})
    assert fan.delete("/account", {"password": PASSWORD}).status_code == 204
    with hub.parts.database.reading() as session:
        assert session.scalars(sa.select(WorkFollow)).all() == []
        assert session.scalars(sa.select(TagFollow)).all() == []
