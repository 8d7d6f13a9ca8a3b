"""What the fit of the reference mix says: limits, order, words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remixhub.domain.stems.qc import (
    Finding,
    FindingCode,
    InMix,
    MixFit,
    ReferenceFigures,
    Rest,
    Severity,
    StemFigures,
    fit_together,
    judge_pack,
)

RIGHT = InMix(level_db=-10.0, gain=1.0, error=0.001, carrying_frames=100.0, likeness=0.99)
REST = Rest(-60.0, -60.0, -60.0, 0.0, -70.0, at_seconds=83.0, band_hz=(2_000.0, 4_000.0))


def judge(
    changes: dict[str, dict[str, Any]] | None = None,
    rest: dict[str, Any] | None = None,
    figures: dict[str, Any] | None = None,
    **of_fit: Any,
) -> tuple[Finding, ...]:
    """A pack of four whose mix is fitted exactly; `changes` and `figures` by stem."""
    names = ("a", "b", "c", "d")
    stems = {name: replace(RIGHT, **(changes or {}).get(name, {})) for name in names}
    fit = MixFit(
        **{"is_exact": True, "is_lossy": False, "stems": stems, "rest": replace(REST, **(rest or {})), **of_fit}
    )
    pack = [
        StemFigures(name, 44_100, 441_000, 24, -6.0, -5.8, 0, 0.0, name, ceiling_hz=(figures or {}).get(name))
        for name in names
    ]
    return judge_pack(pack, ReferenceFigures(44_100, 441_000, 0, fit))


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def test_stems_that_are_the_mix_have_no_findings() -> None:
    assert judge() == ()
    assert judge(is_exact=False) == ()
    assert judge(rest=None) == ()


W, N = Severity.WARNING, Severity.NOTICE


@pytest.mark.parametrize(
    ("changes", "code", "severity", "figure", "unit"),
    [
        ({"gain": 0.5}, FindingCode.LEVEL_DIFFERS, W, 6.02, "dB"),
        ({"gain": 2.0}, FindingCode.LEVEL_DIFFERS, W, -6.02, "dB"),
        ({"gain": -1.0, "likeness": -0.9}, FindingCode.POLARITY_INVERTED, W, -0.9, "correlation"),
        ({"gain": 0.1, "likeness": 0.2}, FindingCode.NOT_IN_MIX, W, 0.2, "correlation"),
        ({"gain": -0.1, "likeness": -0.2}, FindingCode.NOT_IN_MIX, W, -0.2, "correlation"),
        ({"lag_frames": 441.0}, FindingCode.STARTS_DIFFER, W, 441, "frames"),
        ({"lag_frames": -441.0}, FindingCode.STARTS_DIFFER, W, -441, "frames"),
        ({"lag_frames": 1.0}, FindingCode.STARTS_DIFFER, N, 1, "frames"),
        (
            {"drift_ppm": 50.04, "gain": 0.1, "likeness": 0.1, "lag_frames": 9.0},
            FindingCode.SPEED_DIFFERS,
            W,
            50,
            "ppm",
        ),
        ({"sides_swapped": True}, FindingCode.SIDES_SWAPPED, W, None, None),
        ({"sides_lost": 0.5}, FindingCode.SIDES_LOST, W, None, None),
        ({"altered": 0.9, "altered_db": -20.0}, FindingCode.ALTERED, W, -20, "dB"),
    ],
)
def test_each_fault_has_its_name(
    changes: dict[str, Any], code: FindingCode, severity: Severity, figure: float | None, unit: str | None
) -> None:
    found = only(judge({"c": changes}))
    assert (found.code, found.severity, found.stem, found.unit) == (code, severity, "c", unit)
    assert found.figure == (None if figure is None else pytest.approx(figure, abs=0.1))
    assert found.advice


@pytest.mark.parametrize(
    ("changes", "next_to_it", "of_fit"),
    [
        ({"gain": 0.945}, {"gain": 0.944}, {}),
        ({"gain": 1.059}, {"gain": 1.06}, {}),
        ({"gain": 0.8415}, {"gain": 0.841}, {"is_exact": False}),
        ({"gain": 0.5, "error": 0.125}, {"gain": 0.5, "error": 0.1249}, {}),
        ({"gain": 0.5, "carrying_frames": 2.9}, {"gain": 0.5, "carrying_frames": 3.0}, {}),
        ({"gain": 0.1, "likeness": 0.1, "carrying_frames": 2.9}, {"gain": 0.1, "likeness": 0.1}, {}),
        ({"gain": -1.0, "likeness": -0.5}, {"gain": -1.0, "likeness": -0.51}, {}),
        ({"gain": -1.0, "likeness": -0.9, "error": 0.27}, {"gain": -1.0, "likeness": -0.9, "error": 0.26}, {}),
        ({"lag_frames": 0.39}, {"lag_frames": -0.4}, {}),
        ({"sides_lost": 0.3}, {"sides_lost": 0.31}, {}),
        ({"altered": 0.4, "altered_db": -1.0}, {"altered": 0.41, "altered_db": -1.0}, {}),
        ({"altered": 1.0, "altered_db": -28.0}, {"altered": 1.0, "altered_db": -27.9}, {}),
        ({"level_db": -60.1, "gain": 0.1, "likeness": 0.1}, {"level_db": -60.0, "gain": 0.1, "likeness": 0.1}, {}),
        ({"level_db": -45.1, "gain": 0.5}, {"level_db": -45.0, "gain": 0.5}, {"is_exact": False}),
    ],
)
def test_what_is_at_a_limit_is_good_and_what_is_beyond_it_is_not(
    changes: dict[str, Any], next_to_it: dict[str, Any], of_fit: dict[str, Any]
) -> None:
    assert judge({"c": changes}, **of_fit) == ()
    assert only(judge({"c": next_to_it}, **of_fit)).stem == "c"


def test_a_mastering_leaves_more_of_itself_than_of_a_lossy_stem() -> None:
    altered = {"c": {"altered": 0.9, "altered_db": -15.0}}
    found = only(judge(altered, {"usual_db": -47.1}, is_exact=False))
    assert (found.code, found.severity) == (FindingCode.ALTERED, N)
    assert judge(altered, {"usual_db": -47.0}, is_exact=False) == ()
    assert only(judge({"c": {"altered": 0.9, "altered_db": -9.0}}, {"usual_db": -5.0}, is_exact=False)).stem == "c"


def test_of_a_lossy_file_nobody_says_that_it_was_altered() -> None:
    fit = MixFit(False, True, {"a": RIGHT, "b": replace(RIGHT, altered=0.9, altered_db=-1.0)}, REST)
    pack = [StemFigures(name, 44_100, 441_000, None, -6.0, -5.8, 0, 0.0, name) for name in ("a", "b")]
    codes = {one.code for one in judge_pack(pack, ReferenceFigures(44_100, 441_000, 0, fit))}
    assert codes == {FindingCode.LOSSY}


def test_what_two_stems_share_is_neither_s() -> None:
    assert judge({"a": {"altered": 0.45, "altered_db": -1.0}, "b": {"altered": 0.9, "altered_db": -1.0}}) == ()
    assert judge({"a": {"sides_lost": 0.32}, "b": {"sides_lost": 0.64}}) == ()
    assert only(judge({"a": {"sides_lost": 0.31}, "b": {"sides_lost": 0.64}})).stem == "b"


def test_what_is_louder_than_a_stem_is_not_the_stem_altered() -> None:
    assert judge({"c": {"altered": 0.9, "altered_db": 0.0}}) == ()
    assert only(judge({"c": {"altered": 0.9, "altered_db": -0.1}})).code is FindingCode.ALTERED


def test_a_late_stem_may_be_louder_too_and_a_swapped_one_is_not_altered() -> None:
    both = judge({"c": {"lag_frames": 100.0, "gain": 0.5, "altered": 0.9, "altered_db": -1.0}})
    assert [one.code for one in both] == [FindingCode.STARTS_DIFFER, FindingCode.LEVEL_DIFFERS]
    swapped = judge({"c": {"sides_swapped": True, "altered": 0.9, "altered_db": -1.0}})
    assert only(swapped).code is FindingCode.SIDES_SWAPPED


def test_the_only_stem_is_judged_by_its_likeness() -> None:
    fit = MixFit(True, False, {"a": replace(RIGHT, likeness=0.3)}, REST)
    pack = [StemFigures("a", 44_100, 441_000, 24, -6.0, -5.8, 0, 0.0, "a")]
    assert only(judge_pack(pack, ReferenceFigures(44_100, 441_000, 0, fit))).code is FindingCode.NOT_IN_MIX


def test_the_worst_stem_stands_first_and_others_may_follow_from_it() -> None:
    changes = {"a": {"gain": 0.8}, "b": {"gain": 0.5}, "d": {"gain": 0.7, "level_db": -40.0}}
    under_a_mastering = judge(changes, is_exact=False)
    assert [(one.stem, one.severity) for one in under_a_mastering] == [("b", W), ("a", N), ("d", N)]
    assert ["follow from what is wrong with b" in one.advice for one in under_a_mastering] == [False, True, True]
    exactly = judge(changes)
    assert [(one.stem, one.severity) for one in exactly] == [("b", W), ("a", W), ("d", W)]
    assert not any("follow" in one.advice for one in exactly)


def test_what_is_far_off_follows_from_nothing_lighter() -> None:
    found = judge({"a": {"gain": 0.5}, "b": {"gain": 0.5, "level_db": -12.0}}, is_exact=False)
    assert [(one.stem, one.severity) for one in found] == [("a", W), ("b", W)]
    lighter = judge({"a": {"gain": 0.5}, "b": {"gain": 0.5, "level_db": -17.0}}, is_exact=False)
    assert [(one.stem, one.severity) for one in lighter] == [("a", W), ("b", N)]


def test_what_remains_may_follow_from_another_stem_and_what_is_late_may_not() -> None:
    changes = {"a": {"lag_frames": 100.0}, "b": {"altered": 0.9, "altered_db": -15.0}, "c": {"sides_lost": 0.6}}
    found = judge({**changes, "d": {"lag_frames": 200.0, "level_db": -30.0}})
    assert {one.stem: one.severity for one in found} == {"a": W, "b": N, "c": N, "d": W}
    assert found[0].stem == "a"


def test_near_copies_are_told_of_together_and_their_levels_are_not_judged() -> None:
    found = only(judge({"a": {"gain": 0.5}}, alike=(("a", "b", "c"),)))
    assert (found.code, found.severity, found.stem, found.figure) == (FindingCode.NEAR_COPIES, N, None, 3)
    assert "a, b and c" in found.advice


@pytest.mark.parametrize(
    ("rest", "of_fit", "severity"),
    [
        ({"worst_db": -25.0}, {}, None),
        ({"worst_db": -24.9}, {}, W),
        ({"worst_db": -24.9}, {"is_lossy": True}, None),
        ({"worst_db": 0.0}, {"is_exact": False}, None),
        ({"poor_loud_share": 0.03}, {"is_exact": False}, None),
        ({"poor_loud_share": 0.031}, {"is_exact": False}, W),
        ({"poor_loud_share": 0.031}, {"is_exact": False, "is_lossy": True}, W),
        ({"worst_heard_db": -9.9, "usual_db": -27.0}, {"is_exact": False}, W),
        ({"worst_heard_db": -9.9, "usual_db": -27.0}, {"is_exact": False, "is_lossy": True}, None),
        ({"worst_heard_db": -9.9, "usual_db": -26.8}, {"is_exact": False}, None),
        ({"worst_heard_db": -10.0, "usual_db": -60.0}, {"is_exact": False}, None),
        ({"worst_heard_db": -7.9, "usual_db": -17.9}, {"is_exact": False}, N),
        ({"worst_heard_db": -8.0, "usual_db": -17.9}, {"is_exact": False}, None),
        ({"worst_heard_db": -7.9, "usual_db": -18.0}, {"is_exact": False}, None),
        ({"worst_heard_db": -7.9, "usual_db": -17.9}, {"is_exact": False, "is_lossy": True}, None),
    ],
)
def test_what_no_stem_explains_is_missing_or_an_effect(
    rest: dict[str, Any], of_fit: dict[str, Any], severity: Severity | None
) -> None:
    findings = judge(None, rest, **of_fit)
    assert [(one.code, one.severity) for one in findings] == ([(FindingCode.MIX_DIFFERS, severity)] if severity else [])
    assert all("at 1:23, between 2 kHz and 4 kHz" in one.advice for one in findings)


def test_where_a_stem_explains_what_remains_nothing_is_missing_and_where_it_is_wrong_something_is() -> None:
    poor = {"worst_db": 0.0, "poor_loud_share": 0.5}
    assert only(judge({"c": {"sides_swapped": True}}, poor)).code is FindingCode.SIDES_SWAPPED
    wrong = judge({"c": {"gain": 0.0, "likeness": 0.0}}, poor)
    assert [one.code for one in wrong] == [FindingCode.NOT_IN_MIX, FindingCode.MIX_DIFFERS]
    assert [one.code for one in judge({"c": {"gain": 0.5}}, poor)] == [
        FindingCode.LEVEL_DIFFERS,
        FindingCode.MIX_DIFFERS,
    ]


def test_a_stem_that_is_cut_off_is_told_of_where_the_mix_has_more_or_cannot_tell() -> None:
    cut = {"c": 10_500.0}
    more = {"c": {"above_ceiling_db": -5.0, "below_ceiling_db": -40.0}}
    found = only(judge(more, figures=cut))
    assert (found.code, found.severity, found.stem, found.figure) == (FindingCode.BAND_LIMITED, W, "c", 10_500)
    assert judge(figures=cut) == ()
    assert only(judge(figures=cut, is_exact=False)).severity is N
    assert judge({"c": {"above_ceiling_db": -30.0, "below_ceiling_db": -60.0}}, figures=cut) == ()
    assert judge({"c": {"above_ceiling_db": -29.0, "below_ceiling_db": -37.0}}, figures=cut) == ()
    assert only(judge({"c": {"above_ceiling_db": -29.0, "below_ceiling_db": -37.1}}, figures=cut)).severity is W


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gain": 0.5}, "6.0 dB louder than in the reference mix"),
        ({"gain": 2.0}, "6.0 dB softer than in the reference mix"),
        ({"lag_frames": 441.0}, "0.0100 s (441 frames) later than"),
        ({"lag_frames": -1.2}, "0.0000 s (1.2 frames) earlier than"),
        ({"drift_ppm": 50.0}, "slower than in the reference mix, 3.0 ms in a minute"),
        ({"drift_ppm": -100.0}, "faster than in the reference mix, 6.0 ms in a minute"),
    ],
)
def test_the_advice_says_how_much_and_which_way(changes: dict[str, Any], words: str) -> None:
    assert words in only(judge({"c": changes})).advice


def test_under_a_mastering_a_level_is_about_so_much() -> None:
    assert "about 6 dB louder" in only(judge({"c": {"gain": 0.5}}, is_exact=False)).advice


def test_stems_fit_together_unless_a_warning_says_that_they_do_not() -> None:
    def of(code: str, severity: str) -> bool:
        return fit_together([{"code": code, "severity": severity}])

    assert fit_together([])
    assert of("clipped", "warning")
    assert of("starts_differ", "notice")
    assert not of("level_differs", "warning")
    assert not of("review_failed", "warning")
    assert not of("rates_differ", "error")
