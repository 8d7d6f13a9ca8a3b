"""Likes: a bookmark that counts, exactly, and is nobody else's affair."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from remixhub.domain.access import session_actor
from remixhub.domain.states import WorkState
from remixhub.models import Like, Work
from remixhub.services.listening import likes
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.browser("fan")


def count(hub: Hub, work_id: str) -> int:
    return int(hub.visitor().get(f"/works/{work_id}").get_json()["like_count"])


def listed(fan: Client) -> list[str]:
    return [one["title"] for one in fan.get("/account/likes").get_json()["works"]]


def test_a_work_is_liked_once_and_no_more(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    work = catalogue.work("Harbour", by="mara")
    for _ in range(2):
        assert fan.post(f"/works/{work}/like").get_json() == {"like_count": 1}
    assert (count(hub, work), listed(fan)) == (1, ["Harbour"])
    assert "♥ Liked" in fan.http.get(f"/works/{work}").text
    assert "1 like" in hub.visitor().http.get("/").text
    for _ in range(2):
        assert fan.delete(f"/works/{work}/like").status_code == 204
    assert (count(hub, work), listed(fan)) == (0, [])
    assert fan.http.post(f"/works/{work}/like").headers["Location"] == f"/works/{work}"
    back = fan.http.post(f"/works/{work}/unlike", data={"next": "/my/likes"}, follow_redirects=True)
    assert "Nothing yet" in back.text


def test_nobody_likes_their_own_work_a_draft_or_what_is_gone(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    own, gone = catalogue.work("Own", by="fan"), catalogue.work("Gone", by="mara")
    catalogue.set_state(gone, WorkState.WITHDRAWN)
    assert fan.post(f"/works/{own}/like").get_json()["code"] == "likes_own_work"
    assert fan.post(f"/works/{gone}/like").get_json()["code"] == "work_withdrawn"
    assert fan.post("/works/nothing/like").status_code == 404
    assert fan.post(f"/works/{catalogue.draft('Draft', by='mara')}/like").status_code == 404


def test_what_is_withdrawn_leaves_the_list_and_comes_back_with_its_work(
    hub: Hub, catalogue: Catalogue, fan: Client
) -> None:
    work, other = catalogue.work("Harbour", by="mara"), catalogue.work("Quay", by="mara")
    for work_id in (work, other):
        fan.post(f"/works/{work_id}/like")
    catalogue.set_state(work, WorkState.TAKEN_DOWN)
    assert listed(fan) == ["Quay"]
    catalogue.set_state(work, WorkState.PUBLISHED)
    assert listed(fan) == ["Quay", "Harbour"]


def test_the_count_is_exact_whoever_likes_at_once(hub: Hub, catalogue: Catalogue) -> None:
    work = catalogue.work("Harbour", by="mara")
    actors = [session_actor(catalogue.account(f"fan{n}"), f"fan{n}", is_operator=False) for n in range(4)]

    def like_and_unlike(n: int) -> None:
        for _ in range(3):
            likes.like(actors[n % 4], hub.parts, work)
            if n % 2:
                likes.unlike(actors[n % 4], hub.parts, work)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(like_and_unlike, range(8)))
    with hub.parts.database.reading() as session:
        counted = session.get_one(Work, work).like_count
    assert counted == len(hub.rows(Like)) == 2


def test_who_leaves_takes_the_likes_along(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    work = catalogue.work("Harbour", by="mara")
    fan.post(f"/works/{work}/like")
    hub.browser("other").post(f"/works/{work}/like")
    assert fan.delete("/account", {"password": PASSWORD}).status_code == 204
    assert count(hub, work) == 1
