from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.mix_spec import (
    MOST_FRAMES,
    MOST_LANES,
    InvalidMixSpec,
    Lane,
    Loudness,
    MixSpec,
    canonical_json,
    digest,
    parse_mix_spec,
)

FRAMES = st.integers(0, MOST_FRAMES)
GAINS = st.floats(-60, 24)
LANES = st.builds(
    Lane,
    stem=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=255),
    trim_start_frames=FRAMES,
    trim_end_frames=FRAMES,
    fade_in_frames=FRAMES,
    fade_out_frames=FRAMES,
    gain_db=GAINS,
    pan=st.floats(-1, 1),
    offset_frames=FRAMES,
    muted=st.booleans(),
    solo=st.booleans(),
)
SPECS = st.builds(
    MixSpec,
    lanes=st.lists(LANES, min_size=1, max_size=4).map(tuple),
    sample_rate_hz=st.integers(8_000, 192_000),
    gain_db=GAINS,
    loudness=st.none() | st.builds(Loudness, st.floats(-60, 0), st.floats(-60, 0)),
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


@settings(deadline=None)
@given(SPECS)
def test_every_spec_survives_json_and_keeps_its_digest(valid: MixSpec) -> None:
    spelled_out = parse_mix_spec(json.loads(json.dumps(valid.as_json())))
    assert spelled_out == valid
    assert digest(spelled_out) == digest(valid)
    again = parse_mix_spec(json.loads(canonical_json(valid)))
    assert canonical_json(again) == canonical_json(valid)


@settings(deadline=None)
@given(SPECS, st.randoms())
def test_the_digest_knows_no_order_of_fields_and_no_spelled_out_defaults(valid: MixSpec, random: Any) -> None:
    defaults = Lane("").__dict__
    fields = valid.as_json()
    lanes: Any = fields["lanes"]
    fields["lanes"] = [
        dict(random.sample(kept, len(kept)))
        for lane in lanes
        if (kept := [(name, value) for name, value in lane.items() if name == "stem" or value != defaults[name]])
    ]
    shuffled = dict(random.sample(list(fields.items()), len(fields)))
    assert digest(parse_mix_spec(shuffled)) == digest(valid)


@settings(deadline=None)
@given(SPECS, SPECS)
def test_different_specs_have_different_digests(one: MixSpec, other: MixSpec) -> None:
    assert (digest(one) == digest(other)) == (one == other)


def test_minus_zero_is_zero() -> None:
    assert digest(parse_mix_spec(spec(gain_db=-0.0))) == digest(parse_mix_spec(spec(gain_db=0)))
    assert str(parse_mix_spec(spec(gain_db=-0.0)).gain_db) == "0.0"


def test_the_canonical_form_is_the_one_of_rfc_8785() -> None:
    lane = {"stem": "ä\n", "gain_db": -3.0, "pan": 1e-7}
    assert canonical_json(parse_mix_spec(spec(lanes=[lane], gain_db=0.00001))) == (
        '{"gain_db":0.00001,"lanes":[{"fade_in_frames":0,"fade_out_frames":0,"gain_db":-3,"muted":false,'
        '"offset_frames":0,"pan":1e-7,"solo":false,"stem":"ä\\n","trim_end_frames":0,"trim_start_frames":0}],'
        '"loudness":null,"sample_rate_hz":44100,"version":1}'
    )


def test_the_documented_example_has_the_documented_digest() -> None:
    """Mixdowns are filed under digests: a change here loses what was rendered before."""
    page = (Path(__file__).parents[3] / "docs" / "mix-spec.md").read_text(encoding="utf-8")
    example, documented = (
        re.search(r"```json\n(.*?)```", page, re.DOTALL),
        re.search(r"^    ([0-9a-f]{64})$", page, re.M),
    )
    assert example
    assert documented
    assert digest(parse_mix_spec(json.loads(example[1]))) == documented[1]


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
        ({"version": 2}, "/version"),
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
    ],
)
def test_a_wrong_field_is_refused_by_its_pointer(fields: dict[str, Any], pointer: str) -> None:
    assert list(violations(spec(**fields))) == [pointer]


@pytest.mark.parametrize("mapping", [None, [], "x", 3])
def test_what_is_no_object_is_refused_at_the_root(mapping: object) -> None:
    assert "" in violations(mapping)


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
        ({"version": 2}, {"/version": ["must be 1"]}),
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
    assert detail(None) == "The mix spec is wrong at its root: must be an object (and 1 more)"


def test_every_field_is_read_and_written_under_its_name() -> None:
    lane = {
        "stem": "a", "trim_start_frames": 1, "trim_end_frames": 2, "fade_in_frames": 3, "fade_out_frames": 4,
        "gain_db": 5.0, "pan": 0.5, "offset_frames": 6, "muted": True, "solo": True,
    }  # fmt: skip
    loudness = {"target_lufs": -9.0, "ceiling_dbtp": -2.0}
    whole = {"version": 1, "sample_rate_hz": 48_000, "gain_db": -1.5, "lanes": [lane], "loudness": loudness}
    read = parse_mix_spec(whole)
    assert read == MixSpec((Lane("a", 1, 2, 3, 4, 5.0, 0.5, 6, True, True),), 48_000, -1.5, Loudness(-9.0, -2.0))
    assert read.as_json() == whole


@pytest.mark.parametrize(
    ("gain_db", "text"),
    [(1, "1"), (-0.5, "-0.5"), (1e-6, "0.000001"), (1.5e-6, "0.0000015"), (9.5e-7, "9.5e-7"), (1e-10, "1e-10")],
)
def test_numbers_are_written_as_ecmascript_does(gain_db: float, text: str) -> None:
    assert canonical_json(parse_mix_spec(spec(gain_db=gain_db))).startswith(f'{{"gain_db":{text},"lanes":')


def test_all_faults_are_told_at_once() -> None:
    wrong = {"version": 1, "lanes": [{"stem": "a", "pan": 2, "gain_db": 99}, {}], "gain_db": "0"}
    assert set(violations(wrong)) == {"/lanes/0/pan", "/lanes/0/gain_db", "/lanes/1/stem", "/gain_db"}


def test_two_hundred_lanes_are_accepted() -> None:
    assert len(parse_mix_spec(spec(lanes=[{"stem": "a"}] * MOST_LANES)).lanes) == MOST_LANES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["version", "lanes", "stem", "pan", "gain_db", "loudness", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_no_json_breaks_the_parser(anything: object) -> None:
    with suppress(InvalidMixSpec):
        parse_mix_spec(anything)


def test_a_muted_lane_is_silent_even_when_soloed() -> None:
    lanes = [{"stem": "a", "solo": True, "muted": True}, {"stem": "b"}, {"stem": "c", "solo": True}]
    assert [lane.stem for lane in parse_mix_spec(spec(lanes=lanes)).sounding()] == ["c"]
    assert parse_mix_spec(spec(lanes=lanes[:2])).sounding() == ()
    assert [lane.stem for lane in parse_mix_spec(spec(lanes=lanes[1:2])).sounding()] == ["b"]
