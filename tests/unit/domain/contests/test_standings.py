"""Standings: points brought together by the announced share, and ties broken in the announced order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.contests.standings import DEFAULT_TIE_BREAKS, EntryFact, StandingLine, TieBreak, standings

IDS = ["a", "b", "c", "d"]
FACTS = [EntryFact(id, f"2026-06-01T00:00:0{number}.000Z") for number, id in enumerate(IDS)]
parts = st.fixed_dictionaries({id: st.sampled_from([0.0, 0.25, 0.5, 1.0]) for id in IDS})


def ranked(
    jury: dict[str, float] | None,
    votes: dict[str, float] | None,
    share: int = 50,
    tie_breaks: tuple[TieBreak, ...] = DEFAULT_TIE_BREAKS,
    facts: list[EntryFact] = FACTS,
) -> list[StandingLine]:
    return standings(facts, jury=jury, votes=votes, vote_share_percent=share, tie_breaks=tie_breaks, seed="seed")


@given(parts, parts, st.integers(0, 100), st.permutations(FACTS))
def test_points_decide_and_the_order_of_entries_does_not(
    jury: dict[str, float], votes: dict[str, float], share: int, facts: list[EntryFact]
) -> None:
    lines = ranked(jury, votes, share)
    assert ranked(jury, votes, share, facts=facts) == lines
    points = [float(line.points) for line in lines]
    assert points == sorted(points, reverse=True)
    for line in lines:
        exact = ((100 - share) * jury[line.entry_id] + share * votes[line.entry_id]) / 100
        assert abs(float(line.points) - exact) < 1e-9
    assert [line.rank for line in lines] == [1, 2, 3, 4], "the lot breaks every tie"


def test_ties_are_broken_in_the_announced_order_and_it_is_said_by_what() -> None:
    jury, votes = {"a": 0.5, "b": 1.0, "c": 0.0, "d": 0.0}, {"a": 0.5, "b": 0.0, "c": 0.0, "d": 0.0}
    lines = ranked(jury, votes)
    assert [(line.entry_id, line.tie_broken_by) for line in lines] == [
        ("b", TieBreak.JURY), ("a", TieBreak.JURY), ("c", TieBreak.EARLIEST), ("d", TieBreak.EARLIEST),
    ]  # fmt: skip
    assert [line.entry_id for line in ranked(jury, votes, tie_breaks=(TieBreak.VOTES,))[:2]] == ["a", "b"]


def test_what_nothing_breaks_shares_a_rank_and_leaves_room_behind() -> None:
    alike = dict.fromkeys(IDS, 0.5)
    assert [line.rank for line in ranked(alike, None, tie_breaks=())] == [1, 1, 1, 1]
    jury = {"a": 1.0, "b": 1.0, "c": 0.5, "d": 0.25}
    lines = ranked(jury, None, tie_breaks=(TieBreak.JURY,))
    assert [(line.rank, line.tie_broken_by) for line in lines] == [(1, None), (1, None), (3, None), (4, None)]


def test_only_neighbours_with_equal_points_are_told_apart_by_a_tie_break() -> None:
    jury, votes = {"a": 1.0, "b": 0.5, "c": 0.5, "d": 0.0}, {"a": 0.0, "b": 0.5, "c": 0.5, "d": 1.0}
    lines = ranked(jury, votes)
    assert [line.entry_id for line in lines] == ["a", "b", "c", "d"]
    assert [line.tie_broken_by for line in lines] == [TieBreak.JURY, TieBreak.JURY, TieBreak.EARLIEST, TieBreak.JURY]
    jury, votes = {"a": 0.5, "b": 0.5, "c": 0.25, "d": 0.0}, {"a": 0.5, "b": 0.5, "c": 0.75, "d": 0.0}
    twins = ranked(jury, votes, tie_breaks=(TieBreak.JURY,))
    assert [line.tie_broken_by for line in twins] == [None, TieBreak.JURY, TieBreak.JURY, None]


def test_who_was_not_scored_has_nothing() -> None:
    lines = ranked({"a": 0.5}, {"b": 0.25})
    assert {line.entry_id: (line.jury, line.votes) for line in lines} == {
        "a": ("0.500000000", "0.000000000"), "b": ("0.000000000", "0.250000000"),
        "c": ("0.000000000", "0.000000000"), "d": ("0.000000000", "0.000000000"),
    }  # fmt: skip
    behind = ranked({"a": 0.0, "b": 0.5}, {"a": 1.0, "b": 0.5}, tie_breaks=(TieBreak.JURY,))
    assert [line.entry_id for line in behind[:2]] == ["b", "a"]


def test_who_decides_alone_decides_alone() -> None:
    jury = {"a": 0.1, "b": 0.9, "c": 0.0, "d": 0.0}
    assert ranked(jury, None, 40)[0].points == "0.900000000"
    assert ranked(None, jury, 40)[0].points == "0.900000000"
    assert ranked(None, jury, 40)[0].jury is None


def test_the_last_bits_of_floats_decide_nothing() -> None:
    jury = {"a": 0.1 + 0.2, "b": 0.3, "c": 0.0, "d": 0.0}
    assert ranked(jury, None, tie_breaks=())[1].rank == 1


def test_points_have_nine_decimals_whatever_they_are() -> None:
    jury = {"a": 1.0, "b": 1e-9, "c": 2e-9, "d": 0.0}
    lines = ranked(jury, jury, 40)
    assert [line.points for line in lines] == ["1.000000000", "0.000000002", "0.000000001", "0.000000000"]
    assert [(line.jury, line.votes) for line in lines] == [(line.points, line.points) for line in lines]
