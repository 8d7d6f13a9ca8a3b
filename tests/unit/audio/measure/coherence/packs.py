"""Stem packs with music of their own, what mixing does to a sum, and what goes wrong with a stem.

All sound is float32 `(n_frames, 2)`. `NINE` and `PIER` are those that the thresholds were set on; `RELAY` and `CHAMBER`
were looked at afterwards.
"""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable, Mapping

import numpy as np
import soxr
from numpy.typing import NDArray

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.dev import synth
from remixhub.dev.music import SONGS, compose
from remixhub.dev.synth import RATE_HZ, Clock, Note, Sound, decay, envelope, panned, perform, pitch_hz

Pack = dict[str, Sound]


@functools.cache
def nine(bars: int = 10) -> Pack:
    """A slow pop tune in D minor: nine stems, one of them 25 dB below the mix, one sounding now and then."""
    clock, random = Clock(104.0), np.random.default_rng(9)
    n_frames = clock.frame(bars * 4) + RATE_HZ // 2
    chords = ((50, 57, 62, 65), (46, 53, 58, 62), (53, 57, 60, 65), (48, 55, 60, 64))
    every_bar = range(bars)
    kicks = [Note(bar * 4 + at, 0, 36) for bar in every_bar for at in (0, 1.5, 2)]
    snares = [Note(bar * 4 + at, 0, 38) for bar in every_bar[1:] for at in (1, 3)]
    hats = [Note(bar * 4 + step / 4, 0, 42, 0.6 + 0.4 * (step % 4 == 2)) for bar in every_bar[2:] for step in range(16)]
    bass = [
        Note(bar * 4 + at, 0.45, chords[bar % 4][0] - 12, 0.9)
        for bar in every_bar[1:]
        for at in (0, 0.75, 1.5, 2.5, 3.25)
    ]
    pads = [Note(bar * 4, 4.1, pitch, 0.8) for bar in every_bar for pitch in chords[bar % 4]]
    picks = [
        Note(bar * 4 + step / 2, 0.6, chords[bar % 4][(0, 2, 3, 1)[step % 4]] + 12, 0.7)
        for bar in every_bar[2:]
        for step in range(8)
    ]
    tune = [
        Note(16 + at, length, pitch)
        for at, length, pitch in (
            (0, 1, 74), (1, 0.5, 72), (1.5, 1.5, 69), (4, 1, 70), (5, 0.5, 69), (5.5, 2, 65),
            (8, 1, 69), (9, 1, 72), (10, 1.5, 74), (12, 0.5, 76), (12.5, 1, 72), (13.5, 2, 67),
        )
    ]  # fmt: skip
    snare, hat, shake = synth.snare(random), synth.hihat(random, 0.035), synth.noise(random, 5_000, 3_000, 12_000)

    def hit(sound: Sound) -> synth.Instrument:
        return lambda note, _: sound * np.float32(note.velocity)

    layers = [perform(clock, pads, _saw(detune, 1_400), n_frames) for detune in (-0.07, 0.08)]
    shaker = [Note(bar * 4 + step / 2 + 0.25, 0, 70) for bar in every_bar for step in range(8)]
    bells = [Note(bar * 4 + 2.5, 1, chords[bar % 4][3] + 24) for bar in every_bar[1::3]]
    voice = perform(clock, tune, _voice, n_frames)
    return {
        "kick": 0.55 * panned(perform(clock, kicks, hit(synth.kick()), n_frames), 0.0),
        "snare": 0.3 * synth.reverb(random, panned(perform(clock, snares, hit(snare), n_frames), -0.1), 0.6, 0.3),
        "hats": 0.12 * panned(perform(clock, hats, hit(hat), n_frames), 0.35),
        "shaker": 0.05 * panned(perform(clock, shaker, hit(shake * decay(5_000, 0.03)), n_frames), -0.5),
        "bass": 0.4 * panned(perform(clock, bass, _saw(0.0, 500), n_frames), 0.0),
        "pad": 0.06 * synth.reverb(random, np.stack(layers, axis=1), 1.8, 0.4),
        "guitar": 0.2 * panned(perform(clock, picks, _plucked, n_frames), -0.4),
        "voice": 0.3 * synth.reverb(random, panned(voice, 0.05), 1.2, 0.3),
        "bells": 0.06 * panned(perform(clock, bells, _bell, n_frames), 0.6),
    }


@functools.cache
def pier() -> Pack:
    """The first 24 s of the demo's song."""
    return {name: stem[: 24 * RATE_HZ] for name, stem in compose(SONGS[0]).items()}


@functools.cache
def relay() -> Pack:
    """24 s of the demo's other song, from where all of it plays."""
    return {name: stem[8 * RATE_HZ : 32 * RATE_HZ] for name, stem in compose(SONGS[1]).items()}


@functools.cache
def chamber() -> Pack:
    """Neither drums nor a beat: a bowed trio, bells, breath, a low drone and a soft room, over 18 s."""
    clock, random = Clock(66.0), np.random.default_rng(31)
    n_frames = 18 * RATE_HZ

    def line(pitches: tuple[int, ...], length: float, late: float) -> list[Note]:
        return [Note(late + step * length, length * 1.05, pitch) for step, pitch in enumerate(pitches)]

    cello = perform(clock, line((43, 46, 41, 48, 43, 39, 41), 2.5, 0.0), _saw(0.02, 900), n_frames)
    viola = perform(clock, line((62, 60, 63, 58, 62, 65, 60, 62), 2.0, 1.0), _saw(-0.03, 1_800), n_frames)
    violin = perform(clock, line((70, 74, 72, 75, 69, 67, 70, 77, 74, 72), 1.5, 2.0), _saw(0.05, 3_500), n_frames)
    bells = perform(clock, line((86, 91, 82, 89), 4.0, 3.0), _bell, n_frames)
    breath = synth.noise(random, n_frames, 600, 7_000)
    breath *= np.repeat(random.uniform(0, 1, 36) ** 2, n_frames // 36).astype(np.float32)
    drone = perform(clock, [Note(0, 20, 31)], _saw(0.0, 250), n_frames)
    room = synth.noise(random, n_frames, 80, 3_000)
    return {
        "cello": 0.3 * synth.reverb(random, panned(cello, 0.3), 2.5, 0.3),
        "viola": 0.25 * synth.reverb(random, panned(viola, -0.2), 2.5, 0.3),
        "violin": 0.2 * synth.reverb(random, panned(violin, -0.45), 2.5, 0.35),
        "bells": 0.1 * synth.ping_pong(panned(bells, 0.1), 16_000, 0.5, 0.5),
        "breath": 0.05 * panned(breath, 0.2),
        "drone": 0.2 * panned(drone, 0.0),
        "room": 0.004 * np.stack([room, np.roll(room, 997)], axis=1),
    }


PACKS: Mapping[str, Callable[[], Pack]] = {"nine": nine, "pier": pier, "relay": relay, "chamber": chamber}


def mix_of(pack: Mapping[str, Sound]) -> Sound:
    total: Sound = np.sum(list(pack.values()), axis=0, dtype=np.float32)
    return total


def by_level(pack: Mapping[str, Sound]) -> tuple[str, str, str]:
    """The loudest stem, one in the middle, and the softest."""
    names = sorted(pack, key=lambda name: -float(np.mean(pack[name].astype(np.float64) ** 2)))
    return names[0], names[len(names) // 2], names[-1]


def treated(mix: Sound, chain: str, gain: float = 1.0) -> Sound:
    """Through ffmpeg's filters; as long as before."""
    options = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2"]
    command = [
        str(find_ffmpeg().ffmpeg), "-v", "error", *options, "-i", "pipe:0", "-af", chain, "-c:a", "pcm_f32le",
        *options, "pipe:1",
    ]  # fmt: skip
    sent = np.ascontiguousarray(mix * np.float32(gain), "<f4").tobytes()
    out = subprocess.run(command, input=sent, capture_output=True, check=True).stdout
    return _fitted(np.frombuffer(out, "<f4").reshape(-1, 2), len(mix))


def as_mp3(sound: Sound, kilobits: int) -> Sound:
    """Encoded and decoded again, in place."""
    options = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2"]
    encode = ["-i", "pipe:0", "-c:a", "libmp3lame", "-b:a", f"{kilobits}k", "-f", "mp3", "pipe:1"]
    ffmpeg = [str(find_ffmpeg().ffmpeg), "-v", "error"]
    sent = np.ascontiguousarray(sound, "<f4").tobytes()
    coded = subprocess.run([*ffmpeg, *options, *encode], input=sent, capture_output=True, check=True).stdout
    decode = [*ffmpeg, "-f", "mp3", "-i", "pipe:0", "-c:a", "pcm_f32le", *options, "pipe:1"]
    out = subprocess.run(decode, input=coded, capture_output=True, check=True).stdout
    decoded = np.frombuffer(out, "<f4").reshape(-1, 2)
    late = _lag_frames(sound[:, 0], decoded[:, 0])  # a pipe cannot be told the delay
    return _fitted(decoded[max(late, 0) :], len(sound))


def _lag_frames(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> int:
    size = 1 << (len(ours) + len(theirs)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(theirs, size) * np.fft.rfft(ours, size).conj(), size)
    lag = int(np.argmax(cross))
    return lag if lag < size // 2 else lag - size


def _fitted(sound: Sound, n_frames: int) -> Sound:
    out = np.zeros((n_frames, 2), np.float32)
    out[: len(sound)] = sound[:n_frames]
    return out


def mastered(mix: Sound) -> Sound:
    """Equaliser, compressor 3:1, limiter: what a mastering does at the least."""
    level = 10 ** (-15 / 20) / float(np.sqrt(np.mean(mix.astype(np.float64) ** 2)))
    return treated(
        mix,
        "bass=g=3,treble=g=2,acompressor=threshold=-18dB:ratio=3:attack=10:release=120:makeup=1.5,"
        "alimiter=limit=0.9:level=0:latency=1",
        level,
    )


TREATMENTS: Mapping[str, Callable[[Sound], Sound]] = {
    "exact": lambda mix: mix,
    "3 dB softer": lambda mix: mix * np.float32(10**-0.15),
    "1 dB louder": lambda mix: mix * np.float32(10**0.05),
    "16 bits": lambda mix: (np.round(mix * 32_767) / np.float32(32_767)).astype(np.float32),
    "mp3 128k": lambda mix: as_mp3(mix, 128),
    "mp3 96k": lambda mix: as_mp3(mix, 96),
    "fast compressor": lambda mix: treated(mix, "acompressor=threshold=-24dB:ratio=4:attack=2:release=60"),
    "slow compressor": lambda mix: treated(mix, "acompressor=threshold=-24dB:ratio=2:attack=30:release=400"),
    "limiter, 6 dB": lambda mix: treated(
        mix, "alimiter=limit=0.9:level=0:latency=1", 1.8 / float(np.abs(mix).max() + 1e-9)
    ),
    "saturation": lambda mix: np.tanh(1.5 * mix / np.abs(mix).max()).astype(np.float32),
    "tilt +3 −3": lambda mix: treated(mix, "bass=g=3,treble=g=-3"),
    "tilt −3 +3": lambda mix: treated(mix, "bass=g=-3,treble=g=3"),
    "fade-out": lambda mix: mix * np.minimum(1, np.arange(len(mix))[::-1, None] / (6 * RATE_HZ)).astype(np.float32),
    "width 130 %": lambda mix: _widened(mix, 1.3),
    "echo": lambda mix: treated(mix, "aecho=0.9:0.5:220:0.25"),
    "master": mastered,
    "master, mp3 128k": lambda mix: as_mp3(mastered(mix), 128),
}


def _widened(mix: Sound, width: float) -> Sound:
    mid, side = mix.mean(axis=1), np.float32(width) * (mix[:, 0] - mix[:, 1]) / 2
    return np.stack([mid + side, mid - side], axis=1)


def resampled(sound: Sound, from_hz: float, to_hz: float) -> Sound:
    out: Sound = soxr.resample(sound, from_hz, to_hz, quality="VHQ").astype(np.float32)
    return out


FAULTS: Mapping[str, Callable[[Sound], Sound]] = {
    **{
        f"level {db:+d}": (lambda stem, db=db: stem * np.float32(10 ** (db / 20)))
        for db in (1, 2, 3, 6, -1, -2, -3, -6)
    },
    **{f"late {lag}": (lambda stem, lag=lag: delayed(stem, lag)) for lag in (1, 5, 22, 44, 441)},
    "early 300": lambda stem: delayed(stem, -300),
    "wrong": lambda stem: _another(stem),
    "polarity": lambda stem: -stem,
    "drift 50 ppm": lambda stem: _fitted(resampled(stem, RATE_HZ, RATE_HZ * (1 + 50e-6)), len(stem)),
    "stretch 0.5 %": lambda stem: _fitted(resampled(stem, RATE_HZ, RATE_HZ * 1.005), len(stem)),
    "half the rate": lambda stem: _fitted(
        resampled(resampled(stem, RATE_HZ, RATE_HZ / 2), RATE_HZ / 2, RATE_HZ), len(stem)
    ),
    "mp3 96k": lambda stem: as_mp3(stem, 96),
    "swapped": lambda stem: np.ascontiguousarray(stem[:, ::-1]),
    "mono": lambda stem: np.repeat(stem.mean(axis=1, keepdims=True), 2, axis=1),
}  # fmt: skip
"""What can be done to a stem after the mix was made of it; a missing stem is none."""


def delayed(stem: Sound, lag: int) -> Sound:
    out = np.zeros_like(stem)
    if lag > 0:
        out[lag:] = stem[:-lag]
    else:
        out[:lag] = stem[-lag:]
    return out


def _another(stem: Sound) -> Sound:
    """Another take: the same sounds, as loud, at other times."""
    third = len(stem) // 3
    other = np.concatenate([stem[third:][::-1], stem[:third]])
    return other.astype(np.float32)


def rounded(stem: Sound) -> Sound:
    """As a file of 24 bits holds it."""
    return (np.round(stem.astype(np.float64) * 8_388_607) / 8_388_607).astype(np.float32)


def _saw(detune: float, cutoff_hz: float) -> synth.Instrument:
    def play(note: Note, held: int) -> Sound:
        shape = envelope(held, 0.02, 1.5, 0.7, 0.2)
        cutoff = np.full(shape.size, cutoff_hz * 2 ** ((note.pitch - 60) / 24), np.float32)
        return synth.sawtooth(pitch_hz(note.pitch) * 2 ** (detune / 12), cutoff) * shape * np.float32(note.velocity)

    return play


def _plucked(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.002, 0.3, 0.05, 0.2)
    cutoff = 500 + 4_500 * decay(shape.size, 0.12)
    return synth.sawtooth(pitch_hz(note.pitch), cutoff) * shape * np.float32(note.velocity)


def _voice(note: Note, held: int) -> Sound:
    """Sung more or less: vibrato, two formants, and breath at the onset."""
    shape = envelope(held, 0.06, 2.0, 0.8, 0.15)
    turns = 1 + 0.008 * synth.sine(5.5, shape.size) * (1 - decay(shape.size, 0.3))
    hz = pitch_hz(note.pitch)
    tone = sum(
        weight * synth.sine(number * hz * turns, shape.size)
        for number, weight in enumerate((1.0, 0.9, 0.5, 0.5, 0.2, 0.1, 0.12, 0.08, 0.05), 1)
    )
    breath = synth.noise(np.random.default_rng(note.pitch), shape.size, 2_000, 9_000) * decay(shape.size, 0.05)
    return ((0.35 * tone + 0.5 * breath) * shape).astype(np.float32)


def _bell(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.001, 0.7, 0.1, 0.8)
    hz = pitch_hz(note.pitch)
    return synth.sine(hz, shape.size, 1.5 * synth.sine(hz * 3.51, shape.size) * decay(shape.size, 0.4)) * shape
