"""Tallies by pair are what a count over the ballots gives, whatever was cast, excluded and let in again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import cast

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remixhub.compose import Parts
from remixhub.config import Settings
from remixhub.domain.contests.entries import BallotState
from remixhub.jobs.carrier import Carrier
from remixhub.models import Account, Contest, ContestBallot, ContestEntry, Database, DuelOffer, DuelTally
from remixhub.models.migrate import alembic_config, upgrade
from remixhub.services.contests import voting
from remixhub.storage.s3 import ObjectStore
from tests.unit.conftest import Absent
from tests.unit.rows import Rows, actor_of
from tests.unit.services.contests.conftest import Stage

ENTRIES, VOTERS = 4, 4
acts = st.one_of(
    st.tuples(st.just("cast"), st.integers(0, VOTERS - 1), st.permutations(range(ENTRIES))),
    st.tuples(st.just("exclude"), st.sets(st.integers(0, 9), max_size=4), st.just([])),
    st.tuples(st.just("restore"), st.sets(st.integers(0, 9), max_size=4), st.just([])),
)


@pytest.fixture
def stage(database_url: str, settings: Settings) -> Iterator[Stage]:
    database = Database.connect(database_url)
    absent = cast(ObjectStore, Absent("object storage")), cast(Carrier, Absent("carrier"))
    yield Stage(Parts(settings, database, *absent), Rows(database))
    database.dispose()


def tallied(stage: Stage, contest: Contest) -> dict[tuple[str, str], tuple[int, int]]:
    rows = stage.rows.all(DuelTally, DuelTally.contest_id == contest.id)
    return {(row.one_id, row.other_id): (row.one_wins, row.other_wins) for row in rows if row.one_wins + row.other_wins}


def counted(stage: Stage, contest: Contest) -> dict[tuple[str, str], tuple[int, int]]:
    ballots = stage.rows.all(ContestBallot, ContestBallot.contest_id == contest.id)
    wins = Counter((row.favoured_id, row.against_id) for row in ballots if row.state is BallotState.COUNTED)
    pairs = {tuple(sorted(map(str, pair))) for pair in wins}
    return {(one, other): (wins[one, other], wins[other, one]) for one, other in pairs}


def perform(
    stage: Stage, contest: Contest, entries: list[ContestEntry], voters: list[Account], act: tuple[str, object, object]
) -> None:
    match act:
        case "cast", int(who), [int(favoured), int(against), *_]:
            voter, sides = voters[who], (entries[favoured].id, entries[against].id)
            if stage.rows.all(
                ContestBallot, ContestBallot.account_id == voter.id, ContestBallot.subject == " ".join(sorted(sides))
            ):
                return
            offered = {"contest_id": contest.id, "account_id": voter.id, "left_id": sides[0], "right_id": sides[1]}
            stage.rows.add(DuelOffer(**offered))
            voting.answer_duel(actor_of(voter), stage.parts, contest.id, *sides, voting.Whence("", ""))
        case how, set(numbers), _:
            ballots = stage.rows.all(ContestBallot, ContestBallot.contest_id == contest.id)
            chosen = [ballot.id for number, ballot in enumerate(ballots) if number in numbers]
            host = actor_of(stage.host)
            voting.review_ballots(host, stage.parts, contest.id, chosen, exclude=how == "exclude", reason="one room")


@pytest.mark.slow
def test_tallies_are_a_count_over_the_ballots(stage: Stage) -> None:
    entrants = [stage.rows.account(f"entrant{n}") for n in range(ENTRIES)]
    voters = [stage.rows.account(f"voter{n}") for n in range(VOTERS)]

    @given(st.lists(acts, min_size=3, max_size=14))
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def sequence(acts: list[tuple[str, object, object]]) -> None:
        contest = stage.contest()
        entries = [stage.entry(contest, by) for by in entrants]
        for voter in voters:
            stage.hear(voter, contest, *entries)
        for act in acts:
            perform(stage, contest, entries, voters, act)
        assert tallied(stage, contest) == counted(stage, contest)

    sequence()


def test_ballots_of_before_are_counted_by_the_migration(stage: Stage, database_url: str) -> None:
    contest = stage.contest()
    entries = stage.entries(contest, 3)
    voters = [stage.rows.account(f"voter{n}") for n in range(3)]
    for n, who in enumerate(voters):
        stage.hear(who, contest, *entries)
        for pair in ([n, (n + 1) % 3], [2, 1]):
            perform(stage, contest, entries, voters, ("cast", n, pair))
    perform(stage, contest, entries, voters, ("exclude", {1}, []))
    before = tallied(stage, contest)
    assert before == counted(stage, contest)
    assert before
    command.downgrade(alembic_config(database_url), "0036")
    upgrade(database_url)
    assert tallied(stage, contest) == before
