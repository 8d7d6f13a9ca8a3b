"""Tempo and key as numbers, and what goes together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.discovery.bands import BANDS, band_of
from remixhub.domain.discovery.music import (
    NO_KEY,
    TempoRange,
    key_number,
    key_numbered,
    mixing_with,
    number_of_named,
    tempo_tenths,
)
from remixhub.domain.musical_key import Mode, MusicalKey

KEYS = st.builds(MusicalKey, st.integers(0, 11), st.sampled_from(Mode))


@given(KEYS)
def test_a_key_has_a_number_from_1_to_24(key: MusicalKey) -> None:
    assert 1 <= key_number(key) <= 24
    assert key_numbered(key_number(key)) == key
    assert number_of_named(key.name) == key_number(key)
    assert key_numbered(NO_KEY) is None
    assert number_of_named(None) == NO_KEY


@given(KEYS)
def test_keys_that_mix_are_neighbours_on_the_wheel_and_mix_both_ways(key: MusicalKey) -> None:
    number, ring = int(key.camelot[:-1]), key.camelot[-1]
    around = {f"{(number + step - 1) % 12 + 1}{ring}" for step in (-1, 0, 1)}
    assert {one.camelot for one in mixing_with(key)} == {*around, f"{number}{'AB'[ring == 'A']}"}
    assert all(key in mixing_with(one) for one in mixing_with(key))


@given(st.floats(20, 999), st.floats(0, 50))
def test_half_and_double_of_a_tempo_in_the_range_are_in_the_ranges(bpm: float, width: float) -> None:
    asked = TempoRange(bpm - width, bpm + width, with_half_and_double=True)

    def has(value: float) -> bool:
        return any(low <= tempo_tenths(value) <= high for low, high in asked.in_tenths())

    assert has(bpm)
    assert has(bpm / 2)
    assert has(bpm * 2)
    assert not any(low <= 0 for low, _ in asked.in_tenths())


def test_without_half_and_double_there_is_one_range() -> None:
    assert TempoRange(120, 125).in_tenths() == ((1200, 1250),)
    assert TempoRange(max_bpm=90).in_tenths() == ((1, 900),)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_bands_rise_with_remixes(one: int, other: int) -> None:
    assert band_of(one) in BANDS
    assert (band_of(one) > band_of(other)) <= (one > other)
    assert (band_of(one) == 0) == (one == 0)
