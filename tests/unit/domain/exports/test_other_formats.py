"""REAPER, MIDI and labels, each read by a reader that is not ours; what lies beside the sound."""

from __future__ import annotations

import io
import math
from typing import Any

import mido
import pytest
import rpp

from remixhub.domain.exports import labels, midi, reaper
from remixhub.domain.exports.formats import FORMS, Exported, ExportFormat, Folder, digest, file_name, texts
from remixhub.domain.exports.session import DawSession, sound_file
from remixhub.domain.exports.sessions import papers_of
from remixhub.domain.stems.archive import ArchivedStem
from tests.unit.domain.exports.sample import RATE_HZ, THREE_PACKS, mix_session, pack, pack_session, stem

STEMS = [stem("kick", role="kick", channels=1), stem("bass", role="bass")]


def project(session: DawSession) -> rpp.Element:
    ((name, body),) = reaper.written(session).items()
    assert name.endswith(".rpp")
    return rpp.loads(body.decode())


def words(element: rpp.Element, name: str) -> list[Any]:
    return list(element.find(name)[1:])


@pytest.mark.parametrize("stems", THREE_PACKS.values(), ids=THREE_PACKS)
def test_reaper_has_a_pack_to_the_frame_and_the_hundredth_of_a_decibel(stems: list[ArchivedStem]) -> None:
    session = pack_session(stems)
    root = project(session)
    assert words(root, "TEMPO") == ["124", "4", "4"]
    strips = root.findall("TRACK")
    assert [words(one, "NAME")[0].replace("'", '"') for one in strips] == [one.name.replace("'", '"') for one in stems]
    for strip, sound, one in zip(strips, session.sounds, stems, strict=True):
        item = strip.find("ITEM")
        assert float(words(item, "POSITION")[0]) == 0
        assert float(words(item, "LENGTH")[0]) * session.rate_hz == pytest.approx(sound.frames, abs=1e-3)
        assert words(item.find("SOURCE"), "FILE") == [sound.file]
        assert 20 * math.log10(float(words(strip, "VOLPAN")[0])) == pytest.approx(one.gain_db, abs=0.005)


def test_reaper_has_a_mix_as_on_the_desk() -> None:
    spec = {
        "version": 2, "sample_rate_hz": RATE_HZ,
        "lanes": [{
            "stem": "id-of-bass", "gain_db": -3.0, "pan": 0.25, "muted": True, "solo": True,
            "clips": [{"trim_start_frames": 88_201, "trim_end_frames": 1_000, "offset_frames": 44_101,
                       "fade_in_frames": 441, "fade_out_frames": 4_410}],
            "gain_points": [{"at_frames": 0, "gain_db": -6}, {"at_frames": 44_100, "gain_db": -6}],
            "pan_points": [{"at_frames": 0, "pan": 0.5}],
            "mute_ranges": [{"start_frames": 441, "end_frames": 882}],
        }],
        "gain_db": -1.0, "loop": {"start_frames": 0, "end_frames": 88_200, "times": 2},
        "markers": [{"at_frames": 22_050, "name": "Say \"go\" to 'me'"}],
    }  # fmt: skip
    root = project(mix_session(spec, STEMS))
    assert float(words(root, "MASTER_VOLUME")[0]) == pytest.approx(10 ** (-1 / 20))
    (strip,) = root.findall("TRACK")
    assert words(strip, "MUTESOLO") == ["1", "1", "0"]
    assert words(strip, "VOLPAN")[1] == "0.25"
    item = strip.find("ITEM")
    frames = {name: float(words(item, name)[0]) * RATE_HZ for name in ("POSITION", "LENGTH", "SOFFS")}
    assert frames == pytest.approx({"POSITION": 44_101, "LENGTH": 441_000 - 89_201, "SOFFS": 88_201}, abs=1e-3)
    assert float(words(item, "FADEIN")[1]) == pytest.approx(0.01)
    assert float(words(item, "FADEOUT")[1]) == pytest.approx(0.1)
    assert [float(one[2]) for one in strip.find("VOLENV2").findall("PT")] == pytest.approx([10 ** (-6 / 20)] * 2)
    assert [one[2] for one in strip.find("PANENV2").findall("PT")] == ["-0.5"]  # left is positive there
    muted = [(round(float(one[1]) * RATE_HZ), one[2], one[3]) for one in strip.find("MUTEENV").findall("PT")]
    assert muted == [(0, "1", "1"), (441, "0", "1"), (882, "1", "1")]
    marks = [tuple(one[1:5]) for one in root.findall("MARKER")]
    assert marks[0][2:] == ("Say \"go\" to 'me'", "0")
    assert [(mark[2], mark[3]) for mark in marks[1:]] == [("Loop, 2 times", "1"), ("", "1")]


@pytest.mark.parametrize("name", ["plain", 'a "b"', "a 'b' \"c\"", "`a` 'b' \"c\"", "line\nbreak"])
def test_reaper_takes_any_name(name: str) -> None:
    root = project(pack_session([stem(name)]))
    told = words(root.find("TRACK"), "NAME")[0]
    assert told == name.replace("\n", " ") or told == name.replace("`", "'")


def test_midi_has_tempo_signature_key_and_markers() -> None:
    spec = {
        "version": 2, "sample_rate_hz": RATE_HZ, "lanes": [{"stem": "id-of-bass"}],
        "grid": {"bpm": 123.4, "beats_per_bar": 3}, "markers": [{"at_frames": 88_200, "name": "落 Drop"}],
    }  # fmt: skip
    session = mix_session(spec, STEMS, key="F# minor")
    read = mido.MidiFile(file=io.BytesIO(midi.tempo_map(session)), charset="utf-8")
    (strip,) = read.tracks
    told = {one.type: one for one in strip}
    assert mido.tempo2bpm(told["set_tempo"].tempo) == pytest.approx(123.4, abs=0.001)
    assert (told["time_signature"].numerator, told["time_signature"].denominator) == (3, 4)
    assert told["key_signature"].key == "F#m"
    assert told["marker"].text == "落 Drop"
    assert "creativecommons.org" in told["copyright"].text
    at_ticks = 0
    for one in strip:
        at_ticks += one.time
        if one.type == "marker":
            assert mido.tick2second(at_ticks, read.ticks_per_beat, told["set_tempo"].tempo) == pytest.approx(
                2, abs=1e-3
            )
    assert read.length == pytest.approx(10, abs=0.001)


@pytest.mark.parametrize(
    ("key", "told"), [("C major", "C"), ("A minor", "Am"), ("Db major", "Db"), ("G# minor", "G#m"), ("Eb minor", "D#m")]
)
def test_midi_spells_keys(key: str, told: str) -> None:
    read = mido.MidiFile(file=io.BytesIO(midi.tempo_map(pack_session(STEMS, key=key))))
    assert next(one.key for one in read.tracks[0] if one.type == "key_signature") == told


def test_labels_have_markers_and_every_fourth_bar() -> None:
    lines = labels.labels(pack_session(STEMS, tempo_bpm=120.0)).decode().splitlines()
    assert lines == ["0.000000\t0.000000\tBar 1", "8.000000\t8.000000\tBar 5"]
    assert labels.labels(pack_session(STEMS, tempo_bpm=None)) == b""


@pytest.mark.parametrize(
    ("format", "made"), [(format, form.made) for format, form in FORMS.items() if isinstance(form.made, Folder)]
)
def test_licence_credits_and_receipt_travel_in_each(format: ExportFormat, made: Folder) -> None:
    one = pack(STEMS, sources_text="“Root” by Eve – https://hub.example/works/r – CC BY 4.0, …")
    written = texts(pack_session(STEMS), papers_of(one), format)
    assert "creativecommons.org/licenses/by/4.0/legalcode" in written["LICENSE.txt"].decode()
    credited = written["CREDITS.txt"].decode().splitlines()
    assert credited[0].startswith("“Night “Drive” & <Dawn>” by Ada – https://hub.example/works/w")
    assert credited[1].startswith("“Root” by Eve")
    assert "Ada, bass" in credited
    assert written["RECEIPT.json"] == one.receipt.encode()
    told = written[made.read_me].decode()
    assert "124 BPM" in told
    assert "A minor" in told
    assert "audio/01-kick.wav  kick (kick, mono): +0.00 dB" in told


def test_the_folder_says_how_to_warp() -> None:
    written = texts(pack_session(STEMS), papers_of(pack(STEMS)), ExportFormat.ABLETON)
    told = written["Read me.txt"].decode()
    assert "Auto-Warp Long Samples" in told
    assert "Set the tempo to 124 BPM" in told
    untimed = texts(pack_session(STEMS, tempo_bpm=None), papers_of(pack(STEMS)), ExportFormat.ABLETON)
    assert "states no tempo" in untimed["Read me.txt"].decode()


def test_equal_sessions_are_equal_bytes_and_others_have_another_name() -> None:
    def named(stems: list[ArchivedStem], format: ExportFormat = ExportFormat.DAWPROJECT, **facts: Any) -> str:
        session = pack_session(stems, **facts)
        return digest(session, papers_of(pack(stems, **facts)), format)

    assert named(STEMS) == named(list(STEMS))
    others = {
        named(STEMS), named(STEMS, ExportFormat.REAPER), named(STEMS, tempo_bpm=125.0), named(STEMS, receipt="{}"),
        named(STEMS[:1]), named([STEMS[0], stem("bass", role="bass", frames=441_001)]),
    }  # fmt: skip
    assert len(others) == 6


def test_files_are_told_apart_and_plain() -> None:
    assert sound_file(1, "主旋律", "lead_vocals") == "audio/01-lead-vocals.wav"
    assert sound_file(2, "Café / Noir: “x”", "keys") == "audio/02-Cafe-Noir-x.wav"
    assert sound_file(3, "../../etc/passwd", "fx") == "audio/03-etc-passwd.wav"
    assert sound_file(12, "a" * 300, "fx") == f"audio/12-{'a' * 40}.wav"


def test_the_file_is_named_for_artist_and_title() -> None:
    assert file_name(pack_session(STEMS), ExportFormat.DAWPROJECT) == "Ada - Night “Drive” & _Dawn_.dawproject"
    assert file_name(pack_session(STEMS), ExportFormat.REAPER).endswith(" (REAPER).zip")


@pytest.mark.parametrize("one", [Exported(ExportFormat.REAPER, "a" * 32), Exported(ExportFormat.DAWPROJECT, "b", True)])
def test_a_jobs_subject_is_read_as_it_was_written(one: Exported) -> None:
    assert Exported.read(str(one)) == one
    assert len(str(one)) <= 64
