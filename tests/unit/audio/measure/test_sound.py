"""What sounds are like: alike ones are near each other, whatever their notes, and no block or channel matters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from remixhub.audio.confine.ffmpeg import installed_ffmpegs
from remixhub.audio.confine.sandbox import detect_sandbox
from remixhub.audio.ingest import sound_of
from remixhub.audio.measure.grid import Grid
from remixhub.audio.measure.levels import LevelMeter
from remixhub.audio.measure.loudness import LoudnessMeter
from remixhub.audio.measure.sound import SoundMeter
from remixhub.dev import synth
from remixhub.domain.stems.sound import AXES, WEIGHTS
from tests.signals import write_by_ffmpeg

Sound = NDArray[np.float32]
RATE_HZ = 44_100
SECONDS = 6
BLOCK = 16_384
OF_EACH = 8


def heard(samples: NDArray[np.floating], block: int = BLOCK, rate_hz: int = RATE_HZ) -> bytes | None:
    """`samples` of one channel, or `(n_frames, channels)`."""
    frames = np.ascontiguousarray(samples.reshape(len(samples), -1), np.float32)
    meter, loudness = SoundMeter(rate_hz), LoudnessMeter(rate_hz, frames.shape[1])
    levels = LevelMeter(frames.shape[1], 24)
    for start in range(0, len(frames), block):
        grid = Grid.of(frames[start : start + block])
        meter.add(grid)
        levels.add(grid)
        loudness.add(frames[start : start + block])
    return meter.vector(
        integrated_lufs=loudness.integrated_lufs(),
        loudness_range_lu=loudness.loudness_range_lu(),
        crest_db=(levels.peak_dbfs or 0.0) - (levels.rms_dbfs or 0.0),
        silence_share=0.0,
    )


def figure(sound: bytes | None, name: str) -> int:
    assert sound is not None
    return int(np.frombuffer(sound, np.int8)[list(AXES).index(name)])


def played(hit: Callable[[], NDArray[np.floating]], bpm: float, steps: str) -> Sound:
    """Sixteenths of a bar, again and again: `x` sounds."""
    whole = np.zeros(RATE_HZ * SECONDS, np.float32)
    step = RATE_HZ * 60 / bpm / 4
    for n in range(int(len(whole) / step)):
        if steps[n % len(steps)] == "x":
            at = int(n * step)
            sound = np.asarray(hit(), np.float32)
            mono = sound if sound.ndim == 1 else sound.mean(axis=int(np.argmin(sound.shape)))
            whole[at : at + len(mono)] += mono[: len(whole) - at]
    return whole * 0.3


def sines(chance: np.random.Generator, low_hz: float, high_hz: float, voices: int) -> Sound:
    time = np.arange(RATE_HZ * SECONDS) / RATE_HZ
    pitches = np.exp(chance.uniform(np.log(low_hz), np.log(high_hz), voices))
    swell = 0.75 + 0.25 * np.sin(2 * np.pi * chance.uniform(0.05, 0.3) * time)
    partials = [np.sin(2 * np.pi * hz * (n + 1) * time) / (n + 1) ** 2 for hz in pitches for n in range(4)]
    whole: Sound = (0.1 * swell * np.sum(partials, axis=0)).astype(np.float32)
    return whole


def stems(chance: np.random.Generator) -> list[tuple[str, Sound]]:
    """Of each role some, in different tempi, patterns, keys and gains."""
    found = []
    for _ in range(OF_EACH):
        bpm, gain = chance.uniform(85, 175), 10 ** chance.uniform(-0.6, 0)
        made = {
            "kick": played(synth.kick, bpm, chance.choice(["x...", "x......x..x.....", "x...x...x..xx..."])),
            "snare": played(
                lambda: synth.snare(chance), bpm, chance.choice(["....x...", "....x..x", "........x......."])
            ),
            "hihat": played(lambda: synth.hihat(chance, 0.05), bpm, chance.choice(["x.x.", "xxxx", "..x."])),
            "sub": sines(chance, 35, 60, 1),
            "pad": sines(chance, 200, 600, 4),
        }
        found += [(role, sound * np.float32(gain)) for role, sound in made.items()]
    return found


def precision(names: list[str], order: NDArray[np.intp]) -> float:
    """Of the five that stand first for each, how many are of its own kind."""
    return float(np.mean([[names[other] == name for other in row[:5]] for name, row in zip(names, order, strict=True)]))


def test_what_sounds_alike_is_near_and_chance_is_not() -> None:
    chance = np.random.default_rng(7)
    made = stems(chance)
    names = [role for role, _ in made]
    sounds = np.array([np.frombuffer(heard(sound) or b"", np.int8) for _, sound in made], np.float32)
    apart = ((sounds[:, None] - sounds[None]) ** 2 * np.array(WEIGHTS, np.float32)).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    near = precision(names, np.argsort(apart, axis=1))
    shuffled = np.array([chance.permutation([n for n in range(len(made)) if n != own]) for own in range(len(made))])
    by_chance = precision(names, shuffled)
    print(f"precision@5 {near:.3f}, by chance {by_chance:.3f}")
    assert near > 0.9
    assert by_chance < 0.3
    for role in ("hihat", "sub"):
        firsts = [names[np.argmin(apart[n])] for n, name in enumerate(names) if name == role]
        assert firsts == [role] * OF_EACH


def test_figures_say_what_they_are_called() -> None:
    chance = np.random.default_rng(1)
    low, high = sines(chance, 40, 60, 1), sines(chance, 3_000, 4_000, 1)
    white = chance.normal(0, 0.1, RATE_HZ * SECONDS)
    slow, fast = (played(lambda: synth.hihat(chance, 0.03), 120, steps) for steps in ("x.......", "xxxx"))
    assert figure(heard(low), "brightness_octaves") < figure(heard(high), "brightness_octaves")
    assert figure(heard(low), "low_share") > 100 > figure(heard(high), "low_share")
    assert figure(heard(white), "flatness_db") > 110 > figure(heard(low), "flatness_db")
    assert figure(heard(slow), "onsets_root") < figure(heard(fast), "onsets_root")
    assert figure(heard(fast), "regularity") > figure(heard(white), "regularity")
    assert figure(heard(low), "level_lufs") > figure(heard(low * 0.1), "level_lufs")


def test_neither_blocks_nor_a_second_channel_change_it() -> None:
    mono = played(lambda: synth.snare(np.random.default_rng(3)), 120, "x..x")
    whole = np.frombuffer(heard(mono) or b"", np.int8).astype(int)
    small = np.frombuffer(heard(mono, 1_000) or b"", np.int8).astype(int)
    assert np.abs(whole - small).max() <= 1
    stereo = np.frombuffer(heard(np.stack([mono, mono], axis=1)) or b"", np.int8).astype(int)
    assert np.abs(whole - stereo)[1:].max() <= 1  # two channels are 3 LU louder than one


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 48_000, 96_000, 192_000])
def test_every_rate_and_the_shortest_sound_are_heard(rate_hz: int) -> None:
    here, usual = (heard(np.sin(2 * np.pi * 440 * np.arange(hz) / hz) * 0.5, rate_hz=hz) for hz in (rate_hz, RATE_HZ))
    assert abs(figure(here, "brightness_octaves") - figure(usual, "brightness_octaves")) <= 2
    assert heard(np.ones(10, np.float32), rate_hz=rate_hz) is None


def test_every_decoder_hears_the_same(tmp_path: Path) -> None:
    stereo = np.stack([played(lambda: synth.snare(np.random.default_rng(3)), 120, "x..x")] * 2, axis=1)
    for name in ("a.flac", "a.mp3"):
        file = write_by_ffmpeg(tmp_path / name, stereo, RATE_HZ)
        sounds = {sound_of(file, detect_sandbox(paths)) for paths in installed_ffmpegs()}
        assert len(sounds) == 1, sounds
        assert None not in sounds


def test_silence_is_like_nothing() -> None:
    assert heard(np.zeros(RATE_HZ, np.float32)) is None
