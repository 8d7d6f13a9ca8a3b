"""Where on their way through a contest somebody stands."""

from __future__ import annotations

import pytest

from remixhub.domain.contests.phases import Phase
from remixhub.domain.contests.steps import EntrantStep, step_of


@pytest.mark.parametrize(
    ("phase", "has", "step"),
    [
        (Phase.OPEN, "", EntrantStep.STEMS),
        (Phase.OPEN, "stems", EntrantStep.MAKE),
        (Phase.OPEN, "remix", EntrantStep.ENTER),
        (Phase.OPEN, "stems remix entered", EntrantStep.HEARD),
        (Phase.OPEN, "entered", EntrantStep.HEARD),
        (Phase.ANNOUNCED, "stems", EntrantStep.MAKE),
        (Phase.VOTING, "stems remix", None),
        (Phase.JUDGING, "entered", EntrantStep.HEARD),
        (Phase.COUNTING, "entered", EntrantStep.HEARD),
        (Phase.DECIDED, "", EntrantStep.RESULT),
        (Phase.CANCELLED, "entered", None),
        (Phase.DRAFT, "", None),
    ],
)
def test_the_next_step(phase: Phase, has: str, step: EntrantStep | None) -> None:
    found = step_of(phase, has_stems="stems" in has, has_remix="remix" in has, has_entered="entered" in has)
    assert found is step
