"""Contests from the outside: hosts, entrants, judges and voters, and everything they must not be able to do."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.domain.contests.export import faults
from remixhub.domain.moderation import ReportReason, TakedownState
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, ContestBallot, ContestEntry, EntryReceipt, Label, Notice, Work
from remixhub.services.contests import tending
from remixhub.services.moderation import takedowns
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import BOTH, DUELS, JURY, RUBRIC, ContestStage

SCORES = {"vote": "scores", "vote_share_percent": 100, "sealing": "public"}


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    stage = ContestStage(hub)
    stage.label()
    return stage


@pytest.fixture
def host(stage: ContestStage) -> Client:
    return stage.person("host")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


# the label


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


# the host


def test_a_draft_is_its_labels_alone_and_everybody_sees_it_once_announced(stage: ContestStage, host: Client) -> None:
    contest = stage.contest(JURY)
    path, fan = f"/contests/{contest['id']}", stage.person("fan")
    assert code(fan.get(path)) == (404, "contest_not_found")
    assert stage.hub.visitor().get("/contests").get_json()["contests"] == []
    assert [one["id"] for one in host.get("/contests").get_json()["contests"]] == [contest["id"]]
    assert code(fan.post(f"{path}/announcement")) == (404, "contest_not_found")
    assert host.post(f"{path}/announcement").get_json()["phase"] == "announced"
    shown = fan.get(path).get_json()
    assert (shown["time_zone"], shown["my_role"], shown["entry_count"]) == ("Europe/Berlin", None, 0)
    assert "Judges decide." in shown["terms_in_plain_words"]
    assert [one["field"] for one in shown["terms_differences"]] == ["sealing"]
    assert code(fan.post(f"{path}/announcement")) == (403, "label_members_only")
    assert code(host.post(f"{path}/announcement")) == (409, "contest_phase_wrong")


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


# entries


def test_every_attempt_gets_a_receipt_that_says_whether_it_counts(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(JURY)
    fan, path = stage.person("fan"), f"/contests/{contest['id']}"
    work = stage.remix("fan", contest["release_id"])
    receipt = stage.enter("fan", contest, work_id=work).get_json()
    assert (receipt["verdict"], receipt["is_counted"], receipt["work_id"]) == ("counted", True, work)
    assert len(receipt["sha256"]) == 64
    stranger, outside = stage.remix("other", contest["release_id"]), stage.catalogue.work("Alone", by="fan")
    stage.give_audio(outside)
    draft = stage.remix("fan", contest["release_id"], title="Draft", draft=True)
    gone = stage.remix("fan", contest["release_id"], title="Gone")
    takedowns.take_down(SYSTEM, stage.hub.parts, work_ids=[gone], reason=ReportReason.OFFENSIVE)
    refused = [
        (work, "entry_twice"), (stranger, "entry_not_yours"), (outside, "entry_outside_lineage"),
        (draft, "entry_not_published"), (gone, "entry_not_published"),
        (stage.remix("fan", contest["release_id"], title="Second"), "entry_limit_reached"),
    ]  # fmt: skip
    for work_id, expected in refused:
        answer = stage.enter("fan", contest, work_id=work_id)
        assert code(answer) == (409, expected)
        kept = fan.get(f"/entry-receipts/{answer.get_json()['context']['receipt_id']}").get_json()
        assert kept["verdict"].startswith("not counted, because ")
        assert kept["code"] == expected
    assert len(fan.get(f"{path}/my-receipts").get_json()["receipts"]) == 1 + len(refused)
    assert stage.person("other").get(f"/entry-receipts/{receipt['id']}").status_code == 404
    assert code(stage.enter("fan", contest, work_id="nowhere")) == (404, "not_found")


def test_late_by_a_second_is_late_and_says_so(stage: ContestStage) -> None:
    contest = stage.opened(JURY)
    with stage.hub.parts.database.writing() as session:
        row = session.get_one(Contest, contest["id"])
        row.closes_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    late = stage.enter("fan", contest)
    assert code(late) == (409, "contest_deadline_over")
    assert "seconds late" in late.get_json()["detail"]
    (receipt,) = stage.hub.rows(EntryReceipt)
    assert not receipt.is_counted
    assert stage.hub.rows(ContestEntry) == []


def test_entries_are_replaced_and_taken_back_until_the_close(stage: ContestStage) -> None:
    contest = stage.opened(JURY)
    fan, path = stage.person("fan"), f"/contests/{contest['id']}"
    first = stage.enter("fan", contest).get_json()["entry_id"]
    better = stage.remix("fan", contest["release_id"], title="Better")
    assert stage.enter("fan", contest, work_id=better, replaces="nothing").status_code == 404
    second = stage.enter("fan", contest, work_id=better, replaces=first).get_json()["entry_id"]
    states = {one["id"]: one["state"] for one in fan.get(f"{path}/my-entries").get_json()["entries"]}
    assert states == {first: "replaced", second: "counted"}
    assert stage.person("other").delete(f"/entries/{second}").status_code == 404
    assert fan.delete(f"/entries/{second}").get_json()["state"] == "withdrawn"
    assert fan.delete(f"/entries/{second}").status_code == 200
    third = stage.enter("fan", contest, work_id=better).get_json()["entry_id"]
    stage.pass_hours(contest, 1)
    assert code(fan.delete(f"/entries/{third}")) == (409, "contest_deadline_over")


def test_sealed_entries_stay_drafts_until_all_ballots_are_in(stage: ContestStage, host: Client) -> None:
    judge = stage.judge("judge")
    contest = stage.opened({"rubric": RUBRIC, "sealing": "sealed"})
    path = f"/contests/{contest['id']}"
    host.post(f"{path}/judges", {"handle": "judge"})
    empty = stage.catalogue.draft("Nothing yet", [contest["release_id"]], by="fan")
    assert code(stage.enter("fan", contest, work_id=empty)) == (409, "entry_not_published")
    draft = stage.remix("fan", contest["release_id"], draft=True)
    entry = stage.enter("fan", contest, work_id=draft).get_json()["entry_id"]
    fan = stage.person("fan")
    assert code(fan.delete(f"/works/{draft}", revision=1)) == (409, "work_entered")
    for stranger in (host, stage.person("other"), stage.hub.visitor()):
        assert stranger.get(f"{path}/entries").get_json()["entries"] == []
        assert stranger.get(f"/works/{draft}").status_code == 404
        assert stranger.http.get(f"/media/entries/{entry}/preview", headers=stranger.headers).status_code == 404
    assert len(fan.get(f"{path}/entries").get_json()["entries"]) == 1
    stage.pass_hours(contest, 1)
    (heard,) = judge.get(f"{path}/desk").get_json()["entries"]
    assert heard["id"] == entry
    assert judge.get(f"/works/{draft}").status_code == 404, "blind: judges do not learn whose it is"
    stage.pass_hours(contest, 2)
    tend(stage)
    assert stage.hub.visitor().get(f"/works/{draft}").get_json()["state"] == "published"
    assert [one["id"] for one in stage.hub.visitor().get(f"{path}/entries").get_json()["entries"]] == [entry]


def test_a_host_cannot_unmask_sealed_entries_by_ruling(stage: ContestStage, host: Client) -> None:
    contest = stage.opened({"rubric": RUBRIC, "sealing": "sealed"})
    draft = stage.remix("fan", contest["release_id"], draft=True)
    entry = stage.enter("fan", contest, work_id=draft).get_json()["entry_id"]
    for hours in (0, 1):
        stage.pass_hours(contest, hours)
        out = {"is_out": True, "reason": "Curious."}
        assert code(host.post(f"/entries/{entry}/ruling", out)) == (409, "contest_phase_wrong")


def test_what_is_entered_keeps_its_sources(stage: ContestStage) -> None:
    contest = stage.opened({"rubric": RUBRIC, "sealing": "sealed"})
    other = stage.catalogue.work("Elsewhere", by="somebody")
    draft = stage.remix("fan", contest["release_id"], draft=True)
    fan = stage.person("fan")
    entry = stage.enter("fan", contest, work_id=draft).get_json()["entry_id"]
    elsewhere = {"sources": [{"source_id": other}]}
    assert code(fan.put(f"/works/{draft}/sources", elsewhere, revision=1)) == (409, "work_entered")
    fan.delete(f"/entries/{entry}")
    assert fan.put(f"/works/{draft}/sources", elsewhere, revision=1).status_code == 200


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


def test_hosts_do_not_enter_and_rulings_are_not_undone(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(JURY)
    own = stage.remix("host", contest["release_id"])
    assert code(stage.enter("host", contest, work_id=own)) == (409, "entrant_is_host")
    entry = stage.enter("fan", contest).get_json()["entry_id"]
    host.post(f"/entries/{entry}/ruling", {"is_out": True, "reason": "It is a cover."})
    assert code(stage.person("fan").delete(f"/entries/{entry}")) == (409, "entry_refused")


def test_a_cancelled_draft_is_seen_by_nobody_else(stage: ContestStage, host: Client) -> None:
    contest = stage.contest(JURY)
    path = f"/contests/{contest['id']}"
    assert host.post(f"{path}/cancellation", {"note": "Another year."}).status_code == 200
    assert stage.hub.visitor().get(path).status_code == 404
    assert stage.hub.visitor().get("/contests").get_json()["contests"] == []
    assert host.get(path).get_json()["phase"] == "cancelled"


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


def exported(stage: ContestStage, path: str) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(stage.hub.visitor().get(f"{path}/export").data)) as export:
        return {name: export.read(name).decode() for name in export.namelist()}


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


def test_the_host_rules_out_with_a_reason_and_takes_it_back(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(JURY)
    entry = stage.enter("fan", contest).get_json()["entry_id"]
    fan = stage.person("fan")
    assert code(fan.post(f"/entries/{entry}/ruling", {"is_out": True, "reason": "x"})) == (403, "label_members_only")
    ruled = host.post(f"/entries/{entry}/ruling", {"is_out": True, "reason": "It is a cover."}).get_json()
    assert (ruled["state"], ruled["reason"]) == ("ruled_out", "It is a cover.")
    assert code(host.post(f"/entries/{entry}/ruling", {"is_out": True, "reason": "x"})) == (409, "entry_refused")
    again = stage.remix("fan", contest["release_id"], title="Again")
    assert code(stage.enter("fan", contest, work_id=again)) == (409, "entry_limit_reached"), "it keeps its slot"
    assert host.post(f"/entries/{entry}/ruling", {"is_out": False, "reason": "It is not."}).status_code == 200
    told = [notice.title for notice in stage.hub.rows(Notice)]
    assert any("does not count any more" in title for title in told)
    assert any("counts again" in title for title in told)


def test_deleting_an_account_takes_open_entries_back_and_keeps_later_ones(stage: ContestStage) -> None:
    from remixhub.services.accounts.passwords import hash_password

    first, second = stage.opened({**JURY, "sealing": "sealed"}), stage.opened({**JURY, "sealing": "sealed"})
    ids = {}
    for contest in (first, second):
        draft = stage.remix("fan", contest["release_id"], title=contest["id"], draft=True)
        ids[contest["id"]] = stage.enter("fan", contest, work_id=draft).get_json()["entry_id"]
    stage.pass_hours(first, 1)
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.handle == "fan").values(password_hash=hash_password("x" * 12)))
    browser = Client(stage.hub.app.test_client(), stage.hub.parts)
    assert browser.post("/sessions", {"login": "fan", "password": "x" * 12}).status_code == 201
    gone = browser.delete("/account", {"password": "x" * 12})
    assert gone.status_code == 204, gone.text
    states = {one.id: one.state for one in stage.hub.rows(ContestEntry)}
    assert states == {ids[first["id"]]: "counted", ids[second["id"]]: "withdrawn"}
    assert len([one for one in stage.hub.rows(Work) if one.state is WorkState.DRAFT]) == 2, "records need them"


# judging


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
    result = host.post(f"{path}/decision").get_json()
    assert result["phase"] == "decided"
    sheet = stage.hub.visitor().get(f"{path}/result").get_json()
    assert [one["entry"] for one in sheet["result"]["missing_scores"]] == [near]
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


# the vote


def test_only_verified_accounts_vote_and_never_for_themselves(stage: ContestStage) -> None:
    contest = stage.opened(DUELS)
    path = f"/contests/{contest['id']}"
    ids = [stage.enter(handle, contest).get_json()["entry_id"] for handle in ("one", "two", "three")]
    assert code(stage.person("voter").get(f"{path}/duel")) == (409, "contest_phase_wrong"), "not before all are in"
    stage.pass_hours(contest, 1)
    assert code(stage.person("fresh", verified=False).get(f"{path}/duel")) == (403, "voter_not_eligible")
    assert stage.hub.visitor().get(f"{path}/duel").status_code == 401
    entrant = stage.person("one")
    duel = entrant.get(f"{path}/duel").get_json()
    assert ids[0] not in (duel["left"]["id"], duel["right"]["id"])
    again = entrant.get(f"{path}/duel", base_url="http://inner:8000").get_json()
    assert again == duel, "the same one waits, at the public address, by whatever name the hub was asked"
    assert "title" not in duel["left"]
    assert code(entrant.post(f"{path}/entry-scores", {"entry_id": ids[1], "score": 5})) == (409, "vote_of_another_kind")


def test_a_duel_is_answered_once_after_both_were_heard(stage: ContestStage) -> None:
    contest = stage.opened(DUELS)
    path = f"/contests/{contest['id']}"
    for handle in ("one", "two"):
        stage.enter(handle, contest)
    stage.pass_hours(contest, 1)
    voter = stage.person("voter")
    duel = voter.get(f"{path}/duel").get_json()
    left, right = duel["left"]["id"], duel["right"]["id"]
    answer = {"favoured": left, "against": right}
    assert code(voter.post(f"{path}/duels", answer)) == (409, "entry_not_heard")
    stage.hear(voter, contest, left)
    assert code(voter.post(f"{path}/duels", answer)) == (409, "entry_not_heard"), "of both"
    stage.hear(voter, contest, right)
    assert code(voter.post(f"{path}/duels", {"favoured": left, "against": left})) == (409, "duel_not_offered")
    assert voter.post(f"{path}/duels", answer).status_code == 201
    assert code(voter.post(f"{path}/duels", answer)) == (409, "ballot_twice")
    assert voter.get(f"{path}/duel").get_json() == {"left": None, "right": None, "answered": 1}


def test_two_entries_cannot_be_heard_at_once(stage: ContestStage) -> None:
    contest = stage.opened(DUELS)
    ids = [
        stage.enter(
            handle, contest, work_id=stage.remix(handle, contest["release_id"], seconds=60)
        ).get_json()["entry_id"]
        for handle in ("one", "two")
    ]  # fmt: skip
    stage.pass_hours(contest, 1)
    voter = stage.person("voter")
    heard = [
        voter.post(f"/contests/{contest['id']}/hearings", {"entry_id": ids[number % 2]}).get_json()["heard_ms"]
        for number in range(8)
    ]
    assert heard == [0] * 8, "every beat of another entry begins anew"
    voter.post(f"/contests/{contest['id']}/hearings", {"entry_id": ids[1]})
    assert voter.post(f"/contests/{contest['id']}/hearings", {"entry_id": ids[1]}).get_json()["heard_ms"] < 1000


def test_scores_are_given_once_within_bounds(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(SCORES)
    path = f"/contests/{contest['id']}"
    ids = [stage.enter(handle, contest).get_json()["entry_id"] for handle in ("one", "two")]
    stage.pass_hours(contest, 1)
    voter = stage.person("voter")
    stage.hear(voter, contest, ids[0])
    for wrong in (-0.5, 10.5, 7.25):
        refused = voter.post(f"{path}/entry-scores", {"entry_id": ids[0], "score": wrong})
        assert code(refused) == (422, "ballot_outside_rubric")
    assert code(voter.post(f"{path}/entry-scores", {"entry_id": ids[1], "score": 5})) == (409, "entry_not_heard")
    assert voter.post(f"{path}/entry-scores", {"entry_id": ids[0], "score": 8.5}).status_code == 201
    assert code(voter.post(f"{path}/entry-scores", {"entry_id": ids[0], "score": 9})) == (409, "ballot_twice")
    stage.pass_hours(contest, 1)
    host.post(f"{path}/decision")
    lines = stage.hub.visitor().get(f"{path}/result").get_json()["result"]["standings"]
    assert lines[0]["entry_id"] == ids[0]


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
    result = stage.hub.visitor().get(f"{path}/result").get_json()["result"]
    assert result["ballots_excluded"] == dict.fromkeys(bad, "A ring.")
    assert (result["ballots_cast"], result["ballots_counted"]) == (6, 3)
    assert result["raw_standings"][0]["entry_id"] == ids[1]
    assert result["standings"][1]["tally"]["scores"] in (0, 3)


def test_a_flag_says_who_and_why_but_not_for_whom(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(SCORES)
    ids = [stage.enter(f"artist-{number}", contest).get_json()["entry_id"] for number in range(8)]
    stage.pass_hours(contest, 1)
    drawn = random.Random(1)
    ballots = [(f"honest-{n}", id, float(drawn.randint(3, 9)), "") for n in range(20) for id in ids]
    ballots += [(f"puppet-{n}", ids[0], 10.0, "one network") for n in range(8)]
    for handle, entry, score, origin in ballots:
        account = stage.catalogue.account(handle)
        with stage.hub.parts.database.writing() as session:
            session.add(
                ContestBallot(
                    contest_id=contest["id"], account_id=account, subject=entry, favoured_id=entry, score=score,
                    origin=origin,
                )
            )  # fmt: skip
    flags = host.get(f"/contests/{contest['id']}/flags").get_json()["flags"]
    assert {one["handle"] for one in flags} == {f"puppet-{n}" for n in range(8)}
    assert "8 accounts on one network" in " ".join(one["words"] for one in flags)
    assert all(one.keys() == {"id", "handle", "cast_at", "reasons", "words", "state", "review_note"} for one in flags)


# the end and around it


def test_an_embargo_holds_the_result_back_from_all_but_the_host(stage: ContestStage, host: Client) -> None:
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=60)
    contest = stage.opened(JURY, embargo_until=until.isoformat())
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
    assert f"{until:%d %B %Y}" in held.get_json()["detail"]
    assert host.get(f"{path}/result").status_code == 200
    assert host.edit(path, {"embargo_until": None}).status_code == 409


def test_reminders_come_two_days_and_two_hours_before_and_never_twice(stage: ContestStage, host: Client) -> None:
    starts = dt.datetime.now(dt.UTC)
    dates = {
        "opens_at": (starts + dt.timedelta(hours=1)).isoformat(),
        "closes_at": (starts + dt.timedelta(hours=101)).isoformat(),
        "judging_closes_at": (starts + dt.timedelta(hours=200)).isoformat(),
    }
    contest = stage.contest(JURY, **dates)
    host.post(f"/contests/{contest['id']}/announcement")
    stage.judge("judge")
    host.post(f"/contests/{contest['id']}/judges", {"handle": "judge"})
    stage.pass_hours(contest, 2)
    stage.enter("fan", contest)

    def reminded(handle: str) -> int:
        account = stage.catalogue.account(handle)
        soon = ("closes soon", "waits for your scores")
        return sum(one.account_id == account and one.title.endswith(soon) for one in stage.hub.rows(Notice))

    tend(stage)
    assert reminded("fan") == 0
    for hours, expected in ((52, 1), (0, 1), (46, 2), (0, 2)):
        stage.pass_hours(contest, hours)
        tend(stage)
        assert reminded("fan") == expected
    assert reminded("judge") == 0
    stage.pass_hours(contest, 99)
    tend(stage)
    assert reminded("judge") == 2


def tend(stage: ContestStage) -> None:
    """As the scheduler does."""
    tending.order_due(stage.hub.parts)
    stage.hub.drain()


def test_a_secret_remixer_deals_everybody_a_source_of_another(stage: ContestStage, host: Client) -> None:
    contest = stage.contest(JURY, release_id=None, is_secret_remixer=True)
    path = f"/contests/{contest['id']}"
    host.post(f"{path}/announcement")
    gives = {handle: stage.catalogue.work(f"By {handle}", by=handle) for handle in ("ann", "bo", "cy")}
    assert code(host.post(f"{path}/deal")) == (409, "deal_too_small")
    for handle, work in gives.items():
        assert stage.person(handle).put(f"{path}/sign-up", {"work_id": work}).status_code == 200
    assert stage.person("ann").put(f"{path}/sign-up", {"work_id": gives["bo"]}).status_code == 403
    assert host.post(f"{path}/deal").get_json() == {"participants": 3}
    assert code(host.post(f"{path}/deal")) == (409, "contest_phase_wrong")
    dealt = {handle: stage.person(handle).get(f"{path}/sign-up").get_json()["dealt_work_id"] for handle in gives}
    assert set(dealt.values()) == set(gives.values())
    assert all(dealt[handle] != gives[handle] for handle in gives)
    stage.pass_hours(contest, 1.5)
    wrong = stage.remix("ann", next(one for one in gives.values() if one not in (dealt["ann"], gives["ann"])))
    assert code(stage.enter("ann", contest, work_id=wrong)) == (409, "entry_outside_lineage")
    right = stage.remix("ann", dealt["ann"], title="Right")
    assert stage.enter("ann", contest, work_id=right).status_code == 201


def test_both_ways_together_and_the_contest_of_a_label_is_listed(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(BOTH)
    listed = stage.hub.visitor().get("/contests?label=nightshift").get_json()["contests"]
    assert [(one["id"], one["phase"]) for one in listed] == [(contest["id"], "open")]
    assert stage.hub.visitor().get("/contests?label=nobody").get_json()["contests"] == []
    stage.pass_hours(contest, 1)
    assert host.get(f"/contests/{contest['id']}").get_json()["phase"] == "voting_and_judging"
    assert len(stage.hub.rows(Label)) == 1
