"""Sessions that people send: what is known in them, and what is refused before it costs anything."""

from __future__ import annotations

import hashlib
import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from remixhub.domain.exports.dawproject_reading import SessionUnreadable
from remixhub.domain.exports.handed_back import SessionReading
from remixhub.services.uploads import session_files
from remixhub.services.uploads.session_files import read_session

STEM, WORK = "0123456789abcdef" * 2, "f" * 32
SOUND = b"RIFF" + bytes(3_000_000) + f"by Ada; RemixHub stem {STEM}".encode() + bytes(500)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def project(clips: str = "", *, more: str = "", bpm: str = "120", mute: str = "false") -> str:
    clips = clips or clip("audio/kick.wav")
    return (
        f'{HEAD}<Project version="1.0"><Transport><Tempo unit="bpm" value="{bpm}"/></Transport>'
        f'<Structure><Track id="t" name="Kick"><Channel><Mute value="{mute}"/></Channel></Track></Structure>'
        f'<Arrangement><Lanes timeUnit="beats"><Lanes track="t"><Clips>{clips}</Clips></Lanes></Lanes>{more}'
        "</Arrangement></Project>"
    )


def clip(path: str, *, time: str = "4", duration: str = "8", start: str = "2") -> str:
    audio = f'<Audio duration="30"><File path="{path}"/></Audio><Warp time="0" contentTime="0"/>'
    warps = f'<Warps timeUnit="beats" contentTimeUnit="seconds">{audio}<Warp time="60" contentTime="30"/></Warps>'
    return f'<Clip time="{time}" duration="{duration}" contentTimeUnit="beats" playStart="{start}">{warps}</Clip>'


def packed(entries: Mapping[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", how) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return raw.getvalue()


def read(folder: Path, raw: bytes) -> SessionReading:
    path = folder / "sent.dawproject"
    path.write_bytes(raw)
    return read_session(path, lambda _part: None)


def test_what_plays_is_known_by_what_its_file_carries(tmp_path: Path) -> None:
    metadata = f"<MetaData><Website>https://hub.example/works/{WORK}</Website></MetaData>"
    sent = {"metadata.xml": metadata, "project.xml": project(), "audio/kick.wav": SOUND, "audio/unused.wav": b"RIFF"}
    reading = read(tmp_path, packed(sent))
    (one,) = reading.files
    assert reading.works == [WORK]
    assert (one.path, one.names, one.stem) == ("audio/kick.wav", ["Kick"], STEM)
    assert one.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert one.spans == [(2.0, 1.0, 5.0)], "in seconds: where it begins, and from where to where of the sound"
    assert SessionReading.read(reading.as_json()) == reading
    assert read(tmp_path, packed({**sent, "project.xml": project(mute="true")})).files == []


def test_files_outside_and_names_that_climb_are_names_and_nothing_else(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(SOUND)
    named = [str(secret), "../secret.wav", "..\\\\secret.wav", "file:///etc/passwd", "C:/x.wav"]
    sent = {"project.xml": project("".join(map(clip, named))), "../../climbed.wav": SOUND}
    reading = read(tmp_path, packed(sent))
    assert all(one.sha256 is None and one.stem is None for one in reading.files)
    assert len(reading.files) == len(named)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["secret.wav", "sent.dawproject"]


def entities() -> str:
    inner = "".join(f'<!ENTITY {name} "{"&" + before + ";" if before else "x"}{"&" + (before or "amp") + ";"}">'
                    for before, name in zip(["", *"abcdefghij"], "abcdefghijk", strict=True))  # fmt: skip
    return f"{HEAD}<!DOCTYPE Project [{inner}]><Project>&k;</Project>"


def external(tmp: str = "/etc/passwd") -> str:
    return f'{HEAD}<!DOCTYPE Project [<!ENTITY x SYSTEM "file://{tmp}">]><Project>&x;</Project>'


def listed(count: int) -> bytes:
    """A directory that says of so many entries, each the same."""
    return packed({f"{number}": b"" for number in range(count)}, zipfile.ZIP_STORED)


def lying_directory() -> bytes:
    raw = bytearray(packed({"project.xml": project()}))
    at = raw.rindex(b"PK\5\6")
    raw[at + 12 : at + 16] = struct.pack("<I", 2**31)
    return bytes(raw)


def encrypted() -> bytes:
    raw = bytearray(packed({"project.xml": project()}))
    raw[raw.rindex(b"PK\1\2") + 8] |= 1
    return bytes(raw)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no ZIP": lambda: b"RIFF" * 100_000,
    "half a ZIP": lambda: packed({"project.xml": project()})[:-30],
    "a ZIP of something else": lambda: packed({"song.txt": "la"}),
    "a directory that lies": lying_directory,
    "more entries than a session has": lambda: listed(10_001),
    "encrypted": encrypted,
    "packed by other means": lambda: packed({"project.xml": project()}, zipfile.ZIP_BZIP2),
    "no XML": lambda: packed({"project.xml": b"\xff\xfe\0\0" * 50}),
    "a strange encoding": lambda: packed({"project.xml": '<?xml version="1.0" encoding="utf-7"?><Project/>'}),
    "empty XML": lambda: packed({"project.xml": ""}),
    "another document": lambda: packed({"project.xml": "<html/>"}),
    "entities within entities": lambda: packed({"project.xml": entities()}),
    "an entity from outside": lambda: packed({"project.xml": external()}),
    "XML that unpacks without end": lambda: packed({"project.xml": f"{HEAD}<Project>{' ' * 2**25}"}),
    "elements without end": lambda: packed({"project.xml": f"{HEAD}<Project>{'<a/>' * 1_100_000}</Project>"}),
    "nested deeper than music": lambda: packed({"project.xml": f"{HEAD}{'<Lanes>' * 100}{'</Lanes>' * 100}"}),
    "clips without end": lambda: packed({"project.xml": project("<Clip/>" * 110_000)}),
    "more files than a session plays": lambda: packed(
        {"project.xml": project("".join(clip(f"{n}") for n in range(501)))}
    ),
    "no tempo": lambda: packed({"project.xml": project(bpm="0")}),
    "a tempo that is none": lambda: packed({"project.xml": project(bpm="fast")}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_hostile_is_refused_in_words_and_soon(tmp_path: Path, kind: str) -> None:
    raw = HOSTILE[kind]()
    tracemalloc.start()
    begun = time.monotonic()
    try:
        with pytest.raises(SessionUnreadable) as refused:
            read(tmp_path, raw)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.detail[0].isupper()
    assert "Error" not in refused.value.detail
    assert time.monotonic() - begun < 60
    assert peak_bytes < 150 * 1024**2


ATTRIBUTES = " ".join(f'a{number}=""' for number in range(400_000))
HEAVY = {
    "attributes without end": lambda: f"{HEAD}<Project {ATTRIBUTES}/>",
    "attributes without end of what is thrown away": lambda: project(more=f"<Points {ATTRIBUTES}/>"),
    "an attribute without end": lambda: project(clip("x" * 4_000_000)),
    "a comment without end": lambda: project(more=f"<!--{'x' * 4_000_000}-->"),
    "a tag without end": lambda: project(more=f"<{'x' * 4_000_000}/>"),
    "more attributes than an element has": lambda: project(f"<Clip {ATTRIBUTES[: ATTRIBUTES.index('a65')]}/>"),
    "paths and numbers without end": lambda: project(clip("x\U0001f3b5" * 10_000) * 800),
}


@pytest.mark.parametrize("kind", HEAVY)
def test_what_no_music_needs_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(session_files, "_MOST_TOLD_BYTES", 5 * 1024**2, raising=False)
    raw = packed({"project.xml": HEAVY[kind]()})
    tracemalloc.start()
    try:
        with pytest.raises(SessionUnreadable, match=r"than any that music needs|more than 64 attributes"):
            read(tmp_path, raw)
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024**2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e308", "-1e308", "1e9"])
def test_numbers_that_are_no_time_are_passed_over(tmp_path: Path, number: str) -> None:
    clips = [clip("audio/kick.wav", **{name: number}) for name in ("time", "duration", "start")]
    reading = read(tmp_path, packed({"project.xml": project("".join(clips)), "audio/kick.wav": SOUND}))
    for one in reading.files:
        assert all(0 <= at <= 1e6 and 0 <= start < end <= 1e6 for at, start, end in one.spans)


def test_two_thousand_lanes_are_read_in_seconds(tmp_path: Path) -> None:
    strips = "".join(f'<Track id="t{n}" name="Lane {n}"/>' for n in range(2_000))
    lanes = "".join(f'<Lanes track="t{n}"><Clips>{clip(f"{n % 100}.wav")}</Clips></Lanes>' for n in range(2_000))
    arrangement = f'<Arrangement><Lanes timeUnit="beats">{lanes}</Lanes></Arrangement>'
    text = f"{HEAD}<Project><Structure>{strips}</Structure>{arrangement}</Project>"
    begun = time.monotonic()
    assert len(read(tmp_path, packed({"project.xml": text})).files) == 100
    assert time.monotonic() - begun < 20


def test_automation_and_notes_cost_nothing_to_keep(tmp_path: Path) -> None:
    point = '<RealPoint time="1" value="2"/>'
    points = f"<Points>{point * 300_000}</Points>"
    raw = packed({"project.xml": project(more=points), "audio/kick.wav": SOUND})
    tracemalloc.start()
    try:
        assert read(tmp_path, raw).files[0].stem == STEM
        assert tracemalloc.get_traced_memory()[1] < 30 * 1024**2
    finally:
        tracemalloc.stop()


def test_sound_that_unpacks_without_end_is_known_by_its_name_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_files, "_FREE_UNPACKED_BYTES", 2**22)
    bombs = {f"{number}.wav": bytes(2**26) for number in range(8)}
    clips = "".join(map(clip, ["audio/kick.wav", *bombs]))
    begun = time.monotonic()
    first, *rest = read(tmp_path, packed({"project.xml": project(clips), "audio/kick.wav": SOUND, **bombs})).files
    assert first.stem == STEM
    assert [one.path for one in rest] == list(bombs)
    assert all(one.sha256 is None for one in rest)
    assert time.monotonic() - begun < 20


def test_an_id_is_found_where_two_blocks_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = SOUND.index(b"RemixHub")
    for block_bytes in (at + 5, at + 44):
        monkeypatch.setattr(session_files, "_BLOCK_BYTES", block_bytes)
        assert read(tmp_path, packed({"project.xml": project(), "audio/kick.wav": SOUND})).files[0].stem == STEM
