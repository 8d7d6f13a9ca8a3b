"""verify-contest on what people have: the ZIP, a folder, a ZIP packed again, and what is none of these."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from remixhub.cli import main
from remixhub.domain.contests.packing import packed
from tests.unit.domain.contests.exports import as_before, decided, files, happened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "contest"
    made.mkdir()
    for name, text in files().items():
        (made / name).write_bytes(text.encode())
    return made


@pytest.fixture
def export(tmp_path: Path) -> Path:
    made = tmp_path / "contest.zip"
    made.write_bytes(packed(files()))
    return made


def test_the_zip_its_folder_and_a_zip_of_that_verify(
    export: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path, "contest")
    (folder.parent / "__MACOSX").mkdir()
    (folder.parent / "__MACOSX" / "contest.json").write_text("x")
    for path in (export, folder, folder.parent, again):
        assert main(["verify-contest", str(path)]) == 0
        assert "verifies: the result follows" in capsys.readouterr().out


def test_a_head_is_compared(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = json.loads(files()["contest.json"])["log_head"]
    assert main(["verify-contest", str(export), "--head", head]) == 0
    assert "The head that you gave is one of this log's" in capsys.readouterr().out
    assert main(["verify-contest", str(export), "--head", "0" * 64]) == 1
    assert "does NOT verify" in capsys.readouterr().out


def test_json_says_all_of_it(export: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify-contest", str(export), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"verified": True, "faults": [], "unbound": [], "log_head": said["log_head"]}
    text = (folder / "contest.json").read_text().replace("Lab", "Lap")
    (folder / "contest.json").write_text(text)
    assert main(["verify-contest", str(folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["faults"] == ['contest.json, label: published "Lap", computed "Lab".']


def test_of_an_older_export_it_says_what_no_log_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    older = tmp_path / "older.zip"
    older.write_bytes(packed(files(decided(as_before(happened())))))
    assert main(["verify-contest", str(older)]) == 0
    assert "does not hold id, title, url, label, dates" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nothing.zip", "text.zip", "empty", "torn.zip"])
def test_what_is_no_export_is_refused_in_a_sentence(
    name: str, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no ZIP")
    (tmp_path / "torn.zip").write_bytes(export.read_bytes()[:-30])
    assert main(["verify-contest", str(tmp_path / name)]) == 1
    assert "[contest_export_unreadable]" in capsys.readouterr().err
