"""Every key has three names, and each is read back."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("text", ["", "H", "AM", "13A", "0B", "8C", "A minor 7", "major"])
def test_what_is_no_key_is_none(text: str) -> None:
    assert parse_key(text) is None
