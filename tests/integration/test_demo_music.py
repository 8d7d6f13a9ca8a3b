"""Listening with numbers: the demo's music is clean, in time and in key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.measure.coherence.compare import measure_coherence
from remixhub.audio.measure.music import Origin, PackSource, analyze_music, analyze_pack
from remixhub.dev.music import SONGS, Song, WrittenSong, compose, reference_mix, write_stems
from remixhub.domain.licences.terms import Licence
from remixhub.domain.stems.naming import StemRole, guess_role
from remixhub.domain.stems.qc import FindingCode, ReferenceFigures, StemFigures, judge_pack


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, WrittenSong]:
    return {song.title: write_stems(song, tmp_path_factory.mktemp("song")) for song in SONGS}


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_a_song_is_composed_the_same_each_time(song: Song) -> None:
    first, second = compose(song), compose(song)
    assert list(first) == list(song.filenames)
    for name, stem in first.items():
        assert (stem.dtype, stem.shape[1]) == (np.float32, 2)
        np.testing.assert_array_equal(stem, second[name])


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_no_stem_clips_and_their_sum_is_the_mix(song: Song) -> None:
    stems = compose(song)
    mix = reference_mix(stems)
    assert 20 * np.log10(np.abs(mix).max()) == pytest.approx(-1.5, abs=0.01)
    for stem in stems.values():
        assert np.isfinite(stem).all()
        assert 0.05 < np.abs(stem).max() < 0.9
    assert len(mix) / 44_100 > 30


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_files_have_equal_lengths_in_all_formats(song: Song, written: dict[str, WrittenSong], sandbox: Sandbox) -> None:
    files = (*written[song.title].stems, written[song.title].reference_mix)
    assert len({path.suffix for path in files}) == 4
    measured = [measure(path, sandbox) for path in files]
    assert len({one.duration_frames for one in measured}) == 1
    assert all(one.clipping_runs == 0 for one in measured)
    assert -17 < (measured[-1].integrated_lufs or 0) < -12


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_names_tell_the_roles(song: Song) -> None:
    assert [guess_role(filename) for filename in song.filenames.values()] == [StemRole(name) for name in song.filenames]
    assert Licence(song.licence)


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_tempo_and_key_are_heard(song: Song, written: dict[str, WrittenSong], sandbox: Sandbox) -> None:
    mix = analyze_music(written[song.title].reference_mix, sandbox)
    sources = [PackSource(path, "x.wav", guess_role(path.name)) for path in written[song.title].stems]
    for found in (mix, analyze_pack(sources, sandbox)):
        assert found.tempo_bpm == pytest.approx(song.tempo_bpm, abs=0.05)
        assert (found.key_name, found.tempo_origin, found.key_origin) == (song.key, Origin.SOUND, Origin.SOUND)


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.title)
def test_the_stems_line_up_with_the_mix(song: Song, written: dict[str, WrittenSong], sandbox: Sandbox) -> None:
    """The MP3 too: its encoder's delay is taken out."""
    files = written[song.title]
    found = measure_coherence({path.name: path for path in files.stems}, files.reference_mix, sandbox)
    assert (found.mix_lag_frames, found.inversions) == (0, {})
    assert found.fit is not None
    assert found.fit.rest is not None
    assert found.fit.rest.share_db < -35
    pack = [
        StemFigures.from_measurements(path.name, measure(path, sandbox), **found.of(path.name)) for path in files.stems
    ]
    mix = measure(files.reference_mix, sandbox)
    reference = ReferenceFigures(mix.sample_rate_hz, mix.duration_frames, found.mix_lag_frames, found.fit)
    assert {one.code for one in judge_pack(pack, reference)} <= {FindingCode.LOSSY}


def test_written_files_hold_what_was_composed(written: dict[str, WrittenSong]) -> None:
    song = SONGS[0]
    stems = compose(song)
    for (name, stem), path in zip(stems.items(), written[song.title].stems, strict=True):
        found = soundfile.read(Path(path), dtype="float32")[0]
        limit = 0.05 if path.suffix == ".mp3" else 2**-23
        assert np.abs(found - stem).max() <= limit, name
