"""The engine against the plainest numpy that the specification can be written in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.mix import Output, render_mix
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.audio.tags import Tags
from remixhub.audio.write.encode import AudioFormat
from remixhub.domain.media import Cancelled, Damaged, Truncated
from remixhub.domain.mix_spec import MixEmpty, MixSpec, MixStemMissing, MixTooLong, parse_mix_spec
from tests.plain_mix import plain_sum

RATE_HZ = 44_100
Audio = NDArray[np.float64]


def reference(spec: MixSpec, stems: Mapping[str, Audio]) -> Audio:
    """Stems at the mix' rate, no loudness gain."""
    return plain_sum(spec.as_json(), stems)


def residual_db(found: Audio, expected: Audio) -> float:
    """Highest difference in dBFS."""
    assert found.shape == expected.shape
    return 20 * math.log10(max(float(np.abs(found - expected).max()), 1e-12))


def noise(seed: int, frames: int, channels: int = 2, level: float = 0.2) -> Audio:
    return np.random.default_rng(seed).uniform(-level, level, (frames, channels))


def tone(frames: int, hz: float = 997.0, level: float = 0.25) -> Audio:
    wave = level * np.sin(2 * np.pi * hz * np.arange(frames) / RATE_HZ)
    return np.stack([wave, wave], axis=1)


class Desk:
    """Writes stems into a folder and renders specs over them."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.stems: dict[str, Path] = {}

    def add(self, name: str, sound: Audio, rate_hz: int = RATE_HZ, subtype: str = "FLOAT") -> Audio:
        """The sound as it reads back from the file."""
        self.stems[name] = self.folder / name
        soundfile.write(self.stems[name], sound, rate_hz, subtype=subtype)
        return soundfile.read(self.stems[name], always_2d=True)[0]

    def render(self, spec: MixSpec) -> Audio:
        out = self.folder / "mix.wav"
        render_mix(spec, self.stems, [Output(out, AudioFormat.WAV)], self.sandbox)
        return soundfile.read(out, always_2d=True)[0]


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Desk:
    return Desk(tmp_path, sandbox)


def spec_of(*lanes: Mapping[str, object], **fields: object) -> MixSpec:
    return parse_mix_spec({"version": 1, "sample_rate_hz": RATE_HZ, "lanes": list(lanes), **fields})


def arranged(*lanes: Mapping[str, object], **fields: object) -> MixSpec:
    return spec_of(*lanes, version=2, **fields)


def test_a_mix_nulls_against_the_plainest_numpy(desk: Desk) -> None:
    """Blocks are 65536 frames: stems, offsets, trims and fades begin and end on both sides of their borders."""
    sounds = {
        "a.wav": desk.add("a.wav", noise(1, 200_001)),
        "b.wav": desk.add("b.wav", noise(2, 131_072, channels=1)),
        "c.flac": desk.add("c.flac", noise(3, 70_000), subtype="PCM_24"),
        "d.aiff": desk.add("d.aiff", noise(4, 150_000, channels=1), subtype="PCM_16"),
    }
    spec = spec_of(
        {"stem": "a.wav", "gain_db": -3.3, "pan": -0.7, "fade_in_frames": 66_000, "fade_out_frames": 140_000},
        {"stem": "b.wav", "gain_db": 4.0, "pan": 0.25, "offset_frames": 65_535, "trim_start_frames": 17},
        {"stem": "c.flac", "pan": 0.4, "offset_frames": 131_000, "trim_end_frames": 65_536, "fade_in_frames": 9_000},
        {"stem": "d.aiff", "pan": -1, "offset_frames": 1, "trim_start_frames": 70_000, "fade_out_frames": 1},
        {"stem": "a.wav", "pan": 1, "gain_db": -60, "offset_frames": 300_000},
        gain_db=-1.5,
    )
    assert residual_db(desk.render(spec), reference(spec, sounds)) < -120


@pytest.mark.parametrize("pan", [-1, -0.5, -1e-9, 0, 1e-9, 0.5, 1])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_pan_law_is_that_of_web_audio(desk: Desk, pan: float, channels: int) -> None:
    sounds = {"a.wav": desk.add("a.wav", noise(5, 1_000, channels))}
    spec = spec_of({"stem": "a.wav", "pan": pan})
    assert residual_db(desk.render(spec), reference(spec, sounds)) < -120


def test_fades_longer_than_the_lane_still_follow_their_formula(desk: Desk) -> None:
    sounds = {"a.wav": desk.add("a.wav", noise(6, 5_000))}
    spec = spec_of({"stem": "a.wav", "fade_in_frames": 70_000, "fade_out_frames": 9_000, "trim_start_frames": 10})
    assert residual_db(desk.render(spec), reference(spec, sounds)) < -120


def test_muted_wins_over_solo_and_silent_lanes_keep_the_length(desk: Desk) -> None:
    sounds = {
        name: desk.add(name, noise(seed, 3_000 * seed)) for seed, name in ((1, "a.wav"), (2, "b.wav"), (3, "c.wav"))
    }
    spec = spec_of({"stem": "a.wav", "solo": True}, {"stem": "b.wav", "solo": True, "muted": True}, {"stem": "c.wav"})
    mix = desk.render(spec)
    assert residual_db(mix, reference(spec, sounds)) < -120
    assert len(mix) == 9_000
    assert not mix[3_000:].any()


def test_nothing_limits_a_mix_above_full_scale(desk: Desk) -> None:
    sounds = {"a.wav": desk.add("a.wav", noise(7, 4_000, level=0.9))}
    spec = spec_of(*[{"stem": "a.wav", "gain_db": 12}] * 5)
    mix = desk.render(spec)
    assert np.abs(mix).max() > 15
    assert residual_db(mix / 16, reference(spec, sounds) / 16) < -120


def test_more_lanes_than_are_decoded_at_once_add_up(desk: Desk) -> None:
    sounds = {f"{n}.flac": desk.add(f"{n}.flac", noise(n, 3_000 + n, level=0.02), subtype="PCM_24") for n in range(35)}
    spec = spec_of(*[{"stem": name, "offset_frames": 70_000 - n} for n, name in enumerate(sounds)], gain_db=3)
    assert residual_db(desk.render(spec), reference(spec, sounds)) < -120


def test_a_stem_at_another_rate_is_resampled_and_said_so(desk: Desk, tmp_path: Path) -> None:
    sound = desk.add("a.wav", noise(8, 96_001, channels=2) * np.hanning(96_001)[:, None], 48_000)
    spec = spec_of({"stem": "a.wav", "trim_start_frames": 44_100})
    mixdown = render_mix(spec, desk.stems, [Output(tmp_path / "x.wav", AudioFormat.WAV)], desk.sandbox)
    expected = soxr.resample(sound.astype(np.float32), 48_000, RATE_HZ, quality="HQ")[44_100:]
    assert residual_db(soundfile.read(tmp_path / "x.wav")[0], expected.astype(np.float64)) < -120
    assert [warning.code for warning in mixdown.warnings] == ["resampled"]
    assert mixdown.duration_frames == round(96_001 * 44_100 / 48_000) - 44_100


@pytest.mark.parametrize("name", ["a.flac", "a.wav", "a.ogg"])
def test_a_stem_is_played_at_many_places_in_any_order(desk: Desk, name: str) -> None:
    """By two lanes, one of which goes back in it, and by one that goes on."""
    sound = noise(13, 200_001)
    if name == "a.ogg":
        soundfile.write(desk.folder / name, sound, RATE_HZ)
        desk.stems[name] = desk.folder / name
        with open_blocks(desk.stems[name], probe(desk.stems[name], desk.sandbox), desk.sandbox) as blocks:
            sound = np.concatenate(list(blocks)).astype(np.float64)
    else:
        sound = desk.add(name, sound, subtype="PCM_24")
    back = [
        {"trim_start_frames": at, "trim_end_frames": len(sound) - at - 30_000, "offset_frames": place}
        for place, at in [(0, 150_000), (50_000, 10_000), (60_000, 150_000), (190_000, 65_536), (131_072, 0)]
    ]
    on = [{"trim_end_frames": len(sound) - 9_000}, {"trim_start_frames": 100_000, "offset_frames": 70_000}]
    spec = arranged({"stem": name, "clips": back}, {"stem": name, "clips": on}, {"stem": name, "clips": back[::-1]})
    assert residual_db(desk.render(spec), reference(spec, {name: sound})) < -120
    assert sorted(path.name for path in desk.folder.iterdir()) == [name, "mix.wav"]


def test_a_loop_is_measured_as_it_is_heard(desk: Desk, tmp_path: Path) -> None:
    sound = np.vstack([tone(RATE_HZ, level=0.05), tone(RATE_HZ, level=0.5), tone(RATE_HZ, level=0.05)])
    sounds = {"a.wav": desk.add("a.wav", sound)}
    loop = {"start_frames": RATE_HZ, "end_frames": 2 * RATE_HZ, "times": 7}
    spec = arranged({"stem": "a.wav"}, loop=loop, loudness={"target_lufs": -14.0})
    out, drawing = tmp_path / "mix.wav", tmp_path / "mix.dat"
    mixdown = render_mix(spec, desk.stems, [Output(out, AudioFormat.WAV)], desk.sandbox, peaks={256: drawing})
    found = measure(out, desk.sandbox)
    assert mixdown.duration_frames == found.duration_frames == 9 * RATE_HZ
    assert found.integrated_lufs == pytest.approx(-14.0, abs=0.001)
    expected = reference(spec, sounds) * 10 ** (mixdown.loudness_gain_db / 20)
    assert residual_db(soundfile.read(out)[0], expected) < -120
    assert len(drawing.read_bytes()) == 24 + 4 * -(-9 * RATE_HZ // 256)


def test_clips_of_which_nothing_is_left_are_told_one_by_one(desk: Desk, tmp_path: Path) -> None:
    desk.add("a.wav", noise(14, 1_000))
    desk.add("b.wav", noise(15, 1_000))
    lanes = [
        {"stem": "a.wav", "clips": [{"trim_end_frames": 1_000}, {}, {"trim_start_frames": 5_000}]},
        {"stem": "b.wav", "clips": [{"trim_end_frames": 1_000}]},
        {"stem": "b.wav", "clips": []},
    ]
    mixdown = render_mix(arranged(*lanes), desk.stems, [Output(tmp_path / "x.wav", AudioFormat.WAV)], desk.sandbox)
    assert [(warning.code, warning.detail) for warning in mixdown.warnings] == [
        ("trimmed_away", "Trimming leaves nothing of clip 1 of a.wav."),
        ("trimmed_away", "Trimming leaves nothing of clip 3 of a.wav."),
        ("trimmed_away", "Trimming leaves nothing of b.wav."),
    ]
    assert mixdown.duration_frames == 1_000


@pytest.mark.parametrize("format", list(AudioFormat))
def test_the_loudness_target_holds_in_the_encoded_file(desk: Desk, tmp_path: Path, format: AudioFormat) -> None:
    desk.add("a.wav", tone(10 * RATE_HZ))
    spec = spec_of({"stem": "a.wav"}, loudness={"target_lufs": -14.0, "ceiling_dbtp": -1.0})
    out = tmp_path / f"mix{format.suffix}"
    mixdown = render_mix(spec, desk.stems, [Output(out, format)], desk.sandbox)
    assert mixdown.integrated_lufs == pytest.approx(-14.0, abs=0.001)
    assert measure(out, desk.sandbox).integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert mixdown.warnings == ()


def test_the_ceiling_goes_before_the_target(desk: Desk, tmp_path: Path) -> None:
    clicks = np.zeros((5 * RATE_HZ, 2))
    clicks[:: RATE_HZ // 10] = 0.5
    desk.add("a.wav", clicks)
    spec = spec_of({"stem": "a.wav"}, loudness={"target_lufs": -10, "ceiling_dbtp": -2})
    out = tmp_path / "mix.wav"
    mixdown = render_mix(spec, desk.stems, [Output(out, AudioFormat.WAV)], desk.sandbox)
    assert mixdown.true_peak_dbtp == pytest.approx(-2.0, abs=0.01)
    assert measure(out, desk.sandbox).true_peak_dbtp == pytest.approx(-2.0, abs=0.01)
    assert [warning.code for warning in mixdown.warnings] == ["ceiling_reached"]


def test_silence_and_blinks_have_no_loudness(desk: Desk, tmp_path: Path) -> None:
    desk.add("silent.wav", np.zeros((RATE_HZ, 2)))
    desk.add("blink.wav", tone(1_000, level=0.99))
    wanted = {"target_lufs": -14, "ceiling_dbtp": -6}
    out = [Output(tmp_path / "mix.wav", AudioFormat.WAV)]
    silent = render_mix(spec_of({"stem": "silent.wav"}, loudness=wanted), desk.stems, out, desk.sandbox)
    assert (silent.integrated_lufs, silent.true_peak_dbtp, silent.loudness_gain_db) == (None, None, 0.0)
    assert [warning.code for warning in silent.warnings] == ["silent"]
    blink = render_mix(spec_of({"stem": "blink.wav"}, loudness=wanted), desk.stems, out, desk.sandbox)
    assert blink.true_peak_dbtp == pytest.approx(-6, abs=0.01)
    assert [warning.code for warning in blink.warnings] == ["too_short"]


def test_clipping_is_reported_where_the_file_cannot_hold_it(desk: Desk, tmp_path: Path) -> None:
    desk.add("a.wav", tone(RATE_HZ, level=0.9))
    spec = spec_of({"stem": "a.wav", "gain_db": 6})
    float_only = render_mix(spec, desk.stems, [Output(tmp_path / "a.wav", AudioFormat.WAV)], desk.sandbox)
    assert float_only.warnings == ()
    flac = render_mix(spec, desk.stems, [Output(tmp_path / "a.flac", AudioFormat.FLAC)], desk.sandbox)
    assert [warning.code for warning in flac.warnings] == ["above_full_scale"]


@pytest.mark.parametrize(
    ("format", "bit_depth"),
    [
        (AudioFormat.WAV, 32),
        (AudioFormat.WAV, 16),
        (AudioFormat.FLAC, 16),
        (AudioFormat.MP3, None),
        (AudioFormat.OPUS, None),
    ],
)
def test_the_same_spec_gives_the_same_bytes(
    desk: Desk, tmp_path: Path, format: AudioFormat, bit_depth: int | None
) -> None:
    desk.add("a.wav", noise(9, 100_000))
    spec = spec_of({"stem": "a.wav", "fade_in_frames": 441}, loudness={"target_lufs": -14})
    written = []
    for name in ("first", "second"):
        out = tmp_path / f"{name}{format.suffix}"
        render_mix(spec, desk.stems, [Output(out, format, Tags(title="Mix"), bit_depth)], desk.sandbox)
        written.append(out.read_bytes())
    assert written[0] == written[1]


def test_sixteen_bits_are_dithered_by_the_spec(desk: Desk, tmp_path: Path) -> None:
    """A tone of half a step would vanish without dither; with it, it is there, on average exact."""
    quiet = tone(4 * RATE_HZ, level=0.5 / 2**15)
    desk.add("a.wav", quiet)
    out = tmp_path / "mix.wav"
    render_mix(spec_of({"stem": "a.wav"}), desk.stems, [Output(out, AudioFormat.WAV, bit_depth=16)], desk.sandbox)
    found = soundfile.read(out)[0]
    assert np.sum(found * quiet) / np.sum(quiet**2) == pytest.approx(1, abs=0.05)


def test_progress_rises_and_a_cancelled_render_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.add("a.wav", noise(10, 400_000))
    out = tmp_path / "mix.flac"
    seen: list[tuple[float, str]] = []
    spec = spec_of({"stem": "a.wav"})
    render_mix(spec, desk.stems, [Output(out, AudioFormat.FLAC)], desk.sandbox, on_progress=lambda *x: seen.append(x))
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)
    assert {step for _, step in seen} == {"mixing", "encoding"}
    out.unlink()
    seen.clear()
    with pytest.raises(Cancelled):
        render_mix(
            spec,
            desk.stems,
            [Output(out, AudioFormat.FLAC)],
            desk.sandbox,
            on_progress=lambda *x: seen.append(x),
            cancelled=lambda: bool(seen) and seen[-1][1] == "encoding",
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav"]


def test_a_damaged_stem_spoils_the_mix_even_where_it_is_trimmed(desk: Desk, tmp_path: Path) -> None:
    desk.add("a.flac", noise(11, 300_000), subtype="PCM_16")
    whole = desk.stems["a.flac"].read_bytes()
    desk.stems["a.flac"].write_bytes(whole[: len(whole) * 3 // 4])
    out = tmp_path / "mix.wav"
    with pytest.raises((Truncated, Damaged)):
        render_mix(
            spec_of({"stem": "a.flac", "trim_end_frames": 290_000}),
            desk.stems,
            [Output(out, AudioFormat.WAV)],
            desk.sandbox,
        )
    assert not out.exists()
    again = {"trim_end_frames": 290_000, "offset_frames": 9}
    with pytest.raises((Truncated, Damaged)):
        desk.render(arranged({"stem": "a.flac", "clips": [again, again]}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.flac"]


def test_mixes_that_cannot_be_are_refused(desk: Desk) -> None:
    desk.add("a.wav", noise(12, 1_000))
    with pytest.raises(MixStemMissing) as caught:
        desk.render(spec_of({"stem": "a.wav"}, {"stem": "b.wav"}))
    assert list(caught.value.violations) == ["/lanes/1/stem"]
    with pytest.raises(MixEmpty):
        desk.render(spec_of({"stem": "a.wav", "trim_end_frames": 1_000}))
    with pytest.raises(MixTooLong):
        desk.render(spec_of({"stem": "a.wav", "offset_frames": 7_200 * RATE_HZ}))
    with pytest.raises(MixEmpty):
        desk.render(arranged({"stem": "a.wav", "clips": []}))
    hour = {"start_frames": 0, "end_frames": 3_600 * RATE_HZ, "times": 2}
    with pytest.raises(MixTooLong):
        desk.render(arranged({"stem": "a.wav", "clips": [{"offset_frames": 3_600 * RATE_HZ}]}, loop=hour))


def test_peaks_are_drawn_of_the_mix_after_its_gains(desk: Desk, tmp_path: Path) -> None:
    desk.add("a.wav", tone(RATE_HZ, level=0.25))
    drawing = tmp_path / "mix.dat"
    spec = spec_of({"stem": "a.wav", "gain_db": 20 * math.log10(2)})
    render_mix(spec, desk.stems, [Output(tmp_path / "mix.wav", AudioFormat.WAV)], desk.sandbox, peaks={256: drawing})
    pairs = np.frombuffer(drawing.read_bytes()[24:], np.int8).reshape(-1, 2, 2)
    assert len(pairs) == -(-RATE_HZ // 256)
    assert pairs[1:-1, :, 1].min() >= 63
    assert pairs[1:-1, :, 0].max() <= -63
