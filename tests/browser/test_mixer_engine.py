"""What the mixer's engine plays, sample by sample: without a gap, on the very frame, and on through trouble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.loudness import LoudnessMeter
from remixhub.audio.measure.true_peak import TruePeakMeter
from remixhub.audio.mixer_sound import write_mixer_sound
from tests.browser.mixer_rig import Rig, encoded, floats, opened_rig
from tests.signals import Sound, music, write_sound

RATE_HZ = 44_100
RAMP = RATE_HZ // 100
CHUNK = 131_072
SECONDS = 12
SOURCE = """
export { Loader } from "./mixing/sound/chunks";
export { Engine } from "./mixing/sound/engine";
export { LoudnessMeter } from "./mixing/sound/loudness";
export { loudnessOf } from "./mixing/sound/measuring";
export { MixPlayer } from "./mixing/sound/mix_player";
export { openOutput } from "./mixing/sound/output";
export { planMix, unrolledFrames } from "./mixing/sound/plan";
export { readMix } from "./mixing/document/reading";
export { ResampledPlayer } from "./mixing/sound/resampled_player";
export { supplyPieces } from "./mixing/sound/supply";
export { TruePeakMeter } from "./mixing/sound/true_peak";

import { Loader } from "./mixing/sound/chunks";
import { loudnessOf } from "./mixing/sound/measuring";
import { MixPlayer } from "./mixing/sound/mix_player";
import { planMix, unrolledFrames } from "./mixing/sound/plan";
import { readMix } from "./mixing/document/reading";
import { supplyPieces } from "./mixing/sound/supply";

const codecs = () => { throw new Error("WebCodecs decodes"); };

export async function rendered(spec, stems) {
  const mix = readMix(spec);
  const frames = unrolledFrames(planMix(mix, stems));
  const sound = [new Float32Array(frames), new Float32Array(frames)];
  let at = 0;
  await loudnessOf(mix, stems, new Loader(stems, codecs, () => undefined), (left, right, count) => {
    sound[0].set(left.subarray(0, count), at);
    sound[1].set(right.subarray(0, count), at);
    at += count;
  });
  return sound;
}

/** The player as the audio thread runs it, as fast as pieces come. */
export class Studio {
  told = null;
  sound = [[], []];
  frames = 0;
  serial = 0;
  held = null;
  constructor(stems) {
    this.player = new MixPlayer(44100, stems, told => (this.told = told));
    const loader = new Loader(stems, codecs, () => undefined);
    this.open = new Set();
    const arrive = arrival => {
      this.player.arrived(arrival);
      this.open.delete(`${arrival.stem} ${arrival.piece.start / 32768}`);
    };
    const deliver = arrival => this.held ? this.held.push(arrival) : arrive(arrival);
    const wish = supplyPieces(loader, deliver, fault => { throw fault; });
    this.release = () => { const held = this.held; this.held = null; held.forEach(arrive); };
    this.player.supply(asked => {
      this.open.clear(); // each wish stands for itself
      for (let at = 0; at < asked.pieces.length; at += 2) this.open.add(`${asked.pieces[at]} ${asked.pieces[at + 1]}`);
      wish(asked);
    });
  }
  send(order) {
    this.player.receive({ ...order, serial: ++this.serial });
  }
  async run(frames) {
    for (let done = 0; done < frames; done += 128, this.frames += 128) {
      if (done % 8192 === 0) await this.settled();
      const [left, right] = [new Float32Array(128), new Float32Array(128)];
      this.player.process(left, right, this.frames);
      this.sound[0].push(left);
      this.sound[1].push(right);
    }
  }
  async settled() {
    while (this.open.size > 0 && this.held === null) await new Promise(resolve => setTimeout(resolve));
  }
  heard() {
    return this.sound.map(blocks => {
      const all = new Float32Array(128 * blocks.length);
      blocks.forEach((block, at) => all.set(block, 128 * at));
      return all;
    });
  }
}
"""
PERFORM = """async ([specs, stems, steps]) => {
  const studio = new code.Studio(stems);
  studio.send({ kind: "mix", mix: code.readMix(specs[0]) });
  const told = [];
  for (const [name, given] of steps) {
    if (name === "run") await studio.run(given);
    else if (name === "hold") studio.held = [];
    else if (name === "release") studio.release();
    else if (name === "mix") studio.send({ kind: "mix", mix: code.readMix(specs[given]) });
    else if (name === "seek") studio.send({ kind: "seek", frame: given });
    else if (name === "loop") studio.send({ kind: "loop", braces: { startFrames: given[0], endFrames: given[1] } });
    else studio.send({ kind: name });
    told.push([studio.told?.position, studio.told?.isPlaying, studio.told?.isSounding]);
  }
  const expected = [];
  for (const spec of specs) expected.push(code.encoded(...await code.rendered(spec, stems)));
  return [code.encoded(...studio.heard()), expected, told];
}"""

Json = dict[str, Any]


@pytest.fixture(scope="module")
def rig(browser: Browser, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with opened_rig(browser, SOURCE, tmp_path_factory.mktemp("rig")) as opened:
        for seed, stem_id in enumerate(("drums", "bass", "keys", "long")):
            folder = tmp_path_factory.mktemp(stem_id)
            sound = music(SECONDS, RATE_HZ, channels=1 + seed % 2, seed=seed, peak=0.3)
            if stem_id == "long":
                sound = np.tile(sound, (4, 1))
            flac, index = write_mixer_sound(
                write_sound(folder / "stem.wav", sound, RATE_HZ, "PCM_24"), folder, sandbox, RATE_HZ
            )
            opened.shop.put_stem(stem_id, flac.path, index.path)
        yield opened


def stems_of(rig: Rig) -> list[Json]:
    return [rig.stem(stem_id) for stem_id in ("drums", "bass", "keys", "long")]


def spec(**fields: Any) -> Json:
    lanes = [{"stem": "drums", "pan": 0.3}, {"stem": "bass", "gain_db": -2}, {"stem": "keys", "pan": -0.2}]
    return {"version": 2, "sample_rate_hz": RATE_HZ, "lanes": lanes, **fields}


def perform(rig: Rig, specs: list[Json], *steps: list[Any]) -> tuple[Sound, list[Sound], list[list[Any]]]:
    heard, expected, told = rig.call(PERFORM, [specs, stems_of(rig), steps])
    return floats(heard), [floats(one) for one in expected], told


def crossfaded(before: Sound, after: Sound) -> Sound:
    part = (np.arange(RAMP) / RAMP)[:, None]
    return (before[:RAMP] * (1 - part) + after[:RAMP] * part).astype(np.float32)


def close(heard: Sound, expected: Sound) -> bool:
    return len(heard) == len(expected) and bool(np.abs(heard - expected).max(initial=0) < 2e-7)


def test_what_is_played_is_what_is_rendered(rig: Rig) -> None:
    """Over all borders of chunks, to the end; ten milliseconds fade it in."""
    heard, [expected], told = perform(rig, [spec()], ["play", None], ["run", SECONDS * RATE_HZ + 2 * 8_192])
    assert close(heard[:RAMP], crossfaded(np.zeros_like(expected), expected))
    assert np.array_equal(heard[RAMP : len(expected)], expected[RAMP:])
    assert not heard[len(expected) :].any()
    assert told[-1] == [len(expected), False, False]


def test_the_loop_of_the_mix_is_played_as_it_is_rendered(rig: Rig) -> None:
    looped = spec(loop={"start_frames": 30_001, "end_frames": 77_777, "times": 3})
    heard, [expected], _ = perform(rig, [looped], ["play", None], ["run", 4 * RATE_HZ])
    assert np.array_equal(heard[RAMP:], expected[RAMP : len(heard)])


def test_a_seek_lands_on_the_frame(rig: Rig) -> None:
    at, to, back = 25_600, 2 * CHUNK + 4_097, 40_001
    heard, [expected], _ = perform(
        rig, [spec()], ["play", None], ["run", at], ["seek", to], ["run", at], ["seek", back], ["run", at]
    )
    assert close(heard[at : at + RAMP], crossfaded(expected[at:], expected[to:]))
    assert np.array_equal(heard[at + RAMP : 2 * at], expected[to + RAMP : to + at])
    assert close(heard[2 * at : 2 * at + RAMP], crossfaded(expected[to + at :], expected[back:]))
    assert np.array_equal(heard[2 * at + RAMP :], expected[back + RAMP : back + at])


def test_another_mix_is_heard_at_once_without_a_jump(rig: Rig) -> None:
    solo = spec()
    solo["lanes"] = [{**lane, "solo": lane["stem"] == "bass"} for lane in solo["lanes"]]
    heard, [before, after], _ = perform(
        rig, [spec(), solo], ["play", None], ["run", 25_600], ["mix", 1], ["run", 12_800]
    )
    at = 25_600
    assert np.array_equal(heard[RAMP:at], before[RAMP:at])
    assert close(heard[at : at + RAMP], crossfaded(before[at:], after[at:]))
    assert np.array_equal(heard[at + RAMP :], after[at + RAMP : len(heard)])


def test_braces_keep_their_length(rig: Rig) -> None:
    start, end = 20_000, 20_000 + RATE_HZ
    heard, [expected], _ = perform(
        rig, [spec()], ["loop", [start, end]], ["seek", start], ["play", None], ["run", 5 * RATE_HZ]
    )
    for turn in range(1, 4):
        at = turn * (end - start)
        assert close(heard[at : at + RAMP], crossfaded(expected[end:], expected[start:])), turn
        assert np.array_equal(heard[at + RAMP : at + RATE_HZ], expected[start + RAMP : end]), turn


def test_pause_goes_on_where_it_was(rig: Rig) -> None:
    heard, [expected], told = perform(
        rig,
        [spec()],
        ["play", None],
        ["run", 12_800],
        ["pause", None],
        ["run", 12_800],
        ["play", None],
        ["run", 12_800],
    )
    assert told[3] == [12_800, False, False]
    assert close(heard[12_800 : 12_800 + RAMP], crossfaded(expected[12_800:], np.zeros_like(expected)))
    assert not heard[12_800 + RAMP : 25_600].any()
    assert np.array_equal(heard[25_600 + RAMP :], expected[12_800 + RAMP : 25_600])


def test_a_missing_piece_holds_all_lanes_and_then_lets_them_go_on(rig: Rig) -> None:
    seconds = 14 * RATE_HZ // 128 * 128
    two = spec(lanes=[{"stem": "long"}, {"stem": "drums", "clips": [{"offset_frames": 10 * RATE_HZ}]}])
    heard, [expected], told = perform(
        rig, [two], ["play", None], ["run", 12_800], ["hold", None], ["run", seconds], ["release", None],
        ["run", 8_192 * 2],
    )  # fmt: skip
    stopped = told[3][0]
    assert told[3][1:] == [True, False], "it wants to play, and waits"
    assert 10 * RATE_HZ < stopped < seconds
    assert np.array_equal(heard[RAMP:stopped], expected[RAMP:stopped])
    assert close(heard[stopped : stopped + RAMP], crossfaded(expected[stopped:], np.zeros_like(expected)))
    silent = heard[stopped + RAMP : 12_800 + seconds]
    assert not silent.any()
    again = 12_800 + seconds
    assert np.array_equal(heard[again + RAMP :], expected[stopped + RAMP : stopped + len(heard) - again])


LONG = """async ([spec, stems, frames]) => {
  const studio = new code.Studio(stems);
  studio.send({ kind: "mix", mix: code.readMix(spec) });
  studio.send({ kind: "play" });
  await studio.run(frames);
  const heard = studio.heard();
  const expected = await code.rendered(spec, stems);
  const differing = [0, 1].map(side => {
    let count = 0;
    for (let i = 441; i < frames; i++) if (heard[side][i] !== expected[side][i]) count += 1;
    return count;
  });
  return [differing, studio.told.position, studio.told.at];
}"""


def test_five_minutes_drift_by_no_frame(rig: Rig) -> None:
    """As fast as it goes: a stem on 26 clips, and another one under them."""
    frames = 300 * RATE_HZ // 2_048 * 2_048
    clips = [{"offset_frames": at * 511_993, "fade_in_frames": 441} for at in range(26)]
    long = spec(lanes=[{"stem": "drums", "clips": clips}, {"stem": "keys", "clips": clips[:-1]}])
    differing, position, at = rig.call(LONG, [long, stems_of(rig), frames])
    assert differing == [0, 0]
    assert position == at > frames - 2_048


RECORD = """async ([spec, stems, from, frames]) => {
  const mix = code.readMix(spec);
  let last = null;
  const output = await code.openOutput(44100, stems, stems, told => (last = told), fault => console.warn(fault));
  const { context, node } = output;
  await context.audioWorklet.addModule("/recorder.js");
  const recorder = new AudioWorkletNode(context, "recorder", { channelCount: 2, channelCountMode: "explicit" });
  const blocks = [[], []];
  recorder.port.onmessage = ({ data }) => data.forEach((block, side) => blocks[side].push(block));
  node.connect(recorder).connect(context.destination);
  output.send({ kind: "mix", mix, serial: 1 });
  output.send({ kind: "seek", frame: from, serial: 2 });
  await context.resume();
  output.send({ kind: "play", serial: 3 });
  while (!(last?.position > from + frames)) await new Promise(resolve => setTimeout(resolve, 20));
  const rate = context.sampleRate;
  await output.close();
  const heard = blocks.map(side => {
    const all = new Float32Array(128 * side.length);
    side.forEach((block, at) => all.set(block, 128 * at));
    return all;
  });
  return [code.encoded(...heard), code.encoded(...await code.rendered(spec, stems)), rate];
}"""
RECORDER = b"""
registerProcessor("recorder", class extends AudioWorkletProcessor {
  process([input]) {
    if (input.length > 1) this.port.postMessage(input.map(block => block.slice()));
    return true;
  }
});
"""


def test_the_audio_thread_plays_the_samples_across_a_border_of_chunks(rig: Rig) -> None:
    """In real time, through worker, worklet and context."""
    rig.shop.files["/recorder.js"] = RECORDER
    start, frames = CHUNK - 22_050, 33_000
    heard, expected, rate_hz = rig.call(RECORD, [spec(), stems_of(rig), start, frames])
    assert rate_hz == RATE_HZ
    played, whole = floats(heard), floats(expected)
    first = int(np.flatnonzero(np.abs(played).max(axis=1) > 0)[0])
    # the first frame of a fade-in is silent, as may be some of the sound
    at = next(at for at in range(first - 8, first + 1) if np.array_equal(
        played[at + RAMP : at + 4_096], whole[start + RAMP : start + 4_096]
    ))  # fmt: skip
    assert np.array_equal(played[at + RAMP : at + frames], whole[start + RAMP : start + frames])


ENGINE = """async ([spec, stems]) => {
  const engine = (window.engine = new code.Engine(44100, stems));
  window.told = [];
  engine.addEventListener("change", () => window.told.push(engine.trouble));
  engine.setMix(code.readMix(spec));
  await engine.play();
}"""


def test_a_lost_network_and_addresses_that_expired_do_not_end_it(rig: Rig) -> None:
    page, shop = rig.page, rig.shop
    rig.call(ENGINE, [spec(lanes=[{"stem": "long"}, {"stem": "drums"}]), stems_of(rig)])
    page.wait_for_function("() => engine.position > 20000")
    assert rig.call("() => [engine.isWaiting, engine.trouble, engine.note]") == [False, "", ""]

    shop.is_lost = True
    rig.call(f"() => engine.seek({30 * RATE_HZ})")
    page.wait_for_function("() => engine.isWaiting && engine.trouble.startsWith('The connection is lost')")
    assert rig.call("() => [engine.isPlaying, engine.position]") == [True, 30 * RATE_HZ]
    shop.is_lost = False
    page.wait_for_function(f"() => !engine.isWaiting && engine.trouble === '' && engine.position > {30.2 * RATE_HZ}")

    shop.signature += 1
    shop.asked.clear()
    rig.call(f"() => engine.seek({15 * RATE_HZ})")
    page.wait_for_function(
        f"() => !engine.isWaiting && engine.position > {15.2 * RATE_HZ} && engine.position < {20 * RATE_HZ}"
    )
    assert 403 in {status for _, status in shop.asked}
    lost = "The connection is lost. What is loaded plays on; it goes on by itself when it is back."
    assert set(rig.call("() => told")) == {"", lost}
    page.evaluate("() => engine.pause()")
    assert rig.call("() => engine.isPlaying") is False
    rig.call("() => engine.close()")


def test_the_whole_mix_is_measured_beside_it(rig: Rig) -> None:
    measured, rendered = rig.call(
        """async ([spec, stems]) => {
          const engine = new code.Engine(44100, stems);
          engine.setMix(code.readMix(spec));
          const stopped = new AbortController();
          const given = engine.measure(stopped.signal).catch(fault => fault.name);
          stopped.abort();
          const found = [await engine.measure(new AbortController().signal), await given];
          await engine.close();
          return [found, code.encoded(...await code.rendered(spec, stems))];
        }""",
        [spec(loudness={"target_lufs": -14, "ceiling_dbtp": -1}), stems_of(rig)],
    )
    sound = floats(rendered)
    found, stopped = measured
    assert stopped == "AbortError"
    loudness, peak = levels_by_the_server(sound, RATE_HZ)
    assert found["integratedLufs"] == pytest.approx(loudness, abs=0.02)
    assert found["truePeakDbtp"] == pytest.approx(peak, abs=0.02)
    assert found["gainDb"] == pytest.approx(min(-14 - found["integratedLufs"], -1 - found["truePeakDbtp"]))


def levels_by_the_server(sound: Sound, rate_hz: int) -> tuple[float | None, float | None]:
    loudness, peak = LoudnessMeter(rate_hz, 2), TruePeakMeter(rate_hz, 2)
    loudness.add(sound)
    peak.add_block(sound)
    return loudness.integrated_lufs(), peak.peak_dbtp()


METERS = """([encoded, rate]) => {
  const raw = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
  const all = new Float32Array(raw.buffer);
  const frames = all.length / 2;
  const [left, right] = [all.subarray(0, frames), all.subarray(frames)];
  const loudness = new code.LoudnessMeter(rate);
  const peak = new code.TruePeakMeter(rate);
  for (let at = 0; at < frames; at += 128) {
    const count = Math.min(128, frames - at);
    loudness.add(left.subarray(at, at + count), right.subarray(at, at + count), count);
    peak.add(left.subarray(at, at + count), right.subarray(at, at + count), count);
  }
  peak.finish();
  return [loudness.integratedLufs, 20 * Math.log10(peak.peak)];
}"""


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 96_000])
def test_the_meters_are_the_servers(rate_hz: int, rig: Rig) -> None:
    sound = music(5, rate_hz, seed=3, peak=1.2)
    lufs, peak = rig.call(METERS, [encoded(sound), rate_hz])
    loudness, true_peak = levels_by_the_server(sound, rate_hz)
    assert lufs == pytest.approx(loudness, abs=0.02)
    assert peak == pytest.approx(true_peak, abs=0.02)


POORER = """
delete window.AudioWorkletNode;
window.decoded = 0;
const decode = BaseAudioContext.prototype.decodeAudioData;
BaseAudioContext.prototype.decodeAudioData = function (file) { window.decoded += 1; return decode.call(this, file); };
const Whole = AudioContext;
window.AudioContext = class extends Whole { constructor(options) { super({ ...options, sampleRate: 48000 }); } };
"""


def test_a_browser_without_worklet_codecs_and_the_mix_rate_plays_and_says_so(rig: Rig, browser: Browser) -> None:
    scripts = {path: code for path, code in rig.shop.files.items() if b"AudioDecoder" in code}
    rig.shop.files.update({path: b"self.AudioDecoder = undefined;\n" + code for path, code in scripts.items()})
    page = browser.new_page()
    try:
        page.add_init_script(POORER)
        page.goto(rig.url)
        page.evaluate(ENGINE, [spec(), stems_of(rig)])
        page.wait_for_function("() => engine.position > 20000 && engine.levels.left > -40")
        trouble, note, decoded = page.evaluate("() => [engine.trouble, engine.note, decoded]")
        page.evaluate("() => engine.close()")
    finally:
        page.close()
        rig.shop.files.update(scripts)
    assert trouble == ""
    assert "at 48 kHz instead of 44.1 kHz" in note
    assert "no thread of its own" in note
    assert decoded > 0


RESAMPLED = """([from, to, hz, frames]) => {
  let at = 0;
  const tone = { process(left, right) {
    for (let i = 0; i < left.length; i++, at++) right[i] = -(left[i] = Math.sin(2 * Math.PI * hz * at / from));
  } };
  const player = new code.ResampledPlayer(tone, from, to);
  const sound = [new Float32Array(frames), new Float32Array(frames)];
  for (let done = 0; done < frames; done += 128) {
    player.process(...sound.map(side => side.subarray(done, done + 128)), done);
  }
  return [code.encoded(...sound), at];
}"""


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000)])
def test_at_another_rate_tones_keep_pitch_level_and_length(from_hz: int, to_hz: int, rig: Rig) -> None:
    tone_hz, frames, delay, settled = 997, 375 * 128, 16, 128
    sound, read = rig.call(RESAMPLED, [from_hz, to_hz, tone_hz, frames])
    heard = floats(sound)[settled:]
    seconds = np.arange(settled, frames) / to_hz - delay / from_hz
    expected = np.sin(2 * np.pi * tone_hz * seconds)
    assert np.abs(heard[:, 0] - expected).max() < 1e-3
    assert np.array_equal(heard[:, 1], -heard[:, 0])
    assert 0 <= read - frames * from_hz / to_hz < 256


GAINS = """
window.gains = [];
const Gain = GainNode;
window.GainNode = class extends Gain { constructor(...given) { super(...given); gains.push(this); } };
"""


def test_the_reference_is_heard_as_loud_as_the_mix_and_gives_way_again(rig: Rig, browser: Browser) -> None:
    rig.shop.files["/reference"] = rig.shop.files["/store/drums"]
    page = browser.new_page()
    try:
        page.add_init_script(GAINS)
        page.goto(rig.url)
        page.evaluate(ENGINE, [spec(), stems_of(rig)])
        mix_lufs = page.evaluate("async () => (await engine.measure(new AbortController().signal)).integratedLufs")
        page.evaluate("lufs => engine.compare({ address: '/reference', lufs })", mix_lufs + 5)
        page.wait_for_function("() => gains[0].gain.value === 0 && gains[1].gain.value > 0.5")
        assert page.evaluate("() => gains[1].gain.value") == pytest.approx(10 ** (-5 / 20), rel=1e-5)
        page.evaluate("() => engine.compare(null)")
        page.wait_for_function("() => gains[0].gain.value === 1 && gains[1].gain.value === 0")
        page.evaluate("() => engine.close()")
    finally:
        page.close()
