"""What tags say of a tempo, in the ways in which programs write it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.tempo import parse_tempo_bpm


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("128", (128.0,)), (" 128.00 ", (128.0,)), ("127,50", (127.5,)), ("128 BPM", (128.0,)),
        ("174bpm", (174.0,)),
        ("BPM: 92.5", (92.5,)), ("87/174", (87.0, 174.0)), ("174 | 87", (174.0, 87.0)),
        ("87.5 / 175 BPM", (87.5, 175.0)),
        ("128;128.0", (128.0,)), ("12800", (128.0,)), ("17450", (174.5,)), ("20", (20.0,)), ("400", (400.0,)),
        ("019", ()), ("401", ()), ("0", ()), ("", ()), ("-128", ()), ("nan", ()), ("inf", ()), ("1e2", ()),
        ("128/", ()),
        ("120-130", ()), ("1,280.5", ()), ("12.800.1", ()), ("12800.0", ()), ("fast", ()), ("١٢٨", ()), ("128 129", ()),
        ("1" * 5_000, ()),
    ],
)  # fmt: skip
def test_the_notations_of_tags_are_read(text: str, readings: tuple[float, ...]) -> None:
    assert parse_tempo_bpm(text) == readings


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,/ bpmBPM-e", max_size=45) | st.text(max_size=45))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert all(20 <= tempo_bpm <= 400 for tempo_bpm in parse_tempo_bpm(text))


@settings(deadline=None)
@given(st.integers(2_000, 40_000))
def test_every_tempo_is_read_with_point_comma_and_in_hundredths(hundredths: int) -> None:
    whole, rest = divmod(hundredths, 100)
    texts = (f"{whole}.{rest:02}", f"{whole},{rest:02}", f"{hundredths}", f"{whole}.{rest:02} BPM")
    assert {parse_tempo_bpm(text) for text in texts} == {(hundredths / 100,)}
