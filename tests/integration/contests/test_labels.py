"""Labels: members by invitation, releases of their own."""

from __future__ import annotations

from tests.integration.conftest import Client
from tests.integration.contests.conftest import ContestStage, code


def test_a_label_grows_by_invitations_that_work_once(stage: ContestStage, host: Client) -> None:
    invitation = host.post("/labels/nightshift/invitations", {"role": "manager"}).get_json()
    manager, late = stage.person("manager"), stage.person("late")
    assert stage.hub.visitor().get(f"/label-invitations/{invitation['token']}").get_json()["role"] == "manager"
    joined = manager.post(f"/label-invitations/{invitation['token']}/acceptance").get_json()
    assert [(one["artist"]["handle"], one["role"]) for one in joined["members"]] == [
        ("host", "owner"),
        ("manager", "manager"),
    ]
    assert code(late.post(f"/label-invitations/{invitation['token']}/acceptance")) == (404, "invitation_not_found")
    assert code(manager.post("/labels/nightshift/invitations", {"role": "owner"})) == (403, "label_members_only")
    assert manager.post("/labels/nightshift/invitations", {"role": "judge"}).status_code == 201
    ids = {one["artist"]["handle"]: one["account_id"] for one in joined["members"]}
    assert code(host.delete(f"/labels/nightshift/members/{ids['host']}")) == (409, "label_owner_missing")
    assert (
        host.put(
            f"/labels/nightshift/members/{ids['manager']}",
            {"role": "owner"},
            revision=host.revision_of("/labels/nightshift"),
        ).status_code
        == 200
    )
    assert host.delete(f"/labels/nightshift/members/{ids['host']}").status_code == 204
    assert code(host.edit("/labels/nightshift", {"name": "Mine"})) == (403, "label_members_only")
    assert code(manager.edit("/labels/nightshift", {"time_zone": "Mars/Olympus"})) == (422, "time_zone_unknown")
    assert code(late.post("/labels", {"handle": "nightshift", "name": "Again"})) == (409, "label_handle_taken")


def test_a_label_has_releases_of_its_own(stage: ContestStage, host: Client) -> None:
    release, other = stage.catalogue.work("Ours", by="host"), stage.catalogue.work("Theirs", by="fan")
    assert host.post("/labels/nightshift/releases", {"work_id": release}).status_code == 204
    assert host.post("/labels/nightshift/releases", {"work_id": other}).status_code == 403
    remix = stage.remix("host", release)
    assert code(host.post("/labels/nightshift/releases", {"work_id": remix})) == (409, "work_not_a_release")
    listed = stage.hub.visitor().get("/labels/nightshift/releases").get_json()["works"]
    assert [one["title"] for one in listed] == ["Ours"]
