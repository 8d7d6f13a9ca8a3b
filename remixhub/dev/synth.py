"""A small synthesiser in numpy: oscillators, envelopes, drums, a reverb. Mono sounds are float32 `(n_frames,)`.

Everything is a pure function of its arguments; noise comes from the generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 44_100
Sound = NDArray[np.float32]

_TABLE_FRAMES = 2048
_CUTOFFS_HZ = np.geomspace(80.0, 18_000.0, 40)


@dataclass(frozen=True)
class Note:
    beat: float
    length_beats: float
    pitch: int
    """MIDI number; 69 is A4, 440 Hz."""
    velocity: float = 1.0


@dataclass(frozen=True)
class Clock:
    """Turns beats into frames; `swing` delays every second sixteenth by that part of a sixteenth."""

    tempo_bpm: float
    swing: float = 0.0

    def frame(self, beat: float) -> int:
        late = self.swing * 0.25 if round(beat * 4) % 2 and abs(beat * 4 - round(beat * 4)) < 1e-9 else 0.0
        return round((beat + late) * 60 / self.tempo_bpm * RATE_HZ)


Instrument = Callable[[Note, int], Sound]
"""Plays a note that is held for so many frames; the sound may ring on."""


def perform(clock: Clock, notes: Sequence[Note], instrument: Instrument, n_frames: int) -> Sound:
    """Equal notes are synthesised once. What rings beyond `n_frames` is cut off."""
    canvas = np.zeros(n_frames, np.float32)
    played: dict[tuple[float, int, float], Sound] = {}
    for note in notes:
        length = round(note.length_beats * 60 / clock.tempo_bpm * RATE_HZ)
        key = (note.length_beats, note.pitch, note.velocity)
        if key not in played:
            played[key] = instrument(note, length)
        start = clock.frame(note.beat)
        sound = played[key][: max(0, n_frames - start)]
        canvas[start : start + sound.size] += sound
    return canvas


def pitch_hz(pitch: int) -> float:
    return float(440.0 * 2.0 ** ((pitch - 69) / 12))


def decay(n_frames: int, seconds: float) -> Sound:
    """Exponential fall to 1/e in `seconds`."""
    steps = np.arange(n_frames, dtype=np.float32) * np.float32(-1 / (seconds * RATE_HZ))
    fall: Sound = np.exp(steps)
    return fall


def envelope(held: int, attack_seconds: float, decay_seconds: float, sustain: float, release_seconds: float) -> Sound:
    """Attack, decay and sustain over `held` frames, then the release; starts and ends at zero."""
    attack, release = int(attack_seconds * RATE_HZ) + 1, int(release_seconds * RATE_HZ) + 1
    shape = sustain + (1 - sustain) * decay(held, decay_seconds)
    rise = min(attack, held)
    shape[:rise] *= np.linspace(0, rise / attack, rise, dtype=np.float32)
    fall = np.linspace(1, 0, release, dtype=np.float32) ** 2
    return np.concatenate([shape, fall * (shape[-1] if held else 0)]).astype(np.float32)


def sawtooth(
    hz: float, cutoff_hz: Sound, *, resonance: float = 0.3, odd_only: bool = False, phase: float = 0.0
) -> Sound:
    """A band-limited sawtooth (or square) through a 24 dB/octave low-pass whose cut-off moves with `cutoff_hz`.

    A wavetable holds one cycle for each of forty cut-offs; each frame blends the two nearest.
    """
    harmonics = np.arange(1, min(_TABLE_FRAMES // 2, int(RATE_HZ / 2 / hz)) + 1)
    ratio = harmonics * hz / _CUTOFFS_HZ[:, None]
    response = 1 / (1 + ratio**4) + resonance * np.exp(-8 * np.log2(ratio) ** 2)
    spectrum = np.zeros((_CUTOFFS_HZ.size, _TABLE_FRAMES // 2 + 1), np.complex128)
    spectrum[:, harmonics] = -0.5j * _TABLE_FRAMES * response / harmonics
    if odd_only:
        spectrum[:, 2::2] = 0
    tables = np.fft.irfft(spectrum, _TABLE_FRAMES).astype(np.float32) * np.float32(2 / np.pi)
    at = (np.arange(cutoff_hz.size) * (hz * _TABLE_FRAMES / RATE_HZ) + phase * _TABLE_FRAMES).astype(np.int64)
    at &= _TABLE_FRAMES - 1
    level = np.interp(np.log(cutoff_hz), np.log(_CUTOFFS_HZ), np.arange(_CUTOFFS_HZ.size)).astype(np.float32)
    lower = np.minimum(level.astype(np.int64), _CUTOFFS_HZ.size - 2)
    blend = level - lower
    flat = tables.ravel()
    at += lower * _TABLE_FRAMES
    sound: Sound = flat[at] * (1 - blend) + flat[at + _TABLE_FRAMES] * blend
    return sound


def sine(hz: float | Sound, n_frames: int, modulation: Sound | float = 0.0) -> Sound:
    """`hz` may move; `modulation` is added to the phase in radians (so two sines make FM)."""
    turns = np.cumsum(np.broadcast_to(np.asarray(hz, np.float64), n_frames)) / RATE_HZ
    return np.sin(2 * np.pi * (turns % 1.0) + modulation).astype(np.float32)


def noise(random: np.random.Generator, n_frames: int, low_hz: float, high_hz: float) -> Sound:
    """White noise between two soft corners, with an RMS of about 0.3."""
    spectrum = np.fft.rfft(random.standard_normal(n_frames))
    hz = np.fft.rfftfreq(n_frames, 1 / RATE_HZ) + 1e-9
    spectrum *= 1 / np.sqrt((1 + (low_hz / hz) ** 4) * (1 + (hz / high_hz) ** 4))
    sound = np.fft.irfft(spectrum, n_frames)
    level: Sound = (0.3 * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)
    return level


def kick(n_frames: int = 16_000) -> Sound:
    sweep = 48 + 110 * decay(n_frames, 0.028) + 900 * decay(n_frames, 0.003)
    body = sine(sweep, n_frames) * envelope(n_frames - 2_000, 0.0005, 0.16, 0.0, 2_000 / RATE_HZ)[:n_frames]
    driven: Sound = np.tanh(1.6 * body)
    return driven


def snare(random: np.random.Generator, n_frames: int = 12_000) -> Sound:
    rattle = noise(random, n_frames, 1_200, 9_000) * decay(n_frames, 0.075)
    body = sine(185 + 90 * decay(n_frames, 0.012), n_frames) * decay(n_frames, 0.05)
    hit: Sound = (0.9 * rattle + 0.55 * body) * _soft_end(n_frames)
    return hit


def clap(random: np.random.Generator, n_frames: int = 12_000) -> Sound:
    burst = noise(random, n_frames, 900, 5_500)
    shape = 0.7 * decay(n_frames, 0.07)
    for delay_seconds in (0.0, 0.011, 0.022):
        start = int(delay_seconds * RATE_HZ)
        shape[start:] += decay(n_frames - start, 0.005)
    return burst * shape * _soft_end(n_frames)


def hihat(random: np.random.Generator, ring_seconds: float) -> Sound:
    n_frames = int(6 * ring_seconds * RATE_HZ)
    return noise(random, n_frames, 7_500, 15_000) * decay(n_frames, ring_seconds) * _soft_end(n_frames)


def _soft_end(n_frames: int) -> Sound:
    shape = np.ones(n_frames, np.float32)
    shape[-400:] = np.linspace(1, 0, 400, dtype=np.float32)
    return shape


def panned(sound: Sound, pan: float) -> Sound:
    """Mono to stereo `(n_frames, 2)` at equal power; `pan` runs from -1 (left) to 1."""
    angle = (pan + 1) * np.pi / 4
    return np.stack([sound * np.float32(np.cos(angle)), sound * np.float32(np.sin(angle))], axis=1)


def reverb(random: np.random.Generator, dry: Sound, seconds: float, wet: float) -> Sound:
    """Adds a stereo room to `dry` `(n_frames, 2)`: convolution with noise that falls by 60 dB in `seconds`."""
    size = int(seconds * RATE_HZ)
    fall = decay(size, seconds / 6.9)
    n_fft = 1 << int(np.ceil(np.log2(dry.shape[0] + size)))
    rooms = [noise(random, size, 250, 5_000) * fall for _ in range(2)]
    wet_sides = [
        np.fft.irfft(np.fft.rfft(dry[:, side], n_fft) * np.fft.rfft(room, n_fft), n_fft)[: dry.shape[0]]
        / np.sqrt(np.sum(room.astype(np.float64) ** 2))
        for side, room in enumerate(rooms)
    ]
    return (dry + wet * np.stack(wet_sides, axis=1)).astype(np.float32)


def ping_pong(dry: Sound, delay_frames: int, feedback: float, wet: float) -> Sound:
    """Echoes of `dry` `(n_frames, 2)` that change sides each time, five times."""
    out = dry.copy()
    echo = dry * np.float32(wet)
    for repeat in range(1, 6):
        echo = echo[:, ::-1] * np.float32(feedback)
        shift = repeat * delay_frames
        out[shift:] += echo[: max(0, out.shape[0] - shift)]
    return out
