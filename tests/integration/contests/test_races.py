"""Many at once on one contest: never more entries than allowed, never two votes, one decision, and the tally is the
ballots. The naive way, in the same file, breaks each of these.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import Actor, session_actor
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.log import first_fault
from remixhub.domain.errors import RemixHubError
from remixhub.models import Contest, ContestBallot, ContestEntry, ContestSlot, DuelOffer
from remixhub.services.contests import decisions, entries, voting
from remixhub.services.contests.voting import Whence
from tests.integration.contests.conftest import BOTH, DUELS, ContestStage

TRIALS, THREADS = 20, 8
NOWHERE = Whence("", "")


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool


def at_once(crowd: ThreadPoolExecutor, acts: list[Callable[[], Any]]) -> list[Any]:
    """What each returned, or the code of what it raised; all start together."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except RemixHubError as exc:
            return exc.code

    return list(crowd.map(run, acts))


def actor(stage: ContestStage, handle: str) -> Actor:
    return session_actor(stage.catalogue.account(handle), handle, is_operator=False)


def test_entries_at_once_never_pass_the_limit(stage: ContestStage, crowd: ThreadPoolExecutor) -> None:
    contest = stage.opened({**DUELS, "entries_per_account": 2})
    works = [stage.remix("fan", contest["release_id"], title=str(number)) for number in range(THREADS)]
    fan, parts = actor(stage, "fan"), stage.hub.parts
    drawn = random.Random(1)
    for _ in range(TRIALS):
        acts = [lambda work=work: entries.submit(fan, parts, contest["id"], work) for work in works]
        drawn.shuffle(acts)
        answers = at_once(crowd, acts)
        counted = [one for one in answers if not isinstance(one, str)]
        assert len(counted) == 2
        assert answers.count("entry_limit_reached") == THREADS - 2
        for receipt in counted:
            entries.take_back(fan, parts, receipt.entry_id)


def test_the_naive_way_passes_the_limit(stage: ContestStage, crowd: ThreadPoolExecutor) -> None:
    """Counting first and inserting then, without the slot's constraint: the proof that the test above can fail."""
    contest = stage.opened({**DUELS, "entries_per_account": 1})
    works = [stage.remix("fan", contest["release_id"], title=str(number)) for number in range(THREADS)]
    account_id, database = stage.catalogue.account("fan"), stage.hub.parts.database
    with database.writing() as session:
        session.execute(
            sa.insert(ContestSlot), [{"contest_id": contest["id"], "slot": slot} for slot in range(2, THREADS + 1)]
        )
    meeting = threading.Barrier(THREADS)

    def naive(work: str, slot: int) -> bool:
        mine = sa.and_(ContestEntry.contest_id == contest["id"], ContestEntry.account_id == account_id)
        with database.reading() as session:
            count = session.scalar(sa.select(sa.func.count()).where(mine)) or 0
        meeting.wait()
        if count >= 1:
            return False
        with database.writing() as session:
            entry = ContestEntry(
                contest_id=contest["id"], account_id=account_id, work_id=work, slot=slot, audio_sha256="a" * 64,
            )  # fmt: skip
            session.add(entry)
        return True

    acts = [lambda work=work, slot=slot: naive(work, slot) for slot, work in enumerate(works, 1)]
    assert at_once(crowd, acts).count(True) > 1


def voting_contest(stage: ContestStage, terms: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    contest = stage.opened(terms)
    ids = [stage.enter(handle, contest).get_json()["entry_id"] for handle in ("one", "two")]
    stage.pass_hours(contest, 1)
    return contest, ids


def offer(stage: ContestStage, contest: dict[str, Any], account_id: str, ids: list[str]) -> None:
    """Everything heard and the duel of the first two offered, as rows."""
    stage.note_heard(account_id, contest, *ids)
    with stage.hub.parts.database.writing() as session:
        session.merge(DuelOffer(contest_id=contest["id"], account_id=account_id, left_id=ids[0], right_id=ids[1]))


def test_one_account_votes_once_however_often_at_once(stage: ContestStage, crowd: ThreadPoolExecutor) -> None:
    contest, ids = voting_contest(stage, DUELS)
    parts = stage.hub.parts
    for trial in range(TRIALS):
        stage.person(f"voter-{trial}")
        voter = actor(stage, f"voter-{trial}")
        assert voter.account_id is not None
        offer(stage, contest, voter.account_id, ids)
        acts = [
            lambda pair=pair, voter=voter: voting.answer_duel(voter, parts, contest["id"], *pair, NOWHERE)
            for pair in [(ids[0], ids[1]), (ids[1], ids[0])] * (THREADS // 2)
        ]
        answers = at_once(crowd, acts)
        assert len([one for one in answers if not isinstance(one, str)]) == 1
    assert len(stage.hub.rows(ContestBallot)) == TRIALS


def test_votes_at_the_moment_of_the_decision_are_counted_or_refused_and_one_decision_stands(
    stage: ContestStage, crowd: ThreadPoolExecutor
) -> None:
    host, parts = actor(stage, "host"), stage.hub.parts
    drawn = random.Random(2)
    voters = [f"voter-{number}" for number in range(THREADS - 2)]
    for handle in voters:
        stage.person(handle)
    for _ in range(TRIALS):
        contest, ids = voting_contest(stage, DUELS)
        for handle in voters:
            offer(stage, contest, stage.catalogue.account(handle), ids)
        with parts.database.writing() as session:
            row = session.get_one(Contest, contest["id"])
            row.voting_closes_at = dt.datetime.now(dt.UTC) + dt.timedelta(milliseconds=drawn.randint(20, 80))

        def decide(contest_id: str = contest["id"]) -> str:
            """Again and again until it is time."""
            while True:
                try:
                    return decisions.decide(host, parts, contest_id).id
                except RemixHubError as exc:
                    if exc.context.get("phase") not in ("voting", "open"):
                        return exc.code

        votes = [
            lambda handle=handle, contest_id=contest["id"], pair=ids[:2]: voting.answer_duel(
                actor(stage, handle), parts, contest_id, *pair, NOWHERE
            )
            for handle in voters
        ]
        acts: list[Callable[[], Any]] = [*votes, decide, decide]
        answers = at_once(crowd, acts)
        accepted = [one for one in answers[:-2] if not isinstance(one, str)]
        assert set(answers[:-2]) - set(accepted) <= {"contest_deadline_over", "contest_phase_wrong"}
        assert sorted(answers[-2:]) == sorted([contest["id"], "contest_phase_wrong"]), "exactly one decision"
        with parts.database.reading() as session:
            result = session.get_one(Contest, contest["id"]).result
        assert result is not None
        assert result["ballots_counted"] == result["ballots_cast"] == len(accepted), "the tally is the ballots"
        assert sum(line["tally"]["wins"] for line in result["standings"]) == len(accepted)


def test_the_naive_way_decides_twice_counts_an_account_twice_and_loses_its_votes(
    stage: ContestStage, crowd: ThreadPoolExecutor
) -> None:
    """Looking first and writing then, without the contest's lock and with the pair as it was clicked."""
    contest, ids = voting_contest(stage, DUELS)
    account_id, database = stage.catalogue.account("fan"), stage.hub.parts.database
    meeting = threading.Barrier(4)
    cast = sa.select(sa.func.count()).select_from(ContestBallot)

    def vote(favoured_id: str, against_id: str) -> bool:
        subject = f"{favoured_id} {against_id}"
        with database.reading() as session:
            has_voted = session.scalar(cast.where(ContestBallot.account_id == account_id))
        meeting.wait()
        if has_voted:
            return False
        with database.writing() as session:
            session.add(
                ContestBallot(
                    contest_id=contest["id"], account_id=account_id, subject=subject, favoured_id=favoured_id,
                    against_id=against_id,
                )
            )  # fmt: skip
        return True

    def decide() -> int | None:
        """The tally that is published."""
        with database.reading() as session:
            is_decided = session.get_one(Contest, contest["id"]).decided_at is not None
            tally = session.scalar(cast) or 0
        meeting.wait()
        return None if is_decided else tally

    votes = [lambda: vote(ids[0], ids[1]), lambda: vote(ids[1], ids[0])]
    answers = at_once(crowd, [*votes, decide, decide])
    assert answers[:2] == [True, True], "one account, two votes on a pair"
    assert answers[2:] == [0, 0], "two decisions, and a tally that is not the ballots"
    assert len(stage.hub.rows(ContestBallot)) == 2


def test_the_log_is_one_chain_whoever_writes_at_once(stage: ContestStage, crowd: ThreadPoolExecutor) -> None:
    contest = stage.opened(BOTH)
    parts = stage.hub.parts
    for number in range(TRIALS // 4):
        handles = [f"fan-{number}-{one}" for one in range(THREADS)]
        works = [stage.remix(handle, contest["release_id"]) for handle in handles]
        acts = [
            lambda handle=handle, work=work: entries.submit(actor(stage, handle), parts, contest["id"], work)
            for handle, work in zip(handles, works, strict=True)
        ]
        assert not any(isinstance(one, str) for one in at_once(crowd, acts))
    with parts.database.reading() as session:
        row = session.get_one(Contest, contest["id"])
        lines = decisions.log_lines(session, contest["id"])
        states = session.scalars(sa.select(ContestEntry.state)).all()
    assert first_fault(lines) is None
    assert (len(lines), lines[-1].sha256) == (row.log_length, row.log_head)
    assert states == [EntryState.COUNTED] * (len(lines) - 1), "and the frozen terms are the first line"
