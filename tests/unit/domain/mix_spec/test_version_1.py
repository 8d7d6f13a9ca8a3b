"""Version 1: one clip a lane, its fields in the lane itself."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.domain.mix_spec import (
    MOST_FRAMES,
    MOST_LANES,
    Clip,
    InvalidMixSpec,
    Lane,
    Loudness,
    MixSpec,
    parse_mix_spec,
    sounding_json,
)


def spec(**fields: Any) -> dict[str, Any]:
    return {"version": 1, "lanes": [{"stem": "a"}], **fields}


def violations(mapping: object) -> dict[str, list[str]]:
    with pytest.raises(InvalidMixSpec) as caught:
        parse_mix_spec(mapping)
    assert caught.value.code == "mix_spec_invalid"
    return caught.value.violations


def test_what_may_be_left_out_has_its_default() -> None:
    assert parse_mix_spec(spec()) == MixSpec((Lane("a"),), 44_100, 0.0, None)
    assert parse_mix_spec(spec(), default_rate_hz=96_000).sample_rate_hz == 96_000
    assert parse_mix_spec(spec(loudness={"target_lufs": -9})).loudness == Loudness(-9.0, -1.0)


@pytest.mark.parametrize(
    ("lane", "pointer"),
    [
        ({}, "/stem"),
        ({"stem": ""}, "/stem"),
        ({"stem": 7}, "/stem"),
        ({"stem": "a\0b"}, "/stem"),
        ({"stem": "\ud800"}, "/stem"),
        ({"stem": "a" * 256}, "/stem"),
        ({"stem": "a", "gain_db": "-3"}, "/gain_db"),
        ({"stem": "a", "gain_db": True}, "/gain_db"),
        ({"stem": "a", "gain_db": float("nan")}, "/gain_db"),
        ({"stem": "a", "gain_db": float("inf")}, "/gain_db"),
        ({"stem": "a", "gain_db": 24.001}, "/gain_db"),
        ({"stem": "a", "gain_db": -60.001}, "/gain_db"),
        ({"stem": "a", "gain_db": 10**400}, "/gain_db"),
        ({"stem": "a", "gain_db": None}, "/gain_db"),
        ({"stem": "a", "pan": 1.01}, "/pan"),
        ({"stem": "a", "pan": -1.01}, "/pan"),
        ({"stem": "a", "offset_frames": -1}, "/offset_frames"),
        ({"stem": "a", "offset_frames": 1.0}, "/offset_frames"),
        ({"stem": "a", "offset_frames": True}, "/offset_frames"),
        ({"stem": "a", "offset_frames": MOST_FRAMES + 1}, "/offset_frames"),
        ({"stem": "a", "trim_start_frames": "0"}, "/trim_start_frames"),
        ({"stem": "a", "fade_in_frames": -5}, "/fade_in_frames"),
        ({"stem": "a", "muted": 1}, "/muted"),
        ({"stem": "a", "solo": "no"}, "/solo"),
        ({"stem": "a", "volume": 3}, "/volume"),
        ({"stem": "a", "a/b~c": 3}, "/a~1b~0c"),
    ],
)
def test_a_wrong_lane_is_refused_by_its_pointer(lane: dict[str, Any], pointer: str) -> None:
    assert list(violations(spec(lanes=[{"stem": "fine"}, lane]))) == [f"/lanes/1{pointer}"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"version": 3}, "/version"),
        ({"version": "1"}, "/version"),
        ({"version": True}, "/version"),
        ({"lanes": []}, "/lanes"),
        ({"lanes": {}}, "/lanes"),
        ({"lanes": [{"stem": "a"}] * (MOST_LANES + 1)}, "/lanes"),
        ({"lanes": ["a"]}, "/lanes/0"),
        ({"sample_rate_hz": 7_999}, "/sample_rate_hz"),
        ({"sample_rate_hz": 44_100.0}, "/sample_rate_hz"),
        ({"sample_rate_hz": None}, "/sample_rate_hz"),
        ({"gain_db": 25}, "/gain_db"),
        ({"loudness": -14}, "/loudness"),
        ({"loudness": {}}, "/loudness/target_lufs"),
        ({"loudness": {"target_lufs": 1}}, "/loudness/target_lufs"),
        ({"loudness": {"target_lufs": -14, "ceiling_dbtp": 0.1}}, "/loudness/ceiling_dbtp"),
        ({"loudness": {"target_lufs": -14, "limiter": True}}, "/loudness/limiter"),
        ({"title": "x"}, "/title"),
        ({"pan": 0}, "/pan"),
        ({"loop": None}, "/loop"),
        ({"lanes": [{"stem": "a", "clips": []}]}, "/lanes/0/clips"),
    ],
)
def test_a_wrong_field_is_refused_by_its_pointer(fields: dict[str, Any], pointer: str) -> None:
    assert list(violations(spec(**fields))) == [pointer]


@pytest.mark.parametrize("mapping", [None, [], "x", 3])
def test_what_is_no_object_is_refused_at_the_root(mapping: object) -> None:
    assert violations(mapping) == {"": ["must be an object"]}


@pytest.mark.parametrize(
    "fields",
    [
        {"sample_rate_hz": 8_000},
        {"sample_rate_hz": 192_000},
        {"gain_db": -60},
        {"gain_db": 24},
        {"loudness": {"target_lufs": -60, "ceiling_dbtp": -60}},
        {"loudness": {"target_lufs": 0, "ceiling_dbtp": 0}},
        {"lanes": [{"stem": "a" * 255, "gain_db": 24, "pan": 1, "offset_frames": MOST_FRAMES}]},
        {"lanes": ({"stem": "a", "gain_db": -60, "pan": -1, "trim_start_frames": MOST_FRAMES},)},
        {"lanes": [{"stem": "\ud7ff\ue000"}]},
    ],
)
def test_what_is_at_a_bound_is_within_it(fields: dict[str, Any]) -> None:
    parse_mix_spec(spec(**fields))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"version": 0}, {"/version": ["must be 1 or 2"]}),
        ({"lanes": None}, {"/lanes": ["must be a list of lanes"]}),
        ({"lanes": []}, {"/lanes": ["must hold from 1 to 200 lanes, has 0"]}),
        ({"lanes": [{"stem": "a", "pan": 2}]}, {"/lanes/0/pan": ["must be from -1 to 1"]}),
        ({"lanes": [{"stem": "a", "pan": "2"}]}, {"/lanes/0/pan": ["must be a number"]}),
        ({"lanes": [{"stem": "\udfff"}]}, {"/lanes/0/stem": ["must be Unicode text without NUL"]}),
        ({"lanes": [{}]}, {"/lanes/0/stem": ["must be a string of 1 to 255 characters"]}),
        ({"lanes": [7]}, {"/lanes/0": ["must be an object"]}),
        ({"lanes": [{"stem": "a", "solo": 1}]}, {"/lanes/0/solo": ["must be true or false"]}),
        ({"sample_rate_hz": 1}, {"/sample_rate_hz": ["must be from 8000 to 192000"]}),
        ({"sample_rate_hz": 1.5}, {"/sample_rate_hz": ["must be a whole number"]}),
        ({"loudness": {}}, {"/loudness/target_lufs": ["is missing"]}),
        ({"x": 1}, {"/x": ["is not a field of the mix spec"]}),
    ],
)
def test_each_fault_says_what_would_be_right(fields: dict[str, Any], told: dict[str, list[str]]) -> None:
    assert violations(spec(**fields)) == told


def test_the_first_fault_is_told_and_how_many_more_there_are() -> None:
    def detail(mapping: object) -> str:
        with pytest.raises(InvalidMixSpec) as caught:
            parse_mix_spec(mapping)
        return caught.value.detail

    assert detail(spec(gain_db=99)) == "The mix spec is wrong at /gain_db: must be from -60 to 24"
    assert detail(spec(gain_db=99, x=1, y=1)) == (
        "The mix spec is wrong at /x: is not a field of the mix spec (and 2 more)"
    )
    assert detail(None) == "The mix spec is wrong at its root: must be an object"


def test_every_field_is_read_and_written_under_its_name() -> None:
    lane = {
        "stem": "a", "trim_start_frames": 1, "trim_end_frames": 2, "fade_in_frames": 3, "fade_out_frames": 4,
        "gain_db": 5.0, "pan": 0.5, "offset_frames": 6, "muted": True, "solo": True,
    }  # fmt: skip
    loudness = {"target_lufs": -9.0, "ceiling_dbtp": -2.0}
    whole = {"version": 1, "sample_rate_hz": 48_000, "gain_db": -1.5, "lanes": [lane], "loudness": loudness}
    read = parse_mix_spec(whole)
    clip = Clip(trim_start_frames=1, trim_end_frames=2, offset_frames=6, fade_in_frames=3, fade_out_frames=4)
    only = Lane("a", (clip,), gain_db=5.0, pan=0.5, muted=True, solo=True)
    assert read == MixSpec((only,), 48_000, -1.5, Loudness(-9.0, -2.0))
    assert sounding_json(read) == whole


def test_all_faults_are_told_at_once() -> None:
    wrong = {"version": 1, "lanes": [{"stem": "a", "pan": 2, "gain_db": 99}, {}], "gain_db": "0"}
    assert set(violations(wrong)) == {"/lanes/0/pan", "/lanes/0/gain_db", "/lanes/1/stem", "/gain_db"}


def test_two_hundred_lanes_are_accepted() -> None:
    assert len(parse_mix_spec(spec(lanes=[{"stem": "a"}] * MOST_LANES)).lanes) == MOST_LANES


def test_a_muted_lane_is_silent_even_when_soloed() -> None:
    lanes = [{"stem": "a", "solo": True, "muted": True}, {"stem": "b"}, {"stem": "c", "solo": True}]
    assert [lane.stem for lane in parse_mix_spec(spec(lanes=lanes)).sounding()] == ["c"]
    assert parse_mix_spec(spec(lanes=lanes[:2])).sounding() == ()
    assert [lane.stem for lane in parse_mix_spec(spec(lanes=lanes[1:2])).sounding()] == ["b"]
