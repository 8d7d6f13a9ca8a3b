"""What a draft lacks before it is announced: what stops it, and what is only asked about."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from remixhub.domain.contests.phases import Deadlines
from remixhub.domain.contests.presets import Preset, preset_terms
from remixhub.domain.contests.readiness import ContestNotReady, Severity, VoterFacts, WorkFacts, findings, require_ready
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WORK = WorkFacts("Harbour", WorkState.PUBLISHED, Licence.BY, has_stems=True)
DATES = Deadlines(NOON + DAY, NOON + 15 * DAY, NOON + 25 * DAY, NOON + 25 * DAY)
TERMS = dataclasses.replace(preset_terms(Preset.TOGETHER), prizes=("A synth",))


def codes(terms: Any = TERMS, deadlines: Deadlines = DATES, **facts: Any) -> list[tuple[str, str]]:
    known = {"moment": NOON, "brief": "Make it rain.", "judge_count": 2, "work": WORK, **facts}
    return [(one.severity.value, one.code) for one in findings(terms, deadlines, **known)]


def test_nothing_is_missing_from_a_complete_draft() -> None:
    assert codes() == []
    assert codes(work=None) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"judge_count": 0}, "judges_missing"),
        ({"terms": dataclasses.replace(TERMS, judges_per_entry=3)}, "judges_too_few"),
        ({"voters": VoterFacts(sends_mail=False, has_verified=False)}, "mail_missing"),
        ({"work": dataclasses.replace(WORK, is_the_labels=False)}, "work_not_the_labels"),
        ({"work": dataclasses.replace(WORK, state=WorkState.WITHDRAWN)}, "work_not_published"),
        ({"work": dataclasses.replace(WORK, licence=Licence.BY_ND)}, "work_not_remixable"),
    ],
)
def test_what_stops_an_announcement(changes: dict[str, Any], code: str) -> None:
    assert codes(**changes) == [("error", code)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"judge_count": 1}, "judge_alone"),
        ({"terms": dataclasses.replace(TERMS, judges_per_entry=2)}, "judges_without_reserve"),
        ({"terms": dataclasses.replace(TERMS, judges_per_entry=1)}, "judges_by_parts"),
        ({"voters": VoterFacts(sends_mail=False, has_verified=True)}, "mail_missing"),
        ({"embargo_until": NOON + 25 * DAY}, "embargo_idle"),
        ({"brief": " \n"}, "brief_missing"),
        ({"terms": dataclasses.replace(TERMS, prizes=())}, "prizes_missing"),
        ({"work": dataclasses.replace(WORK, has_stems=False)}, "stems_missing"),
        ({"deadlines": dataclasses.replace(DATES, closes_at=NOON + 3 * DAY)}, "entries_short"),
        ({"deadlines": dataclasses.replace(DATES, voting_closes_at=NOON + 16 * DAY)}, "voting_short"),
        ({"deadlines": dataclasses.replace(DATES, judging_closes_at=NOON + 16 * DAY)}, "judging_short"),
        ({"deadlines": dataclasses.replace(DATES, opens_at=NOON)}, "opens_at_once"),
    ],
)
def test_what_is_odd_is_asked_about(changes: dict[str, Any], code: str) -> None:
    assert codes(**changes) == [("warning", code)]


def test_three_days_to_enter_and_two_for_ballots_are_enough() -> None:
    short = Deadlines(NOON + DAY, NOON + 4 * DAY, NOON + 6 * DAY, NOON + 6 * DAY)
    assert codes(deadlines=short) == []


def test_a_jury_alone_needs_no_mail() -> None:
    terms = dataclasses.replace(preset_terms(Preset.QUICK), prizes=("A synth",))
    nobody = VoterFacts(sends_mail=False, has_verified=False)
    assert codes(terms, dataclasses.replace(DATES, voting_closes_at=None), voters=nobody) == []


def test_a_community_alone_needs_no_judges() -> None:
    terms = dataclasses.replace(preset_terms(Preset.COMMUNITY), prizes=("A synth",))
    assert codes(terms, dataclasses.replace(DATES, judging_closes_at=None), judge_count=0) == []


def test_what_would_be_closed_already_is_not_short_as_well() -> None:
    past = Deadlines(NOON - 3 * DAY, NOON, NOON + 5 * DAY, NOON + 5 * DAY)
    assert codes(deadlines=past) == [("error", "closed_already")]


def test_a_refusal_tells_all_that_stops_it_and_lists_the_rest() -> None:
    found = findings(
        TERMS, DATES, moment=NOON, brief="", judge_count=0, work=dataclasses.replace(WORK, has_stems=False)
    )
    with pytest.raises(ContestNotReady) as refused:
        require_ready(found)
    assert "Judges decide 50 % of the result, and there is none" in refused.value.detail
    assert "brief" not in refused.value.detail
    listed = refused.value.context["findings"]
    assert isinstance(listed, list)
    assert [one["code"] for one in listed] == ["judges_missing", "brief_missing", "stems_missing"]
    require_ready([one for one in found if one.severity is Severity.WARNING])
