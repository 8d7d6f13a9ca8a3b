"""What is told of contests: each phase once, whoever notices it; nothing that is sealed, nothing under embargo."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from remixhub.models import HookEvent
from tests.integration.contests.conftest import BOTH, JURY, tend
from tests.integration.hooks.conftest import HookStage
from tests.web_servers import WebServer

ALL = ("contest.phase_changed", "contest.extended", "contest.decided", "entry.received")


@pytest.fixture
def hook(stage: HookStage, receiver: WebServer) -> dict[str, Any]:
    return stage.hook(stage.person("host"), receiver, *ALL, scope="label", label="nightshift")


def told(receiver: WebServer) -> list[tuple[str, dict[str, Any]]]:
    bodies = [json.loads(request.body) for request in receiver.requests]
    return [(body["type"], body["data"]) for body in bodies]


def phases(receiver: WebServer) -> list[str]:
    return [data["phase"] for kind, data in told(receiver) if kind == "contest.phase_changed"]


def test_each_phase_is_told_once(stage: HookStage, hook: dict[str, Any], receiver: WebServer) -> None:
    contest = stage.contest(BOTH)
    stage.announce(contest)
    tend(stage)
    assert phases(receiver) == ["announced"]
    for hours, phase in ((1.5, "open"), (1, "voting_and_judging"), (1, "judging"), (1, "counting")):
        stage.pass_hours(contest, hours)
        tend(stage)
        tend(stage)
        assert phases(receiver)[-1] == phase
    assert len(phases(receiver)) == 5
    assert told(receiver)[0][1]["contest"]["label"]["handle"] == "nightshift"
    assert told(receiver)[0][1]["contest"]["permalink"].endswith(f"/contests/{contest['id']}")


def test_a_night_without_workers_is_told_in_the_morning(
    stage: HookStage, hook: dict[str, Any], receiver: WebServer
) -> None:
    contest = stage.contest(BOTH)
    stage.announce(contest)
    stage.pass_hours(contest, 8)
    tend(stage)
    assert phases(receiver) == ["announced", "open", "voting_and_judging", "judging", "counting"]


def test_what_is_extended_in_between_loses_no_phase(
    stage: HookStage, hook: dict[str, Any], receiver: WebServer
) -> None:
    host, contest = stage.person("host"), stage.contest(JURY)
    stage.announce(contest)
    stage.pass_hours(contest, 1.5)
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=9)).isoformat()
    path = f"/contests/{contest['id']}"
    extended = host.post(f"{path}/extensions", {"judging_closes_at": later, "note": "More time"})
    assert extended.status_code == 200, extended.text
    tend(stage)
    kinds = [kind for kind, _ in told(receiver)]
    assert kinds == ["contest.phase_changed", "contest.phase_changed", "contest.extended"]
    assert phases(receiver) == ["announced", "open"]
    assert host.post(f"{path}/cancellation", {"note": "Rain"}).status_code == 200
    tend(stage)
    assert told(receiver)[-1][1]["phase"] == "cancelled"
    assert told(receiver)[-1][1]["note"] == "Rain"
    stage.pass_hours(contest, 20)
    tend(stage)
    assert len(receiver.requests) == 4


def test_of_a_sealed_entry_nobody_learns_whose_it_is(
    stage: HookStage, hook: dict[str, Any], receiver: WebServer
) -> None:
    contest = stage.opened({**JURY, "sealing": "sealed"})
    work_id = stage.remix("fan", contest["release_id"], title="My secret", draft=True)
    entered = stage.enter("fan", contest, work_id=work_id)
    assert entered.status_code == 201, entered.text
    stage.hub.drain()
    (data,) = [data for kind, data in told(receiver) if kind == "entry.received"]
    assert (data["work"], data["entries_count"]) == (None, 1)
    written = json.dumps([event.facts for event in stage.hub.rows(HookEvent)])
    for secret in ("My secret", "fan", work_id, entered.get_json()["entry_id"]):
        assert secret not in written


def test_of_an_open_entry_it_is_told(stage: HookStage, hook: dict[str, Any], receiver: WebServer) -> None:
    contest = stage.opened(JURY)
    assert stage.enter("fan", contest).status_code == 201
    stage.hub.drain()
    (data,) = [data for kind, data in told(receiver) if kind == "entry.received"]
    assert data["work"]["artist"]["handle"] == "fan"


@pytest.mark.parametrize("embargo", [False, True])
def test_the_decision_is_told_without_what_is_under_embargo(
    stage: HookStage, hook: dict[str, Any], receiver: WebServer, embargo: bool
) -> None:
    host = stage.person("host")
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat() if embargo else None
    contest = stage.contest(JURY, embargo_until=until)
    stage.announce(contest)
    stage.pass_hours(contest, 1.5)
    path = f"/contests/{contest['id']}"
    stage.judge("judge")
    assert host.post(f"{path}/judges", {"handle": "judge"}).status_code == 204
    entered = stage.enter("fan", contest).get_json()
    stage.pass_hours(contest, 1)
    scored = stage.person("judge").put(
        f"{path}/scores/{entered['entry_id']}", {"scores": {"craft": 9, "idea": 4}, "note": ""}
    )
    assert scored.status_code < 300, scored.text
    stage.pass_hours(contest, 2)
    assert host.post(f"{path}/decision").status_code == 200
    stage.hub.drain()
    (data,) = [data for kind, data in told(receiver) if kind == "contest.decided"]
    assert [one["artist"]["handle"] for one in data["winners"]] == ([] if embargo else ["fan"])
    assert (data["result_public_at"] is not None) == embargo
    tend(stage)
    assert phases(receiver) == ["announced", "open", "judging", "counting"]
