"""Draft mixes over the API: each save sees what it replaces, also of two at once, and limits have their codes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from remixhub.domain.mix_revisions import LARGEST_SPEC_BYTES
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


class Desk:
    def __init__(self, hub: Hub) -> None:
        self.hub, self.fan = hub, hub.account("fan")
        catalogue = Catalogue(hub.parts)
        hub.account("artist")
        self.pack, (self.stem,) = catalogue.pack(catalogue.work("Release", by="artist"), [catalogue.original()])
        begun = self.fan.post("/mix-drafts", {"stem_pack_id": self.pack, "spec": self.spec(0.0), "title": "Late"})
        assert begun.status_code == 201, begun.text
        assert begun.headers["ETag"] == '"1"'
        self.path = begun.headers["Location"]

    def spec(self, gain_db: float, clips: int = 1) -> dict[str, Any]:
        return {"version": 2, "lanes": [{"stem": self.stem, "gain_db": gain_db, "clips": [{}] * clips}]}

    def save(self, gain_db: float, revision: int, by: Client | None = None) -> Any:
        return (by or self.fan).put(self.path, {"spec": self.spec(gain_db)}, revision=revision)


@pytest.fixture
def desk(hub: Hub) -> Desk:
    return Desk(hub)


def test_a_save_needs_what_it_saw_and_gives_the_next(desk: Desk) -> None:
    saved = desk.save(-3.0, 1)
    assert (saved.status_code, saved.headers["ETag"], saved.get_json()["title"]) == (200, '"2"', "Late")
    read = desk.fan.get(desk.path)
    assert read.headers["ETag"].startswith('"2-')
    assert read.get_json()["spec"]["lanes"][0]["gain_db"] == -3.0
    outdated = desk.save(-6.0, 1)
    assert (outdated.status_code, outdated.get_json()["code"]) == (412, "revision_outdated")
    assert outdated.get_json()["context"] == {"revision": 2}
    assert desk.save(-3.0, 1).headers["ETag"] == '"2"'
    revisions = desk.fan.get(f"{desk.path}/revisions").get_json()["revisions"]
    assert [one["revision"] for one in revisions] == [2]


def test_of_two_saves_at_once_one_is_told_of_the_other(desk: Desk) -> None:
    clients = [Client(desk.hub.app.test_client(), desk.hub.parts, headers=desk.fan.headers) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda n: desk.save(-1.0 - n, 1, clients[n]).status_code, range(4)))
    assert sorted(answers) == [200, 412, 412, 412]
    assert desk.fan.get(desk.path).get_json()["revision"] == 2


def test_what_is_too_large_or_wrong_is_told_and_changes_nothing(desk: Desk) -> None:
    at = range(1_000_000_000, 1_000_002_000)
    lane = {
        "stem": desk.stem,
        "clips": [{"offset_frames": n} for n in at[:1000]],
        "gain_points": [{"at_frames": n, "gain_db": -1.0625} for n in at],
        "pan_points": [{"at_frames": n, "pan": 0.0625} for n in at],
    }
    refused = desk.fan.put(desk.path, {"spec": {"version": 2, "lanes": [lane] * 4}}, revision=1)
    assert (refused.status_code, refused.get_json()["code"]) == (413, "mix_spec_too_large")
    assert refused.get_json()["context"]["limit_bytes"] == LARGEST_SPEC_BYTES
    strange = {"version": 2, "lanes": [{"stem": "none"}]}
    wrong = desk.fan.put(desk.path, {"spec": strange}, revision=1)
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "mix_spec_stem_unknown")
    assert [one["pointer"] for one in wrong.get_json()["violations"]] == ["/spec/lanes/0/stem"]
    assert desk.fan.get(desk.path).get_json()["revision"] == 1


def test_a_draft_begun_twice_with_one_key_is_begun_once(desk: Desk) -> None:
    body = {"stem_pack_id": desk.pack, "spec": desk.spec(0.0)}
    keyed = {"Idempotency-Key": "one"}
    first, again = (desk.fan.post("/mix-drafts", body, headers=keyed) for _ in range(2))
    assert first.get_json()["id"] == again.get_json()["id"]
    assert len(desk.fan.get("/mix-drafts").get_json()["mix_drafts"]) == 2


def test_a_draft_is_rendered_as_it_was_saved_last_and_a_copy_goes_its_own_way(desk: Desk) -> None:
    desk.save(-9.0, 1)
    rendered = desk.fan.post(f"{desk.path}/render")
    assert (rendered.status_code, rendered.get_json()["spec"]["lanes"][0]["gain_db"]) == (201, -9.0)
    assert desk.fan.post(f"{desk.path}/render").status_code == 200
    token = desk.fan.post(f"{desk.path}/share").get_json()["share_url"].rpartition("/")[2]
    shared = desk.hub.visitor().get(f"/shared-mixes/{token}").get_json()
    assert (shared["by"]["handle"], shared["title"]) == ("fan", "Late")
    copy = desk.hub.account("friend").post(f"/shared-mixes/{token}/copy").get_json()
    assert (copy["revision"], copy["mix_id"], copy["is_shared"]) == (1, None, False)
    desk.save(-12.0, 2)
    assert copy["spec"]["lanes"][0]["gain_db"] == -9.0
    assert desk.fan.get(desk.path).get_json()["mix_id"] == rendered.get_json()["id"]
    assert desk.fan.post(f"{desk.path}/share").status_code == 200
    assert desk.fan.get(desk.path).get_json()["mix_id"] != rendered.get_json()["id"], (
        "what is shared is rendered as it is"
    )
    assert desk.fan.delete(f"{desk.path}/share").status_code == 204
    gone = desk.hub.visitor().get(f"/shared-mixes/{token}")
    assert (gone.status_code, gone.get_json()["code"]) == (404, "shared_mix_not_found")
