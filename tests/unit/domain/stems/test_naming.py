from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.musical_key import Mode, MusicalKey, parse_key
from remixhub.domain.stems.naming import StemRole, guess_key, guess_role, guess_tempo_bpm, guess_title

KEYS = st.builds(MusicalKey, st.integers(0, 11), st.sampled_from(Mode))


@pytest.mark.parametrize(
    ("filename", "role"),
    [
        ("01 drums 124bpm.wav", StemRole.DRUMS),
        ("Kick 2.wav", StemRole.KICK),
        ("Bass Drum.wav", StemRole.KICK),
        ("HiHats.flac", StemRole.HIHAT),
        ("hi-hat_closed.wav", StemRole.HIHAT),
        ("SNARE.WAV", StemRole.SNARE),
        ("shaker loop.aif", StemRole.PERCUSSION),
        ("BassGuitar.wav", StemRole.BASS),
        ("808_F#m_140.wav", StemRole.BASS),
        ("Synth Bass.wav", StemRole.BASS),
        ("Lead Guitar.wav", StemRole.GUITAR),
        ("LeadVox.wav", StemRole.LEAD_VOCALS),
        ("vox1.wav", StemRole.LEAD_VOCALS),
        ("03-backing_vocals.mp3", StemRole.BACKING_VOCALS),
        ("BGVs.wav", StemRole.BACKING_VOCALS),
        ("vocal chops.wav", StemRole.SAMPLE),
        ("E-Piano.wav", StemRole.KEYS),
        ("strings_Eb.mp3", StemRole.STRINGS),
        ("Pads (wide).wav", StemRole.PAD),
        ("lead.wav", StemRole.LEAD),
        ("Arp.wav", StemRole.SYNTH),
        ("riser fx.wav", StemRole.FX),
        ("Song (Instrumental).wav", StemRole.INSTRUMENTAL),
        ("Audio 7.wav", StemRole.OTHER),
        ("", StemRole.OTHER),
    ],
)
def test_the_role_is_read_from_the_name(filename: str, role: StemRole) -> None:
    assert guess_role(filename) is role


@pytest.mark.parametrize("role", [role for role in StemRole if role is not StemRole.OTHER])
def test_every_role_is_found_by_its_own_word(role: StemRole) -> None:
    assert guess_role(f"{role.value}.wav") is role


@pytest.mark.parametrize(
    ("filename", "tempo_bpm"),
    [
        ("drums 128bpm.wav", 128.0),
        ("drums_128_BPM_Am.wav", 128.0),
        ("Am-92.5bpm-bass.wav", 92.5),
        ("bpm120 keys.wav", 120.0),
        ("BPM_174.flac", 174.0),
        ("LeadVox_128_8A.wav", 128.0),
        ("128.5bpm", 128.5),
        ("loop 100 drums.wav", None),
        ("808.wav", None),
        ("drums 999bpm.wav", None),
        ("drums 12bpm.wav", None),
        ("Take 2 of 90 and 100 Am.wav", None),
        ("bass 127,5bpm.wav", 127.5),
        ("bpm_128_bass.wav", 128.0),
        ("Am_60.wav", 60.0),
        ("Am_59.wav", None),
        ("Am_200.wav", 200.0),
        ("Am_201.wav", None),
        ("Am_59_128.wav", 128.0),
        ("40bpm.wav", 40.0),
        ("300 bpm.wav", 300.0),
        ("39bpm.wav", None),
        ("301bpm.wav", None),
    ],
)
def test_the_tempo_is_read_from_the_name(filename: str, tempo_bpm: float | None) -> None:
    assert guess_tempo_bpm(filename) == tempo_bpm


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("bass Am.wav", "A minor"),
        ("Am_128bpm_bass.wav", "A minor"),
        ("bass-F#m.wav", "F# minor"),
        ("bass_Ebmaj.wav", "Eb major"),
        ("bass Bb major.wav", "Bb major"),
        ("C#min 120bpm.wav", "C# minor"),
        ("03_A-flat-minor.wav", "G# minor"),
        ("pad 8A.wav", "A minor"),
        ("12b_pad.wav", "E major"),
        ("pad_Eb.wav", "Eb major"),
        ("Verse A.wav", None),
        ("I am here.wav", None),
        ("drums.wav", None),
        ("Em.wav", "E minor"),
        ("pad_Bb_minor.wav", "Bb minor"),
        ("pad_A_flat_minor.wav", "G# minor"),
        ("pad 8a.wav", "A minor"),
    ],
)
def test_the_key_is_read_from_the_name(filename: str, name: str | None) -> None:
    found = guess_key(filename)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("separator", [" ", "_", "-"])
def test_tokens_are_found_in_any_order(order: tuple[int, ...], separator: str) -> None:
    tokens = ("bass", "128bpm", "F#m")
    filename = separator.join(tokens[place] for place in order) + ".wav"
    found = guess_key(filename)
    assert (guess_role(filename), guess_tempo_bpm(filename)) == (StemRole.BASS, 128.0)
    assert found is not None
    assert found.name == "F# minor"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_name_breaks_the_guesses(filename: str) -> None:
    guess_role(filename)
    guess_tempo_bpm(filename)
    guess_key(filename)
    guess_title(filename)


@settings(deadline=None)
@given(KEYS)
def test_every_name_of_a_key_leads_back_to_it(key: MusicalKey) -> None:
    assert parse_key(key.name) == parse_key(key.short_name) == parse_key(key.camelot) == key


@settings(deadline=None)
@given(KEYS)
def test_relative_keys_share_their_camelot_number(key: MusicalKey) -> None:
    assert key.relative.camelot[:-1] == key.camelot[:-1]
    assert key.relative.relative == key


@pytest.mark.parametrize(
    ("name", "camelot"),
    [
        ("A minor", "8A"),
        ("C major", "8B"),
        ("E minor", "9A"),
        ("Ab minor", "1A"),
        ("F# major", "2B"),
        ("Db major", "3B"),
    ],
)
def test_the_camelot_wheel_is_the_known_one(name: str, camelot: str) -> None:
    key = parse_key(name)
    assert key is not None
    assert key.camelot == camelot


def test_titles_leave_out_what_is_said_elsewhere() -> None:
    assert guess_title("stems/01 Deep Bass 124bpm Am.wav") == "Deep Bass"
    assert guess_title("128bpm.wav") != ""


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("Deep_Bass.wav", "Deep Bass"),
        ("Deep Bass-.WAV", "Deep Bass"),
        ("Deep_128bpm_Bass.wav", "Deep Bass"),
        ("Deep Bass - Am.wav", "Deep Bass"),
        ("XX Bass.wav", "XX Bass"),
        ("Bass XX - 8A.wav", "Bass XX"),
        ("Lead - F#m - Take 2.wav", "Lead Take 2"),
        ("Bass A minor.wav", "Bass"),
        ("2) Kick.wav", "Kick"),
        ("03.-Snare.wav", "Snare"),
        ("808.wav", "808"),
        ("Am.wav", "Am"),
        ("128bpm.wav", "128bpm"),
        ("a\\b\\Rim.flac", "Rim"),
        ("two-step.wav", "two-step"),
    ],
)
def test_a_title_is_what_is_left_in_words(filename: str, title: str) -> None:
    assert guess_title(filename) == title
