"""Judging: conflicts, score sheets, entries that are taken down meanwhile."""

from __future__ import annotations

from remixhub.domain.access import SYSTEM
from remixhub.domain.contests.verification import faults
from remixhub.domain.moderation import ReportReason, TakedownState
from remixhub.models import Contest
from remixhub.services.moderation import takedowns
from tests import second_verifier
from tests.integration.conftest import Client
from tests.integration.contests.conftest import JURY, ContestStage, code, exported


def test_a_source_that_is_added_late_makes_no_conflict(stage: ContestStage, host: Client) -> None:
    judge = stage.judge("judge")
    contest = stage.opened(JURY)
    path = f"/contests/{contest['id']}"
    host.post(f"{path}/judges", {"handle": "judge"})
    near = stage.catalogue.work("By the judge", by="judge")
    remix = stage.remix("fan", contest["release_id"])
    entry = stage.enter("fan", contest, work_id=remix).get_json()["entry_id"]
    stage.pass_hours(contest, 1)
    assert judge.put(f"{path}/scores/{entry}", {"scores": {"craft": 1, "idea": 1}}).status_code == 200
    added = stage.person("fan").post(f"/works/{remix}/links", {"source_id": near})
    assert added.status_code == 201, added.text
    stage.pass_hours(contest, 2)
    host.post(f"{path}/decision")
    assert len(stage.hub.visitor().get(f"{path}/result").get_json()["score_sheets"]) == 1
    assert stage.hub.rows(Contest)[0].result["standings"][0]["jury"] is not None
    due = [line for line in exported(stage, path)["log.jsonl"].splitlines() if '"kind":"due"' in line]
    assert entry in due[0]


def test_judges_score_what_is_not_too_near_and_nothing_else(stage: ContestStage, host: Client) -> None:
    judge, other = stage.judge("judge"), stage.judge("judge-two")
    contest = stage.opened(JURY)
    path = f"/contests/{contest['id']}"
    assert code(host.post(f"{path}/judges", {"handle": "stranger"})) == (422, "judge_not_a_member")
    for handle in ("judge", "judge-two"):
        assert host.post(f"{path}/judges", {"handle": handle}).status_code == 204
    assert code(stage.enter("judge", contest)) == (409, "entrant_is_judge")
    far = stage.enter("far", contest).get_json()["entry_id"]
    layer = stage.remix("judge", contest["release_id"], title="A layer")
    near_work = stage.catalogue.work("Near", [contest["release_id"], layer], by="near")
    stage.give_audio(near_work)
    near = stage.enter("near", contest, work_id=near_work).get_json()["entry_id"]
    colleague = stage.judge("colleague")
    same = stage.enter("colleague", contest).get_json()["entry_id"]
    assert colleague is stage.person("colleague")
    assert code(host.post(f"{path}/judges", {"handle": "colleague"})) == (409, "judge_is_entrant")
    assert code(judge.get(f"{path}/desk")) == (409, "contest_phase_wrong"), "nobody listens before all are in"
    stage.pass_hours(contest, 1)
    desk = judge.get(f"{path}/desk").get_json()
    assert [one["id"] for one in desk["entries"]] == [far]
    assert {one["entry_id"]: one["reason"] for one in desk["conflicts"]} == {
        near: "own work among the entry's sources",
        same: "a label in common with the entrant",
    }
    fine = {"scores": {"craft": 7, "idea": 2.5}, "note": "Good."}
    assert judge.put(f"{path}/scores/{far}", fine).status_code == 200
    assert judge.put(f"{path}/scores/{far}", {"scores": {"craft": 8, "idea": 2.5}}).get_json()["scores"]["craft"] == 8
    assert code(judge.put(f"{path}/scores/{near}", fine)) == (403, "judge_conflicted")
    assert code(judge.put(f"{path}/scores/nowhere", fine)) == (404, "entry_not_found")
    assert code(stage.person("far").put(f"{path}/scores/{far}", fine)) == (403, "judges_only")
    for wrong in ({"craft": 11, "idea": 1}, {"craft": "7", "idea": 1}, {"craft": 7}, {"craft": 10**18, "idea": 1}):
        assert code(judge.put(f"{path}/scores/{far}", {"scores": wrong})) == (422, "ballot_outside_rubric")
    for number, reason in (("NaN", "malformed"), ("1" + "0" * 400, "number_unusable")):
        raw = f'{{"scores": {{"craft": {number}, "idea": 1}}}}'
        answer = judge.send("PUT", f"{path}/scores/{far}", data=raw, content_type="application/json")
        assert code(answer) == (400, reason)
    assert other.put(f"{path}/conflicts/{far}", {"reason": "We are friends."}).status_code == 204
    assert code(other.put(f"{path}/scores/{far}", fine)) == (403, "judge_conflicted")
    progress = host.get(f"{path}/judging-progress").get_json()["judges"]
    assert sorted((one["handle"], one["due"], one["scored"]) for one in progress) == [
        ("judge", 1, 1),
        ("judge-two", 1, 0),
    ]
    assert code(judge.get(f"{path}/judging-progress")) == (403, "label_members_only")
    third = stage.judge("judge-three")
    assert host.post(f"{path}/judges", {"handle": "judge-three"}).status_code == 204
    assert third.put(f"{path}/scores/{far}", fine).status_code == 200
    assert code(host.post(f"{path}/judges/judge-three/removal", {})) == (422, "invalid")
    assert host.post(f"{path}/judges/judge-three/removal", {"reason": "Left the label."}).status_code == 204
    assert code(third.put(f"{path}/scores/{far}", fine)) == (403, "judges_only")
    assert host.post(f"{path}/judges/judge-three/removal", {"reason": "Again."}).status_code == 404
    stage.pass_hours(contest, 2)
    assert code(judge.put(f"{path}/scores/{far}", fine)) == (409, "contest_deadline_over")
    assert code(host.post(f"{path}/decision")) == (409, "jury_incomplete")
    lacking = {one["entry_id"]: one for one in host.get(f"{path}/judging-progress").get_json()["entries"]}
    assert {id: (one["missing"], one["excused"]) for id, one in lacking.items()} == {
        near: (["judge-two"], ["judge"]), same: ([], ["judge", "judge-two"])
    }  # fmt: skip
    ruling = {"entry_ids": [near, same], "ruling": "community", "reason": "All are too near."}
    assert code(host.post(f"{path}/rulings", ruling)) == (409, "ruling_not_possible"), "nobody votes"
    check_the_dashboard(host, path, near)
    ruled = host.post(f"{path}/rulings", {**ruling, "ruling": "unplaced"})
    assert (ruled.status_code, ruled.get_json()["unsettled"]) == (200, 0)
    assert host.post(f"{path}/decision").get_json()["phase"] == "decided"
    sheet = stage.hub.visitor().get(f"{path}/result").get_json()
    assert [one["entry"] for one in sheet["result"]["missing_scores"]] == [near]
    assert [line["entry_id"] for line in sheet["result"]["standings"]] == [far]
    page = stage.hub.visitor().http.get(f"{path}/result").text
    assert (page.count("not placed"), page.count("All are too near.")) == (2, 2)
    files = exported(stage, path)
    assert list(faults(files)) == []
    second_verifier.verify(files)
    assert len(sheet["score_sheets"]) == 1
    assert list(sheet["result"]["judges_out"].values()) == ["Left the label."]


def test_an_entry_taken_down_while_it_is_judged_does_not_count_unless_it_comes_back(
    stage: ContestStage, host: Client
) -> None:
    judge = stage.judge("judge")
    contest = stage.opened(JURY)
    path = f"/contests/{contest['id']}"
    host.post(f"{path}/judges", {"handle": "judge"})
    works = {handle: stage.remix(handle, contest["release_id"]) for handle in ("one", "two", "three")}
    ids = {handle: stage.enter(handle, contest, work_id=work).get_json()["entry_id"] for handle, work in works.items()}
    stage.pass_hours(contest, 1)
    for entry in ids.values():
        assert judge.put(f"{path}/scores/{entry}", {"scores": {"craft": 7, "idea": 2}}).status_code == 200
    down, _ = takedowns.take_down(SYSTEM, stage.hub.parts, work_ids=[works["one"]], reason=ReportReason.OFFENSIVE)
    back, _ = takedowns.take_down(SYSTEM, stage.hub.parts, work_ids=[works["two"]], reason=ReportReason.OFFENSIVE)
    assert len(judge.get(f"{path}/desk").get_json()["entries"]) == 1
    assert judge.http.get(f"/media/entries/{ids['one']}/preview", headers=judge.headers).status_code == 404
    takedowns.decide_takedown(SYSTEM, stage.hub.parts, back.id, outcome=TakedownState.RESTORED)
    stage.pass_hours(contest, 2)
    host.post(f"{path}/decision")
    result = stage.hub.visitor().get(f"{path}/result").get_json()["result"]
    assert {line["entry_id"] for line in result["standings"]} == {ids["two"], ids["three"]}
    assert result["entries_out"] == {ids["one"]: "the remix was taken down"}
    assert down.id


def check_the_dashboard(host: Client, path: str, entry: str) -> None:
    """The same by its forms: what is missing is shown, and faults stand beside what was typed."""

    def act(**typed: str) -> tuple[int, str]:
        answer = host.http.post(f"{path}/host", data=typed, headers=host.headers)
        return answer.status_code, answer.text

    page = host.http.get(f"{path}/host", headers=host.headers).text
    for words in ("Settle what is missing", "waits for @judge-two; too near: @judge.", "Give the judges more time"):
        assert words in page
    assert "Decide and publish" not in page
    assert "By the community alone" not in page, "nobody votes"
    status, page = act(act="settle", because="Both are\u202e ill.")
    assert (status, page.count('class="fault"')) == (422, 3)
    status, page = act(act="settle", entry=entry, ruling="fewer_judges", because="One is enough.")
    assert (status, "No judge scored it" in page, 'value="One is enough."' in page) == (422, True, True)
    assert act(act="remind")[0] == 422, "nobody can score now"
    assert act(act="settle", entry=entry, ruling="unplaced", because="All are too near.")[0] == 303
