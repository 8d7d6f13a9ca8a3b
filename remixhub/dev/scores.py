"""The two demo songs as scores: which notes, which sounds, how they are arranged. Each stem is `(n_frames, 2)`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remixhub.dev.synth import (
    RATE_HZ,
    Clock,
    Instrument,
    Note,
    Sound,
    clap,
    decay,
    envelope,
    hihat,
    kick,
    noise,
    panned,
    perform,
    ping_pong,
    pitch_hz,
    reverb,
    sawtooth,
    sine,
    snare,
)

_TAIL_SECONDS = 1.5
Stems = dict[str, Sound]


def pier_lights(tempo_bpm: float, bars: int = 20) -> Stems:
    """Melodic house in A minor: four to the floor, off-beat bass, an arpeggio that opens, a pad that pumps."""
    clock = Clock(tempo_bpm)
    n_frames = clock.frame(bars * 4) + int(_TAIL_SECONDS * RATE_HZ)
    random = np.random.default_rng(124)
    chords = ((57, 60, 64, 71), (53, 57, 60, 64), (53, 57, 60, 64), (56, 59, 62, 64))
    roots = (33, 29, 38, 40)
    kicks = [bar * 4 + beat for bar in range(4, bars - 2) for beat in range(4)]
    pump = _pump(clock, kicks, n_frames)
    bass = perform(clock, _off_beat_bass(roots, range(4, bars - 1)), _round_bass, n_frames) * pump
    pad_notes = [Note(bar * 4, 4.2, pitch, 0.8 + 0.2 * (bar >= 8)) for bar in range(bars) for pitch in chords[bar % 4]]
    pads = [panned(perform(clock, pad_notes, _wide_pad(detune), n_frames) * pump, pan) for detune, pan in _SPREAD]
    arpeggio = [
        Note(
            bar * 4 + step / 4, 0.22, chords[bar % 4][(0, 2, 1, 3, 2, 0, 3, 1)[step % 8]] + 12, 0.15 + 0.85 * bar / bars
        )
        for bar in range(2, bars - 1)
        for step in range(16)
        if step % 8 not in (1, 6)
    ]
    keys = panned(perform(clock, arpeggio, _pluck, n_frames), 0.25)
    lead = panned(perform(clock, _pier_melody(), _singing_lead, n_frames), -0.1)
    return {
        "drums": 1.0 * _house_drums(clock, kicks, bars, random, n_frames),
        "bass": 0.8 * panned(bass, 0.0),
        "pad": 0.115 * reverb(random, pads[0] + pads[1], 2.2, 0.35),
        "keys": 0.34 * ping_pong(keys, clock.frame(0.75), 0.55, 0.5),
        "lead": 0.42 * reverb(random, ping_pong(lead, clock.frame(0.5), 0.4, 0.3), 1.6, 0.3),
    }


def late_relay(tempo_bpm: float, bars: int = 16) -> Stems:
    """Slow swing in E flat major: dusty drums, a sine bass, an electric piano, strings and a whistled lead."""
    clock = Clock(tempo_bpm, swing=0.3)
    n_frames = clock.frame(bars * 4) + int(_TAIL_SECONDS * RATE_HZ)
    random = np.random.default_rng(92)
    tonic, fourth, second, fifth = (55, 58, 62, 63), (56, 60, 63, 67), (56, 60, 63, 65), (56, 58, 62, 65)
    harmony = [((0, tonic, 39),), ((0, fourth, 32),), ((0, second, 41), (2, fifth, 34)), ((0, tonic, 39),)]
    changes = [
        (bar * 4 + beat, 2 if len(harmony[bar % 4]) == 2 else 4, chord, root)
        for bar in range(bars)
        for beat, chord, root in harmony[bar % 4]
    ]
    piano_notes = [
        Note(start + at, length, pitch, velocity)
        for start, span, chord, _ in changes
        for at, length, velocity in (((0, 1.6, 0.9), (2.5, 1.2, 0.6)) if span == 4 else ((0, 1.4, 0.8),))
        for pitch in chord
    ]
    bass_notes = [
        Note(start + at, length, root + interval, velocity)
        for start, span, _, root in changes
        if start >= 8
        for at, length, interval, velocity in (
            (0, 1.3, 0, 1.0),
            (1.5, 0.4, 0, 0.7),
            (2.5, 0.9, 7, 0.8),
            (3.5, 0.4, 0, 0.6),
        )
        if at < span
    ]
    string_notes = [
        Note(start, span + 0.1, pitch + 12, 0.7) for start, span, chord, _ in changes if start >= 16 for pitch in chord
    ]
    strings = [panned(perform(clock, string_notes, _slow_strings(detune), n_frames), pan) for detune, pan in _SPREAD]
    piano = perform(clock, piano_notes, _electric_piano, n_frames)
    sway = 0.35 * sine(4.6, n_frames)
    lead = panned(perform(clock, _relay_melody(), _whistle, n_frames), 0.2)
    return {
        "drums": 1.1 * _dusty_drums(clock, bars, random, n_frames),
        "bass": 0.85 * panned(perform(clock, bass_notes, _sine_bass, n_frames), 0.0),
        "keys": 0.3 * np.stack([piano * (1 - sway), piano * (1 + sway)], axis=1).astype(np.float32),
        "strings": 0.09 * reverb(random, strings[0] + strings[1], 1.8, 0.4),
        "lead": 0.4 * reverb(random, ping_pong(lead, clock.frame(0.75), 0.45, 0.35), 1.4, 0.35),
    }


_SPREAD = ((-0.09, -0.7), (0.11, 0.7))
"""Two detuned layers in semitones, and where they sit."""


def _off_beat_bass(roots: Sequence[int], bars: range) -> list[Note]:
    pattern = (
        (0.5, 0.4, 0, 1.0),
        (0.75, 0.2, 0, 0.6),
        (1.5, 0.4, 0, 1.0),
        (2.5, 0.4, 0, 1.0),
        (2.75, 0.2, 0, 0.6),
        (3.5, 0.4, 12, 0.8),
    )
    return [
        Note(bar * 4 + at, length, roots[bar % 4] + up, velocity)
        for bar in bars
        for at, length, up, velocity in pattern
    ]


def _pier_melody() -> list[Note]:
    """Eight bars from bar 8, then the last phrase once more over the ending."""
    phrase = (
        (0, 1.5, 76), (1.5, 0.5, 74), (2, 1, 72), (3, 1, 71),
        (4, 2, 72), (6, 0.5, 69), (6.5, 0.5, 71), (7, 1, 72),
        (8, 1.5, 74), (9.5, 0.5, 72), (10, 1, 69), (11, 1, 65),
        (12, 2.5, 68), (14.5, 0.5, 71), (15, 1, 74),
    )  # fmt: skip
    answer = (
        *phrase[:8],
        (8, 1, 77),
        (9, 1, 76),
        (10, 1, 74),
        (11, 1, 72),
        (12, 1.5, 71),
        (13.5, 0.5, 68),
        (14, 2, 64),
    )
    coda = ((64, 3.5, 69), (68, 3.5, 72), (72, 3.5, 69), (76, 1.5, 68))
    starts = [
        *((32 + at, length, pitch) for at, length, pitch in phrase),
        *((48 + at, length, pitch) for at, length, pitch in answer),
    ]
    return [Note(at, length * 0.95, pitch) for at, length, pitch in (*starts, *coda)]


def _relay_melody() -> list[Note]:
    phrase = (
        (0.5, 0.5, 70), (1, 0.75, 75), (1.75, 1.5, 79), (3.5, 0.5, 77),
        (4, 1.5, 75), (5.75, 0.25, 72), (6, 1.75, 75),
        (8, 0.75, 72), (8.75, 0.75, 75), (9.5, 0.5, 77), (10, 1, 74), (11, 0.75, 70),
        (12, 2.5, 75), (15, 0.5, 70), (15.5, 0.5, 72),
    )  # fmt: skip
    return [Note(start + at, length * 0.95, pitch) for start in (16, 32, 48) for at, length, pitch in phrase]


def _house_drums(clock: Clock, kicks: Sequence[int], bars: int, random: np.random.Generator, n_frames: int) -> Sound:
    mix = panned(_hits(clock, kicks, kick(), n_frames), 0.0) * np.float32(0.95)
    claps = [bar * 4 + beat for bar in range(6, bars - 2) for beat in (1, 3)]
    mix += 0.8 * reverb(random, panned(_hits(clock, claps, clap(random), n_frames), 0.05), 0.5, 0.25)
    sixteenths = [bar * 4 + step / 4 for bar in range(2, bars - 1) for step in range(16)]
    off_beats = [beat for beat in sixteenths if beat % 1 == 0.5]
    mix += panned(_hits(clock, off_beats, hihat(random, 0.06), n_frames), 0.2) * np.float32(0.32)
    mix += panned(_hits(clock, [b for b in sixteenths if b % 0.5], hihat(random, 0.02), n_frames), -0.3) * np.float32(
        0.2
    )
    roll = [beat for bar in (7, 15) for beat in np.arange(bar * 4 + 2, bar * 4 + 4, 0.25)]
    mix += panned(_hits(clock, roll, snare(random), n_frames), 0.0) * np.float32(0.4)
    crash = noise(random, 70_000, 3_000, 14_000) * decay(70_000, 0.45)
    mix += panned(_hits(clock, (16, 32, 64), crash, n_frames), 0.3) * np.float32(0.3)
    return mix


def _dusty_drums(clock: Clock, bars: int, random: np.random.Generator, n_frames: int) -> Sound:
    groove = range(4, bars)
    kicks = [bar * 4 + beat for bar in groove for beat in ((0, 2.5) if bar % 2 else (0, 1.75, 2.5))]
    mix = panned(_hits(clock, kicks, kick(), n_frames), 0.0)
    snares = [bar * 4 + beat for bar in groove for beat in (1, 3)]
    mix += reverb(random, panned(_hits(clock, snares, snare(random), n_frames), 0.0), 0.4, 0.3)
    eighths = [step / 2 for step in range(8, bars * 8)]
    mix += panned(_hits(clock, eighths, hihat(random, 0.03), n_frames), 0.25) * np.float32(0.3)
    ghosts = [bar * 4 + beat for bar in groove for beat in (0.75, 2.25, 3.75)]
    mix += panned(_hits(clock, ghosts, hihat(random, 0.015), n_frames), -0.2) * np.float32(0.2)
    return mix


def _hits(clock: Clock, beats: Sequence[float], sound: Sound, n_frames: int) -> Sound:
    """The same sound at each beat, each fourth a little softer, so that it does not tick like a machine."""
    notes = [Note(beat, 0, 60, 1.0 if index % 4 else 0.9) for index, beat in enumerate(beats)]
    return perform(clock, notes, lambda note, _: sound * np.float32(note.velocity), n_frames)


def _pump(clock: Clock, kicks: Sequence[int], n_frames: int) -> Sound:
    """What side-chain compression does to a pad: it gives way to each kick and comes back within the beat."""
    length = clock.frame(1)
    dip = np.linspace(0, 1, length, dtype=np.float32) ** 1.4
    shape = np.ones(n_frames, np.float32)
    for beat in kicks:
        start = clock.frame(beat)
        shape[start : start + length] = 0.12 + 0.88 * dip
    return shape


def _round_bass(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.003, 0.25, 0.5, 0.05)
    cutoff = 180 + 900 * note.velocity * decay(shape.size, 0.09)
    low = sawtooth(pitch_hz(note.pitch), cutoff, resonance=0.5)
    return (0.8 * low + 0.5 * sine(pitch_hz(note.pitch), shape.size)) * shape * np.float32(note.velocity)


def _sine_bass(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.006, 0.6, 0.6, 0.08)
    driven: Sound = np.tanh(1.8 * sine(pitch_hz(note.pitch), shape.size) * shape)
    return driven * np.float32(0.6 * note.velocity)


def _wide_pad(detune: float) -> Instrument:
    def play(note: Note, held: int) -> Sound:
        shape = envelope(held, 0.5, 3.0, 0.8, 0.9)
        sweep = np.linspace(700, 1_800 * note.velocity, shape.size, dtype=np.float32)
        hz = pitch_hz(note.pitch)
        layers = [
            sawtooth(hz * 2 ** ((detune + more) / 12), sweep, phase=0.37 * k) for k, more in enumerate((0, 0.06, -0.05))
        ]
        return (layers[0] + layers[1] + layers[2]) * shape * np.float32(note.velocity)

    return play


def _slow_strings(detune: float) -> Instrument:
    def play(note: Note, held: int) -> Sound:
        shape = envelope(held, 0.35, 4.0, 0.9, 0.7)
        hz = pitch_hz(note.pitch)
        cutoff = np.full(shape.size, 2_400, np.float32)
        return (
            sawtooth(hz * 2 ** (detune / 12), cutoff) + sawtooth(hz * 2 ** (-detune / 24), cutoff, phase=0.4)
        ) * shape

    return play


def _pluck(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.002, 0.12, 0.1, 0.15)
    cutoff = 400 + 5_500 * note.velocity**2 * decay(shape.size, 0.07)
    return sawtooth(pitch_hz(note.pitch), cutoff, odd_only=True) * shape


def _singing_lead(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.03, 1.0, 0.75, 0.2)
    cutoff = 900 + 2_600 * (1 - decay(shape.size, 0.15)) * decay(shape.size, 1.4)
    hz = pitch_hz(note.pitch)
    return (sawtooth(hz, cutoff) + sawtooth(hz * 1.004, cutoff, phase=0.5)) * shape * np.float32(0.6)


def _electric_piano(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.003, 1.1, 0.15, 0.25)
    hz = pitch_hz(note.pitch)
    bell = 0.6 * note.velocity * sine(hz * 14, shape.size) * decay(shape.size, 0.06)
    bark = 1.1 * note.velocity * sine(hz, shape.size) * decay(shape.size, 0.5)
    return sine(hz, shape.size, bark + bell) * shape * np.float32(note.velocity)


def _whistle(note: Note, held: int) -> Sound:
    shape = envelope(held, 0.05, 2.0, 0.85, 0.15)
    hz = pitch_hz(note.pitch)
    late = 1 - decay(shape.size, 0.25)
    vibrato = 0.006 * late * sine(5.2, shape.size)
    tone = sine(hz * (1 + vibrato), shape.size)
    whistled: Sound = (tone + 0.18 * sine(2 * hz * (1 + vibrato), shape.size) + 0.05 * tone**3) * shape
    return whistled
