"""What is found of packs whose faults were planted, and that clean ones accuse nobody."""

from __future__ import annotations

import pytest

from remixhub.domain.stems.qc import FindingCode, Severity
from tests.unit.audio.measure.coherence import packs
from tests.unit.audio.measure.coherence.desk import Desk

NAMES = {
    "level": FindingCode.LEVEL_DIFFERS, "late": FindingCode.STARTS_DIFFER, "early": FindingCode.STARTS_DIFFER,
    "wrong": FindingCode.NOT_IN_MIX, "polarity": FindingCode.POLARITY_INVERTED, "drift": FindingCode.SPEED_DIFFERS,
    "swapped": FindingCode.SIDES_SWAPPED, "mono": FindingCode.SIDES_LOST, "half": FindingCode.BAND_LIMITED,
}  # fmt: skip
"""By the first word of a fault."""


@pytest.fixture(scope="module")
def nine() -> Desk:
    return Desk(packs.nine())


@pytest.mark.parametrize(
    "treatment",
    [name if name in ("exact", "master") else pytest.param(name, marks=pytest.mark.slow) for name in packs.TREATMENTS
     if name not in ("echo", "mp3 96k")],
)  # fmt: skip
def test_a_clean_pack_accuses_nobody(nine: Desk, treatment: str) -> None:
    assert nine.judge(packs.TREATMENTS[treatment](packs.mix_of(packs.nine()))) == ()


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("kick", "level +3"), ("guitar", "level -1"), ("shaker", "wrong"),
        ("bass", "polarity"), ("guitar", "late 1"), ("shaker", "late 441"), ("pad", "late 441"),
        ("voice", "drift 50 ppm"),
        ("guitar", "swapped"), ("guitar", "mono"), ("hats", "half the rate"),
    ],
)  # fmt: skip
def test_a_faulty_stem_is_named_first(nine: Desk, stem: str, fault: str) -> None:
    changed = packs.FAULTS[fault](packs.nine()[stem])
    worst = nine.judge(packs.mix_of(packs.nine()), **{stem: changed})[0]
    assert (worst.stem, worst.code) == (stem, NAMES[fault.split()[0]])


@pytest.mark.parametrize(
    ("stem", "fault"), [("kick", "level +6"), ("guitar", "level -2"), ("shaker", "wrong"), ("bass", "polarity")]
)
def test_a_faulty_stem_is_named_under_a_mastering(nine: Desk, stem: str, fault: str) -> None:
    changed = packs.FAULTS[fault](packs.nine()[stem])
    worst = nine.judge(packs.mastered(packs.mix_of(packs.nine())), **{stem: changed})[0]
    assert (worst.stem, worst.code, worst.severity) == (stem, NAMES[fault.split()[0]], Severity.WARNING)


@pytest.mark.parametrize("treatment", ["exact", "master"])
def test_a_missing_soft_stem_leaves_a_warning(nine: Desk, treatment: str) -> None:
    findings = nine.judge(packs.TREATMENTS[treatment](packs.mix_of(packs.nine())), missing="shaker")
    assert [(one.code, one.severity) for one in findings] == [(FindingCode.MIX_DIFFERS, Severity.WARNING)]
    assert "between 8 kHz and 16 kHz" in findings[0].advice or treatment == "master"
