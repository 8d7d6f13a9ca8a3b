"""Equal mixes have one form and one digest, in whichever version and order they are written."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.mix_spec import (
    InvalidMixSpec,
    MixSpec,
    canonical_json,
    digest,
    parse_mix_spec,
    sounding_json,
    stems_together,
)
from tests.mix_specs import random_spec

PAGE = (Path(__file__).parents[4] / "docs" / "mix-spec.md").read_text(encoding="utf-8")
EXAMPLES = {
    version: text
    for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    if (version := json.loads(text)["version"])
}
RANDOM_SPECS = st.builds(
    random_spec,
    st.randoms(use_true_random=False),
    st.just({"a": 150_001, "ä\n": 65_536}),
    st.just(48_000),
    st.sampled_from([1, 2]),
)


def read(**fields: Any) -> MixSpec:
    return parse_mix_spec({"version": 2, "lanes": [{"stem": "a"}], **fields})


@settings(deadline=None)
@given(RANDOM_SPECS)
def test_every_spec_survives_its_forms_and_keeps_its_digest(document: dict[str, Any]) -> None:
    spec = parse_mix_spec(document)
    assert parse_mix_spec(json.loads(json.dumps(spec.as_json()))) == spec
    for form in (sounding_json(spec), json.loads(canonical_json(spec))):
        again = parse_mix_spec(form)
        assert canonical_json(again) == canonical_json(spec)
        assert again.lanes == spec.lanes
        assert sounding_json(again) == sounding_json(spec)


@settings(deadline=None)
@given(RANDOM_SPECS, st.randoms())
def test_the_digest_knows_no_order_of_fields_and_no_spelled_out_defaults(
    document: dict[str, Any], random: Random
) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(one) for one in value]
        if isinstance(value, dict):
            return {name: shuffled(value[name]) for name in random.sample(list(value), len(value))}
        return value

    whole = parse_mix_spec(document).as_json()
    assert digest(parse_mix_spec(shuffled(document))) == digest(parse_mix_spec(shuffled(whole)))


@settings(deadline=None)
@given(RANDOM_SPECS, RANDOM_SPECS)
def test_only_equal_mixes_have_equal_digests(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = parse_mix_spec(one), parse_mix_spec(other)
    assert (digest(first) == digest(second)) == (sounding_json(first) == sounding_json(second))


@pytest.mark.parametrize(
    "silent",
    [
        {"grid": {"bpm": 120}},
        {"markers": [{"at_frames": 0, "name": "Drop"}]},
        {"stems": {"a": "Bass.wav"}},
        {"loop": {"start_frames": 0, "end_frames": 9}},
        {"loop": {"start_frames": 0, "end_frames": 9, "times": 1}},
        {"lanes": [{"stem": "a", "clips": [{}]}]},
        {"lanes": [{"stem": "a", "gain_points": [], "mute_ranges": []}]},
        {"version": 1},
    ],
)
def test_what_changes_no_sample_changes_no_digest(silent: dict[str, Any]) -> None:
    assert digest(read(**silent)) == digest(read())
    assert sounding_json(read(**silent))["version"] == 1


@pytest.mark.parametrize(
    "heard",
    [
        {"pan": 0.1},
        {"gain_points": [{"at_frames": 0, "gain_db": 0}]},
        {"pan_points": [{"at_frames": 0, "pan": 0}]},
        {"loop": {"start_frames": 0, "end_frames": 9, "times": 2}},
        {"lanes": [{"stem": "a", "clips": []}]},
        {"lanes": [{"stem": "a", "clips": [{}, {}]}]},
        {"lanes": [{"stem": "a", "gain_points": [{"at_frames": 0, "gain_db": 0}]}]},
        {"lanes": [{"stem": "a", "pan_points": [{"at_frames": 0, "pan": 0}]}]},
        {"lanes": [{"stem": "a", "mute_ranges": [{"start_frames": 0, "end_frames": 1}]}]},
        {"lanes": [{"stem": "a"}, {"stem": "a", "clips": [{}, {}]}]},
    ],
)
def test_what_version_1_cannot_say_is_written_in_version_2_with_every_field(heard: dict[str, Any]) -> None:
    form = sounding_json(read(**heard))
    assert form["version"] == 2
    assert set(form) - {"loop"} == {
        "version", "sample_rate_hz", "lanes", "gain_db", "pan", "gain_points", "pan_points", "loudness"
    }  # fmt: skip
    assert ("loop" in form) == ("loop" in heard)
    assert set(form["lanes"][0]) == {
        "stem", "clips", "gain_db", "pan", "gain_points", "pan_points", "mute_ranges", "muted", "solo"
    }  # fmt: skip
    assert digest(read(**heard)) != digest(read())


def test_the_order_of_lanes_and_of_clips_matters() -> None:
    """Adding floats depends on it."""
    clips = [{"offset_frames": 1}, {"offset_frames": 2}]
    orders = [read(lanes=[{"stem": "a", "clips": order}]) for order in (clips, clips[::-1])]
    assert digest(orders[0]) != digest(orders[1])
    lanes = [{"stem": "a"}, {"stem": "b"}]
    assert digest(read(lanes=lanes)) != digest(read(lanes=lanes[::-1]))


def test_minus_zero_is_zero() -> None:
    assert digest(read(gain_db=-0.0)) == digest(read(gain_db=0))
    assert str(read(gain_db=-0.0).gain_db) == "0.0"
    points = [read(gain_points=[{"at_frames": 0, "gain_db": zero}]) for zero in (0, -0.0)]
    assert canonical_json(points[0]) == canonical_json(points[1])


def test_the_canonical_form_is_the_one_of_rfc_8785() -> None:
    lane = {"stem": "ä\n", "gain_db": -3.0, "pan": 1e-7}
    assert canonical_json(read(lanes=[lane], gain_db=0.00001)) == (
        '{"gain_db":0.00001,"lanes":[{"fade_in_frames":0,"fade_out_frames":0,"gain_db":-3,"muted":false,'
        '"offset_frames":0,"pan":1e-7,"solo":false,"stem":"ä\\n","trim_end_frames":0,"trim_start_frames":0}],'
        '"loudness":null,"sample_rate_hz":44100,"version":1}'
    )
    arranged = read(pan=0.5, lanes=[{"stem": "a", "gain_points": [{"at_frames": 7, "gain_db": -0.5}]}])
    assert canonical_json(arranged) == (
        '{"gain_db":0,"gain_points":[],"lanes":[{"clips":[{"fade_in_frames":0,"fade_out_frames":0,"offset_frames":0,'
        '"trim_end_frames":0,"trim_start_frames":0}],"gain_db":0,"gain_points":[{"at_frames":7,"gain_db":-0.5}],'
        '"mute_ranges":[],"muted":false,"pan":0,"pan_points":[],"solo":false,"stem":"a"}],"loudness":null,"pan":0.5,'
        '"pan_points":[],"sample_rate_hz":44100,"version":2}'
    )


@pytest.mark.parametrize("version", [1, 2])
def test_the_documented_examples_have_the_documented_digests(version: int) -> None:
    """Mixdowns are filed under digests: a change here loses what was rendered before."""
    digests = dict(re.findall(r"example of version (\d) has the digest\n\n    ([0-9a-f]{64})$", PAGE, re.M))
    assert digest(parse_mix_spec(json.loads(EXAMPLES[version]))) == digests[str(version)]


def test_the_documented_example_of_version_2_spells_every_field_of_a_lane() -> None:
    example = json.loads(EXAMPLES[2])
    whole = parse_mix_spec(example).as_json()
    assert set(example) == set(whole)
    assert set(example["lanes"][0]) == set(whole["lanes"][0])


def test_all_stems_together_are_a_mix_of_version_1() -> None:
    """Works that were published before have theirs rendered so."""
    form = sounding_json(stems_together({"a": -3.0, "b": 0}, 48_000))
    assert (form["version"], form["lanes"][0]["gain_db"], form["lanes"][1]["offset_frames"]) == (1, -3.0, 0)


@pytest.mark.parametrize(
    ("gain_db", "text"),
    [(1, "1"), (-0.5, "-0.5"), (1e-6, "0.000001"), (1.5e-6, "0.0000015"), (9.5e-7, "9.5e-7"), (1e-10, "1e-10")],
)
def test_numbers_are_written_as_ecmascript_does(gain_db: float, text: str) -> None:
    assert canonical_json(read(gain_db=gain_db)).startswith(f'{{"gain_db":{text},"lanes":')


NAMES = ["version", "lanes", "stem", "pan", "gain_db", "loudness", "clips", "loop", "stems", "gain_points", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, st.sampled_from([1, 2]))
def test_no_json_breaks_the_parser(anything: Any, version: int) -> None:
    for document in (anything, {"version": version, "lanes": [anything]}):
        with suppress(InvalidMixSpec):
            parse_mix_spec(document)
        if isinstance(anything, dict):
            with suppress(InvalidMixSpec):
                parse_mix_spec({"lanes": [{"stem": "a"}], **anything, "version": version})
