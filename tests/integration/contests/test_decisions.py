"""Decisions: both tallies, embargoes, and exports that bind names and keep drafts private."""

from __future__ import annotations

import datetime as dt
import json

from remixhub.domain.contests.verification import faults
from remixhub.models import ContestBallot
from tests.integration.conftest import Client
from tests.integration.contests.conftest import RUBRIC, SCORES, ContestStage, code, exported, tend


def test_the_export_binds_the_names_and_keeps_voters_and_entrants_apart(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(SCORES)
    path = f"/contests/{contest['id']}"
    ids = [stage.enter(handle, contest).get_json()["entry_id"] for handle in ("one", "two")]
    stage.pass_hours(contest, 1)
    voter = stage.person("one")
    stage.hear(voter, contest, ids[1])
    assert voter.post(f"{path}/entry-scores", {"entry_id": ids[1], "score": 8}).status_code == 201
    stage.pass_hours(contest, 1)
    host.post(f"{path}/decision")
    files = exported(stage, path)
    assert list(faults(files)) == []
    records = [json.loads(line)["record"] for line in files["log.jsonl"].splitlines()]
    entrants = {one["entrant"] for one in records if one["kind"] == "entry"}
    voters = {one["voter"] for one in records if one["kind"] == "ballot"}
    assert len(entrants) == 2
    assert len(voters) == 1
    assert not entrants & voters
    facts = json.loads(files["contest.json"])
    one, two = (facts["entries"][id] for id in ids)
    one["artist"], two["artist"] = two["artist"], one["artist"]
    assert any("contest.json, entries" in fault for fault in faults({**files, "contest.json": json.dumps(facts)}))


def test_drafts_that_do_not_count_stay_private(stage: ContestStage, host: Client) -> None:
    judge = stage.judge("judge")
    contest = stage.opened({"rubric": RUBRIC, "sealing": "host", "entries_per_account": 2})
    path = f"/contests/{contest['id']}"
    host.post(f"{path}/judges", {"handle": "judge"})
    entries = {}
    for title in ("Stays", "Secret one", "Secret two"):
        draft = stage.remix("fan", contest["release_id"], title=title, draft=True)
        if title == "Secret two":
            assert stage.person("fan").delete(f"/entries/{entries['Secret one']}").status_code < 300
        entries[title] = stage.enter("fan", contest, work_id=draft).get_json()["entry_id"]
    seen = {one["title"] for one in host.get(f"{path}/entries").get_json()["entries"]}
    assert seen == {"Stays", "Secret two"}, "what is taken back is its artist's alone again"
    stage.pass_hours(contest, 1)
    for title in ("Stays", "Secret two"):
        assert judge.put(f"{path}/scores/{entries[title]}", {"scores": {"craft": 5, "idea": 1}}).status_code == 200
    out = {"is_out": True, "reason": "It is a cover."}
    assert host.post(f"/entries/{entries['Secret two']}/ruling", out).status_code == 200
    stage.pass_hours(contest, 2)
    tend(stage)
    assert host.post(f"{path}/decision").status_code == 200
    visitor = stage.hub.visitor()
    published = "".join(exported(stage, path).values())
    page = visitor.http.get(f"{path}/result").text
    for text in (published, page, visitor.get(f"{path}/result").text):
        assert "Secret one" not in text
    assert "An entry that stayed private" in page
    assert "Secret two" not in published + page + visitor.get(f"{path}/result").text


def test_excluded_ballots_are_kept_and_both_tallies_are_published(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(SCORES)
    path = f"/contests/{contest['id']}"
    ids = [stage.enter(handle, contest).get_json()["entry_id"] for handle in ("one", "two")]
    stage.pass_hours(contest, 1)
    for number in range(3):
        voter = stage.person(f"voter-{number}")
        for entry, score in zip(ids, (2, 9), strict=True):
            stage.hear(voter, contest, entry)
            assert voter.post(f"{path}/entry-scores", {"entry_id": entry, "score": score}).status_code == 201
    assert code(stage.hub.visitor().get(f"{path}/result")) == (409, "contest_phase_wrong"), "tallies are hidden"
    bad = [row.id for row in stage.hub.rows(ContestBallot) if row.favoured_id == ids[1]]
    review = {"ballot_ids": bad, "is_excluded": True, "reason": "A ring."}
    assert code(stage.person("voter-0").post(f"{path}/ballot-reviews", review)) == (403, "label_members_only")
    assert host.post(f"{path}/ballot-reviews", review).get_json() == {"changed": 3}
    assert host.post(f"{path}/ballot-reviews", review).get_json() == {"changed": 0}
    assert host.post(f"{path}/ballot-reviews", {**review, "ballot_ids": ["none"]}).status_code == 404
    assert len(stage.hub.rows(ContestBallot)) == 6
    stage.pass_hours(contest, 1)
    host.post(f"{path}/decision")
    published = stage.hub.visitor().get(f"{path}/result").get_json()
    result = published["result"]
    said = f"About {published['ballots_to_turn']} more score"
    assert said in stage.hub.visitor().http.get(f"{path}/result").text
    assert result["ballots_excluded"] == dict.fromkeys(bad, "A ring.")
    assert (result["ballots_cast"], result["ballots_counted"]) == (6, 3)
    assert result["raw_standings"][0]["entry_id"] == ids[1]
    assert result["standings"][1]["tally"]["scores"] in (0, 3)


def test_an_embargo_holds_the_result_back_from_all_but_the_host(stage: ContestStage, host: Client) -> None:
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=60)
    contest = stage.opened(SCORES, embargo_until=until.isoformat())
    longer = {"embargo_until": (until + dt.timedelta(days=90)).isoformat()}
    assert code(host.edit(f"/contests/{contest['id']}", longer)) == (422, "contest_dates_invalid")
    path = f"/contests/{contest['id']}"
    stage.enter("fan", contest)
    assert code(host.post(f"{path}/decision")) == (409, "contest_phase_wrong")
    stage.pass_hours(contest, 4)
    assert code(stage.person("fan").post(f"{path}/decision")) == (403, "label_members_only")
    assert host.post(f"{path}/decision").status_code == 200
    held = stage.hub.visitor().get(f"{path}/result")
    assert code(held) == (409, "contest_phase_wrong")
    assert f"{until:%-d %B %Y}" in held.get_json()["detail"]
    assert host.get(f"{path}/result").status_code == 200
    assert host.edit(path, {"embargo_until": None}).status_code == 409
