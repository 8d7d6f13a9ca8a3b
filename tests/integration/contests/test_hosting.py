"""Hosts: drafts, terms that freeze, deadlines that only grow, cancelling, listing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from remixhub.domain.licences.terms import Licence
from remixhub.models import Contest, Label, Notice, Work
from tests.integration.conftest import Client
from tests.integration.contests.conftest import BOTH, DUELS, JURY, RUBRIC, ContestStage, code


def test_a_draft_is_its_labels_alone_and_everybody_sees_it_once_announced(stage: ContestStage, host: Client) -> None:
    contest = stage.contest(JURY)
    path, fan = f"/contests/{contest['id']}", stage.person("fan")
    assert code(fan.get(path)) == (404, "contest_not_found")
    assert stage.hub.visitor().get("/contests").get_json()["contests"] == []
    assert [one["id"] for one in host.get("/contests").get_json()["contests"]] == [contest["id"]]
    assert code(fan.post(f"{path}/announcement")) == (404, "contest_not_found")
    host.post(f"{path}/judges", {"handle": "host"})
    assert host.post(f"{path}/announcement").get_json()["phase"] == "announced"
    shown = fan.get(path).get_json()
    assert (shown["time_zone"], shown["my_role"], shown["entry_count"]) == ("Europe/Berlin", None, 0)
    assert "Judges decide." in shown["terms_in_plain_words"]
    assert [one["field"] for one in shown["terms_differences"]] == ["sealing"]
    assert code(fan.post(f"{path}/announcement")) == (403, "label_members_only")
    assert code(host.post(f"{path}/announcement")) == (409, "contest_phase_wrong")


def test_what_is_missing_stops_the_announcement_and_what_is_odd_does_not(stage: ContestStage, host: Client) -> None:
    path = f"/contests/{stage.contest({**JURY, 'prizes': ['A synth']})['id']}"
    refused = host.post(f"{path}/announcement")
    assert code(refused) == (409, "contest_not_ready")
    listed = [(one["severity"], one["code"]) for one in refused.get_json()["context"]["findings"]]
    assert listed[0] == ("error", "judges_missing")
    assert ("warning", "brief_missing") in listed
    checked = host.get(f"{path}/announcement").get_json()
    assert (checked["is_ready"], checked["findings"]) == (False, refused.get_json()["context"]["findings"])
    host.post(f"{path}/judges", {"handle": "host"})
    checked = host.get(f"{path}/announcement").get_json()
    assert (checked["is_ready"], {one["severity"] for one in checked["findings"]}) == (True, {"warning"})
    assert host.post(f"{path}/announcement").get_json()["phase"] == "announced"
    assert host.get(f"{path}/announcement").get_json()["is_ready"] is False


def test_what_permits_no_remixes_is_neither_chosen_nor_announced(stage: ContestStage, host: Client) -> None:
    contest = stage.contest(DUELS)
    path = f"/contests/{contest['id']}"
    closed = stage.catalogue.work("Closed", by="host", licence=Licence.BY_ND)
    refused = host.edit(path, {"release_id": closed})
    assert code(refused) == (422, "contest_terms_invalid")
    assert refused.get_json()["violations"] == [
        {"pointer": "/release_id", "message": "CC BY-ND 4.0 permits no remixes."}
    ]
    with stage.hub.parts.database.writing() as session:
        session.get_one(Work, contest["release_id"]).licence = Licence.BY_ND
    assert code(host.post(f"{path}/announcement")) == (409, "contest_not_ready")
    assert host.edit(path, {"title": "Another title"}).status_code == 200


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"closes_at": "2020-01-01T00:00:00Z"}, "contest_dates_invalid"),
        ({"judging_closes_at": None}, "contest_dates_invalid"),
        ({"voting_closes_at": "2999-01-01T00:00:00Z"}, "contest_dates_invalid"),
        ({"release_id": None}, "contest_terms_invalid"),
        ({"release_id": "nowhere"}, "not_found"),
        ({"label": "nobody"}, "label_not_found"),
        ({"terms": {"sealing": "public"}}, "contest_terms_invalid"),
        ({"terms": {"rubric": [{**RUBRIC[0], "weight": 0}]}}, "rubric_invalid"),
        ({"terms": {"rubric": RUBRIC, "entries_per_account": 99}}, "contest_terms_invalid"),
        ({"title": ""}, "invalid"),
    ],
)
def test_a_faulty_draft_leaves_nothing(stage: ContestStage, host: Client, facts: dict[str, Any], expected: str) -> None:
    starts = dt.datetime.now(dt.UTC)
    body = {
        "label": "nightshift", "title": "Remix it", "release_id": stage.catalogue.work("Harbour", by="host"),
        "terms": JURY, "opens_at": (starts + dt.timedelta(hours=1)).isoformat(),
        "closes_at": (starts + dt.timedelta(hours=2)).isoformat(),
        "judging_closes_at": (starts + dt.timedelta(hours=3)).isoformat(),
    }  # fmt: skip
    assert host.post("/contests", {**body, **facts}).get_json()["code"] == expected
    assert stage.hub.rows(Contest) == []


@pytest.mark.parametrize("release", ["nowhere", "\u0130", "9999-12-31"])
def test_an_edit_that_names_no_work_is_told_so(stage: ContestStage, host: Client, release: str) -> None:
    path = f"/contests/{stage.contest(JURY)['id']}"
    before = host.get(path).get_json()
    assert code(host.edit(path, {"release_id": release, "title": "Other"})) == (404, "not_found")
    assert {**host.get(path).get_json(), "now": before["now"]} == before


def test_terms_freeze_at_the_first_entry_and_deadlines_only_grow(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(JURY)
    path = f"/contests/{contest['id']}"
    looser = {**JURY, "entries_per_account": 2}
    assert host.edit(path, {"terms": looser}).status_code == 200
    assert stage.enter("fan", contest).status_code == 201
    frozen = host.get(path).get_json()
    assert frozen["terms_frozen_at"]
    assert code(host.edit(path, {"terms": JURY})) == (409, "contest_terms_frozen")
    assert code(host.edit(path, {"brief": "Other words."})) == (409, "contest_terms_frozen")
    assert host.edit(path, {"title": "Remix the harbour, again"}).status_code == 200
    earlier = {"closes_at": frozen["opens_at"], "note": "Sooner"}
    assert code(host.post(f"{path}/extensions", earlier)) == (422, "contest_dates_invalid")
    later = dt.datetime.fromisoformat(frozen["closes_at"]) + dt.timedelta(minutes=10)
    extended = host.post(f"{path}/extensions", {"closes_at": later.isoformat(), "note": "A storm."})
    assert extended.get_json()["announcements"][0]["text"] == "Deadlines are extended: A storm."
    assert host.get(path).get_json()["terms_sha256"] == frozen["terms_sha256"]
    assert any(notice.title.endswith("closes later") for notice in stage.hub.rows(Notice))
    assert code(host.edit(path, {"closes_at": later.isoformat()})) == (409, "contest_terms_frozen")


def test_a_cancelled_contest_takes_nothing_more(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(JURY)
    path = f"/contests/{contest['id']}"
    assert host.post(f"{path}/cancellation", {"note": "No money."}).get_json()["phase"] == "cancelled"
    assert code(stage.enter("fan", contest)) == (409, "contest_phase_wrong")
    assert code(host.post(f"{path}/cancellation", {"note": "Again"})) == (409, "contest_phase_wrong")


def test_a_cancelled_draft_is_seen_by_nobody_else(stage: ContestStage, host: Client) -> None:
    contest = stage.contest(JURY)
    path = f"/contests/{contest['id']}"
    assert host.post(f"{path}/cancellation", {"note": "Another year."}).status_code == 200
    assert stage.hub.visitor().get(path).status_code == 404
    assert stage.hub.visitor().get("/contests").get_json()["contests"] == []
    assert host.get(path).get_json()["phase"] == "cancelled"


def test_both_ways_together_and_the_contest_of_a_label_is_listed(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(BOTH)
    listed = stage.hub.visitor().get("/contests?label=nightshift").get_json()["contests"]
    assert [(one["id"], one["phase"]) for one in listed] == [(contest["id"], "open")]
    assert stage.hub.visitor().get("/contests?label=nobody").get_json()["contests"] == []
    stage.pass_hours(contest, 1)
    assert host.get(f"/contests/{contest['id']}").get_json()["phase"] == "voting_and_judging"
    assert len(stage.hub.rows(Label)) == 1
