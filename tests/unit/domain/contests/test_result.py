"""A result is computed from the terms and the log alone."""

from __future__ import annotations

from typing import Any

from remixhub.domain.contests.judging import Normalisation
from remixhub.domain.contests.result import result_of
from remixhub.domain.contests.terms import ContestTerms, VoteKind

RUBRIC = ({"key": "craft", "title": "Craft", "weight": 1, "max_score": 10},)
JURY = ContestTerms(rubric=RUBRIC, normalisation=Normalisation.NONE)
SCORES = ContestTerms(vote=VoteKind.SCORES, vote_share_percent=100)
DUELS = ContestTerms(vote=VoteKind.DUELS, vote_share_percent=100)
BOTH = ContestTerms(rubric=RUBRIC, normalisation=Normalisation.NONE, vote=VoteKind.SCORES, vote_share_percent=25)
Record = dict[str, Any]


def entry(id: str, minute: int) -> Record:
    return {"kind": "entry", "entry": id, "submitted_at": f"2027-01-01T00:{minute:02}:00.000Z"}


def due(judge: str, *entries: str) -> Record:
    return {"kind": "due", "judge": judge, "entries": list(entries)}


def sheet(judge: str, id: str, score: float) -> Record:
    return {"kind": "scores", "judge": judge, "entry": id, "scores": {"craft": score}}


def score(id: str, favoured: str, given: float) -> Record:
    return {"kind": "ballot", "ballot": id, "voter": f"v{id}", "favoured": favoured, "score": given}


def duel(id: str, favoured: str, against: str) -> Record:
    return {"kind": "ballot", "ballot": id, "voter": f"v{id}", "favoured": favoured, "against": against}


ENTRIES = [entry("a", 1), entry("b", 2), entry("c", 3)]


def ranks(result: Record, name: str = "standings") -> list[tuple[int, str, str]]:
    return [(line["rank"], line["entry_id"], line["points"]) for line in result[name]]


def test_a_contest_without_entries_or_ballots_has_an_empty_result() -> None:
    assert result_of(SCORES, [], seed="s") == {
        "standings": [], "raw_standings": [], "ballots_cast": 0, "ballots_counted": 0,
        "ballots_excluded": {}, "entries_out": {}, "missing_scores": [],
    }  # fmt: skip


def test_the_last_sheet_of_a_judge_counts_and_what_did_not_come_is_missing() -> None:
    log = [*ENTRIES, due("j", "a", "b", "c"), sheet("j", "a", 4), sheet("j", "b", 8), sheet("j", "a", 9)]
    result = result_of(JURY, log, seed="s")
    assert ranks(result) == [(1, "a", "0.900000000"), (2, "b", "0.800000000"), (3, "c", "0.000000000")]
    assert [line["votes"] for line in result["standings"]] == [None] * 3
    assert [line["tally"] for line in result["standings"]] == [None] * 3
    assert result["missing_scores"] == [{"judge": "j", "entry": "c"}]
    assert result["raw_standings"] == result["standings"]
    assert "judges_out" not in result


def test_an_entry_that_is_out_counts_nowhere_until_it_is_back() -> None:
    out = {"kind": "entry_out", "entry": "a", "reason": "late", "by": "host"}
    log = [*ENTRIES, due("j", "a", "b"), sheet("j", "a", 9), sheet("j", "b", 8), out]
    result = result_of(JURY, log, seed="s")
    assert ranks(result) == [(1, "b", "0.800000000"), (2, "c", "0.000000000")]
    assert result["entries_out"] == {"a": "late"}
    assert result["missing_scores"] == []
    back = result_of(JURY, [*log, {"kind": "entry_back", "entry": "a", "reason": "", "by": "host"}], seed="s")
    assert ranks(back) == [(1, "a", "0.900000000"), (2, "b", "0.800000000"), (3, "c", "0.000000000")]
    assert back["entries_out"] == {}


def test_whoever_comes_back_without_having_been_out_changes_nothing() -> None:
    log = [*ENTRIES, due("j", "a", "b", "c"), sheet("j", "b", 5)]
    more = [
        {"kind": "entry_back", "entry": "b", "reason": "", "by": "host"},
        {"kind": "ballot_back", "ballot": "1", "reason": "", "by": "host"},
        due("j", "a", "b", "c"),
    ]
    assert result_of(JURY, [*log, *more], seed="s") == result_of(JURY, log, seed="s")


def test_a_judge_who_was_removed_is_named_until_they_are_due_again() -> None:
    gone = [
        {"kind": "judge_out", "judge": "k", "reason": "a friend"},
        {"kind": "judge_out", "judge": "j", "reason": "ill"},
    ]
    log = [*ENTRIES, due("j", "a", "b"), sheet("j", "a", 9), *gone]
    assert list(result_of(JURY, log, seed="s")["judges_out"].items()) == [("j", "ill"), ("k", "a friend")]
    again = result_of(JURY, [*log, due("k", "a"), due("j", "b")], seed="s")
    assert "judges_out" not in again
    assert again["missing_scores"] == [{"judge": "j", "entry": "b"}, {"judge": "k", "entry": "a"}]


def test_excluded_ballots_count_in_the_raw_standings_alone() -> None:
    log = [*ENTRIES, score("1", "a", 10), score("2", "b", 4), score("3", "b", 4), score("9", "gone", 10)]
    out = {"kind": "ballot_out", "ballot": "1", "reason": "ring", "by": "host"}
    result = result_of(SCORES, [*log, out, {**out, "ballot": "0"}], seed="s")
    assert (result["ballots_cast"], result["ballots_counted"]) == (4, 3)
    assert list(result["ballots_excluded"].items()) == [("0", "ring"), ("1", "ring")]
    assert result["raw_standings"][0]["entry_id"] == "a"
    assert [line["tally"] for line in result["standings"]] == [
        {"scores": 0, "damped_mean": "4.000000000"},
        {"scores": 2, "damped_mean": "4.000000000"},
        {"scores": 0, "damped_mean": "4.000000000"},
    ]
    assert {line["votes"] for line in result["standings"]} == {"0.400000000"}
    assert {line["jury"] for line in result["standings"]} == {None}
    back = result_of(SCORES, [*log, out, {**out, "kind": "ballot_back"}], seed="s")
    assert back["ballots_excluded"] == {}
    assert back["standings"] == back["raw_standings"]


def test_few_scores_are_damped_by_five_ballots_at_the_median() -> None:
    result = result_of(SCORES, [*ENTRIES, score("1", "a", 10), score("2", "b", 4), score("3", "b", 4)], seed="s")
    by_entry = {line["entry_id"]: line for line in result["standings"]}
    assert by_entry["a"]["tally"] == {"scores": 1, "damped_mean": "5.000000000"}  # (10 + 5 · 4) / 6
    assert by_entry["a"]["votes"] == by_entry["a"]["points"] == "0.500000000"
    assert by_entry["b"]["tally"] == {"scores": 2, "damped_mean": "4.000000000"}


def test_duels_are_tallied_with_their_strengths_and_intervals() -> None:
    result = result_of(DUELS, [*ENTRIES, *(duel(str(n), "b", "a") for n in range(3)), duel("9", "b", "x")], seed="s")
    first, second, third = result["standings"]
    assert [first["entry_id"], second["entry_id"], third["entry_id"]] == ["b", "c", "a"]
    assert (first["tally"]["wins"], first["tally"]["losses"]) == (3, 0)
    assert (third["tally"]["wins"], third["tally"]["losses"]) == (0, 3)
    low, value, high = (float(first["tally"][name]) for name in ("low", "value", "high"))
    assert low < value < high
    assert second["tally"]["value"] == "0.000000000"
    assert first["tally"]["value"] == third["tally"]["value"].removeprefix("-")
    assert second["votes"] == "0.500000000"
    assert result["ballots_cast"] == 4


def test_the_jury_and_the_community_have_their_announced_shares() -> None:
    log = [*ENTRIES[:2], due("j", "a", "b"), sheet("j", "a", 10), sheet("j", "b", 0), score("1", "b", 10)]
    result = result_of(BOTH, log, seed="s")
    assert [(line["jury"], line["votes"]) for line in result["standings"]] == [
        ("1.000000000", "1.000000000"),
        ("0.000000000", "1.000000000"),
    ]
    assert ranks(result) == [(1, "a", "1.000000000"), (2, "b", "0.250000000")]
    jury_only = result_of(JURY, log, seed="s")
    assert ranks(jury_only) == [(1, "a", "1.000000000"), (2, "b", "0.000000000")]


def test_ties_are_broken_as_the_terms_say_and_by_the_seed() -> None:
    tied = [*ENTRIES, score("1", "a", 5), score("2", "b", 5), score("3", "c", 5)]
    assert [line["tie_broken_by"] for line in result_of(SCORES, tied, seed="s")["standings"]] == ["earliest"] * 3
    together = [entry(id, 1) for id in "abc"]
    orders = {
        tuple(line["entry_id"] for line in result_of(SCORES, together, seed=str(n))["standings"]) for n in range(20)
    }
    assert len(orders) > 1
