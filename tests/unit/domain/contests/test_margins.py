"""How many further votes would turn first and second: a guess from the published result, held against the count."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from remixhub.domain.contests.margins import ballots_to_turn
from remixhub.domain.contests.result import result_of
from remixhub.domain.contests.terms import ContestTerms
from tests.simulated_votes import Contest
from tests.unit.domain.contests.test_result import BOTH, DUELS, ENTRIES, JURY, SCORES, due, duel, entry, score, sheet

Record = dict[str, Any]


def voted(entries: int, voters: int, *, by_scores: bool) -> list[Record]:
    contest = Contest(Random(f"{entries} {voters}"), entries, by_scores)
    log = [entry(id, 1) for id in contest.strength]
    for one in contest.honest(voters):
        cast = score(one.ballot_id, one.favoured_id, one.score or 0)
        log.append(cast if one.against_id is None else duel(one.ballot_id, one.favoured_id, one.against_id))
    return log


def is_turned(terms: ContestTerms, log: list[Record], ballots: int) -> bool:
    first, second, *rest = (line["entry_id"] for line in result_of(terms, log, seed="s")["standings"])
    others = [first, *rest]
    further = [
        score(f"x{n}", second, 10) if terms == SCORES else duel(f"x{n}", second, others[n % len(others)])
        for n in range(ballots)
    ]
    lines = {line["entry_id"]: line["points"] for line in result_of(terms, [*log, *further], seed="s")["standings"]}
    return float(lines[second]) >= float(lines[first])


@pytest.mark.parametrize("terms", [DUELS, SCORES])
@pytest.mark.parametrize(("entries", "voters"), [(2, 20), (3, 20), (6, 40), (12, 60), (20, 40)])
def test_the_guess_is_near_what_is_counted(terms: ContestTerms, entries: int, voters: int) -> None:
    log = voted(entries, voters, by_scores=terms == SCORES)
    guess = ballots_to_turn(result_of(terms, log, seed="s"), 100)
    assert guess is not None
    assert is_turned(terms, log, round(1.5 * guess) + 1)
    assert not is_turned(terms, log, guess // 2 - 1)


def test_the_jurys_share_bounds_what_votes_can_turn() -> None:
    log = [*ENTRIES[:2], due("j", "a", "b"), sheet("j", "a", 10), sheet("j", "b", 0), score("1", "b", 5)]
    assert ballots_to_turn(result_of(BOTH, log, seed="s"), 25) is None
    near = [*log[:3], sheet("j", "a", 5), sheet("j", "b", 4.5), score("1", "b", 5)]
    few = ballots_to_turn(result_of(BOTH, near, seed="s"), 25)
    more = ballots_to_turn(result_of(replace(BOTH, vote_share_percent=10), near, seed="s"), 10)
    assert few is not None
    assert more is not None
    assert few < more


def test_without_votes_or_without_a_second_there_is_nothing_to_turn() -> None:
    log = [*ENTRIES[:2], due("j", "a", "b"), sheet("j", "a", 10), sheet("j", "b", 0)]
    assert ballots_to_turn(result_of(JURY, log, seed="s"), 0) is None
    assert ballots_to_turn(result_of(SCORES, ENTRIES[:1], seed="s"), 100) is None
    assert ballots_to_turn(result_of(SCORES, [], seed="s"), 100) is None


def test_equal_entries_are_turned_by_one() -> None:
    assert ballots_to_turn(result_of(DUELS, ENTRIES, seed="s"), 100) == 1


def test_who_is_lent_a_jury_part_by_the_votes_is_not_guessed_at() -> None:
    ruled = {"kind": "ruling", "entry": "b", "ruling": "community", "reason": "ill", "by": "host"}
    log = [*ENTRIES[:2], due("j", "a", "b"), sheet("j", "a", 5), ruled, {"kind": "names", "version": 3}]
    assert ballots_to_turn(result_of(BOTH, log, seed="s"), 25) is None
