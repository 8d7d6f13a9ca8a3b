"""The meters against EBU Tech 3341 and 3342, with signals made from their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from remixhub.audio.measure.loudness import LoudnessMeter
from remixhub.audio.measure.true_peak import TruePeakMeter
from tests.signals import Sound, music, ramped, sine, steps

RATES_HZ = (44_100, 48_000, 96_000)
PROGRAMME_LOUDNESS = {
    "case 1": ([(-23.0, 20.0)], -23.0),
    "case 2": ([(-33.0, 20.0)], -33.0),
    "case 3": ([(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
    "case 4": ([(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
    "case 5": ([(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
}
LOUDNESS_RANGE = {
    "case 1": ([(-20.0, 20.0), (-30.0, 20.0)], 10.0),
    "case 2": ([(-20.0, 20.0), (-15.0, 20.0)], 5.0),
    "case 3": ([(-40.0, 20.0), (-20.0, 20.0)], 20.0),
    "case 4": ([(-50.0, 20.0), (-35.0, 20.0), (-20.0, 20.0), (-35.0, 20.0), (-50.0, 20.0)], 15.0),
}
# Fraction of the sample rate, phase in degrees, amplitude, expected dBTP.
TRUE_PEAK = {
    "case 15": (1 / 4, 0.0, 0.5, -6.0),
    "case 16": (1 / 4, 45.0, 0.5, -6.0),
    "case 17": (1 / 6, 60.0, 0.5, -6.0),
    "case 18": (1 / 8, 67.5, 0.5, -6.0),
    "case 19": (1 / 4, 45.0, 1.41, 3.0),
}


def metered(sound: Sound, sample_rate_hz: int, block_frames: int = 65_536) -> LoudnessMeter:
    meter = LoudnessMeter(sample_rate_hz, sound.shape[1])
    for start in range(0, len(sound), block_frames):
        meter.add(sound[start : start + block_frames])
    return meter


@pytest.mark.parametrize("sample_rate_hz", RATES_HZ)
@pytest.mark.parametrize("case", PROGRAMME_LOUDNESS)
def test_integrated_loudness_meets_tech_3341(case: str, sample_rate_hz: int) -> None:
    levels, expected_lufs = PROGRAMME_LOUDNESS[case]
    assert metered(steps(levels, sample_rate_hz), sample_rate_hz).integrated_lufs() == pytest.approx(
        expected_lufs, abs=0.1
    )


@pytest.mark.parametrize("sample_rate_hz", RATES_HZ)
@pytest.mark.parametrize("case", LOUDNESS_RANGE)
def test_loudness_range_meets_tech_3342(case: str, sample_rate_hz: int) -> None:
    levels, expected_lu = LOUDNESS_RANGE[case]
    assert metered(steps(levels, sample_rate_hz), sample_rate_hz).loudness_range_lu() == pytest.approx(
        expected_lu, abs=1
    )


@pytest.mark.parametrize("sample_rate_hz", RATES_HZ)
@pytest.mark.parametrize("case", TRUE_PEAK)
def test_true_peak_meets_tech_3341(case: str, sample_rate_hz: int) -> None:
    share, phase_degrees, amplitude, expected_dbtp = TRUE_PEAK[case]
    wave = amplitude * sine(share * sample_rate_hz, 2, sample_rate_hz, phase_degrees=phase_degrees)
    meter = TruePeakMeter(sample_rate_hz, 2)
    meter.add_block(ramped(wave.astype(np.float32), 0.1, sample_rate_hz))
    peak_dbtp = meter.peak_dbtp()
    assert peak_dbtp is not None
    assert expected_dbtp - 0.4 <= peak_dbtp <= expected_dbtp + 0.2


@pytest.mark.parametrize("sample_rate_hz", [8_000, 11_025, 22_050, 32_000, 88_200, 176_400, 192_000, 44_101])
def test_loudness_holds_at_other_rates(sample_rate_hz: int) -> None:
    assert metered(sine(997, 5, sample_rate_hz, dbfs=-23), sample_rate_hz).integrated_lufs() == pytest.approx(
        -23, abs=0.1
    )


def test_mono_is_three_decibels_below_the_same_in_both_channels() -> None:
    mono = metered(sine(997, 5, 48_000, dbfs=-20, channels=1), 48_000).integrated_lufs()
    assert mono == pytest.approx(-23.01, abs=0.05)


def test_loudness_does_not_depend_on_how_the_audio_is_cut_into_blocks() -> None:
    sound = music(5, 44_100)
    whole = metered(sound, 44_100, len(sound)).integrated_lufs()
    assert metered(sound, 44_100, 777).integrated_lufs() == pytest.approx(whole, abs=1e-4)
    assert metered(sound, 44_100, 65_536).integrated_lufs() == pytest.approx(whole, abs=1e-4)


def test_silence_and_snippets_have_no_loudness() -> None:
    for sound in (np.zeros((44_100, 2), np.float32), sine(997, 0.3, 44_100)):
        meter = metered(sound, 44_100)
        assert meter.integrated_lufs() is None
        assert meter.loudness_range_lu() is None


def test_an_offset_does_not_drown_what_is_quiet() -> None:
    """It is faded in: a step would be a sound."""
    sound = sine(997, 10, 48_000, dbfs=-40)
    offset = 0.9 * np.minimum(np.arange(len(sound)) / 240_000, 1)[:, None]
    assert metered((sound + offset).astype(np.float32), 48_000).integrated_lufs() == pytest.approx(-40, abs=0.1)


@pytest.mark.parametrize(("sample_rate_hz", "factor"), [(44_100, 4), (96_000, 2)])
def test_true_peak_skips_nothing_that_counts(sample_rate_hz: int, factor: int) -> None:
    """Against oversampling everything, for signals of uneven level in uneven blocks."""
    random = np.random.default_rng(3)
    for frames in (1, 5, 63, 64, 65, 1_000, 100_003):
        sound = (random.standard_normal((frames, 2)) * random.random((1, 2))).astype(np.float32)
        sound[: frames // 2] *= np.float32(random.random())
        meter = TruePeakMeter(sample_rate_hz, 2)
        start = 0
        while start < frames:
            step = int(random.integers(1, 30_000))
            meter.add_block(sound[start : start + step])
            start += step
        assert meter.peak() == pytest.approx(oversampled_peak(sound, factor), rel=1e-4)


def oversampled_peak(sound: Sound, factor: int) -> float:
    """Windowed sinc interpolation of every sample, as plainly as it can be written."""
    taps, beta = 20, 5.0
    best = float(np.abs(sound).max())
    for phase in range(1, factor):
        distance = np.arange(taps) - (taps // 2 - 1) - phase / factor
        row = np.sinc(distance) * np.i0(beta * np.sqrt(np.maximum(1 - (distance / (taps / 2)) ** 2, 0)))
        row /= row.sum()
        for channel in range(sound.shape[1]):
            best = max(best, float(np.abs(np.convolve(sound[:, channel], row[::-1])).max()))
    return best


def test_digital_silence_has_no_true_peak() -> None:
    meter = TruePeakMeter(44_100, 1)
    meter.add_block(np.zeros((1_000, 1), np.float32))
    assert meter.peak_dbtp() is None
