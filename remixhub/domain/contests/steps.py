"""The way of an entrant through a contest, and where on it one stands."""

from __future__ import annotations

from enum import StrEnum

from remixhub.domain.contests.phases import Phase


class EntrantStep(StrEnum):
    STEMS = "stems"
    MAKE = "make"
    ENTER = "enter"
    HEARD = "heard"
    RESULT = "result"


def step_of(phase: Phase, *, has_stems: bool, has_remix: bool, has_entered: bool) -> EntrantStep | None:
    """What comes next for somebody; None for a contest that has no way on, or none for who did not enter."""
    if phase in (Phase.DRAFT, Phase.CANCELLED):
        return None
    if phase is Phase.DECIDED:
        return EntrantStep.RESULT
    if phase not in (Phase.ANNOUNCED, Phase.OPEN):
        return EntrantStep.HEARD if has_entered else None
    if has_entered:
        return EntrantStep.HEARD
    if has_remix:
        return EntrantStep.ENTER
    return EntrantStep.MAKE if has_stems else EntrantStep.STEMS
