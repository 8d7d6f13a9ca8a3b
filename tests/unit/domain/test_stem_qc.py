from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.stem_qc import Finding, FindingCode, ReferenceFigures, Severity, StemFigures, Wanted, judge_pack


def stem(name: str, **changes: Any) -> StemFigures:
    clean = StemFigures(
        name=name,
        sample_rate_hz=44_100,
        duration_frames=441_000,
        bit_depth=24,
        sample_peak_dbfs=-6.0,
        true_peak_dbtp=-5.8,
        clipping_runs=0,
        dc_offset=0.0,
        pcm_sha256=name,
        lag_frames=0,
    )
    return replace(clean, **changes)


REFERENCE = ReferenceFigures(44_100, 441_000, residual_db=-60.0, lag_frames=0)


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def test_a_clean_pack_has_no_findings() -> None:
    assert judge_pack([stem("a"), stem("b"), stem("c")], REFERENCE) == ()


@pytest.mark.parametrize(
    ("changes", "code", "severity", "figure"),
    [
        ({"sample_rate_hz": 48_000}, FindingCode.RATES_DIFFER, Severity.ERROR, 48_000),
        ({"duration_frames": 440_900}, FindingCode.LENGTHS_DIFFER, Severity.WARNING, 100),
        ({"duration_frames": 441_001}, FindingCode.LENGTHS_DIFFER, Severity.WARNING, 1),
        ({"lag_frames": 441}, FindingCode.STARTS_DIFFER, Severity.WARNING, 441),
        ({"lag_frames": -441}, FindingCode.STARTS_DIFFER, Severity.WARNING, -441),
        ({"clipping_runs": 7, "true_peak_dbtp": 0.4}, FindingCode.CLIPPED, Severity.WARNING, 7),
        ({"sample_peak_dbfs": -72.0}, FindingCode.NEAR_SILENT, Severity.WARNING, -72.0),
        ({"sample_peak_dbfs": None, "true_peak_dbtp": None}, FindingCode.NEAR_SILENT, Severity.WARNING, None),
        ({"pcm_sha256": "a"}, FindingCode.DUPLICATE, Severity.WARNING, None),
        ({"inverted": True, "inverted_correlation": -0.99}, FindingCode.POLARITY_INVERTED, Severity.WARNING, -0.99),
        ({"true_peak_dbtp": -0.1}, FindingCode.LOW_HEADROOM, Severity.NOTICE, -0.1),
        ({"dc_offset": -0.02}, FindingCode.DC_OFFSET, Severity.NOTICE, -0.02),
        ({"bit_depth": None}, FindingCode.LOSSY, Severity.NOTICE, None),
    ],
)
def test_each_fault_of_a_stem_is_found(
    changes: dict[str, Any], code: FindingCode, severity: Severity, figure: float | None
) -> None:
    found = only(judge_pack([stem("a"), stem("b"), stem("c", **changes)], REFERENCE))
    assert (found.code, found.severity, found.stem, found.figure) == (code, severity, "c", figure)
    assert found.advice


def test_the_advice_names_the_other_stem() -> None:
    pack = [stem("a"), stem("b"), stem("c", inverted=True, inverted_against="b", inverted_correlation=-1.0)]
    assert "b" in only(judge_pack(pack)).advice
    twin = only(judge_pack([stem("a"), stem("b", pcm_sha256="a")]))
    assert (twin.stem, "a" in twin.advice) == ("b", True)


def test_two_silent_stems_are_silent_and_no_duplicates() -> None:
    silent = {"sample_peak_dbfs": None, "true_peak_dbtp": None, "pcm_sha256": "0"}
    codes = [finding.code for finding in judge_pack([stem("a", **silent), stem("b", **silent), stem("c")])]
    assert codes == [FindingCode.NEAR_SILENT, FindingCode.NEAR_SILENT]


def test_a_lag_below_what_can_be_told_is_none() -> None:
    assert judge_pack([stem("a", lag_frames=20), stem("b", lag_frames=None)], REFERENCE) == ()


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"sample_rate_hz": 48_000}, FindingCode.MIX_RATE_DIFFERS, Severity.NOTICE),
        ({"duration_frames": 441_044}, FindingCode.MIX_LENGTH_DIFFERS, Severity.NOTICE),
        ({"lag_frames": 777}, FindingCode.MIX_STARTS_DIFFERENTLY, Severity.WARNING),
        ({"residual_db": -1.0}, FindingCode.MIX_DIFFERS, Severity.WARNING),
        ({"residual_db": -12.0}, FindingCode.MIX_DIFFERS, Severity.NOTICE),
    ],
)
def test_each_fault_of_the_reference_mix_is_found(
    changes: dict[str, Any], code: FindingCode, severity: Severity
) -> None:
    found = only(judge_pack([stem("a"), stem("b")], replace(REFERENCE, **changes)))
    assert (found.code, found.severity, found.stem) == (code, severity, None)


def test_what_a_label_asks_is_compared() -> None:
    pack = [stem("a", bit_depth=16), stem("b")]
    codes = {(finding.code, finding.stem) for finding in judge_pack(pack, wanted=Wanted(48_000, 24))}
    assert codes == {
        (FindingCode.BIT_DEPTH_BELOW_WANTED, "a"),
        (FindingCode.RATE_BELOW_WANTED, "a"),
        (FindingCode.RATE_BELOW_WANTED, "b"),
    }


def test_a_pack_that_cannot_be_read_is_an_error() -> None:
    findings = judge_pack([], unreadable={"a.wav": "The end of the file is missing."})
    assert [finding.code for finding in findings] == [FindingCode.STEM_UNREADABLE, FindingCode.NO_STEMS]
    assert {finding.severity for finding in findings} == {Severity.ERROR}
    assert only(judge_pack([])).code is FindingCode.NO_STEMS


def test_findings_are_plain_json() -> None:
    shown = only(judge_pack([stem("a"), stem("b", clipping_runs=2)])).to_json()
    assert set(shown) == {"code", "severity", "stem", "figure", "unit", "advice"}
    assert (shown["code"], shown["figure"], shown["unit"]) == ("clipped", 2, "runs")


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            stem,
            st.sampled_from("abcdef"),
            sample_rate_hz=st.sampled_from([44_100, 48_000]),
            duration_frames=st.integers(1, 3),
            clipping_runs=st.integers(0, 1),
        ),
        max_size=6,
    )
)
def test_errors_come_first_and_only_broken_packs_have_them(stems: list[StemFigures]) -> None:
    findings = judge_pack(stems)
    ranks = [list(Severity).index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    broken = not stems or len({one.sample_rate_hz for one in stems}) > 1
    assert broken == any(finding.severity is Severity.ERROR for finding in findings)
