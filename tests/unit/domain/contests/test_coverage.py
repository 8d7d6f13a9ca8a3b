"""No entry loses by sheets that did not come: a decision waits, or a ruling with a reason says how it is placed."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from remixhub.domain.contests.coverage import Coverage, JuryIncomplete, Ruling, RulingNotPossible, require_ruling
from remixhub.domain.contests.judging import Normalisation
from remixhub.domain.contests.log import canonical
from remixhub.domain.contests.result import result_of
from remixhub.domain.contests.standings import lent
from remixhub.domain.contests.terms import ContestTerms, VoteKind
from tests import second_verifier
from tests.unit.domain.contests.test_result import BOTH, ENTRIES, JURY, Record, due, entry, ranks, score, sheet

NAMES = {"kind": "names", "version": 3}
TWO = ENTRIES[:2]


def ruled(id: str, ruling: Ruling, reason: str = "The judge fell ill.") -> Record:
    return {"kind": "ruling", "entry": id, "ruling": ruling.value, "reason": reason, "by": "host"}


def result(terms: ContestTerms, *log: Record) -> Record:
    """As both compute it, or both refuse to."""
    records = [*log, NAMES]
    try:
        ours = json.loads(canonical(result_of(terms, records, seed="s")))
    except JuryIncomplete:
        with pytest.raises((AssertionError, KeyError)):
            second_verifier.computed(json.loads(canonical(terms.dump())), records, "s")
        raise
    assert second_verifier.computed(json.loads(canonical(terms.dump())), records, "s") == ours
    return dict(ours)


def test_a_sheet_that_did_not_come_decides_no_contest_of_two() -> None:
    log = [*TWO, due("j", "a", "b"), sheet("j", "a", 5)]
    assert ranks(result_of(JURY, log, seed="s")) == [(1, "a", "0.500000000"), (2, "b", "0.000000000")], "once"
    with pytest.raises(JuryIncomplete) as refused:
        result(JURY, *log)
    assert refused.value.context["entries"] == [{"entry_id": "b", "scored": 0, "needed": 1}]


def test_an_entry_that_all_judges_are_too_near_to_is_not_placed_last() -> None:
    with pytest.raises(JuryIncomplete):
        result(JURY, *TWO, due("j", "a"), due("k", "a"), sheet("j", "a", 5), sheet("k", "a", 5))


def test_what_is_not_placed_has_no_rank_and_takes_none_away() -> None:
    log = [*ENTRIES, due("j", "a", "b", "c"), sheet("j", "a", 5), sheet("j", "c", 7)]
    found = result(JURY, *log, ruled("b", Ruling.COMMUNITY), ruled("b", Ruling.UNPLACED, "Nobody could open it."))
    assert ranks(found) == [(1, "c", "0.700000000"), (2, "a", "0.500000000")]
    assert found["rulings"] == {"b": {"ruling": "unplaced", "reason": "Nobody could open it."}}
    assert found["missing_scores"] == [{"judge": "j", "entry": "b"}]


def test_fewer_judges_are_enough_where_it_is_ruled_and_only_there() -> None:
    log = [*TWO, due("j", "a", "b"), due("k", "a", "b"), *(sheet("j", id, 5) for id in "ab"), sheet("k", "a", 9)]
    with pytest.raises(JuryIncomplete):
        result(JURY, *log)
    assert ranks(result(JURY, *log, ruled("b", Ruling.FEWER_JUDGES))) == [
        (1, "a", "0.700000000"), (2, "b", "0.500000000")
    ]  # fmt: skip
    for set_aside in (Ruling.UNPLACED, Ruling.COMMUNITY):
        with pytest.raises(JuryIncomplete):
            result(BOTH, *log, ruled("b", set_aside))
    enough = dataclasses.replace(JURY, judges_per_entry=1)
    assert "rulings" not in result(enough, *log)


def test_a_ruling_sets_no_sheet_aside_that_came_after_all() -> None:
    log = [*TWO, due("j", "a", "b"), sheet("j", "a", 5), ruled("b", Ruling.UNPLACED), sheet("j", "b", 9)]
    found = result(JURY, *log)
    assert ranks(found) == [(1, "b", "0.900000000"), (2, "a", "0.500000000")]
    assert "rulings" not in found


def test_the_terms_may_ask_for_more_judges_than_there_are() -> None:
    three = dataclasses.replace(JURY, judges_per_entry=3)
    log = [*TWO, *(due(judge, "a", "b") for judge in "jk"), *(sheet(judge, id, 5) for judge in "jk" for id in "ab")]
    with pytest.raises(JuryIncomplete) as refused:
        result(three, *log)
    assert refused.value.context["entries"] == [{"entry_id": id, "scored": 2, "needed": 3} for id in "ab"]


def test_the_community_alone_places_an_entry_where_it_stands_with_it() -> None:
    """Jury parts .9, .5 and .1 in the order of the votes' 9, 6 and 3; where it stands among these it stands there."""
    marked = [sheet("j", id, mark) for id, mark in (("a", 9), ("b", 5), ("c", 1))]
    voted = [score(f"{id}{n}", id, votes) for id, votes in (("a", 9), ("b", 6), ("c", 3)) for n in range(50)]
    log = [*ENTRIES, entry("d", 4), due("j", *"abcd"), *marked, *voted, ruled("d", Ruling.COMMUNITY)]
    for votes, jury in ((10, "0.900000000"), (7, "0.700000000"), (6, "0.500000000"), (0, "0.100000000")):
        more = [score(f"d{n}", "d", votes) for n in range(50)]
        lines = {line["entry_id"]: line for line in result(BOTH, *log, *more)["standings"]}
        assert lines["d"]["jury"] == jury, votes
        points = (75 * Decimal(jury) + 25 * Decimal(lines["d"]["votes"])) / 100
        assert abs(Decimal(lines["d"]["points"]) - points) < Decimal("1e-9"), "as everybody's"


def test_with_nobody_to_stand_among_its_votes_count_whole() -> None:
    log = [*TWO, *(score(f"{n}", "a", 9) for n in range(5)), ruled("a", Ruling.COMMUNITY), ruled("b", Ruling.COMMUNITY)]
    first, second = result(BOTH, *log)["standings"]
    assert (first["entry_id"], second["entry_id"]) == ("a", "b")
    for line in (first, second):
        assert line["points"] == line["jury"] == line["votes"]


@pytest.mark.parametrize(
    ("one", "ruling", "has_vote", "words"),
    [
        (Coverage(1, 1), Ruling.FEWER_JUDGES, True, "Enough judges"),
        (Coverage(0, 1), Ruling.COMMUNITY, False, "does not vote"),
        (Coverage(0, 1), Ruling.FEWER_JUDGES, True, "No judge scored it"),
        (Coverage(1, 2), Ruling.UNPLACED, True, "A judge scored it"),
        (Coverage(1, 2), Ruling.COMMUNITY, True, "A judge scored it"),
    ],
)
def test_what_cannot_be_ruled(one: Coverage, ruling: Ruling, has_vote: bool, words: str) -> None:
    with pytest.raises(RulingNotPossible, match=words):
        require_ruling(one, ruling, has_vote=has_vote)
    for fine in ((Coverage(1, 2), Ruling.FEWER_JUDGES), (Coverage(0, 2), Ruling.UNPLACED)):
        require_ruling(*fine, has_vote=False)


MARKS = st.integers(0, 20).map(lambda n: n / 2)
METHODS = st.sampled_from(Normalisation)


def contest(data: Any, count: int, method: Normalisation) -> tuple[ContestTerms, list[Record]]:
    """Entries with sheets of two judges for all but the last, and votes for all."""
    ids = "abcdef"[:count]
    kind = data.draw(st.sampled_from([VoteKind.SCORES, VoteKind.DUELS]))
    terms = dataclasses.replace(BOTH, normalisation=method, vote=kind, vote_share_percent=data.draw(st.integers(1, 99)))
    log = [*(entry(id, place) for place, id in enumerate(ids)), *(due(judge, *ids[:-1]) for judge in "jk")]
    log += [sheet(judge, id, data.draw(MARKS)) for judge in "jk" for id in ids[:-1]]
    for n in range(data.draw(st.integers(0, 12))):
        one, other = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
        vote = {"score": data.draw(MARKS)} if kind is VoteKind.SCORES else {"against": other}
        log.append({"kind": "ballot", "ballot": str(n), "voter": "v", "favoured": one, **vote})
    return terms, log


@settings(max_examples=60)
@given(st.data(), st.integers(2, 6), METHODS)
def test_no_entry_is_placed_below_another_for_want_of_jury_marks(data: Any, count: int, method: Normalisation) -> None:
    """What the community likes best gets as good a jury part as any, what it likes least as bad a one as any; and where
    the jury found all others equal it is the votes that decide. Wherever its place, 0 is not what it got."""
    terms, log = contest(data, count, method)
    last = "abcdef"[count - 1]
    lines = {line["entry_id"]: line for line in result(terms, *log, ruled(last, Ruling.COMMUNITY))["standings"]}
    mine = lines.pop(last)
    marks = [Decimal(one["jury"]) for one in lines.values()]
    votes = [Decimal(one["votes"]) for one in lines.values()]
    assert min(marks) <= Decimal(mine["jury"]) <= max(marks)
    if Decimal(mine["votes"]) > max(votes):
        assert Decimal(mine["jury"]) == max(marks)
        assert mine["rank"] == 1
    for one in lines.values():
        if len(set(marks)) == 1 and one["votes"] != mine["votes"]:
            assert (one["votes"] < mine["votes"]) == (one["rank"] > mine["rank"])


@settings(max_examples=60)
@given(st.data(), st.integers(2, 6), METHODS, st.randoms(use_true_random=False))
def test_the_order_of_what_was_given_changes_nothing(data: Any, count: int, method: Normalisation, random: Any) -> None:
    terms, log = contest(data, count, method)
    log.append(ruled("abcdef"[count - 1], data.draw(st.sampled_from([Ruling.COMMUNITY, Ruling.UNPLACED]))))
    shuffled = list(log)
    random.shuffle(shuffled)
    assert result_of(terms, [*shuffled, NAMES], seed="s") == result_of(terms, [*log, NAMES], seed="s")


@settings(max_examples=60)
@given(st.data(), st.integers(2, 6), METHODS)
def test_a_judge_who_is_excused_from_an_entry_changes_nothing_of_it(
    data: Any, count: int, method: Normalisation
) -> None:
    ids = "abcdef"[:count]
    terms = dataclasses.replace(JURY, normalisation=method)
    log = [*(entry(id, place) for place, id in enumerate(ids)), *(due(judge, *ids) for judge in "jk")]
    log += [sheet(judge, id, data.draw(MARKS)) for judge in "jk" for id in ids]
    excused = data.draw(st.sampled_from(ids))
    others = [id for id in ids if id != excused]
    more = [due("l", *others), *(sheet("l", id, data.draw(MARKS)) for id in others), sheet("l", excused, 0)]

    def jury(found: Record) -> dict[str, str]:
        return {line["entry_id"]: line["jury"] for line in found["standings"]}

    assert jury(result(terms, *log, *more))[excused] == jury(result(terms, *log))[excused]


@given(
    st.lists(st.tuples(st.decimals(0, 1, places=9), st.decimals(0, 1, places=9)), min_size=1),
    st.decimals(0, 1, places=9), st.decimals(0, 1, places=9),
)  # fmt: skip
def test_more_votes_never_lend_less(scored: list[tuple[Decimal, Decimal]], some: Decimal, more: Decimal) -> None:
    assume(some <= more)
    assert lent(some, scored) <= lent(more, scored)
    assert lent(some, scored) == lent(some, scored[::-1])
