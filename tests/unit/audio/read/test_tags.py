"""What DJ programs and shops write into files, by the bytes that they write, is read with every decoder."""

from __future__ import annotations

import io
import itertools
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.music import Origin, analyze_music
from remixhub.audio.read.ape_tag import read_ape
from remixhub.audio.read.id3_tag import read_id3
from remixhub.audio.read.mp4_tags import read_mp4_tags
from remixhub.audio.read.music_tags import tagged_keys, tagged_tempos
from remixhub.audio.read.probe import probe
from tests.signals import Sound, sine, write_by_ffmpeg, write_sound

PICTURE = b"\x00image/png\x00\x03\x00\x89PNG" + b"\xff\x00" * 100_000


@pytest.fixture(scope="module")
def tone() -> Sound:
    """Too poor to tell a key or a tempo of its own."""
    return sine(440, 1.0, 44_100, dbfs=-12)


def syncsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3(version: int, *frames: tuple[str, bytes], flags: int = 0, before: bytes = b"") -> bytes:
    body = before
    for name, frame in frames:
        if version == 2:
            body += name.encode() + len(frame).to_bytes(3, "big") + frame
        else:
            size = syncsafe(len(frame)) if version == 4 else struct.pack(">I", len(frame))
            body += name.encode() + size + b"\0\0" + frame
    if flags & 0x80:
        body = body.replace(b"\xff\x00", b"\xff\x00\x00")
    return b"ID3" + bytes([version, 0, flags]) + syncsafe(len(body)) + body


def with_chunk(path: Path, name: bytes, body: bytes) -> Path:
    """A chunk more at the end of a WAV or AIFF file."""
    order = "<I" if path.suffix == ".wav" else ">I"
    raw = path.read_bytes() + name + struct.pack(order, len(body)) + body + b"\0" * (len(body) % 2)
    path.write_bytes(raw[:4] + struct.pack(order, len(raw) - 8) + raw[8:])
    return path


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def free_form(name: str, *values: str) -> bytes:
    datas = b"".join(box(b"data", b"\0\0\0\1\0\0\0\0" + value.encode()) for value in values)
    return box(b"----", box(b"mean", b"\0\0\0\0com.apple.iTunes") + box(b"name", b"\0\0\0\0" + name.encode()) + datas)


def with_items(path: Path, *items: bytes) -> Path:
    """iTunes' items in place of what ffmpeg wrote into the index, which stands at the file's end."""
    raw = path.read_bytes()
    at = raw.index(b"moov") - 4
    assert struct.unpack(">I", raw[at : at + 4])[0] == len(raw) - at
    handler = box(b"hdlr", b"\0" * 8 + b"mdirappl" + b"\0" * 9)
    added = box(b"udta", box(b"meta", b"\0\0\0\0" + handler + box(b"ilst", b"".join(items))))
    index = raw[at + 8 :].replace(b"udta", b"free") + added
    path.write_bytes(raw[:at] + box(b"moov", index))
    return path


TEXTS: dict[str, Callable[[str], bytes]] = {
    "latin-1": lambda text: b"\0" + text.encode("latin-1"),
    "utf-16": lambda text: b"\1\xff\xfe" + text.encode("utf-16-le") + b"\0\0",
    "utf-16-be": lambda text: b"\2" + text.encode("utf-16-be"),
    "utf-8": lambda text: b"\3" + text.encode() + b"\0",
}


@pytest.mark.parametrize(
    ("suffix", "name", "version", "encoding"),
    [
        ("wav", b"id3 ", 3, "utf-16"),
        ("wav", b"ID3 ", 4, "utf-8"),
        ("aiff", b"ID3 ", 3, "latin-1"),
        ("aiff", b"id3 ", 4, "utf-16-be"),
    ],
)
def test_id3_in_a_chunk_of_wav_and_aiff_is_read(
    version: int, encoding: str, suffix: str, name: bytes, tone: Sound, tmp_path: Path, sandbox: Sandbox
) -> None:
    text = TEXTS[encoding]
    tag = id3(version, ("APIC", PICTURE), ("TBPM", text("127,5")), ("TKEY", text("8A/Am")), ("TIT2", text("Größe")))
    path = with_chunk(write_sound(tmp_path / f"x.{suffix}", tone, 44_100), name, tag)
    found = probe(path, sandbox)
    assert found.tags == {"tbpm": "127,5", "tkey": "8A/Am", "title": "Größe"}
    assert found.warnings == ()
    music = analyze_music(path, sandbox)
    assert (music.tempo_bpm, music.key_name) == (127.5, "A minor")
    assert (music.tempo_origin, music.key_origin) == (Origin.TAGS, Origin.TAGS)


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        (id3(2, ("TBP", b"\x00128"), ("TKE", b"\0Gbm"), ("TXX", b"\0Energy\x007")),
         {"tbpm": "128", "tkey": "Gbm", "energy": "7"}),
        (id3(3, ("TXXX", TEXTS["utf-16"]("INITIALKEY")[:-2] + b"\0\0\xff\xfe" + "8m".encode("utf-16-le"))),
         {"initialkey": "8m"}),
        (id3(3, ("COMM", b"\0eng\x008A - Energy 7"), ("COMM", b"\0engiTunNORM\0 0000")), {"comment": "8A - Energy 7"}),
        (id3(3, ("APIC", PICTURE), ("TKEY", b"\1\xff\xfeA\0m\0"), flags=0x80), {"tkey": "Am"}),
        (id3(4, ("TKEY", b"\1\xff\xfeA\0m\0"), flags=0x80), {"tkey": "Am"}),
        (id3(3, ("TKEY", b"\0Am"), flags=0x40, before=b"\0\0\0\6\0\0\0\0\0\0"), {"tkey": "Am"}),
        (id3(4, ("TKEY", b"\0Am"), flags=0x40, before=b"\0\0\0\6\1\0"), {"tkey": "Am"}),
        (id3(4, ("TKEY", b"\3Am\x008A")), {"tkey": "Am;8A"}),
        (id3(3, ("TKEY", b"\0Am"))[:-1], {"tkey": "A"}),
        (id3(3, ("TKEY", b"\7Am"), ("TBPM", b"\x00128")), {"tbpm": "128"}),
        (id3(5, ("TKEY", b"\0Am")), {}),
        (b"ID3", {}),
    ],
)  # fmt: skip
def test_id3_is_read_in_all_of_its_versions(tag: bytes, told: dict[str, str]) -> None:
    assert read_id3(io.BytesIO(b"before" + tag + b"TKEY"), 6, len(tag)) == told


def test_info_is_read_where_it_has_tempo_and_key(tone: Sound, tmp_path: Path, sandbox: Sandbox) -> None:
    items = b"".join(name + struct.pack("<I", 4) + value for name, value in ((b"IBPM", b"87.5"), (b"IKEY", b"Bbm\0")))
    path = with_chunk(write_sound(tmp_path / "x.wav", tone, 44_100), b"LIST", b"INFO" + items)
    music = analyze_music(path, sandbox)
    assert (music.tempo_bpm, music.key_name) == (87.5, "Bb minor")


def test_the_tempo_of_a_loop_yields_to_that_of_tags(tone: Sound, tmp_path: Path, sandbox: Sandbox) -> None:
    acid = struct.pack("<IHHfIHHf", 0, 60, 0x8000, 0.0, 8, 4, 4, 120.0)
    path = with_chunk(write_sound(tmp_path / "x.wav", tone, 44_100), b"acid", acid)
    assert analyze_music(path, sandbox).tempo_bpm == 120.0
    with_chunk(path, b"id3 ", id3(3, ("TBPM", b"\x00131")))
    assert analyze_music(path, sandbox).tempo_bpm == 131.0


@pytest.mark.parametrize(
    ("items", "tempo_bpm", "key"),
    [
        ((box(b"tmpo", box(b"data", b"\0\0\0\x15\0\0\0\0\0\x80")),), 128.0, None),
        ((free_form("initialkey", "8A/Am"), free_form("BPM", "127,98")), 127.98, "A minor"),
        ((box(b"covr", box(b"data", b"\0\0\0\x0e\0\0\0\0" + PICTURE)), free_form("KEY", "Am", "8A")), None, "A minor"),
        ((free_form("TEMPO", "12800"), free_form("iTunNORM", " 00")), 128.0, None),
    ],
)
@pytest.mark.parametrize("codec", ["aac", "alac"])
def test_the_items_of_mp4_are_read(
    codec: str, items: tuple[bytes, ...], tempo_bpm: float | None, key: str | None,
    tone: Sound, tmp_path: Path, sandbox: Sandbox,
) -> None:  # fmt: skip
    path = with_items(write_by_ffmpeg(tmp_path / "x.m4a", tone, 44_100, "-c:a", codec), *items)
    tags = probe(path, sandbox).tags
    assert tagged_tempos(tags)[:1] == ((tempo_bpm,) if tempo_bpm else ())
    assert [one.name for one in tagged_keys(tags)] == ([key] if key else [])


def ape(*items: tuple[str, str]) -> bytes:
    texts = [(name.encode(), value.encode()) for name, value in items]
    told = [struct.pack("<II", len(value), 0) + name + b"\0" + value for name, value in texts]
    picture = struct.pack("<II", 9, 2) + b"Cover Art (Front)\0" + b"c.png\0abc"
    body = b"".join([told[0], picture, *told[1:]])
    frames = [
        b"APETAGEX" + struct.pack("<IIII8x", 2000, len(body) + 32, len(told) + 1, flags)
        for flags in (0xA0000000, 0x80000000)
    ]
    return frames[0] + body + frames[1]


@pytest.mark.parametrize("place", ["behind", "before id3v1", "before"])
def test_ape_tags_around_an_mp3_are_read(place: str, tone: Sound, tmp_path: Path, sandbox: Sandbox) -> None:
    tag = ape(("BPM", "127,5"), ("Title", "Größe"), ("Initialkey", "8A/Am"))
    path = write_by_ffmpeg(tmp_path / "x.mp3", tone, 44_100, "-write_id3v2", "0")
    raw = path.read_bytes()
    around = {"behind": raw + tag, "before": tag + raw, "before id3v1": raw + tag + b"TAG" + b"\0" * 125}
    path.write_bytes(around[place])
    tags = probe(path, sandbox).tags
    assert (tags["bpm"], tags["initialkey"], tags["title"]) == ("127,5", "8A/Am", "Größe")
    assert "cover art (front)" not in tags
    assert [key.name for key in tagged_keys(tags)] == ["A minor"]


@settings(deadline=None)
@given(st.binary(max_size=120), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_bytes_break_the_reading_of_ape(body: bytes, length: int, flags: int) -> None:
    frame = b"APETAGEX" + struct.pack("<IIII8x", 2000, length, 3, flags)
    for raw in (frame + body, body + frame, frame + body + frame, frame[:20]):
        read_ape(io.BytesIO(raw), len(raw))


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "opus"])
@pytest.mark.parametrize(("tempo_name", "key_name"), [("TBPM", "TKEY"), ("BPM", "INITIALKEY"), ("TEMPO", "KEY")])
def test_tags_of_compressed_files_are_read(
    suffix: str, tempo_name: str, key_name: str, tone: Sound, tmp_path: Path, sandbox: Sandbox
) -> None:
    codec = {"ogg": ["-c:a", "libvorbis"], "opus": ["-c:a", "libopus"]}.get(suffix, [])
    tags = ["-metadata", f"{tempo_name}=174 BPM", "-metadata", f"{key_name}=fis-Moll"]
    path = write_by_ffmpeg(tmp_path / f"x.{suffix}", tone, 48_000, *codec, *tags)
    music = analyze_music(path, sandbox)
    assert (music.tempo_bpm, music.key_name, music.key_origin) == (174.0, "F# minor", Origin.TAGS)


def test_tempo_and_key_are_kept_of_very_many_tags(tone: Sound, tmp_path: Path, sandbox: Sandbox) -> None:
    many = itertools.chain.from_iterable(("-metadata", f"cue{number:03}=x") for number in range(90))
    path = write_by_ffmpeg(tmp_path / "x.flac", tone, 44_100, *many, "-metadata", "zz=1", "-metadata", "INITIALKEY=8A")
    found = probe(path, sandbox).tags
    assert (found["initialkey"], len(found)) == ("8A", 64)


@pytest.mark.parametrize(
    ("tags", "keys"),
    [
        ({"tkey": "o"}, []), ({"key": "Off key"}, []), ({"key": "House, 128 BPM, 8A"}, []), ({"comment": "A"}, []),
        ({"comment": "8A - Energy 7"}, ["A minor"]), ({"comment": "take 2B"}, []), ({"comment": "8A House"}, []),
        ({"tkey": "off", "initialkey": "Am"}, ["A minor"]), ({"initial key": "8d"}, ["Db major"]),
        ({"Initial_Key": "Am", "key": "8A"}, ["A minor"]), ({"ikey": "piano; soft"}, []),
        ({"camelot_key": "9A"}, ["E minor"]),
    ],
)  # fmt: skip
def test_a_key_is_taken_from_where_one_is_written(tags: dict[str, str], keys: list[str]) -> None:
    assert [key.name for key in tagged_keys(tags)] == keys


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(2, 4), st.integers(0, 255))
def test_no_bytes_break_the_reading_of_id3(body: bytes, version: int, flags: int) -> None:
    raw = b"ID3" + bytes([version, 0, flags]) + syncsafe(len(body)) + body
    assert all(len(name) <= 40 for name in read_id3(io.BytesIO(raw), 0, len(raw)))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([b"data", b"name", b"mean", b"tmpo", b"----"]), st.binary(max_size=30))))
def test_no_boxes_break_the_reading_of_mp4(parts: list[tuple[bytes, bytes]]) -> None:
    inside = b"".join(box(name, body) for name, body in parts)
    whole = box(b"ilst", box(b"----", inside) + box(b"tmpo", inside) + inside)
    raw = box(b"moov", box(b"udta", box(b"meta", b"\0\0\0\0" + whole)))
    for length in range(0, len(raw) + 1, 7):
        read_mp4_tags(io.BytesIO(raw[:length]), length)
