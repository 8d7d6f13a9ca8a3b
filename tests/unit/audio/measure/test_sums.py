"""The mix of a pack is told by how it sounds; what is the sum of some is told from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.sums import sums_of_others
from remixhub.domain.stems.reference_mix import SumOfOthers, find_reference_mix
from tests.signals import music, write_sound

RATE_HZ = 44_100
SECONDS = 12
Sounds = dict[str, NDArray[np.float64]]


def hits(seed: int, amplitude: float) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    decay = np.exp(-(np.arange(SECONDS * RATE_HZ) % (RATE_HZ // 2)) / 3_000)
    return np.asarray(random.normal(0, amplitude, (len(decay), 2)) * decay[:, None])


def stems() -> Sounds:
    made: Sounds = {"kick": hits(1, 0.3), "hat": hits(2, 0.02)}
    for seed, (name, peak) in enumerate(
        {"bass": 0.4, "lead": 0.3, "pad": 0.1, "vocals": 0.3, "soft": 0.01}.items(), 11
    ):
        made[name] = music(SECONDS, RATE_HZ, seed=seed, peak=peak).astype(np.float64)
    return made


def total(sounds: Sounds) -> NDArray[np.float64]:
    return np.sum(list(sounds.values()), axis=0)


def mastered(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pumped by its own level, then driven into a soft clipper."""
    level = np.convolve(np.abs(sound).max(axis=1), np.full(2_000, 1 / 2_000))[: len(sound)]
    return np.tanh(2 * sound / (1 + 3 * level[:, None])) / 1.5


def late(sound: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((frames, 2)), sound])[: len(sound)]


def heard(sounds: Sounds, folder: Path, sandbox: Sandbox) -> dict[str, SumOfOthers]:
    return sums_of_others(
        {name: write_sound(folder / f"{name}.wav", one, RATE_HZ, "FLOAT") for name, one in sounds.items()}, sandbox
    )


def reference(sounds: Sounds, folder: Path, sandbox: Sandbox) -> str | None:
    return find_reference_mix(list(sounds), heard(sounds, folder, sandbox))


WITHOUT_NAME = {
    "as it is": lambda s: {**s, "x": total(s)},
    "at another level": lambda s: {**s, "x": 0.5 * total(s)},
    "mastered": lambda s: {**s, "x": mastered(total(s))},
    "late": lambda s: {**s, "x": late(total(s), 441)},
    "late and mastered": lambda s: {**s, "x": late(mastered(total(s)), 1_105)},
    "of stems at full scale": lambda s: {
        **{n: one / np.abs(one).max() for n, one in s.items()},
        "x": mastered(total(s)),
    },
    "beside a bus": lambda s: {**s, "drums": s["kick"] + s["hat"], "x": total(s)},
    "late beside a bus": lambda s: {**s, "band": s["bass"] + s["lead"], "x": late(total(s), 441)},
    "of two stems": lambda s: {"kick": s["kick"], "bass": s["bass"], "x": s["kick"] + s["bass"]},
    "of a voice and the rest": lambda s: {"rest": total(s) - s["vocals"], "vocals": s["vocals"], "x": total(s)},
}


@pytest.mark.parametrize("case", WITHOUT_NAME)
def test_the_mix_is_found_by_its_sound_whatever_its_name(case: str, tmp_path: Path, sandbox: Sandbox) -> None:
    assert reference(WITHOUT_NAME[case](stems()), tmp_path, sandbox) == "x"


WITHOUT_MIX = {
    "stems alone": lambda s: s,
    "a bus": lambda s: {**s, "drums": s["kick"] + s["hat"]},
    "all but the voice": lambda s: {**s, "Instrumental": total(s) - s["vocals"]},
    "a stem twice": lambda s: {**s, "bass 2": 0.5 * s["bass"]},
    "two alone": lambda s: {"kick": s["kick"], "bass": s["bass"]},
}


@pytest.mark.parametrize("case", WITHOUT_MIX)
def test_no_stem_and_no_bus_is_taken_for_the_mix(case: str, tmp_path: Path, sandbox: Sandbox) -> None:
    assert reference(WITHOUT_MIX[case](stems()), tmp_path, sandbox) is None


def test_of_two_mixes_the_name_and_the_nearer_decide(tmp_path: Path, sandbox: Sandbox) -> None:
    sounds = stems()
    both = {**sounds, "a": total(sounds), "Song mix": 0.9 * total(sounds), "b": mastered(total(sounds))}
    assert reference(both, tmp_path, sandbox) == "Song mix"


def test_a_mix_that_a_stem_is_missing_of_is_still_the_mix_by_its_name(tmp_path: Path, sandbox: Sandbox) -> None:
    sounds = stems()
    upside_down = {**sounds, "lead": -sounds["lead"], "Song mix": total(sounds)}
    assert reference(upside_down, tmp_path, sandbox) == "Song mix"
    del sounds["lead"]
    assert reference({**sounds, "Song mix": total(stems())}, tmp_path, sandbox) == "Song mix"


def test_it_says_what_is_in_it_and_what_is_not(tmp_path: Path, sandbox: Sandbox) -> None:
    sounds = stems()
    found = heard({**sounds, "Instrumental": total(sounds) - sounds["vocals"]}, tmp_path, sandbox)["Instrumental"]
    assert found.residual_db < -100
    assert set(found.holds) == set(sounds) - {"vocals"}
    assert found.lacks == ("vocals",)


def test_files_at_another_rate_and_silent_ones_tell_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    sounds = {**stems(), "silence": np.zeros((100, 2))}
    paths = {name: write_sound(tmp_path / f"{name}.wav", one, RATE_HZ, "FLOAT") for name, one in sounds.items()}
    paths["other"] = write_sound(tmp_path / "other.wav", total(stems()), 48_000, "FLOAT")
    assert set(sums_of_others(paths, sandbox)) == set(stems())
    assert sums_of_others({}, sandbox) == {}
