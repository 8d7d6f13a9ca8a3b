"""An export verifies as it was written, and every change of it is found and named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from remixhub.domain.contests.dealing import deal, seed_commitment
from remixhub.domain.contests.export import ContestExportUnreadable, faults, log_text, read_log, result_sha256
from remixhub.domain.contests.log import GENESIS, LogLine, canonical, next_sha256
from remixhub.domain.contests.result import result_of
from remixhub.domain.contests.terms import ContestTerms, VoteKind

TERMS = ContestTerms(vote=VoteKind.SCORES, vote_share_percent=100)
SEED = "the seed"
Record = dict[str, Any]


def chained(records: list[Record]) -> list[LogLine]:
    lines: list[LogLine] = []
    for number, record in enumerate(records, 1):
        lines.append(LogLine(number, record, next_sha256(lines[-1].sha256 if lines else GENESIS, record)))
    return lines


def facts_of(records: list[Record]) -> Record:
    return {
        "terms": TERMS.dump(), "seed": SEED, "seed_commitment": seed_commitment(SEED),
        "log_head": chained(records)[-1].sha256, "entries": {"a": {"title": "A", "audio_sha256": "aa"}},
        "judges": {}, "deal": {},
    }  # fmt: skip


def frozen(**also: str) -> Record:
    return {"kind": "terms", "terms_sha256": TERMS.sha256(), "seed_commitment": seed_commitment(SEED), **also}


def records() -> list[Record]:
    happened: list[Record] = [
        frozen(),
        {"kind": "entry", "entry": "a", "audio_sha256": "aa", "submitted_at": "2027-01-01T00:00:00.000Z"},
        {"kind": "ballot", "ballot": "1", "voter": "v", "favoured": "a", "score": 7},
        {"kind": "names", "entries": {"a": {"title": "A", "audio_sha256": "aa"}}, "judges": {}, "deal": {}},
    ]
    return [*happened, {"kind": "decided", "result_sha256": result_sha256(result_of(TERMS, happened, seed=SEED))}]


def files(
    log: list[Record] | None = None,
    change: Callable[[Record], object] = lambda facts: None,
    alter: Callable[[Record], object] = lambda result: None,
) -> dict[str, str]:
    """The export of a contest in which `log` happened, after somebody has changed its facts and its result."""
    log = records() if log is None else log
    facts, result = facts_of(log), json.loads(canonical(result_of(TERMS, log, seed=SEED)))
    change(facts)
    alter(result)
    return {
        "contest.json": json.dumps(facts), "log.jsonl": log_text(chained(log)), "result.json": json.dumps(result),
    }  # fmt: skip


def test_what_nobody_touched_verifies() -> None:
    assert list(faults(files())) == []


def test_a_log_comes_back_from_its_lines() -> None:
    lines = chained(records())
    text = log_text(lines)
    assert text.count("\n") == len(lines)
    assert text.endswith("\n")
    assert json.loads(text.splitlines()[0]) == {"n": 1, "record": frozen(), "sha256": lines[0].sha256}
    assert read_log(text) == lines


@pytest.mark.parametrize("text", ["{", "[]", "1", '{"n": 1}'])
def test_what_is_no_log_is_refused(text: str) -> None:
    with pytest.raises(ContestExportUnreadable, match=r"^log\.jsonl cannot be read: "):
        read_log(text)


def test_a_broken_chain_is_all_that_is_said() -> None:
    broken = files(change=lambda facts: facts.update(log_head="0"))
    broken["log.jsonl"] = broken["log.jsonl"].replace('"score":7', '"score":8')
    assert list(faults(broken)) == ["Line 3 of the log is not what its hash says."]


def test_a_log_that_was_cut_short_does_not_end_with_the_head() -> None:
    short = files()
    short["log.jsonl"] = "".join(short["log.jsonl"].splitlines(keepends=True)[:-1])
    assert list(faults(short)) == [
        "The log does not end with the head that was published.",
        "The log's decision is about another result.",
    ]


def test_an_empty_log_has_the_genesis_for_its_head() -> None:
    empty = files(change=lambda facts: facts.update(log_head=GENESIS, entries={}))
    result = json.dumps(result_of(TERMS, [], seed=SEED))
    said = list(faults({**empty, "log.jsonl": "", "result.json": result}))
    assert said == ["The log's decision is about another result."]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"seed": "another"},
            "The seed is not the one whose hash was published beforehand.",
        ),
        (
            {"seed": "another", "seed_commitment": seed_commitment("another")},
            "The seed is not the one that the log names at the first entry.",
        ),
        (
            {"terms": ContestTerms(text="x", vote=VoteKind.SCORES, vote_share_percent=100).dump()},
            "The terms are not those that were frozen at the first entry.",
        ),
        ({"judges": {"j": "Judy"}}, 'contest.json, judges: published {"j":"Judy"}, computed {}.'),
    ],
)
def test_facts_that_were_changed_are_named(change: Record, said: str) -> None:
    changed = files(change=lambda facts: facts.update(change))
    assert said in list(faults(changed))


def test_nobody_is_dealt_their_own_source() -> None:
    with pytest.raises(ContestExportUnreadable, match="cannot be computed"):
        list(faults(files(change=lambda facts: facts.update(deal={"j": "j"}))))


def test_another_audio_than_was_entered_is_named() -> None:
    log = [one for one in records() if one["kind"] != "names"]
    changed = files(log, change=lambda facts: facts["entries"]["a"].update(audio_sha256="bb"))
    assert list(faults(changed)) == ["contest.json, entries, a: another audio than was entered."]
    unknown = files(log, change=lambda facts: facts["entries"].update(b={"audio_sha256": "bb"}))
    assert list(faults(unknown)) == ["contest.json, entries, b: another audio than was entered."]


def test_names_are_compared_field_by_field() -> None:
    changed = files(change=lambda facts: facts["entries"]["a"].update(title="B"))
    assert list(faults(changed)) == ['contest.json, entries, a, title: published "B", computed "A".']


def test_contests_without_frozen_terms_or_names_in_the_log_verify() -> None:
    log = [one for one in records() if one["kind"] not in ("names", "terms")]
    assert list(faults(files(log))) == []


def test_sources_are_dealt_as_the_seed_says() -> None:
    dealt = deal(["a", "b", "c"], SEED)
    log = [one for one in records() if one["kind"] != "names"]
    assert list(faults(files(log, change=lambda facts: facts.update(deal=dealt)))) == []
    other = {taker: giver for giver, taker in dealt.items()}
    said = list(faults(files(log, change=lambda facts: facts.update(deal=other))))
    assert said == ["The sources were not dealt as the seed says."]
    without = files(log, change=lambda facts: facts.pop("deal"))
    assert list(faults(without)) == []


def test_a_changed_result_is_found_in_its_place_and_by_the_decision() -> None:
    def cheat(result: Record) -> None:
        result["standings"][0]["rank"] = 2

    assert list(faults(files(alter=cheat))) == [
        "result.json, standings, 1, rank: published 2, computed 1.",
        "The log's decision is about another result.",
    ]
    longer = list(faults(files(alter=lambda result: result["standings"].append(copy.copy(result["standings"][0])))))
    assert longer[0].startswith("result.json, standings: published [")
    added = list(faults(files(alter=lambda result: result.update(bonus=1))))
    assert added[0].startswith("result.json: published {")
    other_type = list(faults(files(alter=lambda result: result.update(entries_out=[]))))
    assert other_type[0] == "result.json, entries_out: published [], computed {}."
    listed = list(faults(files(alter=lambda result: result.update(missing_scores={}))))
    assert listed[0] == "result.json, missing_scores: published {}, computed []."


def test_no_points_as_they_were_written_once_are_no_points() -> None:
    log = records()[:2]
    log.append({"kind": "ballot", "ballot": "1", "voter": "v", "favoured": "a", "score": 0})

    def as_before(result: Record) -> None:
        for line in result["standings"] + result["raw_standings"]:
            line.update(points="0E-9", votes="0E-9")
        log.append({"kind": "decided", "result_sha256": result_sha256(result)})

    as_it_was = files(log, alter=as_before)
    decided = {**as_it_was, "log.jsonl": log_text(chained(log))}
    decided["contest.json"] = json.dumps(facts_of(log))
    assert list(faults(decided)) == []
    lied = files(alter=lambda result: result["standings"][0].update(points="0E-9"))
    assert 'result.json, standings, 1, points: published "0E-9", computed "0.700000000".' in list(faults(lied))


@pytest.mark.parametrize("missing", ["terms", "seed", "log_head"])
def test_facts_that_are_missing_make_it_unreadable(missing: str) -> None:
    with pytest.raises(ContestExportUnreadable, match=f"lacks something .*{missing}"):
        list(faults(files(change=lambda facts: facts.pop(missing))))


@pytest.mark.parametrize("name", ["contest.json", "log.jsonl", "result.json"])
def test_files_that_are_missing_or_torn_make_it_unreadable(name: str) -> None:
    whole = files()
    with pytest.raises(ContestExportUnreadable, match="lacks something"):
        list(faults({key: value for key, value in whole.items() if key != name}))
    with pytest.raises(ContestExportUnreadable):
        list(faults({**whole, name: whole[name][:-5]}))


def test_a_log_that_no_result_can_come_from_is_unreadable() -> None:
    log = [{"kind": "entry", "entry": "a"}]
    whole = files()
    told = json.dumps(facts_of(log))
    with pytest.raises(ContestExportUnreadable, match="cannot be computed from the log"):
        list(faults({**whole, "log.jsonl": log_text(chained(log)), "contest.json": told}))
