"""What a fit could be deceived by: periodic tones, fades, near copies, a sum beside its parts, a stem of one second."""

from __future__ import annotations

import numpy as np
import pytest

from remixhub.dev import synth
from remixhub.dev.synth import RATE_HZ, Sound
from remixhub.domain.stems.qc import FindingCode
from tests.unit.audio.measure.coherence import packs
from tests.unit.audio.measure.coherence.desk import Desk

FRAMES = 12 * RATE_HZ


def band(seed: int, low_hz: float, high_hz: float, pan: float = 0.0) -> Sound:
    """Noise that comes and goes."""
    random = np.random.default_rng(seed)
    beats = np.repeat(random.uniform(0.05, 1, 48) ** 2, FRAMES // 48 + 1)[:FRAMES].astype(np.float32)
    smooth = np.convolve(beats, np.full(500, 1 / 500, np.float32), "same").astype(np.float32)
    return 0.2 * synth.panned(synth.noise(random, FRAMES, low_hz, high_hz) * smooth, pan)


@pytest.fixture(scope="module")
def trio() -> dict[str, Sound]:
    return {"low": band(1, 60, 900), "middle": band(2, 300, 4_000, -0.3), "high": band(3, 1_500, 14_000, 0.4)}


def told(desk: Desk, mix: Sound, missing: str | None = None, **changed: Sound) -> list[tuple[str | None, FindingCode]]:
    return [(one.stem, one.code) for one in desk.judge(mix, missing=missing, **changed)]


def test_a_periodic_tone_that_is_late_is_not_upside_down(trio: dict[str, Sound]) -> None:
    """Half a period late it is nearly its own mirror."""
    shape = np.repeat([1, 0, 0.7, 0, 1, 0.4, 0, 1, 0.6, 0, 0.8, 0], FRAMES // 12).astype(np.float32)
    tone = 0.2 * synth.panned(synth.sine(150.0, FRAMES) * shape, 0.0)
    pack = {**trio, "tone": tone}
    found = told(Desk(pack), packs.mix_of(pack), tone=packs.delayed(tone, 441))
    assert found[0][0] == "tone"
    assert ("tone", FindingCode.POLARITY_INVERTED) not in found


def test_a_stem_that_sounds_only_in_the_fade_is_read_right(trio: dict[str, Sound]) -> None:
    last = np.zeros((FRAMES, 2), np.float32)
    last[9 * RATE_HZ :] = band(4, 200, 6_000)[9 * RATE_HZ :]
    pack = {**trio, "last": last}
    mix = packs.TREATMENTS["fade-out"](packs.mix_of(pack))
    assert told(Desk(pack), mix) == []
    assert told(Desk(pack), mix, last=2 * last) == [("last", FindingCode.LEVEL_DIFFERS)]


@pytest.mark.parametrize("treatment", ["exact", "master"])
def test_near_copies_are_one_group_and_nobody_is_accused(trio: dict[str, Sound], treatment: str) -> None:
    pack = {**trio, "copy": 0.63 * trio["low"]}
    mix = packs.TREATMENTS[treatment](packs.mix_of(pack))
    assert told(Desk(pack), mix) == [(None, FindingCode.NEAR_COPIES)]
    assert told(Desk(pack), mix, copy=1.4 * pack["copy"]) == [(None, FindingCode.NEAR_COPIES)]


def test_a_sum_beside_its_parts_is_one_group(trio: dict[str, Sound]) -> None:
    pack = {**trio, "other": band(5, 100, 2_000, 0.6), "sum": trio["low"] + trio["middle"]}
    findings = Desk(pack).judge(packs.mix_of(pack))
    assert [one.code for one in findings] == [FindingCode.NEAR_COPIES]
    assert all(name in findings[0].advice for name in ("low", "middle", "sum"))
    assert "other" not in findings[0].advice


def test_a_doubled_voice_is_no_copy(trio: dict[str, Sound]) -> None:
    double = packs.delayed(packs.resampled(trio["middle"], 1_000, 1_001)[:FRAMES], 529)
    pack = {**trio, "double": double[:FRAMES]}
    mix = packs.mix_of(pack)
    assert told(Desk(pack), mix) == []
    assert told(Desk(pack), mix, double=1.41 * pack["double"]) == [("double", FindingCode.LEVEL_DIFFERS)]


@pytest.mark.parametrize("treatment", ["exact", "master"])
def test_a_stem_of_one_second_is_judged(trio: dict[str, Sound], treatment: str) -> None:
    once = np.zeros((FRAMES, 2), np.float32)
    once[5 * RATE_HZ : 6 * RATE_HZ] = band(6, 200, 9_000, 0.1)[:RATE_HZ]
    pack = {**trio, "once": once}
    mix = packs.TREATMENTS[treatment](packs.mix_of(pack))
    assert told(Desk(pack), mix) == []
    assert told(Desk(pack), mix, once=1.41 * once) == [("once", FindingCode.LEVEL_DIFFERS)]


def test_a_stem_of_silence_is_not_accused(trio: dict[str, Sound]) -> None:
    pack = {**trio, "silent": np.zeros((FRAMES, 2), np.float32)}
    for treatment in ("exact", "master"):
        assert told(Desk(pack), packs.TREATMENTS[treatment](packs.mix_of(pack))) == []


def test_a_pack_of_two_is_judged_by_the_one_at_the_mix_s_level(trio: dict[str, Sound]) -> None:
    pack = {"low": trio["low"], "high": trio["high"]}
    mix = packs.mix_of(pack)
    assert told(Desk(pack), mix) == []
    assert told(Desk(pack), mix, high=1.41 * pack["high"]) == [("high", FindingCode.LEVEL_DIFFERS)]
    assert told(Desk(pack), 0.7 * mix) == []


def test_a_pack_of_one_is_the_mix_or_is_not(trio: dict[str, Sound]) -> None:
    desk = Desk({"low": trio["low"]})
    assert told(desk, 0.5 * trio["low"]) == []
    assert told(desk, packs.mastered(trio["low"])) == []
    assert ("low", FindingCode.NOT_IN_MIX) in told(desk, trio["high"])


def test_a_mono_mix_of_mono_stems_and_one_of_stereo_stems(trio: dict[str, Sound]) -> None:
    mono = {name: np.repeat(stem.mean(axis=1, keepdims=True), 2, axis=1) for name, stem in trio.items()}
    assert told(Desk(mono), packs.mix_of(mono)) == []
    assert told(Desk(trio), packs.mix_of(mono)) == []


def test_two_faults_are_both_named(trio: dict[str, Sound]) -> None:
    pack = {**trio, "fourth": band(7, 100, 8_000, -0.6)}
    found = told(Desk(pack), packs.mix_of(pack), low=-trio["low"], fourth=packs.delayed(pack["fourth"], 30))
    assert sorted(found, key=str) == [("fourth", FindingCode.STARTS_DIFFER), ("low", FindingCode.POLARITY_INVERTED)]


def test_a_wide_stem_whose_sides_are_exchanged_is_not_upside_down(trio: dict[str, Sound]) -> None:
    left, right = band(8, 200, 5_000)[:, 0], band(9, 200, 5_000)[:, 0]
    pack = {**trio, "wide": np.stack([left, right], axis=1)}
    swapped = np.ascontiguousarray(pack["wide"][:, ::-1])
    assert told(Desk(pack), packs.mix_of(pack), wide=swapped) == [("wide", FindingCode.SIDES_SWAPPED)]
