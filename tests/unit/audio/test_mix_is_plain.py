"""The engine's float render nulls against `tests/plain_mix.py`, which was written from `docs/mix-spec.md` alone."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
from remixhub.audio.mix import Mixdown, Output, render_mix
from remixhub.audio.write.encode import AudioFormat
from remixhub.domain.mix_spec import parse_mix_spec
from tests.mix_specs import random_spec
from tests.plain_mix import Audio, loudness_gain_db, plain_sum

RATE_HZ = 44_100


class Studio:
    """Stems as files, and as the arrays that they are at the mix's rate. No decoder process reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: dict[str, Path] = {}
        self.sounds: dict[str, Audio] = {}

    def add(self, name: str, sound: Audio, rate_hz: int = RATE_HZ, subtype: str = "FLOAT") -> None:
        self.paths[name] = self.folder / name
        soundfile.write(self.paths[name], sound, rate_hz, subtype=subtype)
        read = soundfile.read(self.paths[name], always_2d=True, dtype="float32")[0]
        if rate_hz != RATE_HZ:
            read = soxr.resample(read, rate_hz, RATE_HZ, quality="HQ")
        self.sounds[name] = read.astype(np.float64)

    def render(self, document: dict[str, Any]) -> tuple[Audio, Mixdown]:
        out = self.folder / "mix.wav"
        sandbox = Sandbox(SandboxLevel.RLIMITS, find_ffmpeg())
        mixdown = render_mix(parse_mix_spec(document), self.paths, [Output(out, AudioFormat.WAV)], sandbox)
        return soundfile.read(out, always_2d=True)[0], mixdown

    def check(self, document: dict[str, Any]) -> None:
        """At most -120 dBFS of difference; a mix above full scale is turned down to it."""
        found, mixdown = self.render(document)
        expected = plain_sum(document, self.sounds)
        assert found.shape == expected.shape
        assert mixdown.loudness_gain_db == pytest.approx(loudness_gain_db(document, expected, RATE_HZ), abs=2e-5)
        expected *= 10 ** (mixdown.loudness_gain_db / 20)
        assert np.abs(found - expected).max() < 1e-6 * max(1.0, float(np.abs(expected).max()))


def noise(seed: int, frames: int, channels: int = 2) -> Audio:
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (frames, channels))


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """Blocks are of 65,536 frames: stems end before, at and behind their borders."""
    studio = Studio(tmp_path_factory.mktemp("studio"))
    studio.add("stereo.wav", noise(1, 150_001))
    studio.add("mono.wav", noise(2, 150_001, 1), subtype="PCM_24")
    studio.add("short.aiff", noise(3, 4_097, 1), subtype="PCM_16")
    studio.add("faster.wav", noise(4, 96_001) * np.hanning(96_001)[:, None], 48_000, "PCM_24")
    return studio


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False), st.sampled_from([1, 2, 2, 2]))
def test_any_mix_is_what_the_page_says(studio: Studio, random: Random, version: int) -> None:
    frames = {name: len(sound) for name, sound in studio.sounds.items()}
    studio.check(random_spec(random, frames, RATE_HZ, version))


def gains(*points: tuple[int, float]) -> list[dict[str, float]]:
    return [{"at_frames": at, "gain_db": value} for at, value in points]


def pans(*points: tuple[int, float]) -> list[dict[str, float]]:
    return [{"at_frames": at, "pan": value} for at, value in points]


def ranges(*spans: tuple[int, int]) -> list[dict[str, int]]:
    return [{"start_frames": start, "end_frames": end} for start, end in spans]


BLOCK = 65_536
CORNERS: dict[str, dict[str, Any]] = {
    "clips meet at the border of a block": {
        "clips": [{"trim_end_frames": 150_001 - BLOCK}, {"trim_start_frames": BLOCK, "offset_frames": BLOCK}]
    },
    "clips overlap across a border, the later first": {
        "clips": [
            {"offset_frames": BLOCK - 1, "fade_in_frames": 2_000},
            {"trim_end_frames": 20_000, "fade_out_frames": 90_000},
            {"trim_start_frames": 150_000, "offset_frames": BLOCK},
        ]
    },
    "clips overlap, each from further on in the stem": {
        "clips": [{"trim_end_frames": 50_001}, {"trim_start_frames": 100_000, "offset_frames": BLOCK - 9}]
    },
    "a clip of three frames with longer fades": {
        "clips": [{"trim_start_frames": 70_000, "trim_end_frames": 79_998, "fade_in_frames": 9, "fade_out_frames": 4}]
    },
    "points before, at and behind borders and the end": {
        "clips": [{"offset_frames": 1_000}],
        "gain_points": gains((0, -60), (999, 6), (1_000, -12), (BLOCK - 1, 0), (BLOCK, -6), (151_000, -30), (9**7, 6)),
        "pan_points": pans((BLOCK - 2, -2), (BLOCK + 2, 2), (151_001, 0)),
    },
    "one point is one value": {"gain_points": gains((90_000, -6)), "pan_points": pans((0, 0.5)), "pan": 0.25},
    "pan and its points are held within the sides": {"pan": 0.9, "pan_points": pans((0, 2), (120_000, -2))},
    "mute ranges at borders, side by side, and shorter than their ramps": {
        "mute_ranges": ranges((0, 441), (441, 442), (9_000, 9_700), (BLOCK - 441, BLOCK + 1), (BLOCK + 1, 9**7))
    },
    "a mute range that begins behind the end": {"mute_ranges": ranges((150_001, 150_002))},
}


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("stem", ["stereo.wav", "mono.wav"])
def test_corners_of_a_lane(studio: Studio, corner: str, stem: str) -> None:
    studio.check({"version": 2, "sample_rate_hz": RATE_HZ, "lanes": [{"stem": stem, **CORNERS[corner]}]})


@pytest.mark.parametrize(
    "master",
    [
        {"gain_db": -6, "gain_points": gains((BLOCK - 1, -12), (BLOCK, 3)), "pan": -0.3},
        {"pan": 1},
        {"pan": 0.5, "pan_points": pans((10, -1), (140_000, 1.5)), "gain_points": gains((7, -3))},
        {"loop": {"start_frames": 100_000, "end_frames": 10**9, "times": 3}},
        {"loop": {"start_frames": 0, "end_frames": 1, "times": 1_000}},
        {"loop": {"start_frames": BLOCK, "end_frames": BLOCK + 5, "times": 9}, "gain_points": gains((0, 0), (9**5, 6))},
        {"loop": {"start_frames": 5, "end_frames": 150_001, "times": 2}, "loudness": {"target_lufs": -20}},
        {"loop": {"start_frames": 200_000, "end_frames": 200_001, "times": 9}},
    ],
)  # fmt: skip
def test_corners_of_the_master(studio: Studio, master: dict[str, Any]) -> None:
    studio.check({"version": 2, "sample_rate_hz": RATE_HZ, "lanes": [{"stem": "stereo.wav"}], **master})


def test_who_sounds_and_how_long(studio: Studio) -> None:
    """A muted lane is silent though soloed; lanes that do not sound keep the length."""
    late, early = {"offset_frames": 300_000}, {"trim_end_frames": 100_000}
    lanes = [
        {"stem": "stereo.wav", "clips": [late, early], "muted": True, "solo": True},
        {"stem": "mono.wav"},
        {"stem": "mono.wav", "clips": []},
    ]
    document = {"version": 2, "sample_rate_hz": RATE_HZ, "lanes": lanes}
    studio.check(document)
    assert not studio.render(document)[0].any()
    studio.check({**document, "lanes": [*lanes, {"stem": "short.aiff", "solo": True}]})
