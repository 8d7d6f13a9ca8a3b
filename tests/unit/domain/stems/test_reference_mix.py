"""Sound decides which file is the mix; a word in its name breaks ties."""

from __future__ import annotations

import pytest

from remixhub.domain.stems.reference_mix import SumOfOthers, find_reference_mix, says_mix


def heard(residual_db: float, best_single_db: float, holds: int, lacks: int) -> SumOfOthers:
    return SumOfOthers(residual_db, best_single_db, ("held",) * holds, ("lacking",) * lacks)


SUM, MASTERED = heard(-110, -5, 6, 0), heard(-8, -3, 6, 0)
PART, STEM = heard(-90, -5, 4, 3), heard(-1.5, -1.5, 1, 5)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Blue Hour Master.wav", True), ("Blue_Hour_exported_mix.wav", True), ("mix.flac", True), ("REF.wav", True),
        ("01 Mixdown.wav", True), ("song (full).wav", True), ("sub/Mastered.wav", True), ("Stereo Out.wav", True),
        ("Mixdown - Kick.wav", False), ("Remix - Bass.wav", False), ("Mastermind.wav", False), ("remix.wav", False),
        ("Masterpiece.wav", False), ("mix/Kick.wav", False), ("Song.mix", False),
    ],
)  # fmt: skip
def test_a_name_says_mix_by_a_word_of_its_own_and_without_a_role(name: str, says: bool) -> None:
    assert says_mix(name) is says


def test_the_sum_of_all_others_is_the_mix_whatever_its_name() -> None:
    names = ["a.wav", "b.wav", "Final Take.wav"]
    assert find_reference_mix(names, {"a.wav": SUM, "b.wav": STEM, "Final Take.wav": STEM}) == "a.wav"
    assert find_reference_mix(names, {"a.wav": MASTERED, "b.wav": STEM}) == "a.wav"


def test_of_several_sums_the_name_decides_if_they_are_as_near() -> None:
    names = ["a.wav", "mix.wav", "master.wav"]
    assert (
        find_reference_mix(names, {"a.wav": SUM, "mix.wav": heard(-95, -5, 6, 0), "master.wav": MASTERED}) == "mix.wav"
    )
    assert find_reference_mix(names, {"a.wav": SUM, "master.wav": MASTERED}) == "a.wav"


def test_the_sum_of_most_needs_the_word() -> None:
    assert find_reference_mix(["a.wav", "b.wav"], {"a.wav": PART, "b.wav": STEM}) is None
    assert find_reference_mix(["mix.wav", "b.wav"], {"mix.wav": PART, "b.wav": STEM}) == "mix.wav"
    assert find_reference_mix(["mix.wav", "b.wav"], {"mix.wav": heard(-90, -5, 2, 9), "b.wav": STEM}) == "mix.wav"


def test_a_word_that_most_names_bear_says_nothing() -> None:
    names = [f"Mixdown {number}.wav" for number in range(5)]
    assert find_reference_mix(names, dict.fromkeys(names, STEM)) is None
    assert find_reference_mix(names, {**dict.fromkeys(names, STEM), names[3]: SUM}) == names[3]
    assert find_reference_mix([*names, "Mixdown Master.wav"], {}) == "Mixdown Master.wav"


def test_where_nothing_could_be_compared_one_plain_name_is_believed() -> None:
    assert find_reference_mix(["Reference Mix.mp3", "b.wav"], {}) == "Reference Mix.mp3"
    assert find_reference_mix(["Final.wav", "b.wav"], {}) is None
    assert find_reference_mix(["mix 1.wav", "mix 2.wav", "b.wav", "c.wav"], {}) is None
    assert find_reference_mix([], {}) is None
