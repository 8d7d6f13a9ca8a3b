"""check-pack on folders as people have them, called as the shell would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from remixhub.cli import main
from tests.signals import write_sound

RATE_HZ = 44_100


def noise(seed: int, seconds: float = 2.0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (int(seconds * RATE_HZ), 2)).astype(np.float32)


def write_pack(folder: Path, stems: dict[str, int], mix: str | None) -> None:
    sounds = {name: noise(seed) for name, seed in stems.items()}
    for name, sound in {**sounds, **({mix: sum(sounds.values())} if mix else {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_sound(folder / name, sound, RATE_HZ, "PCM_24")


def checked(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    main(["check-pack", str(folder), "--json", *options])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("mix", ["Blue Hour Master.wav", "Blue_Hour_exported_mix.wav", "final/Blue Hour.wav", "x.wav"])
def test_the_mix_is_found_by_its_sound_and_no_stem_by_the_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mix: str
) -> None:
    write_pack(tmp_path, {"Mixdown - Bass.wav": 1, "Mixdown - Kick.wav": 2, "Mixdown - Piano.wav": 3}, mix)
    found = checked(tmp_path, capsys)
    assert found["reference_mix"] == mix
    assert found["stems"] == ["Mixdown - Bass.wav", "Mixdown - Kick.wav", "Mixdown - Piano.wav"]
    assert found["findings"] == []


def test_stems_that_all_bear_the_word_are_stems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pack(tmp_path, {"Mixdown - Bass.wav": 1, "Mixdown - Kick.wav": 2, "Mixdown - Piano.wav": 3}, None)
    found = checked(tmp_path, capsys)
    assert (found["reference_mix"], len(found["stems"])) == (None, 3)


def test_a_mix_that_is_named_outright_is_taken_though_it_sounds_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pack(tmp_path, {"Bass.wav": 1, "Kick.wav": 2, "Piano.wav": 3}, "x.wav")
    write_sound(tmp_path / "other.wav", noise(9), RATE_HZ, "PCM_24")
    found = checked(tmp_path, capsys, "--mix", str(tmp_path / "other.wav"))
    assert found["reference_mix"] == "other.wav"
    assert "x.wav" in found["stems"]


def test_every_file_is_named_whether_taken_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pack(tmp_path, {"drums/Kick.wav": 1, "drums/Hat.WAV": 2, "a/b/c/Bass.aiff": 3}, "mix.wav")
    (tmp_path / "mix.wav").rename(tmp_path / "mix without suffix")
    (tmp_path / "notes.txt").write_text("Thank you for listening.")
    (tmp_path / "song.mid").write_bytes(b"MThd\0\0\0\6\0\1\0\2\1\0")
    (tmp_path / "stems.zip").write_bytes(b"PK\3\4" + bytes(40))
    (tmp_path / "drums" / ".DS_Store").write_bytes(bytes(10))
    (tmp_path / "__MACOSX" / "drums").mkdir(parents=True)
    (tmp_path / "__MACOSX" / "drums" / "._Kick.wav").write_bytes(bytes(10))
    (tmp_path / "empty").write_bytes(b"")
    found = checked(tmp_path, capsys)
    assert found["stems"] == ["a/b/c/Bass.aiff", "drums/Hat.WAV", "drums/Kick.wav"]
    assert found["reference_mix"] == "mix without suffix"
    reasons = {one["file"]: one["reason"] for one in found["ignored"]}
    assert set(reasons) == {
        "notes.txt", "song.mid", "stems.zip", "drums/.DS_Store", "__MACOSX/drums/._Kick.wav", "empty",
    }  # fmt: skip
    assert "MIDI" in reasons["song.mid"]
    assert "ZIP" in reasons["stems.zip"]
    assert found["findings"] == []
    main(["check-pack", str(tmp_path)])
    shown = capsys.readouterr().out
    assert all(f"not taken {name}: " in shown for name in reasons)


def test_strict_fails_on_warnings_and_not_on_notices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pack(tmp_path, {"Bass.wav": 1, "Kick.wav": 2, "Piano.wav": 3}, "mix.wav")
    assert main(["check-pack", str(tmp_path), "--strict"]) == 0
    write_sound(tmp_path / "Twin.wav", noise(3), RATE_HZ, "PCM_24")
    assert main(["check-pack", str(tmp_path)]) == 0
    assert main(["check-pack", str(tmp_path), "--strict"]) == 1
    capsys.readouterr()


def test_halves_of_a_stereo_sound_are_one_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pack(tmp_path, {"Bass.wav": 1, "Kick.wav": 2, "Piano.wav": 3}, "x.wav")
    both = noise(2)
    (tmp_path / "Kick.wav").unlink()
    for side, name in enumerate(("Kick.L.wav", "Kick.R.wav")):
        write_sound(tmp_path / name, both[:, side], RATE_HZ, "PCM_24")
    found = checked(tmp_path, capsys)
    assert found["reference_mix"] == "x.wav"
    assert found["stems"] == ["Bass.wav", "Kick.L.wav", "Kick.R.wav", "Piano.wav"]
    assert [(one["code"], one["stem"]) for one in found["findings"]] == [("split_stereo", "Kick.L.wav")]
    assert "Kick.R.wav" in found["findings"][0]["advice"]


def test_what_looks_like_halves_by_name_alone_is_not_put_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pack(tmp_path, {"Guitar L.wav": 1, "Guitar R.wav": 2, "Piano.wav": 3}, "x.wav")
    found = checked(tmp_path, capsys)
    assert (found["findings"], found["reference_mix"]) == ([], "x.wav")
    for name, seconds in (("Tom (L).wav", 2.0), ("Tom (R).wav", 1.5)):
        write_sound(tmp_path / name, noise(7, seconds)[:, 0], RATE_HZ, "PCM_24")
    assert "split_stereo" not in [one["code"] for one in checked(tmp_path, capsys)["findings"]]
