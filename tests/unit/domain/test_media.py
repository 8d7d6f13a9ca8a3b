"""The limits that hold for every container."""

from __future__ import annotations

import pytest

from remixhub.domain.media import (
    HIGHEST_RATE_HZ,
    LOWEST_RATE_HZ,
    SHORTEST_FRAMES,
    Container,
    HeaderLies,
    Refused,
    SampleRateOutOfRange,
    TooLong,
    TooManyChannels,
    TooShort,
    check_shape,
)


@pytest.mark.parametrize(
    ("rate_hz", "channels", "frames"),
    [
        (LOWEST_RATE_HZ, 1, None),
        (HIGHEST_RATE_HZ, 2, SHORTEST_FRAMES),
        (44_100, 2, 44_100 * 60),
        (44_100, 1, 0),  # an empty stream is found by decoding
    ],
)
def test_what_is_within_the_limits_passes(rate_hz: int, channels: int, frames: int | None) -> None:
    check_shape(rate_hz, channels, frames=frames, longest_seconds=60)


@pytest.mark.parametrize(
    ("rate_hz", "channels", "frames", "refusal", "facts"),
    [
        (44_100, 0, None, HeaderLies, {"channels": 0}),
        (44_100, 3, None, TooManyChannels, {"channels": 3}),
        (LOWEST_RATE_HZ - 1, 2, None, SampleRateOutOfRange, {"sample_rate_hz": LOWEST_RATE_HZ - 1}),
        (HIGHEST_RATE_HZ + 1, 2, None, SampleRateOutOfRange, {"sample_rate_hz": HIGHEST_RATE_HZ + 1}),
        (44_100, 2, 1, TooShort, {"duration_frames": 1}),
        (44_100, 2, SHORTEST_FRAMES - 1, TooShort, {"duration_frames": SHORTEST_FRAMES - 1}),
        (44_100, 2, 44_100 * 60 + 1, TooLong, {"duration_frames": 44_100 * 60 + 1}),
        (8_000, 2, 8_000 * 90, TooLong, {"duration_frames": 8_000 * 90}),
    ],
)
def test_one_step_beyond_a_limit_is_refused_with_the_figure(
    rate_hz: int, channels: int, frames: int | None, refusal: type[Refused], facts: dict[str, int]
) -> None:
    figure = f"lasts {facts['duration_frames'] // rate_hz} seconds" if refusal is TooLong else str(*facts.values())
    with pytest.raises(refusal, match=figure) as refused:
        check_shape(rate_hz, channels, frames=frames, longest_seconds=60)
    assert refused.value.context == facts


def test_media_types_are_those_that_browsers_know() -> None:
    assert {one.value: one.media_type for one in Container} == {
        "wav": "audio/wav", "aiff": "audio/aiff", "flac": "audio/flac",
        "mp3": "audio/mpeg", "ogg": "audio/ogg", "mp4": "audio/mp4",
    }  # fmt: skip
