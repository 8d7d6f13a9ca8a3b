"""Stem QC: what is odd about a stem pack, from figures measured elsewhere. Only a broken pack is an error."""

from remixhub.domain.stems.qc.figures import InMix, MixFit, ReferenceFigures, Rest, StemFigures, Wanted
from remixhub.domain.stems.qc.findings import Finding, FindingCode, Severity, fit_together
from remixhub.domain.stems.qc.pack import INVERTED_CORRELATION, judge_pack

__all__ = [
    "INVERTED_CORRELATION",
    "Finding",
    "FindingCode",
    "InMix",
    "MixFit",
    "ReferenceFigures",
    "Rest",
    "Severity",
    "StemFigures",
    "Wanted",
    "fit_together",
    "judge_pack",
]
