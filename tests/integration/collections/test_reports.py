"""Collections that somebody reports: a moderator decides, and what is taken down is its owner's alone."""

from __future__ import annotations

import hashlib

import pytest

from remixhub.models import AccessToken, Account, Collection, Notice, Report
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def ada(hub: Hub) -> Client:
    return hub.browser("ada")


@pytest.fixture
def keeper(hub: Hub) -> Client:
    keeper = hub.browser("keeper")
    make_operator(hub.parts, "keeper")
    return keeper


def made(ada: Client, visibility: str = "public") -> str:
    body = {"title": "Rude set", "text": "Rude words.", "visibility": visibility}
    return str(ada.post("/collections", body).get_json()["id"])


def test_an_upheld_report_leaves_a_collection_to_its_owner_alone(hub: Hub, ada: Client, keeper: Client) -> None:
    collection, fan, oda = made(ada), hub.browser("fan"), hub.browser("oda")
    work = Catalogue(hub.parts).work("Song", by="mara")
    ada.post(f"/collections/{collection}/works", {"work_id": work, "note": "Rude note."})
    path = f"/collections/{collection}/reports"
    reported = fan.post(path, {"reason": "offensive", "note": "Read it."})
    assert reported.status_code == 201, reported.text
    assert (reported.get_json()["collection_id"], reported.get_json()["work_id"]) == (collection, None)
    assert reported.get_json()["collection_text"] is None, "for moderators"
    assert fan.post(path, {"reason": "offensive"}).get_json()["code"] == "report_open"
    sent = oda.http.post(f"/collections/{collection}/report", data={"reason": "offensive"})
    assert sent.headers["Location"] == f"/collections/{collection}"
    queue = keeper.http.get("/moderation").text
    for words in ("Rude words.", "Song: Rude note.", "Take down the collection"):
        assert words in queue
    report = reported.get_json()["id"]
    decided = keeper.post(f"/reports/{report}/decision", {"outcome": "upheld", "note": "Be kind."})
    assert (decided.status_code, decided.get_json()["collection_text"]) == (200, None)
    for client, status in ((hub.visitor(), 404), (fan, 404), (ada, 200)):
        assert client.get(f"/collections/{collection}").status_code == status
    assert "taken it down" in ada.http.get(f"/collections/{collection}").text
    assert hub.visitor().get("/accounts/ada/collections").get_json()["collections"] == []
    again = ada.edit(f"/collections/{collection}", {"visibility": "public"})
    assert (again.status_code, again.get_json()["code"]) == (409, "collection_taken_down")
    assert ada.edit(f"/collections/{collection}", {"title": "Kind set"}).status_code == 200
    assert {one.state.value for one in hub.rows(Report)} == {"upheld"}
    told = sorted((one.account_id, one.title) for one in hub.rows(Notice))
    assert sum("was taken down by the moderators" in title for _, title in told) == 1
    assert sum("was upheld" in title for _, title in told) == 2
    assert "Take down the collection" not in keeper.http.get("/moderation?state=upheld").text


def test_a_dismissed_report_changes_nothing_and_a_deleted_collection_none(
    hub: Hub, ada: Client, keeper: Client
) -> None:
    collections, fan = [made(ada), made(ada)], hub.browser("fan")
    reports = [fan.post(f"/collections/{one}/reports", {"reason": "offensive"}).get_json()["id"] for one in collections]
    assert keeper.post(f"/reports/{reports[0]}/decision", {"outcome": "dismissed"}).status_code == 200
    assert hub.visitor().get(f"/collections/{collections[0]}").status_code == 200
    assert ada.delete(f"/collections/{collections[1]}", revision=1).status_code == 204
    assert "A collection that was deleted" in keeper.http.get("/moderation").text
    assert keeper.post(f"/reports/{reports[1]}/decision", {"outcome": "upheld"}).status_code == 200
    assert len(hub.rows(Collection)) == 1
    assert fan.post(f"/collections/{made(ada, 'private')}/reports", {"reason": "offensive"}).status_code == 404
    wrong = keeper.post("/takedowns", {"work_ids": ["x"], "reason": "offensive", "report_id": reports[0]})
    assert wrong.status_code == 422


def test_what_a_collection_is_called_in_private_is_not_told(hub: Hub, ada: Client, keeper: Client) -> None:
    collection, fan = made(ada), hub.browser("fan")
    report = fan.post(f"/collections/{collection}/reports", {"reason": "offensive"}).get_json()["id"]
    assert ada.edit(f"/collections/{collection}", {"visibility": "private", "title": "Secret set"}).status_code == 200
    assert keeper.post(f"/reports/{report}/decision", {"outcome": "dismissed"}).status_code == 200
    (told,) = hub.rows(Notice)
    assert told.title == "Your report of a collection that is private now was dismissed"


def test_only_public_collections_are_for_search_engines(hub: Hub, ada: Client) -> None:
    for visibility, header in (("public", None), ("unlisted", "noindex"), ("private", "noindex")):
        page = ada.http.get(f"/collections/{made(ada, visibility)}")
        assert (page.status_code, page.headers.get("X-Robots-Tag")) == (200, header)


def test_a_token_that_may_not_read_reads_no_private_collection(hub: Hub, ada: Client) -> None:
    ids = {one: made(ada, one) for one in ("public", "private")}
    (account,) = hub.rows(Account)
    with hub.parts.database.writing() as session:
        digest = hashlib.sha256(b"rh_writer").hexdigest()
        session.add(AccessToken(token_hash=digest, account_id=account.id, name="w", scopes=["publish"]))
    writer = Client(hub.app.test_client(), hub.parts, "ada", {"Authorization": "Bearer rh_writer"})
    assert writer.get(f"/collections/{ids['public']}").status_code == 200
    refused = writer.get(f"/collections/{ids['private']}")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "scope_missing")
