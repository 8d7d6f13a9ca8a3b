"""Collections: made, filled, ordered, seen by whom they are for, and gone with their owner."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.domain.states import WorkState
from remixhub.models import CollectedWork, Collection
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def ada(hub: Hub) -> Client:
    return hub.browser("ada")


def made(ada: Client, visibility: str = "public", title: str = "Night set") -> str:
    answer = ada.post("/collections", {"title": title, "visibility": visibility})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def held(client: Client, collection: str) -> list[str]:
    return [one["work"]["title"] for one in client.get(f"/collections/{collection}").get_json()["works"]]


def test_works_are_added_once_noted_ordered_and_taken_out(hub: Hub, catalogue: Catalogue, ada: Client) -> None:
    collection = made(ada)
    works = {title: catalogue.work(title, by="mara") for title in ("One", "Two", "Three")}
    for work_id in works.values():
        assert ada.post(f"/collections/{collection}/works", {"work_id": work_id}).status_code == 200
    again = ada.post(f"/collections/{collection}/works", {"work_id": works["One"]})
    assert again.get_json()["code"] == "work_collected"
    order = [works[title] for title in ("Three", "One", "Two")]
    revision = ada.revision_of(f"/collections/{collection}")
    ordered = ada.put(f"/collections/{collection}/order", {"work_ids": order}, revision=revision)
    assert ordered.status_code == 200, ordered.text
    assert held(ada, collection) == ["Three", "One", "Two"]
    stale = ada.put(f"/collections/{collection}/order", {"work_ids": order}, revision=1)
    assert stale.status_code == 412
    revision = ada.revision_of(f"/collections/{collection}")
    short = ada.put(f"/collections/{collection}/order", {"work_ids": order[:2]}, revision=revision)
    assert short.get_json()["code"] == "collection_changed"
    noted = ada.patch(f"/collections/{collection}/works/{works['One']}", {"note": "Opens."}, revision=revision)
    assert noted.get_json()["works"][1]["note"] == "Opens."
    assert ada.delete(f"/collections/{collection}/works/{works['Three']}").status_code == 204
    assert ada.delete(f"/collections/{collection}/works/{works['Three']}").get_json()["code"] == "work_not_collected"
    ada.post(f"/collections/{collection}/works", {"work_id": works["Three"]})
    assert held(hub.visitor(), collection) == ["One", "Two", "Three"]


def test_each_sees_what_is_for_them(hub: Hub, catalogue: Catalogue, ada: Client) -> None:
    ids = {kind: made(ada, kind, kind.title()) for kind in ("public", "unlisted", "private")}
    stranger, visitor = hub.browser("stranger"), hub.visitor()
    for client in (stranger, visitor):
        found = {kind: client.get(f"/collections/{id}").status_code for kind, id in ids.items()}
        assert found == {"public": 200, "unlisted": 200, "private": 404}
        listed = client.get("/accounts/ada/collections").get_json()["collections"]
        assert [one["title"] for one in listed] == ["Public"]
    assert len(ada.get("/account/collections").get_json()["collections"]) == 3
    profile = visitor.http.get("/@ada").text
    assert "Public" in profile
    assert "Unlisted" not in profile
    changes: list[Any] = [
        stranger.patch(f"/collections/{ids['public']}", {"title": "Mine"}, revision=1),
        stranger.delete(f"/collections/{ids['public']}", revision=1),
        stranger.post(f"/collections/{ids['public']}/works", {"work_id": catalogue.work("X", by="mara")}),
    ]
    assert [answer.status_code for answer in changes] == [403, 403, 403]
    assert stranger.patch(f"/collections/{ids['private']}", {"title": "Mine"}, revision=1).status_code == 404


def test_what_is_withdrawn_stays_as_a_tombstone_and_is_added_no_more(
    hub: Hub, catalogue: Catalogue, ada: Client
) -> None:
    collection, work = made(ada), catalogue.work("Gone soon", by="mara")
    ada.post(f"/collections/{collection}/works", {"work_id": work})
    catalogue.set_state(work, WorkState.WITHDRAWN)
    (one,) = hub.visitor().get(f"/collections/{collection}").get_json()["works"]
    assert one["work"]["state"] == "withdrawn"
    assert "withdrawn" in hub.visitor().http.get(f"/collections/{collection}").text
    other = made(ada, title="Other")
    refused = ada.post(f"/collections/{other}/works", {"work_id": work})
    assert refused.get_json()["code"] == "work_withdrawn"
    draft = catalogue.draft("Draft", by="mara")
    assert ada.post(f"/collections/{other}/works", {"work_id": draft}).status_code == 404


def test_from_the_page_of_a_work_and_without_script(hub: Hub, catalogue: Catalogue, ada: Client) -> None:
    works = [catalogue.work(title, by="mara") for title in ("One", "Two")]
    assert "Add to a collection" in ada.http.get(f"/works/{works[0]}").text
    made_anew = ada.http.post(f"/works/{works[0]}/collect", data={"title": "Night set", "note": "First."})
    (collection,) = hub.rows(Collection)
    assert made_anew.headers["Location"] == f"/collections/{collection.id}#work-{works[0]}"
    ada.http.post(f"/works/{works[1]}/collect", data={"collection_id": collection.id})
    twice = ada.http.post(f"/works/{works[1]}/collect", data={"collection_id": collection.id})
    assert twice.status_code == 422
    assert "It is there once" in twice.text
    ada.http.post(f"/collections/{collection.id}/works/{works[1]}/move", data={"to": "up"})
    assert held(ada, collection.id) == ["Two", "One"]
    dragged = ada.http.post(f"/collections/{collection.id}/order", data={"order": ",".join(works), "seen": ""})
    assert (dragged.status_code, held(ada, collection.id)) == (204, ["One", "Two"])
    ada.http.post(f"/collections/{collection.id}/works/{works[0]}/note", data={"note": "Still first."})
    assert "Still first." in ada.http.get(f"/collections/{collection.id}").text
    ada.http.post(f"/collections/{collection.id}/works/{works[0]}/remove")
    assert held(ada, collection.id) == ["Two"]
    facts = {"title": "Day set", "text": "", "visibility": "public", "revision": "1"}
    assert ada.http.post(f"/collections/{collection.id}", data=facts).status_code == 422
    facts["revision"] = str(ada.revision_of(f"/collections/{collection.id}"))
    assert ada.http.post(f"/collections/{collection.id}", data=facts).status_code == 303
    assert "Day set" in hub.visitor().http.get("/@ada").text


def test_limits(hub: Hub, catalogue: Catalogue, ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remixhub.services.collections.filling.COLLECTED_LIMIT", 1)
    monkeypatch.setattr("remixhub.services.collections.collections.COLLECTIONS_LIMIT", 1)
    collection = made(ada)
    assert ada.post("/collections", {"title": "Second"}).get_json()["code"] == "collections_too_many"
    ada.post(f"/collections/{collection}/works", {"work_id": catalogue.work("One", by="mara")})
    full = ada.post(f"/collections/{collection}/works", {"work_id": catalogue.work("Two", by="mara")})
    assert full.get_json()["code"] == "collection_full"
    assert held(ada, collection) == ["One"]


def test_who_leaves_takes_them_along(hub: Hub, catalogue: Catalogue, ada: Client) -> None:
    collection = made(ada)
    ada.post(f"/collections/{collection}/works", {"work_id": catalogue.work("One", by="mara")})
    assert ada.delete("/account", {"password": PASSWORD}).status_code == 204
    assert hub.rows(Collection) == hub.rows(CollectedWork) == []
