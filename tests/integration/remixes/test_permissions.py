"""Leave from the refusal to the published remix over HTTP: who may say what, what it then allows, and for how long."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from remixhub.domain.access import Actor, session_actor
from remixhub.domain.errors import RemixHubError
from remixhub.domain.licences.permissions import PermissionAct, PermissionState
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import AuditEntry, Permission, SourceLink, Work
from remixhub.services.remixes.answering import Answer, answer, revoke
from remixhub.services.remixes.asking import withdraw_question
from remixhub.services.remixes.publishing import publish_work
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import ContestStage

TRIALS = 20


@dataclass
class Stage:
    """`ada` made a song that may not be remixed; a fan has a draft with ready audio for it, without sources."""

    hub: Hub
    contests: ContestStage = field(init=False)

    def __post_init__(self) -> None:
        self.contests = ContestStage(self.hub)
        self.ada, self.fan, self.bob = (self.contests.person(handle) for handle in ("ada", "fan", "bob"))
        self.song = self.work("Harbour", licence=Licence.BY_ND)

    def work(self, title: str, sources: list[str] | None = None, *, by: str = "ada", **facts: Any) -> str:
        return self.contests.catalogue.work(title, sources or [], by=by, **facts)

    def asked(self, by: Client | None = None, **facts: Any) -> dict[str, Any]:
        known = {"work_id": self.song, "licence": "cc-by-nc-4.0", "remix_title": "Tide", **facts}
        if "remix_id" in known:
            del known["remix_title"]
        answer = (by or self.fan).post("/permissions", known)
        assert answer.status_code == 201, answer.text
        permission = dict(answer.get_json())
        self.contests.give_audio(permission["remix_id"])
        return permission

    def granted(self, permission: dict[str, Any], by: Client | None = None, **facts: Any) -> dict[str, Any]:
        known = {"answer": "grant", "licence": "cc-by-nc-4.0", **facts}
        answer = (by or self.ada).post(f"/permissions/{permission['id']}/answer", known)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def cite(self, remix_id: str, *sources: str, by: Client | None = None, licence: str | None = None) -> Any:
        asker = by or self.fan
        body: dict[str, Any] = {"sources": [{"source_id": one} for one in sources]}
        if licence:
            body["licence"] = licence
        return asker.put(f"/works/{remix_id}/sources", body, revision=asker.revision_of(f"/works/{remix_id}"))

    def publish(self, remix_id: str, by: Client | None = None) -> Any:
        return (by or self.fan).post(f"/works/{remix_id}/publish")

    def actor(self, handle: str) -> Actor:
        return session_actor(self.contests.catalogue.account(handle), handle, is_operator=False)

    def state_of(self, permission_id: str) -> PermissionState:
        return next(one.state for one in self.hub.rows(Permission) if one.id == permission_id)


@pytest.fixture
def stage(hub: Hub) -> Stage:
    return Stage(hub)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json().get("code", "")


def test_from_the_refusal_to_the_published_remix(stage: Stage) -> None:
    refused = stage.fan.post("/remixes", {"title": "Tide", "sources": [{"source_id": stage.song}]})
    assert code_of(refused) == (422, "licence_conflict")
    (way,) = refused.get_json()["context"]["permissions"]
    assert (way["work_id"], way["source_id"]) == (stage.song, stage.song)
    assert "cc-by-nc-4.0" in way["licences"]
    permission = stage.asked(licence=way["licences"][1], note="The choir.")
    remix = permission["remix_id"]
    assert code_of(stage.cite(remix, stage.song)) == (422, "licence_conflict")
    assert [one["kind"] for one in stage.ada.get("/account/notices").get_json()["notices"]] == ["permission"]
    (seen,) = stage.ada.get("/permissions?role=artist&state=asked").get_json()["permissions"]
    assert (seen["id"], seen["note"], seen["asked_by"]["handle"]) == (permission["id"], "The choir.", "fan")
    granted = stage.granted(permission, words="Good luck.")
    assert granted["text_sha256"] == hashlib.sha256(granted["text"].encode()).hexdigest()
    assert "Good luck." in granted["text"]
    assert stage.fan.get("/account/notices").get_json()["notices"][0]["text"] == granted["text"]
    cited = stage.cite(remix, stage.song, licence="cc-by-nc-4.0")
    assert cited.status_code == 200, cited.text
    assert stage.bob.get(f"/permissions/{permission['id']}").status_code == 404
    published = stage.publish(remix)
    assert (published.status_code, published.get_json()["licence"]) == (200, "cc-by-nc-4.0"), published.text
    (link,) = stage.hub.rows(SourceLink)
    assert (link.grant_kind, link.grant_id, link.grant_sha256) == (
        "permission",
        permission["id"],
        granted["text_sha256"],
    )
    assert link.licence is Licence.BY_NC
    (source,) = stage.bob.get(f"/works/{remix}/sources").get_json()["sources"]
    by = {"kind": "permission", "id": permission["id"], "sha256": granted["text_sha256"]}
    assert source["held_by"].items() >= by.items()
    address = stage.hub.parts.addresses.of(f"/permissions/{permission['id']}")
    for format in ("txt", "md", "html", "json"):
        assert address in stage.bob.get(f"/works/{remix}/credits/{format}").text
    assert granted["text_sha256"] in stage.bob.get(f"/works/{remix}/lineage-exports/jgf").text
    page = stage.hub.visitor().http
    for shown in (f"/works/{remix}", f"/works/{remix}/lineage", f"/works/{remix}/links"):
        assert f'href="/permissions/{permission["id"]}"' in page.get(shown).text
    revoked = stage.ada.post(f"/permissions/{permission['id']}/revocation")
    assert code_of(revoked) == (409, "permission_used")
    seen = stage.hub.visitor().get(f"/permissions/{permission['id']}").get_json()
    assert (seen["state"], seen["text"], seen["note"]) == ("used", granted["text"], "")
    actions = [one.action for one in stage.hub.rows(AuditEntry) if one.subject_id == permission["id"]]
    assert actions == ["permission.asked", "permission.granted", "permission.used"]


def test_what_is_made_of_the_remix_stands_on_its_licence(stage: Stage) -> None:
    permission = stage.asked()
    stage.granted(permission)
    remix = permission["remix_id"]
    stage.cite(remix, stage.song, licence="cc-by-nc-4.0")
    stage.publish(remix)
    page = stage.bob.get(f"/works/{remix}/allowed-licences").get_json()["for_remixes"]
    assert set(page) >= {"cc-by-nc-4.0", "cc-by-nc-sa-4.0"}
    assert "cc-by-4.0" not in page
    again = stage.bob.post("/remixes", {"title": "Ebb", "sources": [{"source_id": remix}]})
    assert (again.status_code, again.get_json()["licence"]) == (201, "cc-by-nc-4.0")
    straight = stage.bob.post("/remixes", {"title": "Ebb", "sources": [{"source_id": stage.song}]})
    assert code_of(straight) == (422, "licence_conflict")
    mine = stage.fan.post("/remixes", {"title": "More", "sources": [{"source_id": stage.song}]})
    assert code_of(mine) == (422, "licence_conflict"), "the leave was for one remix"


def test_leave_for_an_account_is_for_every_remix_of_it(stage: Stage) -> None:
    stage.granted(stage.asked(), scope="account", licence="cc-by-4.0", is_commercial=True)
    body = {"title": "More", "sources": [{"source_id": stage.song}]}
    made = stage.fan.post("/remixes", body)
    assert (made.status_code, made.get_json()["licence"]) == (201, "cc-by-4.0"), made.text
    assert stage.fan.post("/licence-checks", {"sources": [stage.song]}).get_json()["licence"] == "cc-by-4.0"
    assert code_of(stage.bob.post("/remixes", body)) == (422, "licence_conflict")


def test_a_remix_that_nobody_may_remix_is_permitted_as_such(stage: Stage) -> None:
    permission = stage.asked(licence="cc-by-nc-nd-4.0")
    stage.granted(permission, licence="cc-by-nc-nd-4.0")
    remix = permission["remix_id"]
    assert code_of(stage.cite(remix, stage.song, licence="cc-by-nc-4.0")) == (422, "licence_conflict")
    assert stage.cite(remix, stage.song, licence="cc-by-nc-nd-4.0").status_code == 200
    assert stage.publish(remix).status_code == 200
    onward = stage.bob.post("/remixes", {"title": "Ebb", "sources": [{"source_id": remix}]})
    assert code_of(onward) == (422, "licence_conflict")


def test_a_work_deeper_in_the_lineage_is_permitted_for_what_is_made_of_the_remix_only(stage: Stage) -> None:
    root = stage.work("Root", licence=Licence.BY_NC)
    loop = stage.work("Loop", [root], by="bob", licence=Licence.BY_NC)
    beat = stage.work("Beat", by="bob", licence=Licence.BY_SA)
    made = stage.fan.post("/remixes", {"title": "Both", "sources": [{"source_id": beat}]}).get_json()
    remix = stage.contests.give_audio(made["id"])
    refused = stage.cite(remix, beat, loop)
    assert code_of(refused) == (422, "licence_conflict")
    ways = {one["work_id"]: one["licences"] for one in refused.get_json()["context"]["permissions"]}
    assert ways == {beat: ["cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0"], loop: []}, "the root forbids it too"
    for work, artist in ((loop, stage.bob), (root, stage.ada)):
        assert code_of(stage.cite(remix, beat, loop)) == (422, "licence_conflict")
        asked = stage.asked(work_id=work, source_id=loop, remix_id=remix, licence="cc-by-sa-4.0")
        stage.granted(asked, artist, licence="cc-by-sa-4.0", is_commercial=True)
    cited = stage.cite(remix, beat, loop)
    assert (cited.status_code, cited.get_json()["licence"]) == (200, "cc-by-sa-4.0"), cited.text
    assert stage.publish(remix).status_code == 200
    onward = stage.bob.post("/remixes", {"title": "Ebb", "sources": [{"source_id": remix}]})
    assert (onward.status_code, onward.get_json()["licence"]) == (201, "cc-by-sa-4.0"), onward.text
    permitted = {one.work_id: one.id for one in stage.hub.rows(Permission)}
    for work in (remix, onward.get_json()["id"]):
        credits = stage.bob.get(f"/works/{work}/credits").get_json()["credits"]
        held = {one["work_id"]: one["held_by"] and one["held_by"]["id"] for one in credits}
        assert held.items() >= {root: permitted[root], loop: permitted[loop], beat: None}.items()
    assert all(not one["held_by"] for one in stage.bob.get(f"/works/{loop}/credits").get_json()["credits"])
    both = stage.bob.post("/remixes", {"title": "Ebb", "sources": [{"source_id": one} for one in (remix, loop)]})
    assert code_of(both) == (422, "licence_conflict"), "by the other way the loop and the root are as they were"
    assert {one.state for one in stage.hub.rows(Permission)} == {PermissionState.USED}


def test_a_permission_that_was_taken_back_publishes_nothing(stage: Stage) -> None:
    permission = stage.asked()
    stage.granted(permission)
    remix = permission["remix_id"]
    assert stage.cite(remix, stage.song, licence="cc-by-nc-4.0").status_code == 200
    assert stage.ada.post(f"/permissions/{permission['id']}/revocation").status_code == 200
    assert code_of(stage.publish(remix)) == (422, "licence_conflict")
    assert code_of(stage.ada.post(f"/permissions/{permission['id']}/revocation")) == (409, "permission_settled")


def test_a_withdrawn_work_is_cited_by_leave_of_its_artist_until_that_is_taken_back(stage: Stage) -> None:
    gone = stage.work("Gone", licence=Licence.BY)
    stage.contests.catalogue.set_state(gone, WorkState.WITHDRAWN)
    permission = stage.asked(work_id=gone, licence="cc-by-4.0")
    remix = permission["remix_id"]
    assert code_of(stage.cite(remix, gone)) == (409, "source_withdrawn")
    stage.granted(permission, licence="cc-by-4.0", is_commercial=True)
    assert stage.cite(remix, gone).status_code == 200
    stage.ada.post(f"/permissions/{permission['id']}/revocation")
    assert code_of(stage.publish(remix)) == (409, "permission_over")
    assert code_of(stage.cite(remix, gone)) == (409, "source_withdrawn")
    kept = stage.asked(work_id=gone, licence="cc-by-4.0")
    stage.granted(kept, licence="cc-by-4.0", is_commercial=True)
    assert stage.cite(kept["remix_id"], gone).status_code == 200
    stage.contests.catalogue.set_state(gone, WorkState.TAKEN_DOWN)
    assert code_of(stage.publish(kept["remix_id"])) == (409, "source_taken_down")


def test_an_answer_by_relicensing_is_for_everybody(stage: Stage) -> None:
    permission = stage.asked()
    body = {"answer": "relicense", "licence": "cc-by-4.0", "words": "Why not."}
    answered = stage.ada.post(f"/permissions/{permission['id']}/answer", body).get_json()
    assert (answered["state"], answered["text_sha256"], answered["words"]) == ("relicensed", None, "Why not.")
    assert stage.hub.visitor().get(f"/works/{stage.song}").get_json()["licence"] == "cc-by-4.0"
    made = stage.bob.post("/remixes", {"title": "Ebb", "sources": [{"source_id": stage.song}]})
    assert made.status_code == 201
    assert stage.cite(permission["remix_id"], stage.song).status_code == 200
    assert stage.publish(permission["remix_id"]).status_code == 200
    assert {link.grant_kind for link in stage.hub.rows(SourceLink)} == {None}


def test_what_is_published_is_relicensed_by_leave_and_then_seals_it(stage: Stage) -> None:
    beat = stage.work("Beat", licence=Licence.BY_SA)
    old = stage.contests.give_audio(stage.work("Old", [beat], by="fan", licence=Licence.BY_SA))
    permission = stage.asked(work_id=beat, licence="cc-by-4.0")
    stage.granted(permission, licence="cc-by-4.0", is_commercial=True, scope="account")
    assert stage.state_of(permission["id"]) is PermissionState.GRANTED
    edited = stage.fan.edit(f"/works/{old}", {"licence": "cc-by-4.0"})
    assert edited.status_code == 200, edited.text
    assert stage.state_of(permission["id"]) is PermissionState.USED
    (link,) = [one for one in stage.hub.rows(SourceLink) if one.derivative_id == old]
    assert (link.grant_id, link.licence) == (permission["id"], Licence.BY)


def test_the_same_request_sent_again_asks_once(stage: Stage) -> None:
    body = {"work_id": stage.song, "licence": "cc-by-nc-4.0", "remix_title": "Tide"}
    answers = [stage.fan.send("POST", "/permissions", json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert len(stage.hub.rows(Permission)) == 1


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each returned, or the code of what it raised; all start together."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except RemixHubError as exc:
            return exc.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_answers_at_once_one_counts(stage: Stage) -> None:
    ada, fan, parts = stage.actor("ada"), stage.actor("fan"), stage.hub.parts
    yes, no = Answer(PermissionAct.GRANT, Licence.BY_NC), Answer(PermissionAct.DECLINE)
    for number in range(TRIALS):
        id = stage.asked(stage.contests.person(f"fan{number}"))["id"] if number % 3 else stage.asked()["id"]
        acts = [lambda id=id: answer(ada, parts, id, yes), lambda id=id: answer(ada, parts, id, no)]
        if not number % 3:
            acts.append(lambda id=id: withdraw_question(fan, parts, id))
        said = at_once(*acts)
        counted = [one for one in said if not isinstance(one, str)]
        assert len(counted) == 1
        assert said.count("permission_settled") == len(acts) - 1
        assert stage.state_of(id) is counted[0].state
        assert (counted[0].state is PermissionState.GRANTED) == bool(counted[0].text_sha256)


def test_a_remix_is_published_under_a_permission_or_that_is_taken_back_never_both(stage: Stage) -> None:
    ada, parts = stage.actor("ada"), stage.hub.parts
    outcomes = set()
    for number in range(TRIALS):
        fan = stage.contests.person(f"fan{number}")
        permission = stage.asked(fan)
        stage.granted(permission)
        remix = permission["remix_id"]
        assert stage.cite(remix, stage.song, by=fan, licence="cc-by-nc-4.0").status_code == 200
        artist = stage.actor(f"fan{number}")
        published, revoked = at_once(
            lambda remix=remix, artist=artist: publish_work(artist, parts, remix).state.value,
            lambda id=permission["id"]: revoke(ada, parts, id).state.value,
        )
        outcomes.add((published, revoked))
        work = next(one for one in stage.hub.rows(Work) if one.id == remix)
        is_used = stage.state_of(permission["id"]) is PermissionState.USED
        assert (work.state is WorkState.PUBLISHED) == is_used
    assert outcomes <= {("published", "permission_used"), ("licence_conflict", "revoked")}
