from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.key import PitchTracker, estimate_key
from remixhub.audio.measure.music import MusicEstimate, Origin, PackSource, analyze_music, analyze_pack, with_hints
from remixhub.audio.measure.tempo import ANALYSIS_RATE_HZ, OnsetTracker, TempoEstimate, estimate_tempo
from remixhub.dev.synth import Clock, Note, decay, perform, sine
from remixhub.domain.musical_key import Mode, MusicalKey, parse_key
from remixhub.domain.stems.naming import StemRole

Mono = NDArray[np.float32]


def clicks(tempo_bpm: float, seconds: float, rate_hz: int = ANALYSIS_RATE_HZ, jitter: int = 0) -> Mono:
    """Bursts of noise on each beat, with a bar's accent."""
    random = np.random.default_rng(7)
    sound = np.zeros(int(seconds * rate_hz), np.float32)
    for number, beat in enumerate(np.arange(0.1, seconds - 0.2, 60 / tempo_bpm)):
        at = int(beat * rate_hz) + int(random.integers(-jitter, jitter + 1))
        length = rate_hz // 25
        burst = random.uniform(-0.4, 0.4, length) * np.exp(-np.arange(length) / (rate_hz / 100))
        sound[at : at + length] += (burst * (1.0 if number % 4 else 1.5)).astype(np.float32)
    return sound


def chords(key: MusicalKey, tuning_cents: float = 0.0) -> Mono:
    """Tonic, fourth, fifth, tonic over a bass; the minor's fifth has its leading note. At 44.1 kHz."""
    third = 4 if key.mode is Mode.MAJOR else 3
    shapes = ((0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7))
    root = 48 + key.tonic
    notes = [Note(bar * 4, 3.8, root + step) for bar in range(8) for step in shapes[bar % 4]]
    notes += [Note(bar * 4, 3.8, root - 12 + shapes[bar % 4][0]) for bar in range(8)]

    def play(note: Note, held: int) -> Mono:
        hz = 440 * 2 ** ((note.pitch - 69) / 12 + tuning_cents / 1200)
        return sum((sine(hz * n, held) / n for n in (1, 2, 3, 4)), np.zeros(held, np.float32)) * decay(held, 1.0)

    return (0.1 * perform(Clock(120), notes, play, 17 * 44_100)).astype(np.float32)


def tempo_of(mono: Mono, block_frames: int = 30_000) -> TempoEstimate:
    tracker = OnsetTracker()
    for start in range(0, len(mono), block_frames):
        tracker.add(mono[start : start + block_frames])
    return estimate_tempo(tracker.onsets())


@pytest.mark.parametrize("tempo_bpm", [70, 85.5, 92, 100, 110, 124, 128, 140.25, 150])
def test_a_steady_pulse_is_found_to_the_tenth(tempo_bpm: float) -> None:
    found = tempo_of(clicks(tempo_bpm, 30))
    readings = [found.tempo_bpm, *found.alternatives]
    assert min(abs(reading - tempo_bpm) for reading in readings if reading) < 0.1
    assert found.confidence > 0.4


def test_half_and_double_are_told() -> None:
    found = tempo_of(clicks(174, 30))
    assert found.tempo_bpm is not None
    assert {round(found.tempo_bpm), *map(round, found.alternatives)} >= {87, 174}


def test_a_looser_pulse_is_found_with_less_confidence() -> None:
    tight, loose = tempo_of(clicks(120, 30)), tempo_of(clicks(120, 30, jitter=400))
    assert loose.tempo_bpm == pytest.approx(120, abs=1)
    assert loose.confidence < tight.confidence


def test_blocks_of_any_length_give_the_same_onsets() -> None:
    sound = clicks(97, 8)
    whole, pieces = OnsetTracker(), OnsetTracker()
    whole.add(sound)
    for start in range(0, len(sound), 777):
        pieces.add(sound[start : start + 777])
    np.testing.assert_allclose(whole.onsets(), pieces.onsets(), atol=1e-4)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(10 * ANALYSIS_RATE_HZ, np.float32),
        clicks(120, 2),
        np.zeros(0, np.float32),
        np.ones(20 * ANALYSIS_RATE_HZ, np.float32),
    ],
    ids=["silence", "two seconds", "nothing", "constant"],
)
def test_where_nothing_repeats_there_is_no_tempo(sound: Mono) -> None:
    found = tempo_of(sound)
    assert (found.tempo_bpm, found.confidence) == (None, 0.0)


def test_noise_has_no_sure_tempo() -> None:
    noise = np.random.default_rng(3).uniform(-0.3, 0.3, 30 * ANALYSIS_RATE_HZ).astype(np.float32)
    assert tempo_of(noise).confidence < 0.2


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("tonic", range(12))
def test_every_key_is_heard(tmp_path: Path, sandbox: Sandbox, tonic: int, mode: Mode) -> None:
    key = MusicalKey(tonic, mode)
    soundfile.write(tmp_path / "chords.wav", chords(key), 44_100)
    found = analyze_music(tmp_path / "chords.wav", sandbox)
    assert found.key == key
    assert found.key_confidence > 0.5
    assert found.key_origin is Origin.SOUND


@pytest.mark.parametrize("tuning_cents", [-30, 30])
def test_a_key_is_heard_in_another_tuning(tmp_path: Path, sandbox: Sandbox, tuning_cents: float) -> None:
    key = MusicalKey(2, Mode.MINOR)
    soundfile.write(tmp_path / "chords.wav", chords(key, tuning_cents), 44_100)
    assert analyze_music(tmp_path / "chords.wav", sandbox).key == key


def test_silence_has_no_key() -> None:
    tracker = PitchTracker()
    tracker.add(np.zeros(200_000, np.float32))
    assert estimate_key(tracker.weights()).key is None


@pytest.mark.parametrize("rate_hz", [8_000, 48_000, 96_000])
def test_tempo_is_found_at_any_rate(tmp_path: Path, sandbox: Sandbox, rate_hz: int) -> None:
    soundfile.write(tmp_path / "x.wav", clicks(116, 20, rate_hz), rate_hz)
    assert analyze_music(tmp_path / "x.wav", sandbox).tempo_bpm == pytest.approx(116, abs=0.1)


def test_what_is_heard_outranks_a_name_that_contradicts_it(tmp_path: Path, sandbox: Sandbox) -> None:
    soundfile.write(tmp_path / "x.wav", clicks(116, 20), ANALYSIS_RATE_HZ)
    agreed = analyze_music(tmp_path / "x.wav", sandbox, filename="clicks 116bpm 8A.wav")
    assert (agreed.tempo_bpm, agreed.tempo_origin, agreed.camelot) == (116.0, Origin.NAME, "8A")
    contradicted = analyze_music(tmp_path / "x.wav", sandbox, filename="clicks 101bpm.wav")
    assert (contradicted.tempo_bpm, contradicted.tempo_origin) == (pytest.approx(116, abs=0.1), Origin.SOUND)
    assert contradicted.tempo_alternatives[0] == 101.0
    assert contradicted.tempo_confidence < agreed.tempo_confidence


def test_a_name_tells_which_of_the_pulses_is_counted(tmp_path: Path, sandbox: Sandbox) -> None:
    soundfile.write(tmp_path / "x.wav", clicks(87, 20), ANALYSIS_RATE_HZ)
    for name, tempo_bpm in (("jungle 174bpm.wav", 174.0), ("dub 87bpm.wav", 87.0)):
        found = analyze_music(tmp_path / "x.wav", sandbox, filename=name)
        assert (found.tempo_bpm, found.tempo_confidence, found.tempo_alternatives) == (tempo_bpm, 0.98, ())


@pytest.mark.parametrize(("heard_bpm", "tempo_bpm"), [(87, 87.0), (150, 87.0), (None, 87.0)])
def test_of_two_readings_of_a_tag_the_one_that_is_heard_counts(heard_bpm: float | None, tempo_bpm: float) -> None:
    unsure = MusicEstimate(heard_bpm, 0.2, (), Origin.SOUND, None, 0.0, (), Origin.SOUND)
    readings = [(87.0, Origin.TAGS), (174.0, Origin.TAGS)]
    found = with_hints(unsure, readings, [])
    assert (found.tempo_bpm, found.tempo_alternatives[:1]) == (tempo_bpm, () if heard_bpm == 87 else (174.0,))
    assert with_hints(replace(unsure, tempo_bpm=174.2), readings, []).tempo_bpm == 174.0


def test_a_hint_that_is_not_heard_counts_where_the_sound_is_unsure() -> None:
    a_minor, f_minor, c_major = (parse_key(name) for name in ("Am", "Fm", "C"))
    assert a_minor is not None
    assert f_minor is not None
    assert c_major is not None
    sure = MusicEstimate(120.0, 0.5, (60.0,), Origin.SOUND, a_minor, 0.5, (), Origin.SOUND)
    tempos, keys = [(99.0, Origin.NAME), (118.5, Origin.TAGS)], [(f_minor, Origin.NAME), (c_major, Origin.TAGS)]
    found = with_hints(sure, tempos, keys)
    assert (found.tempo_bpm, found.tempo_origin, found.tempo_confidence) == (118.5, Origin.TAGS, 0.98)
    assert (found.key, found.key_origin, found.key_confidence) == (c_major, Origin.TAGS, 0.98)
    found = with_hints(sure, tempos[:1], keys[:1])
    assert (found.tempo_bpm, found.tempo_alternatives, found.tempo_origin) == (120.0, (99.0, 60.0), Origin.SOUND)
    assert (found.key, found.key_alternatives, found.key_origin) == (a_minor, (f_minor,), Origin.SOUND)
    unsure = replace(sure, tempo_confidence=0.49, key_confidence=0.49)
    found = with_hints(unsure, tempos[:1], keys[:1])
    assert (found.tempo_bpm, found.tempo_alternatives, found.tempo_origin) == (99.0, (120.0,), Origin.NAME)
    assert (found.key, found.key_alternatives, found.key_origin) == (f_minor, (a_minor,), Origin.NAME)
    assert (found.tempo_confidence, found.key_confidence) == (0.7, 0.7)
    surest = with_hints(replace(sure, tempo_confidence=1.0, key_confidence=0.9), tempos[:1], keys[:1])
    assert (surest.tempo_confidence, surest.key_confidence) == (0.7, 0.7), "as something speaks against it"
    assert with_hints(sure, [], []) == sure


def test_a_pack_takes_tempo_from_drums_and_key_from_the_rest(tmp_path: Path, sandbox: Sandbox) -> None:
    key = MusicalKey(5, Mode.MAJOR)
    soundfile.write(tmp_path / "a.wav", clicks(104, 20), ANALYSIS_RATE_HZ)
    soundfile.write(tmp_path / "b.wav", chords(key), 44_100)
    sources = [
        PackSource(tmp_path / "a.wav", "drums.wav", StemRole.DRUMS),
        PackSource(tmp_path / "b.wav", "keys.wav", StemRole.KEYS),
    ]
    found = analyze_pack(sources, sandbox)
    assert found.tempo_bpm == pytest.approx(104, abs=0.1)
    assert found.key == key


def test_contradicting_names_are_no_hint(tmp_path: Path, sandbox: Sandbox) -> None:
    soundfile.write(tmp_path / "a.wav", clicks(104, 20), ANALYSIS_RATE_HZ)
    names = ("drums 120bpm.wav", "bass 125bpm.wav")
    found = analyze_pack([PackSource(tmp_path / "a.wav", name, StemRole.DRUMS) for name in names], sandbox)
    assert (found.tempo_origin, round(found.tempo_bpm or 0)) == (Origin.SOUND, 104)
