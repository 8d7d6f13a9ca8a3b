"""Sounds that the tests make themselves, and files of them written by other programs than the engine under test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from remixhub.audio.confine.ffmpeg import find_ffmpeg

Sound = NDArray[np.float32]
"""`(n_frames, channels)` in ±1.0."""


def sine(
    frequency_hz: float,
    seconds: float,
    sample_rate_hz: int,
    *,
    dbfs: float = 0.0,
    phase_degrees: float = 0.0,
    channels: int = 2,
) -> Sound:
    """The same in all channels; `dbfs` is the level of its crests."""
    at = np.arange(round(seconds * sample_rate_hz)) / sample_rate_hz
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * frequency_hz * at + np.radians(phase_degrees))
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def steps(levels_dbfs: list[tuple[float, float]], sample_rate_hz: int, frequency_hz: float = 1_000) -> Sound:
    """A stereo sine that steps through `(dbfs, seconds)` without a break in phase."""
    gains = [np.full(round(seconds * sample_rate_hz), 10 ** (dbfs / 20)) for dbfs, seconds in levels_dbfs]
    gain = np.concatenate(gains)[:, None]
    return (gain * sine(frequency_hz, len(gain) / sample_rate_hz, sample_rate_hz)).astype(np.float32)


def music(seconds: float, sample_rate_hz: int, *, channels: int = 2, seed: int = 1, peak: float = 0.5) -> Sound:
    """Notes that decay twice a second, with some noise: uneven enough that a shift by one frame is seen."""
    random = np.random.default_rng(seed)
    at = np.arange(round(seconds * sample_rate_hz)) / sample_rate_hz
    envelope = np.exp(-((at * 2) % 1) * 5)
    notes = random.choice([110.0, 146.8, 196.0, 220.0, 329.6], size=int(seconds * 2) + 1)
    pitch = notes[(at * 2).astype(int)]
    sound = np.empty((len(at), channels))
    for channel in range(channels):
        tone = np.sin(2 * np.pi * pitch * at) + 0.4 * np.sin(4 * np.pi * pitch * at + channel)
        sound[:, channel] = envelope * (tone + 0.1 * random.standard_normal(len(at)))
    return (sound * peak / np.abs(sound).max(initial=1e-9)).astype(np.float32)


def ramped(sound: Sound, seconds: float, sample_rate_hz: int) -> Sound:
    """Faded in and out, so that the edges add no peaks of their own."""
    frames = round(seconds * sample_rate_hz)
    ramp = np.minimum(np.arange(len(sound)) / frames, 1)
    return (sound * (ramp * ramp[::-1])[:, None]).astype(np.float32)


def write_sound(path: Path, sound: Sound, sample_rate_hz: int, subtype: str | None = None) -> Path:
    """WAV, AIFF or FLAC by libsndfile. `subtype` is its word: PCM_U8, PCM_S8, PCM_16, PCM_24, PCM_32, FLOAT, DOUBLE."""
    soundfile.write(path, sound, sample_rate_hz, subtype=subtype)
    return path


def write_by_ffmpeg(path: Path, sound: Sound, sample_rate_hz: int, *options: str) -> Path:
    """Any format that ffmpeg writes, such as `-c:a libmp3lame`."""
    layout = ["-f", "f32le", "-ar", str(sample_rate_hz), "-ac", str(sound.shape[1])]
    command = [str(find_ffmpeg().ffmpeg), "-v", "error", "-y", *layout, "-i", "pipe:0", *options, str(path)]
    subprocess.run(command, input=np.ascontiguousarray(sound, "<f4").tobytes(), check=True)
    return path


def decode_by_ffmpeg(path: Path, channels: int) -> Sound:
    command = [str(find_ffmpeg().ffmpeg), "-v", "error", "-i", str(path), "-f", "f32le", "pipe:1"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, channels)


def lag_frames(sound: Sound, other: Sound) -> int:
    """By how many frames `other` comes later, by cross-correlation of the first channels."""
    size = 1 << (len(sound) + len(other)).bit_length()
    product = np.fft.rfft(other[:, 0], size) * np.conj(np.fft.rfft(sound[:, 0], size))
    best = int(np.argmax(np.fft.irfft(product, size)))
    return best if best < size // 2 else best - size
