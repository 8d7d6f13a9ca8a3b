"""Every key has three names, and each is read back; so is what programs, shops and people of other languages write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.musical_key import Mode, MusicalKey, parse_key

KEYS = [MusicalKey(tonic, mode) for mode in Mode for tonic in range(12)]
WHEEL = {
    "1A": "G# minor", "2A": "Eb minor", "3A": "Bb minor", "4A": "F minor", "5A": "C minor", "6A": "G minor",
    "7A": "D minor", "8A": "A minor", "9A": "E minor", "10A": "B minor", "11A": "F# minor", "12A": "C# minor",
    "1B": "B major", "2B": "F# major", "3B": "Db major", "4B": "Ab major", "5B": "Eb major", "6B": "Bb major",
    "7B": "F major", "8B": "C major", "9B": "G major", "10B": "D major", "11B": "A major", "12B": "E major",
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_each_of_its_names_is_read_back(key: MusicalKey) -> None:
    assert [parse_key(name) for name in (key.name, key.short_name, key.camelot)] == [key, key, key]


def test_the_wheel_is_camelots() -> None:
    assert {key.camelot: key.name for key in KEYS} == WHEEL
    for place, name in WHEEL.items():
        assert MusicalKey.from_camelot(int(place[:-1]), Mode.MINOR if place[-1] == "A" else Mode.MAJOR).name == name


@pytest.mark.parametrize("key", KEYS)
def test_relative_keys_share_their_number_and_point_at_each_other(key: MusicalKey) -> None:
    assert key.relative.camelot[:-1] == key.camelot[:-1]
    assert key.relative.mode is not key.mode
    assert key.relative.relative == key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("am", "A minor"), ("Am", "A minor"), ("A", "A major"), ("a min", "A minor"), ("A-moll", "A minor"),
        ("C dur", "C major"), ("Cmaj", "C major"), ("f#", "F# major"), ("F♯m", "F# minor"), ("a♭ maj", "Ab major"),
        ("B flat minor", "Bb minor"), ("B-flat", "Bb major"), ("Bflat", "Bb major"), ("C sharp minor", "C# minor"),
        ("C-sharp", "Db major"), ("Csharp_minor", "C# minor"), ("Cb", "B major"), ("B#", "C major"),
        (" 08a ", "A minor"), ("8b", "C major"), ("G MINOR", "G minor"), ("E FLAT major", "Eb major"),
    ],
)  # fmt: skip
def test_the_spellings_of_tags_are_understood(text: str, name: str) -> None:
    key = parse_key(text)
    assert key is not None
    assert key.name == name


OPEN_KEY = {
    "1m": "A minor", "2m": "E minor", "3m": "B minor", "4m": "F# minor", "5m": "C# minor", "6m": "G# minor",
    "7m": "Eb minor", "8m": "Bb minor", "9m": "F minor", "10m": "C minor", "11m": "G minor", "12m": "D minor",
    "1d": "C major", "2d": "G major", "3d": "D major", "4d": "A major", "5d": "E major", "6d": "B major",
    "7d": "F# major", "8d": "Db major", "9d": "Ab major", "10d": "Eb major", "11d": "Bb major", "12d": "F major",
}  # fmt: skip


def read(text: str) -> str | None:
    key = parse_key(text)
    return key.name if key else None


@pytest.mark.parametrize(("place", "name"), OPEN_KEY.items())
def test_the_wheel_of_open_key_is_read(place: str, name: str) -> None:
    assert (read(place), read(f"0{place}"[-3:])) == (name, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("H-Moll", "B minor"), ("h-moll", "B minor"), ("B-Moll", "Bb minor"), ("b moll", "Bb minor"),
        ("Bb-Moll", "Bb minor"), ("B-Dur", "Bb major"), ("H-Dur", "B major"), ("Fis-Moll", "F# minor"),
        ("cis-Moll", "C# minor"), ("As-Dur", "Ab major"), ("Es dur", "Eb major"), ("Ges-Dur", "F# major"),
        ("His-Dur", "C major"), ("Fis minor", "F# minor"),
        ("Si bémol mineur", "Bb minor"), ("Si be\u0301mol mineur", "Bb minor"), ("Fa dièse mineur", "F# minor"),
        ("Ut majeur", "C major"), ("Ré Majeur", "D major"), ("Mi♭ majeur", "Eb major"), ("Sol# mineur", "G# minor"),
        ("Do mayor", "C major"), ("Fa sostenido menor", "F# minor"), ("Si bemol mayor", "Bb major"),
        ("LA MENOR", "A minor"),
        ("La minore", "A minor"), ("Re bemolle maggiore", "Db major"), ("Do diesis minore", "C# minor"),
        ("Lá menor", "A minor"), ("Dó sustenido maior", "Db major"), ("Lam", "A minor"), ("Sol", "G major"),
    ],
)  # fmt: skip
def test_other_languages_are_understood(text: str, name: str) -> None:
    assert read(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("8A/Am", "A minor"), ("Am/8A", "A minor"), ("8A - Am", "A minor"), ("Am (8A)", "A minor"),
        ("8A Am", "A minor"),
        ("Am;8A", "A minor"), ("1m/8A", "A minor"), ("F#/Gb minor", "F# minor"), ("Gb minor / F#", "F# minor"),
        ("A#m/Bbm", "Bb minor"), ("C#/Db Major", "Db major"), ("A#/Bb", "Bb major"), ("8A - Energy 7", "A minor"),
        ("8A Energy 7", "A minor"), ("Am | Energy: 10", "A minor"),
        ("1A - Abm - 7", "G# minor"), ("[8A]", "A minor"), ("A min.", "A minor"), ("DO#m", "C# minor"),
        ("12B/E", "E major"),
        ("8A - 7", "A minor"), ("F♯ Min", "F# minor"),
        ("A♭ Maj", "Ab major"), ("Gbm", "F# minor"), ("Key: Am", "A minor"), ("C natural minor", "C minor"),
    ],
)  # fmt: skip
def test_what_programs_and_shops_write_is_understood(text: str, name: str) -> None:
    assert read(text) == name


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("between", ["/", " / ", " - ", "|", ", ", ";"])
def test_two_notations_of_one_key_are_one_key_and_of_two_keys_none(key: MusicalKey, between: str) -> None:
    assert parse_key(f"{key.camelot}{between}{key.short_name}") == key
    assert parse_key(f"{key.camelot}{between}{key.relative.short_name}") is None


@pytest.mark.parametrize(
    "text",
    ["o", "Off key", "off", "none", "Am/C", "8A, 9A", "D minor / F major", "8A 128bpm House", "A - 7",
     "8A - 11A", "8A - 0", "8A - 11", "7", "8A - 7 - 8",
     "Hm", "H minor", "His major",
     "F#M", "DoM", "8M", "all of it in A minor, I think, but for the end", "8A" * 2_000, "m", "#", "/"],
)  # fmt: skip
def test_what_names_no_key_or_several_is_none(text: str) -> None:
    assert read(text) is None


@settings(deadline=None)
@given(st.text(alphabet="abcdefghimnorsu#♯♭é/-;()0123456789 M", max_size=45) | st.text(max_size=45))
def test_no_text_breaks_the_reading(text: str) -> None:
    key = parse_key(text)
    assert key is None or key in KEYS


@pytest.mark.parametrize("text", ["", "H", "AM", "13A", "0B", "8C", "A minor 7", "major"])
def test_what_is_no_key_is_none(text: str) -> None:
    assert parse_key(text) is None
