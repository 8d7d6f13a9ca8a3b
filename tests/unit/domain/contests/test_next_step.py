"""What a host has to do next: one thing, the one that stops the rest first."""

from __future__ import annotations

import pytest

from remixhub.domain.contests.next_step import HostAct, Situation, next_step
from remixhub.domain.contests.phases import Phase


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_a_next_step_that_says_so(phase: Phase) -> None:
    step = next_step(Situation(phase))
    assert step.words
    assert step.advice.endswith((".", "’."))


@pytest.mark.parametrize(
    ("situation", "act"),
    [
        (Situation(Phase.DRAFT, has_jury=True), HostAct.JUDGES),
        (Situation(Phase.DRAFT, has_jury=True, judge_count=1), HostAct.CHECK),
        (Situation(Phase.DRAFT), HostAct.CHECK),
        (Situation(Phase.OPEN, has_jury=True), HostAct.JUDGES),
        (Situation(Phase.OPEN, waits_for_deal=True, sign_ups=2, has_jury=True), HostAct.DEAL),
        (Situation(Phase.OPEN, waits_for_deal=True, sign_ups=1), HostAct.NEWS),
        (Situation(Phase.JUDGING, has_jury=True, judge_count=1, waiting=["ada"]), HostAct.SHEETS),
        (Situation(Phase.JUDGING, has_jury=True), HostAct.JUDGES),
        (Situation(Phase.VOTING_AND_JUDGING, has_jury=True, judge_count=1, flagged=1, waiting=["a"]), HostAct.FLAGS),
        (Situation(Phase.JUDGING, has_jury=True, judge_count=1, waiting=["a", "b"], absent=["b"]), HostAct.JUDGES),
        (Situation(Phase.VOTING, has_jury=True, judge_count=1, waiting=["a"], unsettled=1), HostAct.SHEETS),
        (Situation(Phase.VOTING, has_jury=True, judge_count=1), None),
        (Situation(Phase.COUNTING, flagged=2), HostAct.FLAGS),
        (Situation(Phase.COUNTING, unscreened=2), HostAct.FLAGS),
        (Situation(Phase.COUNTING, unsettled=1, unscreened=2), HostAct.SHEETS),
        (Situation(Phase.COUNTING, unsettled=1, flagged=2), HostAct.SHEETS),
        (Situation(Phase.COUNTING, has_jury=True, judge_count=2, waiting=["a"]), HostAct.DECIDE),
        (Situation(Phase.DECIDED, unreleased=1), HostAct.RELEASES),
        (Situation(Phase.DECIDED), None),
        (Situation(Phase.CANCELLED), None),
    ],
)
def test_what_stops_the_rest_comes_first(situation: Situation, act: HostAct | None) -> None:
    assert next_step(situation).act is act


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        (Situation(Phase.JUDGING, waiting=["ada"]), "@ada still has entries to score."),
        (Situation(Phase.JUDGING, waiting=["ada", "bo", "cy"]), "@ada, @bo and @cy still have entries to score."),
        (Situation(Phase.COUNTING, flagged=1), "1 ballot looks arranged before you decide."),
        (Situation(Phase.JUDGING, waiting=["a", "b"], absent=["b"]), "@b cannot score any more"),
        (Situation(Phase.VOTING, unsettled=1), "The judging has closed, and 1 entry lacks score sheets"),
        (Situation(Phase.COUNTING, unscreened=1, flagged=1), "1 ballot is not looked through yet."),
        (Situation(Phase.COUNTING, unscreened=2), "2 ballots are not looked through yet."),
        (Situation(Phase.COUNTING, unsettled=1), "1 entry lacks score sheets."),
        (Situation(Phase.COUNTING, unsettled=2), "2 entries lack score sheets."),
        (Situation(Phase.OPEN, stems_taken=1), "1 took stems and has not entered yet."),
    ],
)
def test_the_advice_names_who_and_how_many(situation: Situation, words: str) -> None:
    assert words in next_step(situation).advice
