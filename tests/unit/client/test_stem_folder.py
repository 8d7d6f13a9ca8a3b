"""What a folder says of itself: names, release.toml, and what is odd before a byte is sent."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from remixhub.client.failures import FileInvalid, UsageWrong
from remixhub.client.release_file import parsed, read_release_file
from remixhub.client.stem_folder import read_folder


def stems(folder: Path, *names: str, rate_hz: int = 44_100, frames: int = 100) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        soundfile.write(folder / name, np.zeros((frames, 2)), rate_hz)
    return folder


def test_names_tell_order_roles_mix_cover_title_tempo_and_key(tmp_path: Path) -> None:
    folder = stems(tmp_path / "Night Drive 124bpm Am", "02 Bass.wav", "01 Kick.wav", "Night Drive (mix).wav")
    (folder / "cover.JPG").write_bytes(b"x")
    (folder / "notes.txt").write_text("x")
    (folder / ".DS_Store").write_text("x")
    read = read_folder(folder)
    assert [(stem.file, stem.name, stem.role) for stem in read.stems] == [
        ("01 Kick.wav", "Kick", "kick"), ("02 Bass.wav", "Bass", "bass"),
    ]  # fmt: skip
    assert read.mix is not None
    assert read.mix.name == "Night Drive (mix).wav"
    assert read.cover is not None
    assert dict(read.facts) == {"title": "Night Drive", "tempo_bpm": 124.0, "key": "A minor"}
    assert read.ignored == {"cover.JPG": "it is no sound", "notes.txt": "it is no sound"}
    assert not read.findings


def test_release_toml_goes_before_names_and_the_command_line_before_both(tmp_path: Path) -> None:
    folder = stems(tmp_path / "Rain", "a.wav", "b.wav", "old.wav")
    (folder / "release.toml").write_text(
        'title = "Snow"\nlicence = "cc0-1.0"\nignore = ["old*"]\nmix = false\n'
        '[[stems]]\nfile = "b.wav"\nname = "Organ"\n'
    )
    read = read_folder(folder, title="Hail", licence=None)
    assert dict(read.facts) == {"title": "Hail", "licence": "cc0-1.0"}
    assert [(stem.file, stem.name) for stem in read.stems] == [("b.wav", "Organ"), ("a.wav", "a")]
    assert read.ignored == {"old.wav": "release.toml says so"}


def test_rates_and_lengths_that_do_not_fit_are_findings(tmp_path: Path) -> None:
    folder = stems(tmp_path / "Rain", "a.wav", "b.wav")
    stems(folder, "c.wav", rate_hz=48_000)
    stems(folder, "d.wav", frames=90)
    (folder / "e.wav").write_bytes(b"RIFF")
    found = {(one.code.value, one.severity.value, one.stem) for one in read_folder(folder).findings}
    assert found == {
        ("rates_differ", "error", "c.wav"),
        ("lengths_differ", "warning", "d.wav"),
        ("stem_unreadable", "error", "e.wav"),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('titel = "Rain"', r"release.toml: there is no key 'titel'\..*title"),
        ('[[stems]]\nfile = "a.wav"\ngain = 3', r"\[\[stems\]\] number 1: there is no key 'gain'"),
        ('[[stems]]\nfile = "a.wav"\nrole = "cowbell"', "number 1: role: has to be one of kick, "),
        ('[[stems]]\nfile = "x.wav"', r"'x.wav' is not in the folder"),
        ('[[stems]]\nname = "x"', "'file' is missing"),
        ('[[stems]]\nfile = "a.wav"\n[[stems]]\nfile = "a.wav"', "named twice"),
        ('cover = "../secret.jpg"', "cover: has to lie in this folder"),
        ('cover = "/etc/passwd"', "cover: has to lie in this folder"),
        ("tempo_bpm = true", "tempo_bpm: has to be a number from 20 to 400"),
        ('key = "H sharp"', "key: is no key"),
        ("title = 3", "title: has to be a text"),
        ('title = "a', "release.toml: is no TOML"),
        ('[[sources]]\naddress = "https://x.example"', "'title' is missing"),
        ("stems = 3", "has to be given as"),
        ("credits = [3]", "has to be a table"),
    ],
)
def test_faults_of_release_toml_are_told_with_their_place(tmp_path: Path, text: str, told: str) -> None:
    folder = stems(tmp_path / "Rain", "a.wav")
    (folder / "release.toml").write_text(text)
    with pytest.raises(FileInvalid, match=told):
        read_folder(folder)


def test_the_example_of_the_docs_can_be_read() -> None:
    docs = (Path(__file__).parents[3] / "docs" / "client.md").read_text(encoding="utf-8")
    example = docs.split("```toml\n")[1].split("```")[0]
    read = parsed(tomllib.loads(example), "release.toml")
    assert {"title", "licence", "tempo_bpm", "key", "tags", "credits"} <= set(read.facts)
    assert read.stems
    assert read.sources
    assert read.elsewhere_sources


def test_a_folder_without_sound_and_a_file_that_is_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UsageWrong, match="no sound"):
        read_folder(tmp_path)
    with pytest.raises(UsageWrong, match="no folder"):
        read_folder(tmp_path / "a.txt")
    (tmp_path / "release.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(FileInvalid, match="UTF-8"):
        read_release_file(tmp_path / "release.toml")
