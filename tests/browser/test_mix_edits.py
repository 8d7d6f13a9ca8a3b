"""What the desk does to a mix: pure edits, held to their rules on random mixes, and the desk's steps back and on."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from remixhub.domain.mix_spec import parse_mix_spec
from tests.browser.desk_code import Call, opened

Json = dict[str, Any]

STEMS = {"kick": 900, "bass": 1200, "vocals": 333}
SOURCE = """
export * from "./mixing/document/edits";
export { Desk } from "./mixing/desk/desk";
export { placeText } from "./mixing/desk/scale";
export { typedLength, typedPlace, typedText } from "./mixing/desk/typed_time";
export { CHAPTERS } from "./mixing/keys/deeds";
export { comboText } from "./mixing/keys/combos";
"""
RUN = """([mixes, stems]) => mixes.map(([mix, steps]) => {
  const desk = new code.Desk(mix, new Map(Object.entries(stems)));
  const said = [];
  for (const [name, ...given] of steps) {
    desk.change(name, mix => code[name](mix, ...given));
    said.push(desk.words);
  }
  return [desk.mix, said];
})"""
BACK_AND_ON = """([mixes, stems]) => mixes.map(([mix, steps]) => {
  const desk = new code.Desk(mix, new Map(Object.entries(stems)));
  const seen = [JSON.stringify(desk.mix)];
  for (const [name, ...given] of steps) {
    if (desk.change(name, mix => code[name](mix, ...given))) seen.push(JSON.stringify(desk.mix));
  }
  const faults = [];
  const compare = (at, way) => { if (JSON.stringify(desk.mix) !== seen[at]) faults.push(`${way} ${at}`); };
  for (let at = seen.length - 2; at >= 0; at--) { desk.undo(); compare(at, "back"); }
  if (desk.undoes !== null) faults.push("more to undo than was done");
  for (let at = 1; at < seen.length; at++) { desk.redo(); compare(at, "on"); }
  if (desk.redoes !== null) faults.push("more to do again than was done");
  return faults;
})"""


WALKED = """([mixes, stems]) => mixes.flatMap(([mix, steps]) => {
  const desk = new code.Desk(mix, new Map(Object.entries(stems)));
  return steps.flatMap(([name, ...given]) =>
    desk.change(name, mix => code[name](mix, ...given)) ? [JSON.stringify(desk.mix)] : []);
})"""


@pytest.fixture(scope="module")
def code(browser: Browser) -> Iterator[Call]:
    call, close = opened(browser, SOURCE)
    yield call
    close()


def edited(code: Call, mix: Json, *steps: list[Any]) -> Json:
    [[changed, _]] = code(RUN, [[[mix, steps]], STEMS])
    return dict(changed)


def refusal(code: Call, mix: Json, *steps: list[Any]) -> str:
    [[changed, said]] = code(RUN, [[[mix, steps]], STEMS])
    assert changed == mix, "what is refused changes nothing"
    return str(said[-1])


def clip(**fields: int) -> Json:
    names = ("trim_start_frames", "trim_end_frames", "offset_frames", "fade_in_frames", "fade_out_frames")
    return dict.fromkeys(names, 0) | fields


def lane(stem: str, *clips: Json, **fields: Any) -> Json:
    return {
        "stem": stem, "clips": list(clips), "gain_db": 0, "pan": 0, "gain_points": [], "pan_points": [],
        "mute_ranges": [], "muted": False, "solo": False, **fields,
    }  # fmt: skip


def mix_of(*lanes: Json, **fields: Any) -> Json:
    return {
        "version": 2, "sample_rate_hz": 44_100, "lanes": list(lanes), "gain_db": 0, "pan": 0, "gain_points": [],
        "pan_points": [], "loop": None, "loudness": None, "grid": None, "markers": [], "stems": {}, **fields,
    }  # fmt: skip


def sounding(one: Json) -> Counter[tuple[int, int, float]]:
    """What a lane's clips sound, frame by frame: the frame of the mix, that of the stem, and the fades' gain."""
    heard: Counter[tuple[int, int, float]] = Counter()
    for at in one["clips"]:
        first, length = at["trim_start_frames"], STEMS[one["stem"]] - at["trim_start_frames"] - at["trim_end_frames"]
        fade_in, fade_out = at["fade_in_frames"], at["fade_out_frames"]
        for n in range(max(0, length)):
            gain = n / fade_in if n < fade_in else 1.0
            gain *= (length - n) / fade_out if n >= length - fade_out else 1.0
            heard[at["offset_frames"] + n, first + n, gain] += 1
    return heard


def random_clip(chance: random.Random, stem: str) -> Json:
    total = STEMS[stem]
    trim_start = chance.choice([0, chance.randrange(total)])
    trim_end = chance.choice([0, chance.randrange(total - trim_start)])
    length = total - trim_start - trim_end
    return clip(
        trim_start_frames=trim_start, trim_end_frames=trim_end, offset_frames=chance.randrange(3000),
        fade_in_frames=chance.choice([0, chance.randrange(length)]),
        fade_out_frames=chance.choice([0, chance.randrange(length)]),
    )  # fmt: skip


def random_mix(chance: random.Random) -> Json:
    lanes = []
    for _ in range(chance.randint(1, 4)):
        stem = chance.choice(list(STEMS))
        lanes.append(lane(stem, *(random_clip(chance, stem) for _ in range(chance.randint(0, 4)))))
    return mix_of(*lanes)


def random_step(chance: random.Random) -> list[Any]:
    """Any edit, with arguments that a careless caller may give: beyond bounds, of places that are not there."""
    place, at = chance.randint(-1, 4), chance.randint(0, 4)
    frame, other = (chance.choice([chance.randint(-500, 4000), chance.uniform(-9, 4000), 2e9]) for _ in range(2))
    value, is_on = chance.uniform(-100, 100), chance.random() < 0.5
    kind, stem = chance.choice(["gain", "pan"]), 333
    return chance.choice([
        ["setGain", place, value], ["setPan", place, value / 50], ["setMuted", place, is_on, chance.random() < 0.5],
        ["setSolo", place, is_on, chance.random() < 0.5], ["moveLane", place, at], ["addLane", "bass", value],
        ["duplicateLane", place], ["removeLane", place], ["moveClip", place, at, frame],
        ["moveClipToLane", place, at, at, frame], ["trimClip", place, at, chance.choice(["start", "end"]), frame, stem],
        ["slipClip", place, at, frame, stem], ["fadeClip", place, at, chance.choice(["in", "out"]), frame, stem],
        ["cutAt", place, round(frame), stem], ["copyClip", place, at, frame], ["deleteClip", place, at],
        ["fillLoop", place, at, stem], ["addPoint", place, kind, frame, value],
        ["movePoint", place, kind, at, frame, value], ["deletePoint", place, kind, at], ["clearPoints", place, kind],
        ["addMute", place, frame, other], ["setMute", place, at, frame, other], ["deleteMute", place, at],
        ["setLoop", {"startFrames": frame, "endFrames": other}], ["setLoopTimes", frame / 10],
        ["addMarker", frame, chance.choice(["", "Drop", "\N{MUSICAL SYMBOL G CLEF}" * 100])], ["moveMarker", at, frame],
        ["nameMarker", at, "  Break "], ["deleteMarker", at],
        ["setLoudness", {"target_lufs": value, "ceiling_dbtp": value / 10}],
        ["setGrid", {"bpm": value * 5, "beats_per_bar": value, "first_beat_frames": frame}], ["shiftGrid", -frame],
    ])  # fmt: skip


def random_walks(seed: int, count: int) -> list[tuple[Json, list[list[Any]]]]:
    chance = random.Random(seed)
    return [(random_mix(chance), [random_step(chance) for _ in range(30)]) for _ in range(count)]


def test_a_cut_changes_no_sample(code: Call) -> None:
    chance = random.Random(4)
    given = []
    for _ in range(900):
        mix = random_mix(chance)
        given.append((mix, [["cutAt", 0, chance.randint(1, 3000), STEMS[mix["lanes"][0]["stem"]]]]))
    cuts = 0
    for (before, _), (after, _) in zip(given, code(RUN, [given, STEMS]), strict=True):
        cuts += len(after["lanes"][0]["clips"]) > len(before["lanes"][0]["clips"])
        for one, other in zip(before["lanes"], after["lanes"], strict=True):
            assert sounding(one) == sounding(other)
    assert cuts > 50


def test_a_cut_within_a_fade_is_refused_with_the_way_out(code: Call) -> None:
    mix = mix_of(lane("kick", clip(fade_in_frames=100, fade_out_frames=200)))
    for frame in (1, 99, 701, 899):
        assert "Cut beside it" in refusal(code, mix, ["cutAt", 0, frame, 900])
    for frame in (100, 700):
        assert len(edited(code, mix, ["cutAt", 0, frame, 900])["lanes"][0]["clips"]) == 2


def test_every_step_goes_back_and_on_again(code: Call) -> None:
    walks = random_walks(5, 60)
    assert code(BACK_AND_ON, [walks, STEMS]) == [[]] * len(walks)


def test_whatever_is_edited_the_server_accepts(code: Call) -> None:
    walks = random_walks(6, 60)
    texts = code(WALKED, [walks, STEMS])
    assert len(texts) > 500
    for text in texts:
        assert parse_mix_spec(json.loads(text)).as_json() == json.loads(text), "every field is spelled out"


def test_trims_keep_the_sound_in_place_and_stay_on_the_stem(code: Call) -> None:
    mix = mix_of(lane("kick", clip(trim_start_frames=100, offset_frames=500)))
    for edge, frame, expected in [
        ("start", 450, clip(trim_start_frames=50, offset_frames=450)),
        ("start", 0, clip(trim_start_frames=0, offset_frames=400)),
        ("start", 9999, clip(trim_start_frames=899, offset_frames=1299)),
        ("end", 1200, clip(trim_start_frames=100, trim_end_frames=100, offset_frames=500)),
        ("end", 9999, clip(trim_start_frames=100, offset_frames=500)),
        ("end", 0, clip(trim_start_frames=100, trim_end_frames=799, offset_frames=500)),
    ]:
        assert edited(code, mix, ["trimClip", 0, 0, edge, frame, 900])["lanes"][0]["clips"] == [expected]
    early = mix_of(lane("kick", clip(trim_start_frames=100, offset_frames=30)))
    assert edited(code, early, ["trimClip", 0, 0, "start", -50, 900])["lanes"][0]["clips"] == [
        clip(trim_start_frames=70, offset_frames=0)
    ]


def test_a_clip_stays_on_lanes_of_its_stem(code: Call) -> None:
    mix = mix_of(lane("kick", clip()), lane("bass"), lane("kick"))
    assert "its own stem" in refusal(code, mix, ["moveClipToLane", 0, 0, 1, 10])
    lanes = edited(code, mix, ["moveClipToLane", 0, 0, 2, 10])["lanes"]
    assert [one["clips"] for one in lanes] == [[], [], [clip(offset_frames=10)]]


def test_filling_the_loop_repeats_up_to_its_end(code: Call) -> None:
    mix = mix_of(lane("kick", clip(offset_frames=1000)), loop={"start_frames": 500, "end_frames": 3000, "times": 1})
    filled = edited(code, mix, ["fillLoop", 0, 0, 900])["lanes"][0]["clips"]
    assert filled[1:] == [clip(offset_frames=1900), clip(offset_frames=2800, trim_end_frames=700)]
    outside = mix_of(lane("kick", clip()), loop={"start_frames": 2000, "end_frames": 2900, "times": 1})
    assert edited(code, outside, ["fillLoop", 0, 0, 900])["lanes"][0]["clips"][1:] == [clip(offset_frames=2000)]
    assert "loop" in refusal(code, mix_of(lane("kick", clip())), ["fillLoop", 0, 0, 900])


def test_mute_ranges_that_meet_become_one(code: Call) -> None:
    steps = [["addMute", 0, 100, 200], ["addMute", 0, 300, 400], ["addMute", 0, 200, 250], ["addMute", 0, 390, 50]]
    assert edited(code, mix_of(lane("kick")), *steps[:3])["lanes"][0]["mute_ranges"] == [
        {"start_frames": 100, "end_frames": 250}, {"start_frames": 300, "end_frames": 400}
    ]  # fmt: skip
    assert edited(code, mix_of(lane("kick")), *steps)["lanes"][0]["mute_ranges"] == [
        {"start_frames": 50, "end_frames": 400}
    ]


def test_points_keep_their_order(code: Call) -> None:
    mix = edited(code, mix_of(lane("kick")), *[["addPoint", -1, "gain", at, at / 10] for at in (30, 10, 20, 10)])
    assert [point["at_frames"] for point in mix["gain_points"]] == [10, 20, 30]
    for at, expected in [(500, 29), (0, 11), (15, 15)]:
        moved = edited(code, mix, ["movePoint", -1, "gain", 1, at, 99])
        assert moved["gain_points"][1] == {"at_frames": expected, "gain_db": 24}
    assert code("mix => [0, 15, 30, 99].map(at => code.curveAt(mix.gain_points, at))", mix) == [1, 1.5, 3, 3]


def test_exclusive_solo_leaves_one(code: Call) -> None:
    mix = mix_of(*(lane("kick", solo=at != 1) for at in range(3)))
    assert [one["solo"] for one in edited(code, mix, ["setSolo", 1, True, True])["lanes"]] == [False, True, False]
    assert [one["solo"] for one in edited(code, mix, ["setSolo", 1, True, False])["lanes"]] == [True, True, True]


def test_a_mix_stays_within_two_hours(code: Call) -> None:
    mix = mix_of(lane("kick", clip()), loop={"start_frames": 0, "end_frames": 900, "times": 1})
    assert "two hours" in refusal(code, mix, ["moveClip", 0, 0, 7200 * 44_100])
    long = mix_of(lane("kick", clip(offset_frames=44_100 * 60)), loop=mix["loop"] | {"end_frames": 44_100 * 60})
    assert "two hours" in refusal(code, long, ["setLoopTimes", 121])
    assert edited(code, long, ["setLoopTimes", 100])["loop"]["times"] == 100


def test_a_drag_is_one_step_and_none_when_it_ends_where_it_began(code: Call) -> None:
    assert code(
        """([mix, stems]) => {
          const desk = new code.Desk(mix, new Map(Object.entries(stems)));
          const drag = (...places) => {
            const before = desk.mix;
            for (const at of places) desk.change("Clip moved", () => code.moveClip(before, 0, 0, at), "drag");
            desk.settle();
          };
          drag(10, 20, 30);
          drag(40, 50);
          drag(60, 50);
          const seen = [desk.mix.lanes[0].clips[0].offset_frames];
          while (desk.undoes !== null) { desk.undo(); seen.push(desk.mix.lanes[0].clips[0].offset_frames); }
          return seen;
        }""",
        [mix_of(lane("kick", clip())), STEMS],
    ) == [50, 30, 0]


def test_what_is_done_after_going_back_is_what_follows(code: Call) -> None:
    assert code(
        """([mix, stems]) => {
          const desk = new code.Desk(mix, new Map(Object.entries(stems)));
          const gain = (db, merge) => desk.change(`Gain ${db}`, mix => code.setGain(mix, 0, db), merge);
          gain(1, "run");
          gain(2, "run");
          gain(3);
          desk.undo();
          gain(4, "run"); // goes on from 2, as a step of its own
          const seen = [desk.redoes, desk.mix.lanes[0].gain_db];
          while (desk.undoes !== null) { desk.undo(); seen.push(desk.mix.lanes[0].gain_db); }
          return seen;
        }""",
        [mix_of(lane("kick", clip())), STEMS],
    ) == [None, 4, 2, 0]


def test_a_grid_shifted_before_the_start_is_the_same_grid(code: Call) -> None:
    mix = mix_of(lane("kick"), grid={"bpm": 120, "beats_per_bar": 4, "first_beat_frames": 1000})
    for by, first in [(500, 1500), (-1000, 0), (-1500, 88_200 - 500), (-100_000, 2 * 88_200 - 99_000)]:
        assert edited(code, mix, ["shiftGrid", by])["grid"]["first_beat_frames"] == first


def test_snapping_prefers_an_edge_that_is_nearer_than_the_grid(code: Call) -> None:
    grid = {"bpm": 120, "beats_per_bar": 4, "first_beat_frames": 100}
    mix = mix_of(lane("bass", clip(offset_frames=30_000)), grid=grid, markers=[{"at_frames": 60_000, "name": "Drop"}])
    snap = """([mix, stems, frames]) => {
      const snapping = {stemFrames: new Map(Object.entries(stems)), framesPerPixel: 300, playhead: 50_000};
      return frames.map(at => code.snappedNear(mix, at, snapping));
    }"""
    # at 300 frames a pixel the finest lines are quarters of a beat apart, 5512.5 frames
    assert code(snap, [mix, STEMS, [1000, 5000, 29_500, 31_500, 60_200, 51_000, 41_000]]) == [
        100, 5613, 30_000, 31_200, 60_000, 50_000, 38_688,
    ]  # fmt: skip
    span = """([mix, stems]) => {
      const snapping = {stemFrames: new Map(Object.entries(stems)), framesPerPixel: 300};
      return code.snappedSpan(mix, 28_500, 1_300, snapping);
    }"""
    assert code(span, [mix, STEMS]) == 28_700


GRID = {"bpm": 120, "beats_per_bar": 4, "first_beat_frames": 1000}


@pytest.mark.parametrize(
    ("typed", "place", "length"),
    [
        ("5", 1000 + 16 * 22_050, 5 * 44_100),
        ("5.3", 1000 + 18 * 22_050, round(5.3 * 44_100)),
        ("005.3.2", 403_413, None),
        ("5.5", None, round(5.5 * 44_100)),
        ("0.1", None, 4410),
        ("5.1.5", None, None),
        ("0:37.5", 1_653_750, 1_653_750),
        ("1:00:37,5", 160_413_750, 160_413_750),
        ("37,5 s", 1_653_750, 1_653_750),
        ("250 ms", 11_025, 11_025),
        ("1 200 f", 1200, 1200),
        ("2 beats", 44_100, 44_100),
        ("1.5 Bars", 132_300, 132_300),
        ("", None, None),
        ("-1 s", None, None),
        ("half a bar", None, None),
    ],
)
def test_places_and_lengths_are_read_kindly(typed: str, place: int | None, length: int | None, code: Call) -> None:
    mix = mix_of(lane("kick"), grid=GRID)
    script = "([typed, mix]) => [code.typedPlace(typed, mix), code.typedLength(typed, mix)]"
    assert code(script, [typed, mix]) == [place, length]


def test_without_a_tempo_plain_numbers_are_seconds(code: Call) -> None:
    script = "mix => [code.typedPlace('5.5', mix), code.typedLength('2 beats', mix)]"
    assert code(script, mix_of(lane("kick"))) == [242_550, None]


def test_what_is_shown_is_read_as_the_same_place(code: Call) -> None:
    """On a sixteenth to the frame, else to the millisecond."""
    script = """([mix, frames]) => frames.map(frame => {
      const text = code.typedText(frame, mix);
      return [text, code.typedPlace(text, mix) - frame];
    })"""
    on_grid = [1000, 1000 + 22_050, 6513]
    for text, off in code(script, [mix_of(lane("kick"), grid=GRID), on_grid]):
        assert off == 0, text
    for text, off in code(script, [mix_of(lane("kick"), grid=GRID), [999, 123_456, 0]]):
        assert abs(off) <= 23, text


def test_no_key_means_two_things_in_one_place(code: Call) -> None:
    """Where two deeds share a key, each says when it counts, but for the last."""
    pairs = code(
        "() => code.CHAPTERS.flatMap(one => one.deeds.map(deed => [deed.combos, deed.also ?? [], !!deed.when]))"
    )
    seen: dict[str, bool] = {}
    for combos, also, has_when in pairs:
        for combo in [*combos, *also]:
            assert seen.get(combo, True), combo
            seen[combo] = has_when


def test_the_manual_lists_the_keys_as_they_are_heard(code: Call) -> None:
    chapters = code(
        """() => code.CHAPTERS.map(({title, deeds}) =>
          [title, deeds.map(({combos, does}) => [combos.map(combo => code.comboText(combo)), does])])"""
    )
    lines = ["| keys | |", "| --- | --- |"]
    for title, deeds in chapters:
        lines.append(f"| **{title}** | |")
        lines += [f"| {' '.join(f'`{one}`' for one in combos)} | {does} |" for combos, does in deeds]
    assert "\n".join(lines) in (Path(__file__).parents[2] / "docs/mixer.md").read_text()


def test_a_place_on_a_line_between_two_frames_is_named_by_that_line(code: Call) -> None:
    """At 124 BPM no bar but the first begins on a frame: what is snapped to one stands up to half a frame beside it."""
    grid = {"bpm": 124, "beats_per_bar": 4, "first_beat_frames": 0}
    bar = 240 / 124 * 44_100
    script = "([frames, grid]) => frames.map(frame => code.placeText(frame, grid, 44100))"
    named = code(script, [[round(bar * at) for at in range(1, 200)], grid])
    assert named == [f"{at + 1:03}.1.1" for at in range(1, 200)]
    assert code(script, [[round(bar * 6) - 2], grid]) == ["006.4.4"]
