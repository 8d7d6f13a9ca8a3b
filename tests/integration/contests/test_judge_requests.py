"""Somebody is asked by handle to judge: members judge at once, others say yes or no."""

from __future__ import annotations

from remixhub.models import ContestJudge, JudgeRequest, LabelMember, Notice
from tests.integration.conftest import Client
from tests.integration.contests.conftest import BOTH, JURY, ContestStage, code


def test_a_yes_makes_a_judge_and_a_member_in_one_step(stage: ContestStage, host: Client) -> None:
    ada = stage.person("ada")
    path = f"/contests/{stage.contest(JURY)['id']}"
    assert code(ada.get(f"{path}/judge-request")) == (404, "not_found")
    assert host.post(f"{path}/judge-requests", {"handle": "@Ada"}).get_json() == {"is_judge": False}
    assert code(host.post(f"{path}/judge-requests", {"handle": "ada"})) == (409, "judge_asked")
    asked = ada.get(f"{path}/judge-request").get_json()
    assert (asked["title"], asked["label"], asked["is_accepted"]) == ("Remix the harbour", "nightshift", None)
    assert code(ada.get(path)) == (404, "contest_not_found"), "the draft itself stays the label's"
    assert [one.kind for one in stage.hub.rows(Notice)] == ["judge_request"]
    assert code(host.post(f"{path}/announcement")) == (409, "contest_not_ready"), "who is asked is no judge yet"
    assert ada.post(f"{path}/judge-request/answer", {"accepts": True}).get_json()["is_accepted"] is True
    members = {one.account.handle: one.role for one in stage.hub.rows(LabelMember)}
    assert members == {"host": "owner", "ada": "judge"}
    assert [one.account.handle for one in stage.hub.rows(ContestJudge)] == ["ada"]
    assert code(ada.post(f"{path}/judge-request/answer", {"accepts": False})) == (409, "judge_asked")
    assert stage.hub.rows(Notice)[-1].title == "@ada judges “Remix the harbour”"
    assert host.post(f"{path}/announcement").status_code == 200


def test_a_no_stands_and_a_member_is_not_asked(stage: ContestStage, host: Client) -> None:
    ada, member = stage.person("ada"), stage.judge("bo")
    path = f"/contests/{stage.contest(JURY)['id']}"
    host.post(f"{path}/judge-requests", {"handle": "ada"})
    assert ada.post(f"{path}/judge-request/answer", {"accepts": False}).get_json()["is_accepted"] is False
    assert code(host.post(f"{path}/judge-requests", {"handle": "ada"})) == (409, "judge_asked")
    assert code(ada.post(f"{path}/judge-request/answer", {"accepts": True})) == (409, "judge_asked")
    assert host.post(f"{path}/judge-requests", {"handle": "bo"}).get_json() == {"is_judge": True}
    assert code(member.get(f"{path}/judge-request")) == (404, "not_found")
    nobody = host.post(f"{path}/judge-requests", {"handle": "nobody-here"})
    assert (nobody.status_code, nobody.get_json()["violations"][0]["pointer"]) == (422, "/handle")
    assert [one.account.handle for one in stage.hub.rows(ContestJudge)] == ["bo"]


def test_who_entered_since_does_not_judge_and_nobody_when_it_is_over(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(BOTH)
    path = f"/contests/{contest['id']}"
    fan, late = stage.person("fan"), stage.person("late")
    for handle in ("fan", "late"):
        host.post(f"{path}/judge-requests", {"handle": handle})
    assert stage.enter("fan", contest).status_code == 201
    assert code(fan.post(f"{path}/judge-request/answer", {"accepts": True})) == (409, "judge_is_entrant")
    assert [one.account.handle for one in stage.hub.rows(LabelMember)] == ["host"], "nothing of it happened"
    stage.pass_hours(contest, 9)
    assert code(late.post(f"{path}/judge-request/answer", {"accepts": True})) == (409, "contest_phase_wrong")
    assert [one.is_accepted for one in stage.hub.rows(JudgeRequest)] == [None, None]
    assert code(host.post(f"{path}/judge-requests", {"handle": "other"})) == (409, "contest_phase_wrong")
