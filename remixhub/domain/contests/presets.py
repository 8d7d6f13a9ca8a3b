"""What a new contest starts from: three usual kinds, each with terms and dates that a host may change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from remixhub.domain.contests.judging import Rubric
from remixhub.domain.contests.phases import Deadlines
from remixhub.domain.contests.terms import ContestTerms, VoteKind

_EVENING = dt.time(18)
"""A whole hour that no change of the clocks skips or shows twice, and at which people are awake."""
_CRITERIA = [
    {"key": "c1", "title": "Idea", "weight": 1, "max_score": 10},
    {"key": "c2", "title": "Craft", "weight": 1, "max_score": 10},
]


class Preset(StrEnum):
    QUICK = "quick"
    """Two weeks, a jury that hears no names."""
    COMMUNITY = "community"
    """Whoever has an account decides, by duels."""
    TOGETHER = "together"
    """The jury one half, the community the other."""


@dataclass(frozen=True)
class _Lengths:
    entries_days: int
    judging_days: int | None = None
    voting_days: int | None = None


_LENGTHS = {
    Preset.QUICK: _Lengths(14, judging_days=7),
    Preset.COMMUNITY: _Lengths(21, voting_days=10),
    Preset.TOGETHER: _Lengths(28, judging_days=14, voting_days=10),
}


def preset_terms(preset: Preset) -> ContestTerms:
    rubric = tuple(Rubric.parse(_CRITERIA).dump())
    match preset:
        case Preset.QUICK:
            return ContestTerms(rubric=rubric)
        case Preset.COMMUNITY:
            return ContestTerms(vote=VoteKind.DUELS, vote_share_percent=100)
        case Preset.TOGETHER:
            return ContestTerms(rubric=rubric, vote=VoteKind.DUELS, vote_share_percent=50)


def preset_deadlines(preset: Preset, moment: dt.datetime, zone: ZoneInfo) -> Deadlines:
    """Counted from `moment`: all on evenings of the clock in `zone`, the opening on the next one but today's."""
    today, lengths = moment.astimezone(zone).date(), _LENGTHS[preset]

    def evening(days: int) -> dt.datetime:
        there = dt.datetime.combine(today + dt.timedelta(days=1 + days), _EVENING, tzinfo=zone)
        return there.astimezone(dt.UTC)

    def ballots(days: int | None) -> dt.datetime | None:
        return None if days is None else evening(lengths.entries_days + days)

    return Deadlines(
        evening(0), evening(lengths.entries_days), ballots(lengths.voting_days), ballots(lengths.judging_days)
    )
