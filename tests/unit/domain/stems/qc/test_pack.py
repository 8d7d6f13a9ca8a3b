from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.measurements import Measurements
from remixhub.domain.media import Container
from remixhub.domain.stems.qc import Finding, FindingCode, ReferenceFigures, Severity, StemFigures, Wanted, judge_pack


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
    )
    return replace(clean, **changes)


REFERENCE = ReferenceFigures(44_100, 441_000, lag_frames=0)


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def test_a_clean_pack_has_no_findings() -> None:
    assert judge_pack([stem("a"), stem("b"), stem("c")], REFERENCE) == ()


@pytest.mark.parametrize(
    ("changes", "code", "severity", "figure"),
    [
        ({"sample_rate_hz": 48_000}, FindingCode.RATES_DIFFER, Severity.ERROR, 48_000),
        ({"duration_frames": 440_900}, FindingCode.LENGTHS_DIFFER, Severity.WARNING, -100),
        ({"duration_frames": 441_001}, FindingCode.LENGTHS_DIFFER, Severity.WARNING, 1),
        ({"clipping_runs": 7, "true_peak_dbtp": 0.4}, FindingCode.CLIPPED, Severity.WARNING, 7),
        ({"sample_peak_dbfs": -72.0}, FindingCode.NEAR_SILENT, Severity.WARNING, -72.0),
        ({"sample_peak_dbfs": None, "true_peak_dbtp": None}, FindingCode.NEAR_SILENT, Severity.WARNING, None),
        ({"pcm_sha256": "a"}, FindingCode.DUPLICATE, Severity.WARNING, None),
        (
            {"inverted_against": "a", "inverted_correlation": -0.99},
            FindingCode.POLARITY_INVERTED,
            Severity.WARNING,
            -0.99,
        ),
        ({"ceiling_hz": 11_025.3}, FindingCode.BAND_LIMITED, Severity.NOTICE, 11_025),
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


UNITS = {
    FindingCode.RATES_DIFFER: "Hz", FindingCode.LENGTHS_DIFFER: "frames",
    FindingCode.CLIPPED: "runs", FindingCode.NEAR_SILENT: "dBFS", FindingCode.DC_OFFSET: "full scale",
    FindingCode.LOW_HEADROOM: "dBTP", FindingCode.POLARITY_INVERTED: "correlation",
    FindingCode.RATE_BELOW_WANTED: "Hz", FindingCode.BIT_DEPTH_BELOW_WANTED: "bits",
    FindingCode.MIX_RATE_DIFFERS: "Hz", FindingCode.MIX_LENGTH_DIFFERS: "frames",
    FindingCode.MIX_STARTS_DIFFERENTLY: "frames", FindingCode.BAND_LIMITED: "Hz",
}  # fmt: skip
"""Of the figures; what has none has no unit."""
ALL_FAULTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"sample_rate_hz": 32_000}, {"sample_rate_hz": 96_000}),
    ({"duration_frames": 1, "clipping_runs": 1, "sample_peak_dbfs": -80.0}, {"duration_frames": 2, "lag_frames": 1}),
    ({"ceiling_hz": 9_000.0, "dc_offset": 1.0, "inverted_against": "a", "true_peak_dbtp": 0.0}, {}),
    ({"bit_depth": 16, "pcm_sha256": "a"}, {}),
    ({"bit_depth": None}, {}),
]


@pytest.mark.parametrize(("changes", "mix"), ALL_FAULTS)
def test_every_figure_has_its_unit(changes: dict[str, Any], mix: dict[str, Any]) -> None:
    pack = [stem("a"), stem("b"), stem("c", **changes)]
    findings = judge_pack(pack, replace(REFERENCE, **mix), wanted=Wanted(44_100, 24))
    assert findings
    assert [one.unit for one in findings] == [UNITS.get(one.code) for one in findings]


@pytest.mark.parametrize(
    ("changes", "next_to_it"),
    [
        ({"sample_peak_dbfs": -60.0}, {"sample_peak_dbfs": -60.1}),
        ({"true_peak_dbtp": -0.3}, {"true_peak_dbtp": -0.29}),
        ({"true_peak_dbtp": None}, {"true_peak_dbtp": 1.0}),
        ({"dc_offset": 0.005}, {"dc_offset": 0.0051}),
        ({"dc_offset": -0.005}, {"dc_offset": -0.0051}),
        ({"inverted_against": None}, {"inverted_against": "b"}),
    ],
)
def test_what_is_at_a_limit_is_good_and_what_is_beyond_it_is_not(
    changes: dict[str, Any], next_to_it: dict[str, Any]
) -> None:
    assert judge_pack([stem("a", **changes)]) == ()
    only(judge_pack([stem("a", **next_to_it)]))


def test_what_a_label_asks_is_asked_of_what_is_less() -> None:
    assert judge_pack([stem("a")], wanted=Wanted(44_100, 24)) == ()
    findings = judge_pack([stem("a", bit_depth=16)], wanted=Wanted(48_000, 24))
    assert [(one.code, one.severity, one.stem, one.figure) for one in findings] == [
        (FindingCode.BIT_DEPTH_BELOW_WANTED, Severity.WARNING, "a", 16),
        (FindingCode.RATE_BELOW_WANTED, Severity.WARNING, "a", 44_100),
    ]
    assert ["24" in findings[0].advice, "48000" in findings[1].advice] == [True, True]
    assert only(judge_pack([stem("a", bit_depth=None)], wanted=Wanted(0, 24))).code is FindingCode.LOSSY


def test_the_advice_says_which_way() -> None:
    def told(mix: ReferenceFigures | None = None, **changes: Any) -> str:
        return only(judge_pack([stem("a"), stem("b"), stem("c", **changes)], mix)).advice

    assert "0.002 s (100 frames) shorter than the rest" in told(duration_frames=440_900)
    assert "0.010 s (441 frames) longer than the rest" in told(duration_frames=441_441)
    assert "at 44100 Hz" in told(sample_rate_hz=48_000)
    assert "0.001 s (44 frames) longer" in told(replace(REFERENCE, duration_frames=441_044))
    assert "(1 frames) longer" in told(replace(REFERENCE, duration_frames=441_001))
    assert "(44 frames) shorter" in told(replace(REFERENCE, duration_frames=440_956))
    assert "0.0100 s (441 frames) later" in told(replace(REFERENCE, lag_frames=441))
    assert "0.0100 s (441 frames) earlier" in told(replace(REFERENCE, lag_frames=-441))
    assert "48000 Hz, the stems 44100 Hz" in told(replace(REFERENCE, sample_rate_hz=48_000))
    assert "cancels b" in told(inverted_against="b")
    assert "ends at 11.0 kHz" in told(ceiling_hz=11_025.0)


def test_of_a_lossy_file_a_cut_off_is_no_news() -> None:
    assert only(judge_pack([stem("a", ceiling_hz=16_000.0, bit_depth=None)])).code is FindingCode.LOSSY


def test_figures_of_the_mix_bear_their_sign() -> None:
    assert only(judge_pack([stem("a")], replace(REFERENCE, duration_frames=440_956))).figure == -44
    assert only(judge_pack([stem("a")], replace(REFERENCE, lag_frames=-7))).figure == -7
    of_another_rate = replace(REFERENCE, sample_rate_hz=48_000, duration_frames=1, lag_frames=5)
    assert only(judge_pack([stem("a")], of_another_rate)).figure == 48_000


def test_the_commonest_rate_and_length_stand_for_the_pack_and_the_higher_of_equals() -> None:
    two_and_one = [stem("a", sample_rate_hz=32_000), stem("b", sample_rate_hz=32_000), stem("c")]
    assert only(judge_pack(two_and_one)).stem == "c"
    assert only(judge_pack(two_and_one[1:])).stem == "b"
    longer = [stem("a", duration_frames=5), stem("b", duration_frames=9)]
    assert only(judge_pack(longer)).stem == "a"
    of_other_rates = [stem("x", sample_rate_hz=48_000, duration_frames=7), stem("y", sample_rate_hz=32_000)]
    codes = [one.code for one in judge_pack([*longer, stem("d", duration_frames=5), *of_other_rates])]
    assert codes == [FindingCode.RATES_DIFFER, FindingCode.RATES_DIFFER, FindingCode.LENGTHS_DIFFER]


def test_errors_stand_before_the_rest_and_the_rest_in_the_order_of_the_pack() -> None:
    pack = [
        stem("a", bit_depth=None, clipping_runs=1), stem("b"), stem("c", clipping_runs=1),
        stem("d", sample_rate_hz=48_000), stem("e"),
    ]  # fmt: skip
    findings = judge_pack(pack, replace(REFERENCE, lag_frames=1), unreadable={"f": "Torn."})
    assert [(one.severity, one.stem) for one in findings] == [
        (Severity.ERROR, "f"), (Severity.ERROR, "d"), (Severity.WARNING, "a"), (Severity.WARNING, "c"),
        (Severity.WARNING, None), (Severity.NOTICE, "a"),
    ]  # fmt: skip
    assert findings[0].advice == "Torn. Replace it or leave it out."


def test_figures_are_taken_from_measurements() -> None:
    measured = Measurements(
        engine_version="1", container=Container.WAV, codec="pcm_s24le", sample_rate_hz=48_000, channels=2, bit_depth=24,
        duration_frames=480, declared_frames=481, integrated_lufs=-9.0, loudness_range_lu=1.0, true_peak_dbtp=-2.0,
        sample_peak_dbfs=-3.0, rms_dbfs=-4.0, dc_offset=0.5, clipping_runs=6, clipped_samples=7, longest_clip_frames=8,
        leading_silence_frames=9, trailing_silence_frames=10, silence_share=0.1, pcm_sha256="abc", mixer_gain_db=0.0,
    )  # fmt: skip
    assert StemFigures.from_measurements("bass", measured, ceiling_hz=11.0, inverted_against="a") == StemFigures(
        name="bass", sample_rate_hz=48_000, duration_frames=480, bit_depth=24, sample_peak_dbfs=-3.0,
        true_peak_dbtp=-2.0, clipping_runs=6, dc_offset=0.5, pcm_sha256="abc", ceiling_hz=11.0, inverted_against="a",
    )  # fmt: skip


def test_the_advice_names_the_other_stem() -> None:
    pack = [stem("a"), stem("b"), stem("c", inverted_against="b", inverted_correlation=-1.0)]
    assert "b" in only(judge_pack(pack)).advice
    twin = only(judge_pack([stem("a"), stem("b", pcm_sha256="a")]))
    assert (twin.stem, "a" in twin.advice) == ("b", True)


def test_two_silent_stems_are_silent_and_no_duplicates() -> None:
    silent = {"sample_peak_dbfs": None, "true_peak_dbtp": None, "pcm_sha256": "0"}
    codes = [finding.code for finding in judge_pack([stem("a", **silent), stem("b", **silent), stem("c")])]
    assert codes == [FindingCode.NEAR_SILENT, FindingCode.NEAR_SILENT]


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"sample_rate_hz": 48_000}, FindingCode.MIX_RATE_DIFFERS, Severity.NOTICE),
        ({"duration_frames": 441_044}, FindingCode.MIX_LENGTH_DIFFERS, Severity.NOTICE),
        ({"lag_frames": 777}, FindingCode.MIX_STARTS_DIFFERENTLY, Severity.WARNING),
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
    assert set(shown) == {"code", "severity", "stem", "figure", "unit", "advice", "at_seconds"}
    assert (shown["code"], shown["figure"], shown["unit"]) == ("clipped", 2, "runs")


def test_a_finding_says_where_it_is_heard() -> None:
    clipped = only(judge_pack([stem("a", clipping_runs=2, first_clip_frames=41 * 44_100)]))
    longer = only(judge_pack([stem("a"), stem("b"), stem("c", duration_frames=stem("a").duration_frames + 44_100)]))
    assert (clipped.at_seconds, longer.at_seconds) == (41, stem("a").duration_frames / stem("a").sample_rate_hz)
    assert only(judge_pack([stem("a", clipping_runs=2)])).at_seconds is None, "measured before it was noted"


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
