"""What a finding is, and the words it goes by (docs/stem-qc.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"
    """The pack cannot be used as it is."""
    WARNING = "warning"
    """Very likely a mistake."""
    NOTICE = "notice"
    """Worth knowing."""


class FindingCode(StrEnum):
    NO_STEMS = "no_stems"
    STEM_UNREADABLE = "stem_unreadable"
    RATES_DIFFER = "rates_differ"
    LENGTHS_DIFFER = "lengths_differ"
    SPLIT_STEREO = "split_stereo"
    STARTS_DIFFER = "starts_differ"
    SPEED_DIFFERS = "speed_differs"
    NOT_IN_MIX = "not_in_mix"
    LEVEL_DIFFERS = "level_differs"
    POLARITY_INVERTED = "polarity_inverted"
    SIDES_SWAPPED = "sides_swapped"
    SIDES_LOST = "sides_lost"
    BAND_LIMITED = "band_limited"
    ALTERED = "altered"
    NEAR_COPIES = "near_copies"
    CLIPPED = "clipped"
    NEAR_SILENT = "near_silent"
    DUPLICATE = "duplicate"
    DC_OFFSET = "dc_offset"
    LOW_HEADROOM = "low_headroom"
    LOSSY = "lossy"
    RATE_BELOW_WANTED = "rate_below_wanted"
    BIT_DEPTH_BELOW_WANTED = "bit_depth_below_wanted"
    MIX_RATE_DIFFERS = "mix_rate_differs"
    MIX_LENGTH_DIFFERS = "mix_length_differs"
    MIX_STARTS_DIFFERENTLY = "mix_starts_differently"
    MIX_DIFFERS = "mix_differs"


_OF_ONE_FILE = frozenset(
    {
        FindingCode.CLIPPED, FindingCode.NEAR_SILENT, FindingCode.DC_OFFSET, FindingCode.LOW_HEADROOM,
        FindingCode.LOSSY, FindingCode.SPLIT_STEREO, FindingCode.RATE_BELOW_WANTED, FindingCode.BIT_DEPTH_BELOW_WANTED,
    }
)  # fmt: skip
"""These say nothing about how stems go together."""


@dataclass(frozen=True)
class Finding:
    code: FindingCode
    severity: Severity
    stem: str | None
    """None where it concerns the whole pack or the reference mix."""
    figure: float | None
    unit: str | None
    advice: str
    at_seconds: float | None = None
    """Where in the stem, or in the reference mix, it can be heard; None where it is everywhere or not known."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def fit_together(findings: Iterable[Mapping[str, Any]]) -> bool:
    """Whether nothing worse than a notice speaks against it. `findings` are as JSON."""
    return all(one["severity"] == Severity.NOTICE or one["code"] in _OF_ONE_FILE for one in findings)


def finding(
    code: FindingCode,
    severity: Severity,
    stem: str | None,
    advice: str,
    figure: float | None = None,
    unit: str | None = None,
    at_seconds: float | None = None,
) -> Finding:
    return Finding(code, severity, stem, figure, unit, advice, None if at_seconds is None else round(at_seconds, 3))
