"""After the decision: releases of winners' remixes, and rights that revert by themselves."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from remixhub.models import Contest, Notice, now
from remixhub.services.contests import tending
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import RUBRIC, ContestStage

EXCLUSIVE = {"rubric": RUBRIC, "sealing": "public", "exclusivity": "exclusive", "prizes": ["A synth"]}


@pytest.fixture
def host(stage: ContestStage) -> Client:
    return stage.person("host")


def day(days: int) -> str:
    return str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days))


def decided(stage: ContestStage) -> tuple[str, str, str]:
    """The path of a contest that Rain has won over Snow, and both entries."""
    judge = stage.judge("judge")
    contest = stage.opened({**EXCLUSIVE, "release_by": day(30)})
    path = f"/contests/{contest['id']}"
    assert stage.person("host").post(f"{path}/judges", {"handle": "judge"}).status_code == 204
    entries = []
    for handle, title in (("fan", "Rain"), ("other", "Snow")):
        work = stage.remix(handle, contest["release_id"], title=title)
        entries.append(stage.enter(handle, contest, work_id=work).get_json()["entry_id"])
    stage.pass_hours(contest, 1)
    for entry, craft in zip(entries, (9, 2), strict=True):
        assert judge.put(f"{path}/scores/{entry}", {"scores": {"craft": craft, "idea": 1}}).status_code == 200
    stage.pass_hours(contest, 2)
    early = stage.person("host").put(
        f"{path}/releases/{entries[0]}",
        {"url": "https://example.org/rain"},
        revision=stage.person("host").revision_of(path),
    )
    assert (early.status_code, early.get_json()["code"]) == (409, "contest_phase_wrong")
    assert stage.person("host").post(f"{path}/decision").status_code == 200
    return path, entries[0], entries[1]


def winner(stage: ContestStage, path: str) -> dict[str, Any]:
    (found,) = stage.hub.visitor().get(f"{path}/result").get_json()["winners"]
    return dict(found)


def told(stage: ContestStage, handle: str) -> list[str]:
    account = stage.catalogue.account(handle)
    return [one.title for one in stage.hub.rows(Notice) if one.account_id == account]


def end_release_by(stage: ContestStage, path: str) -> None:
    """The same as if the release-by date were over, as the scheduler sees it then."""
    with stage.hub.parts.database.writing() as session:
        contest = session.get_one(Contest, path.rpartition("/")[2])
        assert contest.tend_after_at is not None
        contest.terms = {**contest.terms, "release_by": day(-1)}
        contest.tended_until, contest.tend_after_at = contest.decided_at - dt.timedelta(days=9), now(-1)
    tending.order_due(stage.hub.parts)
    stage.hub.drain()


def test_what_is_not_released_in_time_is_the_artists_again(stage: ContestStage, host: Client) -> None:
    path, rain, _ = decided(stage)
    until = dt.datetime.fromisoformat(day(31)).isoformat(timespec="milliseconds") + "Z"
    assert winner(stage, path) == {"entry_id": rain, "rights": "exclusive", "until": until, "released_url": None}
    assert "The host alone may release it until" in stage.hub.visitor().http.get(f"{path}/result").text
    end_release_by(stage, path)
    assert winner(stage, path) == {"entry_id": rain, "rights": "reverted", "until": None, "released_url": None}
    assert "all rights are the artist’s again" in stage.hub.visitor().http.get(f"{path}/result").text
    assert "“Rain” is yours again" in told(stage, "fan")
    assert "“Rain” is yours again" not in told(stage, "other")
    late = host.put(f"{path}/releases/{rain}", {"url": "https://example.org/rain"}, revision=host.revision_of(path))
    assert (late.status_code, late.get_json()["code"]) == (409, "rights_reverted")


def test_a_release_in_time_keeps_the_rights_and_is_shown(stage: ContestStage, host: Client) -> None:
    path, rain, snow = decided(stage)
    assert (
        stage.person("fan")
        .put(f"{path}/releases/{rain}", {"url": "https://example.org/"}, revision=stage.person("fan").revision_of(path))
        .status_code
        == 403
    )
    lost = host.put(f"{path}/releases/{snow}", {"url": "https://example.org/snow"}, revision=host.revision_of(path))
    assert (lost.status_code, lost.get_json()["code"]) == (409, "entry_not_winning")
    for wrong in ("javascript:alert(1)", "rain", "https://"):
        assert host.put(f"{path}/releases/{rain}", {"url": wrong}, revision=host.revision_of(path)).status_code == 422
    for name in ("wrong", "rain"):
        assert (
            host.put(
                f"{path}/releases/{rain}", {"url": f"https://example.org/{name}"}, revision=host.revision_of(path)
            ).status_code
            == 204
        )
    assert told(stage, "fan").count("“Rain” is released") == 2
    end_release_by(stage, path)
    found = winner(stage, path)
    assert (found["rights"], found["released_url"]) == ("released", "https://example.org/rain")
    assert "“Rain” is yours again" not in told(stage, "fan")
    assert (
        host.put(
            f"{path}/releases/{rain}", {"url": "https://example.org/moved"}, revision=host.revision_of(path)
        ).status_code
        == 204
    )


def test_a_host_records_a_release_by_form(hub: Hub) -> None:
    host = hub.browser("host").http
    stage = ContestStage(hub)
    stage.label()
    path, rain, _ = decided(stage)
    page = host.get(f"{path}/host").text
    assert "Rain" in page
    seen = re.findall(r'name="seen" value="(\d+)"', page)[0]
    wrong = host.post(f"{path}/host", data={"act": "release", "entry": rain, "url": "nowhere"})
    assert (wrong.status_code, "Write a whole address" in wrong.text) == (422, True)
    typed = {"act": "release", "entry": rain, "url": "https://example.org/rain", "seen": seen}
    assert host.post(f"{path}/host", data=typed).status_code == 303
    assert 'href="https://example.org/rain"' in host.get(f"{path}/result").text


def test_a_release_by_date_before_the_end_is_no_promise(stage: ContestStage, host: Client) -> None:
    release = stage.catalogue.work("Harbour", by="host")
    starts = dt.datetime.now(dt.UTC)
    dates = {
        name: (starts + dt.timedelta(days=days)).isoformat()
        for name, days in (("opens_at", 1), ("closes_at", 20), ("judging_closes_at", 40))
    }
    body = {"label": "nightshift", "title": "Remix it", "release_id": release, **dates}
    refused = host.post("/contests", {**body, "terms": {**EXCLUSIVE, "release_by": day(30)}})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "contest_terms_invalid")
    assert host.post("/contests", {**body, "terms": {**EXCLUSIVE, "release_by": day(41)}}).status_code == 201
