"""What can be entered, and when enough was heard to vote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remixhub.domain.contests.entries import (
    Candidate,
    EntrantIsJudge,
    EntryNotPublished,
    EntryNotYours,
    EntryOutsideLineage,
    EntryRefused,
    EntryWithoutStems,
    enough_heard,
    require_enterable,
)

GOOD = Candidate(is_published=True, is_own=True, comes_from_release=True, has_stems=True, has_audio=True)


@pytest.mark.parametrize(
    ("candidate", "refusal"),
    [
        (replace(GOOD, is_own=False), EntryNotYours),
        (replace(GOOD, is_published=False), EntryNotPublished),
        (replace(GOOD, has_audio=False), EntryNotPublished),
        (replace(GOOD, comes_from_release=False), EntryOutsideLineage),
        (replace(GOOD, has_stems=False), EntryWithoutStems),
    ],
)
def test_each_thing_that_an_entry_lacks_has_its_own_refusal(candidate: Candidate, refusal: type[EntryRefused]) -> None:
    with pytest.raises(refusal, match=r"^[A-Z].* .*\.$"):
        require_enterable(candidate, needs_own_stems=True, is_judge=False)


def test_stems_are_asked_for_where_the_terms_do_and_judges_never_enter() -> None:
    require_enterable(GOOD, needs_own_stems=True, is_judge=False)
    require_enterable(replace(GOOD, has_stems=False), needs_own_stems=False, is_judge=False)
    with pytest.raises(EntrantIsJudge, match="judge"):
        require_enterable(GOOD, needs_own_stems=False, is_judge=True)


@pytest.mark.parametrize(
    ("duration_seconds", "needed_ms"), [(None, 20_000), (300.0, 20_000), (40.0, 20_000), (39.0, 19_500), (1.0, 500)]
)
def test_twenty_seconds_are_heard_or_half_of_what_is_shorter(duration_seconds: float | None, needed_ms: int) -> None:
    assert enough_heard(needed_ms, duration_seconds)
    assert not enough_heard(needed_ms - 1, duration_seconds)
