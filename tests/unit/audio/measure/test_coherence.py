from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.coherence import Coherence, measure_coherence

RATE_HZ = 44_100
FRAMES = 5 * RATE_HZ
Measure = Callable[..., Coherence]


@pytest.fixture
def measure(tmp_path: Path, sandbox: Sandbox) -> Measure:
    """Writes the stems given by name, and the mix, and compares them."""

    def compare(mix: NDArray[np.float64] | None = None, **stems: NDArray[np.float64]) -> Coherence:
        paths = {name: tmp_path / f"{name}.wav" for name in stems}
        for name, samples in stems.items():
            soundfile.write(paths[name], samples, RATE_HZ, subtype="FLOAT")
        if mix is None:
            return measure_coherence(paths, None, sandbox)
        soundfile.write(tmp_path / "mix.wav", mix, RATE_HZ, subtype="FLOAT")
        return measure_coherence(paths, tmp_path / "mix.wav", sandbox)

    return compare


def noise(seed: int, frames: int = FRAMES) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, 0.1, (frames, 2))


def delayed(samples: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    return np.roll(samples, frames, axis=0)


def test_stems_that_add_up_leave_nothing(measure: Measure) -> None:
    a, b = noise(1), noise(2)
    found = measure(0.5 * (a + b), a=a, b=b)
    assert found.lags_frames == {"a": 0, "b": 0}
    assert (found.inversions, found.mix_lag_frames) == ({}, 0)
    assert found.residual_db is not None
    assert found.residual_db < -100


@pytest.mark.parametrize("lag", [-4_000, -1, 1, 37, 9_000])
def test_a_stem_that_is_late_or_early_is_told_to_the_frame(measure: Measure, lag: int) -> None:
    a, b, c = noise(1), noise(2), noise(3)
    found = measure(a + b + c, a=a, b=delayed(b, lag), c=c)
    assert found.lags_frames == {"a": 0, "b": lag, "c": 0}
    assert found.mix_lag_frames == 0


def test_a_mix_that_is_shifted_as_a_whole_is_told_from_stems_that_are(measure: Measure) -> None:
    a, b, c = noise(1), noise(2), noise(3)
    found = measure(delayed(a + b + c, 500), a=a, b=b, c=c)
    assert (found.mix_lag_frames, set(found.lags_frames.values())) == (500, {0})
    assert found.residual_db is not None
    assert found.residual_db < -25


def test_the_residual_is_what_is_missing(measure: Measure) -> None:
    a, b = noise(1), noise(2)
    found = measure(a + b, a=a)
    assert found.residual_db == pytest.approx(-3.01, abs=0.1)


def test_a_mirrored_stem_is_found_with_and_without_a_mix(measure: Measure) -> None:
    a, b = noise(1), noise(2)
    alone = measure(a=a, b=b, mirrored=-0.5 * a)
    assert list(alone.inversions) == ["mirrored"]
    assert (alone.inversions["mirrored"].against, alone.residual_db) == ("a", None)
    mixed = measure(a + b, a=-a, b=b)
    assert (list(mixed.inversions), mixed.inversions["a"].against) == (["a"], None)


def test_what_is_not_in_the_mix_has_no_place_there(measure: Measure) -> None:
    a, b = noise(1), noise(2)
    found = measure(a + b, a=a, b=b, other=noise(9), silent=np.zeros((FRAMES, 2)))
    assert set(found.lags_frames) == {"a", "b"}


def test_mono_short_and_long_stems_are_compared_as_they_are(measure: Measure) -> None:
    a, b = noise(1, 60 * RATE_HZ)[:, :1], noise(2, RATE_HZ)
    mix = np.hstack([a, a])
    mix[:RATE_HZ] += b
    found = measure(mix, a=a, b=b)
    assert found.lags_frames == {"a": 0, "b": 0}
