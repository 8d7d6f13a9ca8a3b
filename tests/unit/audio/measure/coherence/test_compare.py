"""On files: what is read, what is compared, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.coherence.compare import Coherence, measure_coherence
from remixhub.domain.stems.qc import InMix, MixFit

RATE_HZ = 44_100
FRAMES = 5 * RATE_HZ
Measure = Callable[..., Coherence]


@pytest.fixture
def measure(tmp_path: Path, sandbox: Sandbox) -> Measure:
    """Writes the stems given by name, and the mix, and compares them."""

    def compare(
        mix: NDArray[np.float64] | None = None, rate_hz: int = RATE_HZ, **stems: NDArray[np.float64]
    ) -> Coherence:
        paths = {name: tmp_path / f"{name}.wav" for name in stems}
        for name, samples in stems.items():
            soundfile.write(paths[name], samples, rate_hz, subtype="FLOAT")
        if mix is None:
            return measure_coherence(paths, None, sandbox)
        soundfile.write(tmp_path / "mix.wav", mix, rate_hz, subtype="FLOAT")
        return measure_coherence(paths, tmp_path / "mix.wav", sandbox)

    return compare


def noise(seed: int, frames: int = FRAMES) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, 0.1, (frames, 2))


def delayed(samples: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    return np.roll(samples, frames, axis=0)


def fit_of(found: Coherence) -> MixFit:
    assert found.fit is not None
    return found.fit


def is_as_in_the_mix(stem: InMix) -> bool:
    return (
        stem.gain == pytest.approx(1, abs=0.003) and stem.lag_frames == 0 and stem.drift_ppm is None
        and not stem.sides_swapped and stem.likeness > 0.9
    )  # fmt: skip


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 96_000])
def test_stems_that_add_up_leave_nothing(measure: Measure, rate_hz: int) -> None:
    a, b = noise(1), noise(2)
    found = measure(0.5 * (a + b), rate_hz, a=a, b=b)
    fit = fit_of(found)
    assert (fit.is_exact, fit.alike, found.inversions, found.mix_lag_frames) == (True, (), {}, 0)
    assert all(is_as_in_the_mix(stem) for stem in fit.stems.values())
    assert fit.rest is not None
    assert fit.rest.share_db < -60


@pytest.mark.parametrize("lag", [-9_000, -700, -1, 1, 37, 9_000])
def test_a_stem_that_is_late_or_early_is_told_to_the_frame(measure: Measure, lag: int) -> None:
    a, b, c = noise(1), noise(2), noise(3)
    stems = fit_of(measure(a + b + c, a=a, b=delayed(b, lag), c=c)).stems
    assert stems["b"].lag_frames == pytest.approx(lag, abs=0.1)
    assert stems["a"].lag_frames == stems["c"].lag_frames == 0


def test_a_mix_that_is_shifted_as_a_whole_is_told_from_stems_that_are(measure: Measure) -> None:
    a, b, c = noise(1), noise(2), noise(3)
    found = measure(delayed(a + b + c, 500), a=a, b=b, c=c)
    assert found.mix_lag_frames == 500
    assert all(is_as_in_the_mix(stem) for stem in fit_of(found).stems.values())


def test_the_rest_is_what_is_missing(measure: Measure) -> None:
    a, b = noise(1), noise(2)
    rest = fit_of(measure(a + b, a=a)).rest
    assert rest is not None
    assert rest.share_db == pytest.approx(-3.01, abs=0.2)


def test_a_mirrored_stem_is_found_with_and_without_a_mix(measure: Measure) -> None:
    a, b = noise(1), noise(2)
    alone = measure(a=a, b=b, mirrored=-0.5 * a)
    assert list(alone.inversions) == ["mirrored"]
    assert (alone.inversions["mirrored"].against, alone.fit) == ("a", None)
    mixed = measure(a + b, a=-a, b=b)
    assert mixed.inversions == {}
    assert fit_of(mixed).stems["a"].gain == pytest.approx(-1, abs=0.01)


def test_one_stem_can_be_judged_but_for_its_level(measure: Measure) -> None:
    a = noise(1)
    assert is_as_in_the_mix(fit_of(measure(0.25 * a, a=a)).stems["a"])
    assert fit_of(measure(a, a=-a)).stems["a"].gain == pytest.approx(-1, abs=0.01)
    assert fit_of(measure(a, other=noise(2))).stems["other"].likeness < 0.5


def test_of_two_stems_that_is_right_whose_level_is_that_of_the_mix(measure: Measure) -> None:
    a, b = noise(1), noise(2)
    stems = fit_of(measure(a + b, a=a, b=2 * b)).stems
    assert (stems["a"].gain, stems["b"].gain) == (pytest.approx(1, abs=0.01), pytest.approx(0.5, abs=0.01))


def test_silence_is_neither_right_nor_wrong(measure: Measure) -> None:
    a, silent = noise(1), np.zeros((FRAMES, 2))
    stems = fit_of(measure(a, a=a, silent=silent)).stems
    assert is_as_in_the_mix(stems["a"])
    assert stems["silent"].level_db < -100
    assert measure(silent, a=silent).fit is not None


def test_mono_short_and_long_stems_are_compared_as_they_are(measure: Measure) -> None:
    a, b = noise(1, 60 * RATE_HZ)[:, :1], noise(2, RATE_HZ)
    mix = np.hstack([a, a])
    mix[:RATE_HZ] += b
    fit = fit_of(measure(mix, a=a, b=b))
    assert all(is_as_in_the_mix(stem) for stem in fit.stems.values())
    assert fit_of(measure(mix[:, :1], a=a, b=b[:, :1])).is_exact


@pytest.mark.slow
def test_a_stem_that_sounds_once_in_a_long_piece_is_found_there(measure: Measure) -> None:
    """Between the evenly spread windows."""
    a = noise(1, 180 * RATE_HZ)
    once = np.zeros_like(a)
    once[4 * RATE_HZ : 4 * RATE_HZ + 60_000] = noise(2, 60_000)
    stem = fit_of(measure(a + once, a=a, once=2 * once)).stems["once"]
    assert stem.carrying_frames >= 3
    assert stem.gain == pytest.approx(0.5, abs=0.01)
