"""The figures of a sound as bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.stems.sound import AXES, WEIGHTS, packed


def signed(sound: bytes) -> list[int]:
    return [byte - 256 if byte > 127 else byte for byte in sound]


def test_bounds_are_the_utmost_bytes_and_the_middle_is_none() -> None:
    assert signed(packed({name: axis.low for name, axis in AXES.items()})) == [-127] * 12
    assert signed(packed({name: axis.high for name, axis in AXES.items()})) == [127] * 12
    assert signed(packed({name: (axis.low + axis.high) / 2 for name, axis in AXES.items()})) == [0] * 12
    assert len(WEIGHTS) == len(AXES) == 12


@given(st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=12), st.integers(0, 11), st.floats(0, 1e6))
def test_more_of_something_is_never_less_of_it(figures: list[float], which: int, more: float) -> None:
    named = dict(zip(AXES, figures, strict=True))
    name = list(AXES)[which]
    before, after = packed(named), packed({**named, name: named[name] + more})
    assert signed(after)[which] >= signed(before)[which]
    assert [one for n, one in enumerate(after) if n != which] == [one for n, one in enumerate(before) if n != which]
