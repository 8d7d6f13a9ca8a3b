"""An export verifies as it was written, and every change of it is found and named."""

from __future__ import annotations

import copy
import dataclasses
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.contests.coverage import JuryIncomplete, Ruling
from remixhub.domain.contests.dealing import deal, seed_commitment
from remixhub.domain.contests.export import FILES, ContestExportUnreadable, json_text, log_text, read_log, result_sha256
from remixhub.domain.contests.judging import Normalisation
from remixhub.domain.contests.log import GENESIS, canonical
from remixhub.domain.contests.result import result_of
from remixhub.domain.contests.standings import TieBreak
from remixhub.domain.contests.terms import ContestTerms, VoteKind
from remixhub.domain.contests.verification import faults
from tests import second_verifier
from tests.unit.domain.contests.exports import (
    DATES,
    LATER,
    SEED,
    TERMS,
    Record,
    as_before,
    chained,
    decided,
    entered,
    facts_of,
    files,
    frozen,
    happened,
    records,
)  # fmt: skip


def flips(text: str) -> Iterator[str]:
    """The text with one character changed, for every place and some characters each."""
    for place, letter in enumerate(text):
        for other in {chr(ord(letter) ^ 1), "0", "a", '"', " ", "\n", "\ud800", "\0"} - {letter}:
            yield text[:place] + other + text[place + 1 :]


def is_noticed(files: Mapping[str, str]) -> bool:
    try:
        return bool(list(faults(files)))
    except ContestExportUnreadable:
        return True


def is_noticed_by_a_stranger(files: Mapping[str, str]) -> bool:
    try:
        second_verifier.verify(files)
    except (AssertionError, LookupError, TypeError, ValueError, AttributeError):
        return True
    return False


def test_what_nobody_touched_verifies() -> None:
    for log in (records(), decided(as_before(happened())), decided(as_before(happened()[1:3]))):
        assert list(faults(files(log))) == []
    second_verifier.verify(files())


def test_an_export_that_was_given_out_under_the_rule_of_before_verifies_as_it_was() -> None:
    """Version 2: no judge scored the third of its four entries, which the community liked best."""
    with zipfile.ZipFile(Path(__file__).parent / "exports_of_before" / "version-2.zip") as packed:
        whole = {name: packed.read(name).decode() for name in FILES}
    assert json.loads(whole["contest.json"])["version"] == 2
    assert [line["jury"] for line in json.loads(whole["result.json"])["standings"]].count("0.000000000") == 1
    assert list(faults(whole)) == []
    second_verifier.verify(whole)


def test_a_decision_before_the_sheets_were_there_does_not_verify() -> None:
    terms = dataclasses.replace(TERMS, rubric=RUBRIC, vote_share_percent=50)
    log = happened()
    for one in log:
        if "terms_sha256" in one:
            one["terms_sha256"] = terms.sha256()
    log.insert(2, {"kind": "due", "judge": "j", "entries": ["a"]})
    with pytest.raises(JuryIncomplete):
        result_of(terms, log, seed=SEED)
    early = [*log, {"kind": "decided", "result_sha256": "0" * 64}]
    texts = {
        "contest.json": json_text({**facts_of(early), "terms": terms.dump()}),
        "log.jsonl": log_text(chained(early)), "result.json": "{}",
    }  # fmt: skip
    assert list(faults(texts)) == [
        "It was decided before each entry had the score sheets that the terms ask for, or a ruling: a."
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_no_character_can_be_changed_unseen(name: str) -> None:
    whole = files()
    for changed in flips(whole[name]):
        assert is_noticed({**whole, name: changed}), changed
        assert is_noticed_by_a_stranger({**whole, name: changed}), changed


@given(
    st.sampled_from(FILES), st.integers(0, 10_000), st.characters() | st.sampled_from('"{}[]:,.-+0eE\\'), st.booleans()
)
def test_whatever_is_done_to_a_file_is_said_in_a_sentence(name: str, place: int, letter: str, more: bool) -> None:
    whole = files()
    text = whole[name]
    place %= len(text)
    changed = text[:place] + letter + text[place + (not more) :]
    assert is_noticed({**whole, name: changed}) == (changed != text)


def test_a_log_comes_back_from_its_lines() -> None:
    lines = chained(records())
    text = log_text(lines)
    assert "\u2028" in text
    assert text.endswith("\n")
    assert json.loads(text.split("\n")[0]) == {"n": 1, "record": frozen(dates=DATES), "sha256": lines[0].sha256}
    assert read_log(text) == lines
    assert read_log("") == []


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "1", '{"n": 1}', '{"n": true, "record": {}, "sha256": ""}', '{"n": 1, "record": [], "sha256": ""}',
        '{"n": 1, "n": 1, "record": {}, "sha256": ""}', '{"n": 1, "record": {"x": NaN}, "sha256": ""}',
        '{"n": 1, "record": {"x": "\\ud800"}, "sha256": ""}', "[" * 100_000, '{"n": ' + "9" * 5000 + "}", "\n",
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused(text: str) -> None:
    with pytest.raises(ContestExportUnreadable, match=r"^log\.jsonl, line 1"):
        read_log(text)


def test_a_broken_chain_is_all_that_is_said() -> None:
    broken = files(change=lambda facts: facts.update(log_head="0"))
    broken["log.jsonl"] = broken["log.jsonl"].replace('"score":7', '"score":8')
    assert list(faults(broken)) == ["Line 3 of the log is not what its hash says."]


def test_a_log_that_was_cut_short_does_not_end_with_the_head() -> None:
    short = files()
    short["log.jsonl"] = "".join(f"{line}\n" for line in short["log.jsonl"].split("\n")[:-2])
    assert list(faults(short)) == [
        "The log does not end with the head that was published.",
        "The log's decision is about another result.",
    ]


def test_an_empty_log_has_the_genesis_for_its_head() -> None:
    empty = files([], change=lambda facts: facts.update(log_head=GENESIS, entries={}))
    assert list(faults(empty)) == ["The log's decision is about another result."]
    assert list(faults(empty, head=GENESIS)) == ["The log's decision is about another result."]


def test_a_head_that_was_noted_is_one_of_the_logs() -> None:
    lines = chained(records())
    for line in lines:
        assert list(faults(files(), head=f" {line.sha256.upper()}\n")) == []
    for other in ("", "0" * 64, lines[-1].sha256[:-1]):
        (said,) = faults(files(), head=other)
        assert said.startswith("The log has not the head that you gave")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": "another"}, "The seed is not the one whose hash was published beforehand."),
        (
            {"seed": "another", "seed_commitment": seed_commitment("another")},
            "The seed is not the one that the log names at the first entry.",
        ),
        (
            {"terms": ContestTerms(text="x", vote=VoteKind.SCORES, vote_share_percent=100).dump()},
            "The terms are not those that were frozen at the first entry.",
        ),
        ({"judges": {"j": "Judy"}}, 'contest.json, judges: published {"j":"Judy"}, computed {}.'),
        ({"title": "Sun"}, 'contest.json, title: published "Sun", computed "Rain\u2028dance".'),
        ({"dates": LATER}, "contest.json, dates: not those that the log ends with."),
        ({"version": 1}, "contest.json, version: not the one of the log."),
        ({"format": "another"}, None),
        *(({"version": version}, None) for version in (2, 4)),
        ({"bonus": 1}, None),
        *(({name: None}, None) for name in ("id", "url", "label", "deal")),
    ],
)
def test_facts_that_were_changed_are_named(change: Record, said: str | None) -> None:
    changed = files(change=lambda facts: facts.update(change))
    assert is_noticed(changed)
    assert is_noticed_by_a_stranger(changed)
    assert said is None or said in list(faults(changed))


def test_names_are_compared_field_by_field() -> None:
    changed = files(change=lambda facts: facts["entries"]["a"].update(title="B"))
    assert list(faults(changed)) == ['contest.json, entries, a, title: published "B", computed "A".']
    older = files(decided(as_before(happened())), change=lambda facts: facts["entries"]["a"].update(title="B"))
    assert list(faults(older)) == ['contest.json, entries, a, title: published "B", computed "A".']


def test_another_audio_than_was_entered_is_named() -> None:
    log = decided(as_before(happened()[:3]))
    changed = files(log, change=lambda facts: facts["entries"]["a"].update(audio_sha256="bb"))
    assert list(faults(changed)) == ["contest.json, entries, a: another audio than was entered."]
    unknown = files(log, change=lambda facts: facts["entries"].update(b={"audio_sha256": "bb"}))
    assert list(faults(unknown)) == ["contest.json, entries, b: another audio than was entered."]


LATE = "2027-01-02T00:00:00.000Z"
LONGER = {"kind": "extended", "before": DATES, "after": LATER, "note": "rain"}


def with_entry(at: str, *more: Record, dates: Record = DATES) -> list[Record]:
    first, *rest = happened(dates=dates)
    return decided([first, *more, entered("late", at), *rest])


@pytest.mark.parametrize("at", ["2026-12-31T23:59:59.999Z", LATE, "2027-01-02T11:59:59.999Z"])
def test_an_entry_that_came_while_none_was_taken_is_named(at: str) -> None:
    late = files(with_entry(at))
    assert list(faults(late)) == ["Line 2 of the log: the entry was not submitted while the contest was open."]
    assert is_noticed_by_a_stranger(late)


def test_dates_move_as_the_log_says_and_not_otherwise() -> None:
    longer = files(with_entry(LATE, LONGER, dates=LATER))
    assert list(faults(longer)) == []
    second_verifier.verify(longer)
    unsaid = files(with_entry(LATE, dates=LATER))
    assert "Line 5 of the log names other dates than those that held until then." in list(faults(unsaid))
    other = files(with_entry(LATE, {**LONGER, "before": LATER}, dates=LATER))
    assert "Line 2 of the log names other dates than those that held until then." in list(faults(other))
    for told in (unsaid, other):
        assert is_noticed_by_a_stranger(told)
    older = as_before(with_entry(LATE, LONGER)[:-1])
    assert list(faults(files(decided(older), change=lambda facts: facts.update(dates=LATER)))) == []


def test_sources_are_dealt_as_the_seed_says() -> None:
    dealt = deal(["a", "b", "c"], SEED)
    log = happened()
    log[-1]["deal"] = dealt
    whole = files(decided(log))
    assert list(faults(whole)) == []
    second_verifier.verify(whole)
    log[-1]["deal"] = {taker: giver for giver, taker in dealt.items()}
    other = files(decided(log))
    assert list(faults(other)) == ["The sources were not dealt as the seed says."]
    assert is_noticed_by_a_stranger(other)
    without = files(decided(as_before(log)[:3]), change=lambda facts: facts.pop("deal"))
    assert list(faults(without)) == []


def test_nobody_is_dealt_their_own_source() -> None:
    with pytest.raises(ContestExportUnreadable, match="cannot be computed"):
        list(faults(files(change=lambda facts: facts.update(deal={"j": "j"}))))


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
    exact = list(faults(files(alter=lambda result: result.update(ballots_cast=1.0))))
    assert exact == ["The log's decision is about another result."]


def test_nothing_follows_the_decision() -> None:
    log = [*records(), {"kind": "ballot", "ballot": "1", "voter": "v", "favoured": "a", "score": 7.5}]
    assert list(faults(files(log))) == ["The log goes on after the decision."]
    assert is_noticed_by_a_stranger(files(log))


def test_no_points_as_they_were_written_once_are_no_points() -> None:
    log = as_before(happened()[:2])
    log.append({"kind": "ballot", "ballot": "1", "voter": "v", "favoured": "a", "score": 0})

    def as_once(result: Record) -> None:
        for line in result["standings"] + result["raw_standings"]:
            line.update(points="0E-9", votes="0E-9")
        log.append({"kind": "decided", "result_sha256": result_sha256(result)})

    as_it_was = files(log, alter=as_once)
    assert (
        list(faults({**as_it_was, "log.jsonl": log_text(chained(log)), "contest.json": json_text(facts_of(log))})) == []
    )
    lied = files(alter=lambda result: result["standings"][0].update(points="0E-9"))
    assert 'result.json, standings, 1, points: published "0E-9", computed "0.750000000".' in list(faults(lied))


@pytest.mark.parametrize("name", ["terms", "seed", "log_head", "dates", "entries", "title", "version"])
def test_facts_that_are_missing_or_of_another_kind_make_it_unreadable(name: str) -> None:
    with pytest.raises(ContestExportUnreadable, match=f"lacks `{name}`"):
        list(faults(files(change=lambda facts: facts.pop(name))))
    for other in (None, [], True, 1.5):
        with pytest.raises(ContestExportUnreadable, match=f"contest.json, `{name}`"):
            list(faults(files(change=lambda facts: facts.update({name: other}))))  # noqa: B023


@pytest.mark.parametrize(
    "change", [{"vote": "x"}, {"prizes": 1}, {"bonus": 1}, {"vote_share_percent": "7"}, {"vote": []}]
)
def test_terms_that_are_none_make_it_unreadable(change: Record) -> None:
    with pytest.raises(ContestExportUnreadable, match=r"contest\.json, terms: "):
        list(faults(files(change=lambda facts: facts["terms"].update(change))))


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_missing_or_torn_make_it_unreadable(name: str) -> None:
    whole = files()
    with pytest.raises(ContestExportUnreadable, match=f"It lacks {name}"):
        list(faults({key: value for key, value in whole.items() if key != name}))
    with pytest.raises(ContestExportUnreadable, match=name):
        list(faults({**whole, name: whole[name][:-5]}))


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"kind": "entry", "entry": "a"}, "line 1 lacks `audio_sha256`"),
        ({"kind": "scores", "judge": "j", "entry": "a", "scores": [1]}, "line 1, `scores`: not a JSON object"),
        ({"kind": "ballot", "ballot": "1", "voter": "v", "favoured": "a"}, "line 1 lacks `score`"),
        (
            {"kind": "ballot", "ballot": "1", "voter": "v", "favoured": "a", "score": "9"},
            "line 1, `score`: not a number",
        ),
        ({"kind": "miracle"}, "line 1: this RemixHub does not know such a record"),
        ({"kind": ["ballot"]}, "line 1: this RemixHub does not know such a record"),
        ({}, "line 1: this RemixHub does not know such a record"),
    ],
)
def test_a_log_that_no_result_can_come_from_is_unreadable(record: Record, said: str) -> None:
    whole = files(change=lambda facts: facts.update(log_head=chained([record])[-1].sha256))
    with pytest.raises(ContestExportUnreadable, match=said):
        list(faults({**whole, "log.jsonl": log_text(chained([record]))}))


RUBRIC = (
    {"key": "craft", "title": "Craft", "weight": 2, "max_score": 10},
    {"key": "x", "title": "X", "weight": 1, "max_score": 5},
)
IDS, JUDGES = st.sampled_from("abcdef"), st.sampled_from("jkl")
TIMES = st.sampled_from([f"2027-01-01T00:00:0{second}.000Z" for second in range(3)])
REASON = {"reason": "because", "by": "host"}


def kinds() -> st.SearchStrategy[Record]:
    sheets = st.fixed_dictionaries(
        {"craft": st.integers(0, 20).map(lambda n: n / 2), "x": st.integers(0, 5).map(float)}
    )
    ballot = {"kind": st.just("ballot"), "ballot": st.uuids().map(str), "voter": st.just("v"), "favoured": IDS}
    return st.one_of(
        st.builds(lambda id, at: entered(id, at), IDS, TIMES),
        st.builds(
            lambda kind, id: {"kind": kind, "entry": id, **REASON}, st.sampled_from(["entry_out", "entry_back"]), IDS
        ),
        st.builds(
            lambda judge, some: {"kind": "due", "judge": judge, "entries": some}, JUDGES, st.lists(IDS, unique=True)
        ),
        st.builds(
            lambda id, ruling: {"kind": "ruling", "entry": id, "ruling": ruling.value, **REASON},
            IDS,
            st.sampled_from(Ruling),
        ),
        st.builds(lambda judge: {"kind": "judge_out", "judge": judge, "reason": "left"}, JUDGES),
        st.builds(lambda j, id, said: {"kind": "scores", "judge": j, "entry": id, "scores": said}, JUDGES, IDS, sheets),
        st.fixed_dictionaries({**ballot, "against": IDS, "score": st.integers(0, 20).map(lambda n: n / 2)}),
    )


@settings(max_examples=60)
@given(
    st.lists(kinds(), max_size=40),
    st.sampled_from(Normalisation),
    st.sampled_from([(VoteKind.NONE, 0), (VoteKind.DUELS, 40), (VoteKind.SCORES, 40), (VoteKind.DUELS, 100)]),
    st.permutations(TieBreak).flatmap(lambda some: st.integers(0, 4).map(lambda count: some[:count])),
    st.sampled_from([None, 1, 2]),
    st.booleans(),
)
def test_a_stranger_computes_the_same_result(
    log: list[Record],
    method: Normalisation,
    vote: tuple[VoteKind, int],
    tie_breaks: list[TieBreak],
    judges: int | None,
    is_old: bool,
) -> None:
    kind, share = vote
    rubric = () if share == 100 else RUBRIC
    terms = ContestTerms(
        rubric=rubric, normalisation=method, vote=kind, vote_share_percent=share, tie_breaks=tuple(tie_breaks),
        judges_per_entry=judges if rubric else None,
    )  # fmt: skip
    log = log if is_old else [*log, {"kind": "names", "version": 3}]
    written = json.loads(canonical(terms.dump()))
    try:
        ours = json.loads(canonical(result_of(terms, log, seed=SEED)))
    except JuryIncomplete:
        with pytest.raises((AssertionError, KeyError)):
            second_verifier.computed(written, log, SEED)
    else:
        assert second_verifier.computed(written, log, SEED) == ours
