"""What stands around the sound: tags of all sorts, zeros, rubbish and pictures. None of it is heard, none is damage."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.read.probe import probe
from tests.hostile import outcome
from tests.signals import Sound, music, write_by_ffmpeg, write_sound

RATE_HZ = 48_000
SOUND = music(0.4, RATE_HZ)
NOISE = np.random.default_rng(2).bytes(9_000)
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(200)) + b"\xff\xd9"


def id3(body: bytes, *, version: int = 4, footer: bool = False) -> bytes:
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    tag = bytes([version, 0, 0x10 if footer else 0]) + size
    return b"ID3" + tag + body + (b"3DI" + tag if footer else b"")


def text_frame(name: bytes, text: bytes) -> bytes:
    return name + struct.pack(">IH", len(text) + 1, 0) + b"\3" + text


def apic(picture: bytes, mime: bytes = b"image/jpeg") -> bytes:
    body = b"\0" + mime + b"\0\3\0" + picture
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"APIC" + size + b"\0\0" + body


def ape(*, header: bool = True) -> bytes:
    entry = struct.pack("<II", 9, 0) + b"Title\0Night Bus"
    ends = [b"APETAGEX" + struct.pack("<IIIIQ", 2000, len(entry) + 32, 1, flags, 0) for flags in (0xA0000000, 1 << 31)]
    if header:
        return ends[0] + entry + ends[1]
    return entry + b"APETAGEX" + struct.pack("<IIIIQ", 2000, len(entry) + 32, 1, 0, 0)


ID3V1 = b"TAG" + b"Night Bus".ljust(125, b"\0")
LYRICS = b"LYRICSBEGIN" + b"IND00002" + b"10" + b"000021" + b"LYRICS200"
TITLE = id3(text_frame(b"TIT2", b"Night Bus"))

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "wav": ("wav", ("-c:a", "pcm_s24le")),
    "aiff": ("aiff", ("-c:a", "pcm_s24be")),
    "flac": ("flac", ("-sample_fmt", "s16")),
    "mp3": ("mp3", ("-b:a", "128k", "-id3v2_version", "0")),
    "vorbis": ("ogg", ("-c:a", "libvorbis")),
    "opus": ("opus", ("-c:a", "libopus")),
    "aac": ("m4a", ("-c:a", "aac")),
    "alac": ("m4a", ("-c:a", "alac", "-movflags", "+faststart")),
}
AROUND = {
    "an ID3 tag and ID3v1": (TITLE, ID3V1),
    "several ID3 tags, a footer, and one at the end": (
        TITLE + id3(bytes(50), version=3) + id3(b"", footer=True), id3(bytes(90), footer=True),
    ),
    "a megabyte of ID3 padding, and APE": (id3(bytes(1 << 20)), ape()),
    "APE before, and Lyrics3 between APE and ID3v1": (ape(), ape(header=False) + LYRICS + ID3V1),
    "100 KB of zeros": (bytes(100_000), bytes(100_000)),
    "zeros between tags, and an enhanced ID3v1": (TITLE + bytes(777), b"TAG+" + bytes(223) + ID3V1),
    "rubbish": (b"\x01\x02\x03" * 700, NOISE),
}  # fmt: skip


def made(kind: str, folder: Path, sound: Sound = SOUND) -> bytes:
    suffix, options = KINDS[kind]
    return write_by_ffmpeg(folder / f"made.{suffix}", sound, RATE_HZ, *options).read_bytes()


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.slow] if kind in ("vorbis", "alac") else []) for kind in KINDS]
)
def test_what_stands_around_the_sound_is_left_out(kind: str, tmp_path: Path, sandbox: Sandbox) -> None:
    raw, path = made(kind, tmp_path), tmp_path / "plain"
    path.write_bytes(raw)
    plain = measure(path, sandbox)
    assert (plain.duration_frames, plain.warnings) == (len(SOUND), ())
    for name, (before, behind) in AROUND.items():
        path = tmp_path / "surrounded"
        path.write_bytes(before + raw + behind)
        found = measure(path, sandbox)
        assert (found.duration_frames, found.pcm_sha256) == (len(SOUND), plain.pcm_sha256), name
        codes = [warning.code for warning in found.warnings]
        assert codes in ([], ["leading_bytes"], ["trailing_bytes"], ["leading_bytes", "trailing_bytes"]), name
        if before.startswith((b"\0", b"\1")):
            assert "leading_bytes" in codes, name
        if behind == NOISE:
            assert "trailing_bytes" in codes, name
        if before.startswith(TITLE):
            assert found.tags["title"] == "Night Bus", name


def test_two_mp3_files_joined_are_both_heard(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "joined.mp3"
    path.write_bytes(made("mp3", tmp_path) + ID3V1 + TITLE + made("mp3", tmp_path))
    code, _, frames = outcome(path, sandbox)
    assert (code, frames >= 2 * len(SOUND)) == ("accepted", True)


def test_a_tag_that_is_longer_than_it_says_is_still_a_tag(tmp_path: Path, sandbox: Sandbox) -> None:
    tag = id3(apic(NOISE * 40))
    path = tmp_path / "tagged.mp3"
    path.write_bytes(tag[:6] + bytes([0, 0, 9, 9]) + tag[10:] + made("mp3", tmp_path))
    assert outcome(path, sandbox) == ("accepted", set(), len(SOUND))


@pytest.mark.parametrize("tail", [b"\n", b"\r\n", b"\0\0\0", b"\xff\xfb\x90"])
def test_a_few_bytes_behind_an_mp3_are_no_damage(tail: bytes, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "tail.mp3"
    path.write_bytes(made("mp3", tmp_path) + tail)
    assert outcome(path, sandbox) == ("accepted", {"trailing_bytes"}, len(SOUND))


def test_rubbish_between_frames_does_not_end_an_mp3(tmp_path: Path, sandbox: Sandbox) -> None:
    raw, path = made("mp3", tmp_path, music(1, RATE_HZ)), tmp_path / "patched.mp3"
    path.write_bytes(raw[:6_000] + NOISE[:3_000] + raw[6_000:] + NOISE + b"\xff" * 9_000)
    code, warnings, frames = outcome(path, sandbox)
    assert code == "accepted"
    assert warnings >= {"trailing_bytes"}
    assert frames > 0.9 * RATE_HZ


PICTURES: dict[str, bytes] = {
    "whole": JPEG,
    "cut": JPEG[:30],
    "empty": b"",
    "noise": NOISE,
    "text": b"<html>404 Not Found</html>",
    "a PNG that lies": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\xff" * 40,
    "a GIF cut": b"GIF89a\xff\xff\xff\xff",
    "a WebP cut": b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(20),
    "a BMP that lies": b"BM" + b"\xff" * 60,
    "a TIFF that lies": b"II*\0\xff\xff\xff\x7f" + bytes(30),
}


def in_mp3(raw: bytes, pictures: list[bytes], mime: bytes) -> bytes:
    return id3(text_frame(b"TIT2", b"Night Bus") + b"".join(apic(picture, mime) for picture in pictures)) + raw


def in_m4a(raw: bytes, pictures: list[bytes], mime: bytes) -> bytes:
    """`moov` is the last box, so that it may grow."""

    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + name + body

    kind = {b"image/png": 14, b"image/bmp": 27}.get(mime, 13)
    covers = b"".join(box(b"data", struct.pack(">II", kind, 0) + picture) for picture in pictures)
    handler = box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    meta = box(b"udta", box(b"meta", bytes(4) + handler + box(b"ilst", box(b"covr", covers))))
    at = raw.rindex(b"moov") - 4
    movie = raw[at + 8 : at + int.from_bytes(raw[at : at + 4], "big")]
    kept = movie[: movie.rindex(b"udta") - 4] if b"udta" in movie else movie
    return raw[:at] + box(b"moov", kept + meta)


def block_picture(picture: bytes, mime: bytes) -> str:
    body = struct.pack(">II", 3, len(mime)) + mime + bytes(20) + struct.pack(">I", len(picture)) + picture
    return base64.b64encode(body).decode()


HOLDERS: dict[str, Callable[[bytes, list[bytes], bytes], bytes]] = {"mp3": in_mp3, "aac": in_m4a}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOLDERS)
def test_no_picture_is_damage(kind: str, tmp_path: Path, sandbox: Sandbox) -> None:
    raw = made(kind, tmp_path)
    plain, path = tmp_path / "plain", tmp_path / "pictured"
    plain.write_bytes(raw)
    sound = measure(plain, sandbox).pcm_sha256
    for name, picture in PICTURES.items():
        path.write_bytes(HOLDERS[kind](raw, [picture], b"image/png" if "PNG" in name else b"image/jpeg"))
        found = measure(path, sandbox)
        assert (found.pcm_sha256, found.warnings) == (sound, ()), name
    for pictures in ([JPEG] * 40, [NOISE * 1_500]):
        path.write_bytes(HOLDERS[kind](raw, pictures, b"image/png"))
        assert measure(path, sandbox).pcm_sha256 == sound


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PICTURES, "no base64"])
def test_no_picture_in_ogg_is_damage(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    text = block_picture(PICTURES[name], b"image/png") if name in PICTURES else "no base64!"
    for codec in ("libvorbis", "libopus"):
        options = ("-c:a", codec, "-metadata", f"METADATA_BLOCK_PICTURE={text}", "-metadata", "title=Night Bus")
        path = write_by_ffmpeg(tmp_path / "sound.ogg", SOUND, RATE_HZ, *options)
        assert outcome(path, sandbox) == ("accepted", set(), len(SOUND))
        assert probe(path, sandbox).tags["title"] == "Night Bus"


def test_a_picture_in_an_id3_chunk_is_no_damage(tmp_path: Path, sandbox: Sandbox) -> None:
    tag = id3(text_frame(b"TIT2", b"Night Bus") + apic(NOISE))
    tag += b"\0" * (len(tag) % 2)
    for suffix, order in (("wav", "<"), ("aiff", ">")):
        raw = write_sound(tmp_path / f"made.{suffix}", SOUND, RATE_HZ, "PCM_16").read_bytes()
        path = tmp_path / "pictured"
        path.write_bytes(raw + b"ID3 " + struct.pack(f"{order}I", len(tag)) + tag)
        assert outcome(path, sandbox) == ("accepted", set(), len(SOUND))
        assert probe(path, sandbox).tags["title"] == "Night Bus"


@pytest.mark.parametrize("gain_db", [6.0, -9.5])
def test_the_gain_of_opus_is_applied_once(gain_db: float, tmp_path: Path, sandbox: Sandbox) -> None:
    """RFC 7845, 5.1: the header's output gain, in 256ths of a decibel; that of tags is a player's own matter."""
    sound = SOUND * np.float32(0.4)
    path = write_by_ffmpeg(tmp_path / "a.opus", sound, RATE_HZ, "-metadata", "R128_TRACK_GAIN=2560")
    plain = measure(path, sandbox)
    assert plain.rms_dbfs == pytest.approx(10 * np.log10(np.mean(sound**2)), abs=0.5)
    path.write_bytes(with_opus_gain(path.read_bytes(), round(gain_db * 256)))
    found = measure(path, sandbox)
    assert found.rms_dbfs is not None
    assert plain.rms_dbfs is not None
    assert found.rms_dbfs - plain.rms_dbfs == pytest.approx(gain_db, abs=0.02)


def with_opus_gain(raw: bytes, gain: int) -> bytes:
    at = raw.index(b"OpusHead") + 16
    end = raw.index(b"OggS", 4)
    page = bytearray(raw[:end])
    page[at : at + 2] = struct.pack("<h", gain)
    page[22:26] = bytes(4)
    page[22:26] = struct.pack("<I", ogg_crc(page))
    return bytes(page) + raw[end:]


def ogg_crc(page: bytes) -> int:
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc
