"""Voting: who may, hearing before answering, flags that do not say for whom."""

from __future__ import annotations

import random

from remixhub.models import ContestBallot
from tests.integration.conftest import Client
from tests.integration.contests.conftest import DUELS, SCORES, ContestStage, code


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
    path = f"/contests/{contest['id']}"
    before = host.get(f"{path}/flags").get_json()
    assert before == {"screened_at": None, "ballots_since": len(ballots), "is_underway": False, "flags": []}
    ordered = host.post(f"{path}/screenings")
    assert (ordered.status_code, ordered.get_json()["is_underway"]) == (202, True)
    stage.hub.drain()
    found = host.get(f"{path}/flags").get_json()
    assert (found["ballots_since"], found["is_underway"]) == (0, False)
    assert found["screened_at"]
    flags = found["flags"]
    assert {one["handle"] for one in flags} == {f"puppet-{n}" for n in range(8)}
    assert "8 accounts on one network" in " ".join(one["words"] for one in flags)
    assert all(one.keys() == {"id", "handle", "cast_at", "reasons", "words", "state", "review_note"} for one in flags)
