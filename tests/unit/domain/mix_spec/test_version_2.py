"""Version 2: arranging and automation. What both versions have is tested with version 1."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.domain.mix_spec import (
    MOST_FRAMES,
    Clip,
    Grid,
    InvalidMixSpec,
    Lane,
    Loop,
    Marker,
    MixSpec,
    Point,
    Span,
    parse_mix_spec,
)

AFTER_THE_POINT = "must be greater than that of the point before"
AFTER_THE_RANGE = "must not lie before the end of the range before"
MANY = [(n, n + 1) for n in range(2_001)]


def spec(**fields: Any) -> dict[str, Any]:
    return {"version": 2, "lanes": [{"stem": "a"}], **fields}


def lane(**fields: Any) -> dict[str, Any]:
    return spec(lanes=[{"stem": "a", **fields}])


def violations(mapping: object) -> dict[str, list[str]]:
    with pytest.raises(InvalidMixSpec) as caught:
        parse_mix_spec(mapping)
    return caught.value.violations


def gain(*at: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"at_frames": frame, "gain_db": value} for frame, value in at]


def pan(*at: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"at_frames": frame, "pan": value} for frame, value in at]


def marker(name: str) -> dict[str, Any]:
    return {"at_frames": 0, "name": name}


def spans(*ranges: tuple[int, int]) -> list[dict[str, int]]:
    return [{"start_frames": start, "end_frames": end} for start, end in ranges]


def test_what_may_be_left_out_has_its_default() -> None:
    assert parse_mix_spec(spec()) == MixSpec((Lane("a", (Clip(0, 0, 0, 0, 0),)),), 44_100)
    assert parse_mix_spec(spec(loop=spans((1, 2))[0])).loop == Loop(1, 2, 1)
    assert parse_mix_spec(spec(grid={"bpm": 120})).grid == Grid(120.0, 4, 0)
    assert parse_mix_spec(spec(), default_rate_hz=96_000).sample_rate_hz == 96_000


def test_every_field_is_read_and_written_under_its_name() -> None:
    clip = {
        "trim_start_frames": 1, "trim_end_frames": 2, "offset_frames": 3, "fade_in_frames": 4, "fade_out_frames": 5
    }  # fmt: skip
    whole_lane = {
        "stem": "a", "clips": [clip, {**clip, "offset_frames": 9}], "gain_db": 6.0, "pan": -0.5,
        "gain_points": gain((1, -60.0), (2, 24.0)), "pan_points": pan((3, 2.0), (4, -2.0)),
        "mute_ranges": spans((5, 6), (6, 7)), "muted": True, "solo": True,
    }  # fmt: skip
    whole = {
        "version": 2, "sample_rate_hz": 48_000, "lanes": [whole_lane], "gain_db": -1.5, "pan": 0.25,
        "gain_points": gain((8, 1.0)), "pan_points": pan((9, 1.0)),
        "loop": {"start_frames": 10, "end_frames": 11, "times": 12},
        "loudness": {"target_lufs": -9.0, "ceiling_dbtp": -2.0},
        "grid": {"bpm": 124.5, "beats_per_bar": 3, "first_beat_frames": 13},
        "markers": [{"at_frames": 15, "name": "Drop"}, {"at_frames": 14, "name": "Drop"}],
        "stems": {"a": "Bass.wav", "unused": "Été"},
    }  # fmt: skip
    read = parse_mix_spec(whole)
    assert read.as_json() == whole
    assert list(read.as_json())[:2] == ["version", "lanes"]
    (only,) = read.lanes
    assert only.clips[1] == Clip(1, 2, 9, 4, 5)
    assert only.gain_points == (Point(1, -60.0), Point(2, 24.0))
    assert only.mute_ranges == (Span(5, 6), Span(6, 7))
    assert read.markers == (Marker(15, "Drop"), Marker(14, "Drop"))


def test_a_lane_may_have_no_clips() -> None:
    assert parse_mix_spec(lane(clips=[])).lanes[0].clips == ()


def test_the_stems_that_sound_are_told_once_in_the_order_of_their_lanes() -> None:
    lanes = [{"stem": "b"}, {"stem": "a"}, {"stem": "b"}, {"stem": "c", "clips": []}, {"stem": "d", "muted": True}]
    assert parse_mix_spec(spec(lanes=lanes)).sounding_stems() == ("b", "a")
    assert parse_mix_spec(spec(lanes=[*lanes, {"stem": "e", "solo": True}])).sounding_stems() == ("e",)


@pytest.mark.parametrize(
    ("wrong", "pointer", "message"),
    [
        (lane(clips=None), "/lanes/0/clips", "must be a list of clips"),
        (lane(clips=[7]), "/lanes/0/clips/0", "must be an object"),
        (lane(clips=[{}] * 1_001), "/lanes/0/clips", "must hold at most 1000 clips, has 1001"),
        (
            lane(clips=[{}, {"fade_in_frames": -1}]),
            "/lanes/0/clips/1/fade_in_frames",
            f"must be from 0 to {MOST_FRAMES}",
        ),
        (lane(clips=[{"offset_frames": 1.0}]), "/lanes/0/clips/0/offset_frames", "must be a whole number"),
        (lane(clips=[{"gain_db": 0}]), "/lanes/0/clips/0/gain_db", "is not a field of the mix spec"),
        (lane(offset_frames=0), "/lanes/0/offset_frames", "is not a field of the mix spec"),
        (lane(gain_points=gain((0, -60.1))), "/lanes/0/gain_points/0/gain_db", "must be from -60 to 24"),
        (lane(gain_points=gain((0, None))), "/lanes/0/gain_points/0/gain_db", "must be a number"),
        (lane(gain_points=[{"at_frames": 0}]), "/lanes/0/gain_points/0/gain_db", "is missing"),
        (lane(gain_points=[{"gain_db": 0}]), "/lanes/0/gain_points/0/at_frames", "is missing"),
        (lane(gain_points=gain((None, 0))), "/lanes/0/gain_points/0/at_frames", "must be a whole number"),
        (lane(gain_points=gain((4, 0), ("x", 0))), "/lanes/0/gain_points/1/at_frames", "must be a whole number"),
        (lane(pan_points=pan((0, 2.1))), "/lanes/0/pan_points/0/pan", "must be from -2 to 2"),
        (lane(pan_points=pan((5, 0), (5, 1))), "/lanes/0/pan_points/1/at_frames", AFTER_THE_POINT),
        (lane(pan_points=[7, *pan((5, 0), (5, 1))]), "/lanes/0/pan_points/0", "must be an object"),
        (lane(pan_points=pan(*MANY)), "/lanes/0/pan_points", "must hold at most 2000 pan points, has 2001"),
        (lane(mute_ranges=spans((5, 5))), "/lanes/0/mute_ranges/0/end_frames", "must be greater than start_frames"),
        (lane(mute_ranges=[{"start_frames": 5}]), "/lanes/0/mute_ranges/0/end_frames", "is missing"),
        (lane(mute_ranges=spans((5, -5))), "/lanes/0/mute_ranges/0/end_frames", f"must be from 0 to {MOST_FRAMES}"),
        (lane(mute_ranges=spans((5, 9), (8, 10))), "/lanes/0/mute_ranges/1/start_frames", AFTER_THE_RANGE),
        (lane(mute_ranges=spans(*MANY)), "/lanes/0/mute_ranges", "must hold at most 1000 mute ranges, has 2001"),
        (spec(pan=1.1), "/pan", "must be from -1 to 1"),
        (spec(gain_points=gain((3, 0), (2, 0))), "/gain_points/1/at_frames", AFTER_THE_POINT),
        (spec(loop=[]), "/loop", "must be an object"),
        (spec(loop={"start_frames": 1}), "/loop/end_frames", "is missing"),
        (spec(loop={"start_frames": 7, "end_frames": 7}), "/loop/end_frames", "must be greater than start_frames"),
        (spec(loop={"start_frames": 0, "end_frames": 7, "times": 0}), "/loop/times", "must be from 1 to 1000"),
        (spec(loop={"start_frames": 0, "end_frames": 7, "times": 1_001}), "/loop/times", "must be from 1 to 1000"),
        (spec(grid={}), "/grid/bpm", "is missing"),
        (spec(grid={"bpm": 19.9}), "/grid/bpm", "must be from 20 to 400"),
        (spec(grid={"bpm": 120, "beats_per_bar": 33}), "/grid/beats_per_bar", "must be from 1 to 32"),
        (spec(markers=None), "/markers", "must be a list of markers"),
        (spec(markers=[marker("x" * 81)]), "/markers/0/name", "must be a string of 1 to 80 characters"),
        (spec(markers=[marker("\0")]), "/markers/0/name", "must be Unicode text without NUL"),
        (spec(markers=[marker("x")] * 201), "/markers", "must hold at most 200 markers, has 201"),
        (spec(stems=[]), "/stems", "must be an object"),
        (spec(stems=None), "/stems", "must be an object"),
        (spec(stems={"a/b~": 7}), "/stems/a~1b~0", "must be a string of 1 to 255 characters"),
        (spec(stems={"": "x"}), "/stems/", "must be a string of 1 to 255 characters"),
        (spec(stems={str(n): "x" for n in range(201)}), "/stems", "must hold at most 200 names, has 201"),
        (spec(title="x"), "/title", "is not a field of the mix spec"),
        ({"version": 3, "x": 1}, "/version", "must be 1 or 2"),
    ],
)
def test_each_fault_says_what_would_be_right(wrong: dict[str, Any], pointer: str, message: str) -> None:
    assert violations(wrong) == {pointer: [message]}


def test_clips_are_counted_in_all() -> None:
    lanes = [{"stem": "a", "clips": [{}] * 1_000}] * 4
    assert len(parse_mix_spec(spec(lanes=lanes)).lanes) == 4
    told = violations(spec(lanes=[*lanes, {"stem": "a"}]))
    assert told == {"/lanes": ["must hold at most 4000 clips in all, has 4001"]}


def test_all_faults_are_told_at_once() -> None:
    wrong = lane(clips=[{"trim_start_frames": "0"}], mute_ranges=spans((2, 1)), pan_points=pan((0, 3)))
    assert set(violations({**wrong, "loop": {}, "grid": {"bpm": 0}, "stems": {"a": ""}})) == {
        "/lanes/0/clips/0/trim_start_frames", "/lanes/0/mute_ranges/0/end_frames", "/lanes/0/pan_points/0/pan",
        "/loop/start_frames", "/loop/end_frames", "/grid/bpm", "/stems/a",
    }  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"pan": -1},
        {"loop": {"start_frames": MOST_FRAMES - 1, "end_frames": MOST_FRAMES, "times": 1_000}},
        {"grid": {"bpm": 400, "beats_per_bar": 1, "first_beat_frames": MOST_FRAMES}},
        {"grid": None, "loop": None, "loudness": None},
        {"markers": [{"at_frames": MOST_FRAMES, "name": "x" * 80}] * 200},
        {"stems": {"a" * 255: "b" * 255}},
        {"gain_points": gain(*((n, 24) for n in range(2_000)))},
        {"pan_points": pan((0, -2), (1, 2))},
        {"lanes": [{"stem": "a", "mute_ranges": spans(*((n, n + 1) for n in range(1_000)))}]},
    ],
)
def test_what_is_at_a_bound_is_within_it(fields: dict[str, Any]) -> None:
    parse_mix_spec(spec(**fields))
