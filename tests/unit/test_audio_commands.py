"""The artists' commands, called as the shell would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from remixhub.cli import main

RATE_HZ = 44_100
FIGURES = {
    *("file", "container", "codec", "sample_rate_hz", "channels", "bit_depth", "duration_frames", "integrated_lufs"),
    *("loudness_range_lu", "true_peak_dbtp", "sample_peak_dbfs", "tempo_bpm", "tempo_confidence", "key"),
    "key_confidence",
}


def sound(seed: int, seconds: float = 2.0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (int(seconds * RATE_HZ), 2))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Three stems that add up to their reference mix."""
    folder = tmp_path / "pack"
    folder.mkdir()
    stems = {"drums.wav": sound(1), "bass.flac": sound(2), "lead.aiff": sound(3)}
    for name, samples in stems.items():
        soundfile.write(folder / name, samples, RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "reference mix.wav", sum(stems.values()), RATE_HZ, subtype="PCM_24")
    (folder / "notes.txt").write_text("Thank you for listening.")
    return folder


def write_spec(folder: Path, **fields: Any) -> Path:
    lanes = [{"stem": "drums.wav"}, {"stem": "bass.flac", "gain_db": -6.0, "offset_frames": 100}]
    path = folder / "spec.json"
    path.write_text(json.dumps({"version": 1, "lanes": lanes, **fields}))
    return path


def test_analyze_prints_one_object_a_line(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(pack / name) for name in ("drums.wav", "notes.txt", "missing.wav", "bass.flac")]
    assert main(["analyze", *files, "--json"]) == 1
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    assert [line["file"] for line in lines] == files
    assert [line.get("error", {}).get("code") for line in lines] == [None, "not_audio", "file_not_readable", None]
    assert set(lines[0]) >= FIGURES
    assert (lines[0]["container"], lines[0]["bit_depth"], lines[0]["duration_frames"]) == ("wav", 24, 2 * RATE_HZ)
    assert captured.err == ""


def test_analyze_tells_silence_from_a_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "silence.wav", np.zeros((RATE_HZ, 1)), RATE_HZ)
    assert main(["analyze", str(tmp_path / "silence.wav"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["integrated_lufs"], found["true_peak_dbtp"], found["tempo_bpm"], found["key"]) == (None,) * 4


def test_analyze_reads_well(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(pack / "drums.wav")]) == 0
    shown = capsys.readouterr().out
    assert "wav, pcm_s24le, 44100 Hz, stereo, 24 bits" in shown
    assert "LUFS" in shown


def test_a_clean_pack_passes(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-pack", str(pack), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["findings"], found["reference_mix"]) == ([], "reference mix.wav")
    assert found["stems"] == ["bass.flac", "drums.wav", "lead.aiff"]
    assert main(["check-pack", str(pack)]) == 0
    assert "Nothing is odd" in capsys.readouterr().out


def test_warnings_are_told_and_do_not_fail(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(pack / "drums.wav", -sound(1), RATE_HZ, subtype="PCM_24")
    soundfile.write(pack / "twin.wav", sound(3), RATE_HZ, subtype="PCM_24")
    soundfile.write(pack / "short.wav", sound(5, 1.0), RATE_HZ, subtype="PCM_24")
    assert main(["check-pack", str(pack), "--json"]) == 0
    found = {(one["code"], one["stem"]): one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert set(found) >= {
        ("polarity_inverted", "drums.wav"),
        ("duplicate", "twin.wav"),
        ("lengths_differ", "short.wav"),
    }
    assert found["lengths_differ", "short.wav"]["figure"] == -RATE_HZ
    assert {one["severity"] for one in found.values()} <= {"warning", "notice"}


def test_a_late_stem_is_told_by_its_frames(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    late = np.vstack([np.zeros((300, 2)), sound(1)[:-300]])
    soundfile.write(pack / "drums.wav", late, RATE_HZ, subtype="PCM_24")
    assert main(["check-pack", str(pack), "--json"]) == 0
    found = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["code"] == "starts_differ"]
    assert [(one["stem"], one["figure"]) for one in found] == [("drums.wav", 300)]


def test_a_broken_pack_fails(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(pack / "other.wav", sound(4), 48_000, subtype="PCM_24")
    (pack / "broken.flac").write_bytes((pack / "bass.flac").read_bytes()[:20_000])
    assert main(["check-pack", str(pack), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {(one["code"], one["stem"]) for one in found if one["severity"] == "error"} == {
        ("rates_differ", "other.wav"),
        ("stem_unreadable", "broken.flac"),
    }


def test_an_empty_or_missing_folder_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-pack", str(tmp_path), "--json"]) == 1
    assert [one["code"] for one in json.loads(capsys.readouterr().out)["findings"]] == ["no_stems"]
    assert main(["check-pack", str(tmp_path / "missing")]) == 1
    assert "folder_not_found" in capsys.readouterr().err


def test_mix_writes_float_wav_untouched(pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.wav"
    assert main(["mix", str(write_spec(tmp_path)), "--stems", str(pack), "--out", str(out)]) == 0
    found, rate_hz = soundfile.read(out)
    assert (rate_hz, soundfile.info(out).subtype) == (RATE_HZ, "FLOAT")
    drums, bass = (soundfile.read(pack / name)[0] for name in ("drums.wav", "bass.flac"))
    expected = np.zeros((2 * RATE_HZ + 100, 2))
    expected[: 2 * RATE_HZ] += drums
    expected[100:] += bass * 10 ** (-6 / 20)
    assert np.abs(found - expected).max() < 1e-6
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["mp3", "flac", "opus"])
def test_mix_writes_the_format_of_the_suffix(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    out = tmp_path / f"out.{suffix}"
    spec = write_spec(tmp_path, loudness={"target_lufs": -20})
    assert main(["mix", str(spec), "--stems", str(pack), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["integrated_lufs"] == pytest.approx(-20, abs=0.01)
    assert main(["analyze", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["codec"] == suffix


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "mix_spec_unreadable"),
        ("\xff", "mix_spec_unreadable"),
        ("[" * 100_000, "mix_spec_unreadable"),
        ("[]", "mix_spec_invalid"),
        ('{"version": 1, "lanes": [{"stem": "drums.wav", "pan": NaN}]}', "mix_spec_unreadable"),
        ('{"version": 1, "lanes": [{"stem": "../spec.json"}]}', "mix_stem_missing"),
        ('{"version": 1, "lanes": [{"stem": "drums.wav", "trim_end_frames": 99999}]}', "mix_empty"),
        ('{"version": 1, "lanes": [{"stem": "drums.wav", "gain_db": 0, "gain_db": 6}]}', "mix_spec_unreadable"),
    ],
)
def test_a_wrong_spec_is_refused_and_nothing_is_written(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(text, encoding="latin-1")
    assert main(["mix", str(spec), "--stems", str(pack), "--out", str(tmp_path / "out.wav")]) == 1
    assert f"[{code}]" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pack", "spec.json"]


def test_a_name_that_stands_twice_in_a_spec_is_named(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text('{"version": 1, "lanes": [{"stem": "drums.wav", "gain_db": 0, "gain_db": 6}]}')
    assert main(["mix", str(spec), "--stems", str(pack), "--out", str(tmp_path / "out.wav")]) == 1
    assert f"{spec}: `gain_db` stands twice" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["mix.wav", "mix.flac", "mix.mp3", "mix.opus"])
def test_a_mix_in_the_stems_folder_is_written_anew_and_a_stem_is_not(
    pack: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    made = []
    for gain_db in (-20.0, 0.0):
        spec = write_spec(pack, gain_db=gain_db)
        assert main(["mix", str(spec), "--stems", str(pack), "--out", str(pack / name)]) == 0, capsys.readouterr().err
        made.append((pack / name).read_bytes())
    assert made[0] != made[1]
    before = (pack / "lead.aiff").read_bytes()
    shutil.copy(pack / "lead.aiff", pack / "lead.wav")
    for stem in ("drums.wav", "lead.wav"):
        assert main(["mix", str(spec), "--stems", str(pack), "--out", str(pack / stem)]) == 1
        assert "[output_refused]" in capsys.readouterr().err
    assert (pack / "lead.wav").read_bytes() == before


@pytest.mark.parametrize(("written", "named"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_stem_is_found_by_its_name_however_it_is_spelled(
    pack: Path, tmp_path: Path, written: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, lane = (unicodedata.normalize(form, "Été (가).wav") for form in (written, named))
    (pack / "drums.wav").rename(pack / file)
    spec = write_spec(tmp_path, lanes=[{"stem": lane}])
    assert main(["mix", str(spec), "--stems", str(pack), "--out", str(tmp_path / "out.wav")]) == 0
    capsys.readouterr()


def test_a_mix_from_the_mixer_is_rendered_with_an_unpacked_stem_pack(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its lanes name ids, and beside them the files of the ZIP."""
    (pack / "drums.wav").rename(pack / "01 Drums.wav")
    (pack / "bass.flac").rename(pack / "02 Bass.flac")
    quieter = [{"at_frames": 0, "gain_db": -6}]
    document = {
        "version": 2,
        "lanes": [
            {"stem": "01JDRUMS", "clips": [{"trim_end_frames": RATE_HZ}, {"offset_frames": RATE_HZ}]},
            {"stem": "01JBASS", "clips": [{}, {"trim_end_frames": 10**6}], "gain_points": quieter},
            {"stem": "lead.aiff", "muted": True},
        ],
        "loop": {"start_frames": 0, "end_frames": 100, "times": 3},
        "stems": {"01JDRUMS": "01 Drums.wav", "01JBASS": "02 Bass.flac", "lead.aiff": "gone.wav"},
    }
    spec, out = tmp_path / "Tour.mix.json", tmp_path / "out.wav"
    spec.write_text(json.dumps(document, indent=1))
    assert main(["mix", str(spec), "--stems", str(pack), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["warnings"]
    assert [warning["detail"] for warning in told] == ["Trimming leaves nothing of clip 2 of 02 Bass.flac."]
    expected = np.zeros((3 * RATE_HZ, 2))
    drums, bass = soundfile.read(pack / "01 Drums.wav")[0], soundfile.read(pack / "02 Bass.flac")[0]
    expected[:RATE_HZ] += drums[:RATE_HZ]
    expected[RATE_HZ:] += drums
    expected[: len(bass)] += bass * 10 ** (-6 / 20)
    expected = np.concatenate([expected[:100], expected[:100], expected])
    assert np.abs(soundfile.read(out)[0] - expected).max() < 1e-6


def test_stems_that_are_not_there_are_named_as_files(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes = [{"stem": "01JKICK"}, {"stem": "drums.wav"}, {"stem": "pad.wav"}]
    spec = write_spec(tmp_path, version=2, lanes=lanes, stems={"01JKICK": "03 Kick.wav"})
    assert main(["mix", str(spec), "--stems", str(pack), "--out", str(tmp_path / "out.wav")]) == 1
    assert f"{pack} has no audio file of the name 03 Kick.wav, nor pad.wav" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["out.xyz", "out", "missing/out.wav", "pack/drums.wav"])
def test_an_output_that_cannot_be_is_refused(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    before = (pack / "drums.wav").read_bytes()
    assert main(["mix", str(write_spec(tmp_path)), "--stems", str(pack), "--out", str(tmp_path / out)]) == 1
    assert "[output_refused]" in capsys.readouterr().err
    assert (pack / "drums.wav").read_bytes() == before


def test_the_module_is_a_program(pack: Path) -> None:
    command = [sys.executable, "-m", "remixhub", "analyze", str(pack / "drums.wav"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["codec"] == "pcm_s24le"
    assert done.stderr == ""


def test_it_ends_quietly_when_nobody_reads_on(pack: Path) -> None:
    files = [str(pack / "drums.wav")] * 3
    command = [sys.executable, "-m", "remixhub", "analyze", "--json", *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("{")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0
