"""NI Stems by each ffmpeg that is installed: five streams that stay together, and a manifest that players take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.mix import Output, render_mix
from remixhub.audio.stem_file import render_stem_file
from remixhub.audio.write.encode import AudioFormat
from remixhub.domain.exports.session import DawSession
from remixhub.domain.exports.stem_file import ORDER, StemCodec, families_of, rate_hz, user_box
from remixhub.domain.mix_spec import MixSpec, parse_mix_spec
from tests.stem_rules import faults_of_stem_file, heard_streams, itunes_value, manifest_of, told_streams, told_tags
from tests.unit.domain.exports.sample import mix_session, stem

FRAMES = 90_001
ROLES = {"Kick": "kick", "Sub": "bass", "Vox": "lead_vocals", "Pad": "pad", "Hat": "hihat"}
SPEC = {
    "version": 2, "gain_db": -1.5, "pan": 0.2,
    "lanes": [
        {"stem": "id-of-Kick", "gain_db": -3}, {"stem": "id-of-Sub", "pan": -0.4},
        {"stem": "id-of-Vox", "clips": [{"trim_start_frames": 40_000}, {"offset_frames": 60_000}]},
        {"stem": "id-of-Pad", "gain_points": [{"at_frames": 0, "gain_db": -30}, {"at_frames": 70_000, "gain_db": 0}]},
        {"stem": "id-of-Hat", "muted": True},
    ],
    "loop": {"start_frames": 10_000, "end_frames": 50_003, "times": 3},
}  # fmt: skip


def sounds(folder: Path, *, own_hz: int = 44_100, level: float = 0.1) -> dict[str, Path]:
    """Of all stems by id; the kick is mono."""
    made = {}
    for number, name in enumerate(ROLES):
        wave = level * np.random.default_rng(number).standard_normal((FRAMES, 1 if name == "Kick" else 2)).clip(-2, 2)
        made[f"id-of-{name}"] = folder / f"{name}.wav"
        soundfile.write(made[f"id-of-{name}"], wave, own_hz, subtype="FLOAT")
    return made


def session(spec: dict[str, Any] = SPEC) -> DawSession:
    return mix_session(spec, [stem(name, role=role, frames=FRAMES) for name, role in ROLES.items()])


def written(
    folder: Path, sandbox: Sandbox, codec: StemCodec, spec: MixSpec, paths: dict[str, Path], **more: Any
) -> Path:
    families = families_of(session(), {})
    groups = [{one for one, family in families.items() if family is wanted} for wanted in ORDER]
    path = folder / f"{codec}.mp4"
    udta = user_box(session(), {"RECEIPT.json": "{}"})
    asked = {"sample_rate_hz": rate_hz(spec.sample_rate_hz), "udta": udta, **more}
    render_stem_file(spec, paths, groups, path, codec, sandbox, **asked)
    return path


@pytest.mark.parametrize("codec", list(StemCodec))
def test_five_streams_stay_together_and_the_stems_add_up_to_the_mix(
    tmp_path: Path, sandbox: Sandbox, codec: StemCodec
) -> None:
    paths, spec = sounds(tmp_path), parse_mix_spec(SPEC)
    path = written(tmp_path, sandbox, codec, spec, paths)
    assert faults_of_stem_file(path, sandbox.programs) == []
    assert [one["name"] for one in manifest_of(path)["stems"]] == ["Rhythm", "Low", "Tone", "Voice"]
    tags = told_tags(path, sandbox.programs)
    assert (tags["title"], tags["artist"], tags["initialkey"], tags["RECEIPT.json"]) == ("My mix", "Bo", "Am", "{}")
    assert (itunes_value(path, b"tmpo"), itunes_value(path, b"TAUT")) == (b"\0\x7c", b"STEM")
    whole = tmp_path / "whole.wav"
    made = render_mix(spec, paths, [Output(whole, AudioFormat.WAV)], sandbox)
    assert {one["duration_ts"] for one in told_streams(path, sandbox.programs)} == {made.duration_frames}
    expected = soundfile.read(whole, dtype="float32")[0]
    mix, *stems = heard_streams(path, sandbox.programs)
    assert len({len(one) for one in (mix, *stems)}) == 1, "all are as long as each other"
    shown = expected[: made.duration_frames]
    most_db = {StemCodec.ALAC: -110, StemCodec.AAC: -10}[codec]  # noise is what AAC is worst at
    for heard in (mix, sum(stems)):
        apart = heard[: len(shown)] - shown
        assert 10 * np.log10(np.square(apart).mean() / np.square(shown).mean()) < most_db
    assert all(np.abs(one).max() > 0.05 for one in stems)
    assert written(tmp_path, sandbox, codec, spec, paths).read_bytes() == path.read_bytes()


def test_the_mix_is_the_artists_own_where_there_is_one_in_its_length(tmp_path: Path, sandbox: Sandbox) -> None:
    paths, own = sounds(tmp_path), tmp_path / "own.wav"
    wave = 0.3 * np.sin(2 * np.pi * 220 * np.arange(24_000) / 48_000)[:, None]
    soundfile.write(own, wave, 48_000, subtype="FLOAT")
    spec = parse_mix_spec({"version": 2, "lanes": [{"stem": one} for one in paths]})
    path = written(tmp_path, sandbox, StemCodec.ALAC, spec, paths, own_mix=own)
    mix, *stems = heard_streams(path, sandbox.programs)
    assert {len(mix), *map(len, stems)} == {FRAMES}
    assert mix[10_000:20_000, 0].max() == pytest.approx(0.3, abs=0.01)
    assert np.array_equal(mix[:, 0], mix[:, 1])
    assert not mix[22_100:].any()


def test_high_rates_are_lowered_and_what_exceeds_full_scale_is_lowered_alike(tmp_path: Path, sandbox: Sandbox) -> None:
    paths = sounds(tmp_path, own_hz=96_000, level=0.9)
    spec = parse_mix_spec({"version": 2, "sample_rate_hz": 96_000, "lanes": [{"stem": one} for one in paths]})
    path = written(tmp_path, sandbox, StemCodec.ALAC, spec, paths)
    assert faults_of_stem_file(path, sandbox.programs) == []
    assert {one["sample_rate"] for one in told_streams(path, sandbox.programs)} == {"48000"}
    mix, *stems = heard_streams(path, sandbox.programs)
    assert {len(one) for one in (mix, *stems)} == {(FRAMES + 1) // 2}
    assert 0.5 < np.abs(mix).max() < 1
    assert np.abs(mix - sum(stems)).max() < 4e-7


@pytest.mark.parametrize(
    ("own_hz", "wanted_hz"),
    [(44_100, 44_100), (48_000, 48_000), (88_200, 44_100), (96_000, 48_000), (192_000, 48_000), (32_000, 44_100)],
)
def test_rates_are_those_that_all_players_know(own_hz: int, wanted_hz: int) -> None:
    assert rate_hz(own_hz) == wanted_hz
