"""Entries: receipts, replacing, sealing, rulings, and what an entered work may not do."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.domain.moderation import ReportReason
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, ContestEntry, EntryReceipt, Notice, Work
from remixhub.services.moderation import takedowns
from tests.integration.conftest import Client
from tests.integration.contests.conftest import JURY, RUBRIC, ContestStage, code, tend


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


def test_hosts_do_not_enter_and_rulings_are_not_undone(stage: ContestStage, host: Client) -> None:
    contest = stage.opened(JURY)
    own = stage.remix("host", contest["release_id"])
    assert code(stage.enter("host", contest, work_id=own)) == (409, "entrant_is_host")
    entry = stage.enter("fan", contest).get_json()["entry_id"]
    host.post(f"/entries/{entry}/ruling", {"is_out": True, "reason": "It is a cover."})
    assert code(stage.person("fan").delete(f"/entries/{entry}")) == (409, "entry_refused")


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
