"""What is no sound that is accepted is named as what it is; sound with pictures is no film."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.read.film import refuse_film
from remixhub.audio.read.sniff import sniff
from remixhub.audio.read.window import Window
from remixhub.domain.media import Container, Refused
from tests.hostile import outcome

SECONDS = 1
TONE = ("-f", "lavfi", "-i", f"sine=440:d={SECONDS}")
MOVING = ("-f", "lavfi", "-i", f"testsrc=s=64x64:d={SECONDS}:r=25")
STILL = ("-f", "lavfi", "-i", f"color=red:s=64x64:d={SECONDS}:r=1")


def mpeg_frames(head: bytes, size_bytes: int, count: int = 12, padded_every: int = 0, slot_bytes: int = 1) -> bytes:
    """Equal frames of silence behind `head`."""
    frames = []
    for number in range(count):
        padding = bool(padded_every) and number % padded_every == 1
        frames.append(
            (head[:2] + bytes([head[2] | 2 * padding]) + head[3:]).ljust(size_bytes + padding * slot_bytes, b"\0")
        )
    return b"".join(frames)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (mpeg_frames(b"\xff\xfd\xa4\x00", 576), "layer II (MP2)"),  # 192 kbit/s at 48 kHz
        (mpeg_frames(b"\xff\xf5\x84\x00", 384), "layer II (MP2)"),  # MPEG-2, 64 kbit/s at 24 kHz
        (mpeg_frames(b"\xff\xff\x94\x00", 288), "layer I (MP1)"),  # 288 kbit/s at 48 kHz
        (mpeg_frames(b"\xff\xff\x90\x00", 312, padded_every=3, slot_bytes=4), "layer I (MP1)"),
        (mpeg_frames(b"\xff\xfb\x04\x00", 1_000), "layer III in free format"),
        (mpeg_frames(b"\xff\xfb\x00\x00", 1_713, padded_every=4), "layer III in free format"),
        (mpeg_frames(b"\xff\xfd\x04\x00", 2_000), "layer II in free format"),
        (mpeg_frames(b"\xff\xff\x04\x00", 800, padded_every=2, slot_bytes=4), "layer I in free format"),
        (b"ID3\4\0\0\0\0\0\x64" + bytes(100) + mpeg_frames(b"\xff\xfd\xa4\x00", 576), "layer II (MP2)"),
        (bytes(5_000) + mpeg_frames(b"\xff\xfb\x04\x00", 1_000), "layer III in free format"),
    ],
)
def test_mpeg_audio_that_is_no_mp3_is_named(raw: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    path.write_bytes(raw)
    with pytest.raises(Refused) as refused:
        sniff(path)
    assert (refused.value.code, words in refused.value.detail) == ("unsupported_codec", True), refused.value.detail


@pytest.mark.parametrize("layer", ["\xfb", "\xfa", "\xf3", "\xf2", "\xe3"])
def test_layer_three_of_every_generation_is_mp3(layer: str, tmp_path: Path) -> None:
    sizes = {"\xfb": 417, "\xfa": 417, "\xf3": 208, "\xf2": 208, "\xe3": 417}
    path = tmp_path / "sound.mp3"
    bitrate = b"\x80" if layer in "\xf3\xf2\xe3" else b"\x90"
    path.write_bytes(mpeg_frames(b"\xff" + layer.encode("latin-1") + bitrate + b"\x00", sizes[layer]))
    assert sniff(path).container is Container.MP3


def test_noise_with_one_header_at_the_end_of_what_is_looked_at_is_no_mp3(tmp_path: Path) -> None:
    path = tmp_path / "noise"
    path.write_bytes(b"\x01" * 65_400 + b"\xff\xfb\x90\x00" + b"\x01" * 20_000)
    with pytest.raises(Refused) as refused:
        sniff(path)
    assert refused.value.code == "not_audio"


def test_a_first_page_cut_anywhere_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "cut.ogg"
    for length in range(1, 60):
        path.write_bytes((b"OggS\0\2" + bytes(20) + b"\1\x1e\1vorbis" + bytes(23))[:length])
        refuse_film(path, Window(0, length), Container.OGG)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("mp4", "-c:v libx264 -c:a aac"),
        ("m4v", "-c:v libx264 -c:a aac -f ipod"),
        ("mov", "-c:v mpeg4 -c:a aac"),
        ("mov", "-c:v mjpeg -c:a alac"),
        ("mp4", "-c:v libx264 -c:a aac -movflags frag_keyframe+empty_moov"),
        ("ogv", "-c:v libtheora -c:a libvorbis"),
        ("webm", "-c:v libvpx -c:a libopus"),
        ("mkv", "-c:v libx264 -c:a flac"),
        ("avi", "-c:v mpeg4 -c:a pcm_s16le"),
        ("ts", "-c:v mpeg2video -c:a mp2"),
        ("mpg", "-c:v mpeg1video -c:a mp2"),
        ("flv", "-c:v flv -c:a libmp3lame -ar 44100"),
        ("wmv", "-c:v wmv2 -c:a wmav2"),
    ],
)
def test_a_film_is_called_a_film(suffix: str, options: str, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / f"film.{suffix}"
    run(*TONE, *MOVING, *options.split(), path)
    with pytest.raises(Refused) as refused:
        measure(path, sandbox)
    assert (refused.value.code, "film" in refused.value.detail) == ("not_audio", True), refused.value.detail
    if suffix in ("mov", "mp4"):
        path.write_bytes(without_ftyp(path.read_bytes()))
        with pytest.raises(Refused, match="film"):
            measure(path, sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["mjpeg", "png"])
@pytest.mark.parametrize("suffix", ["mp4", "mov", "m4a"])
def test_sound_with_a_still_picture_is_no_film(suffix: str, codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / f"sound.{suffix}"
    attached = ("-disposition:v", "attached_pic") if suffix == "m4a" else ()
    run(*TONE, *STILL, "-frames:v", "1", "-c:v", codec, "-c:a", "aac", *attached, path)
    assert outcome(path, sandbox) == ("accepted", set(), 44_100 * SECONDS)


@pytest.mark.slow
def test_sound_in_containers_of_films_is_not_called_a_film(tmp_path: Path, sandbox: Sandbox) -> None:
    for suffix in ("mka", "wma"):
        run(*TONE, tmp_path / f"sound.{suffix}")
        assert outcome(tmp_path / f"sound.{suffix}", sandbox)[0] == "unsupported_container"


def without_ftyp(raw: bytes) -> bytes:
    """As QuickTime of old had it; the room is left, since the index counts from the file's start."""
    size = struct.unpack_from(">I", raw)[0]
    return struct.pack(">I", size) + b"free" + raw[8:]


def run(*options: object) -> None:
    subprocess.run([find_ffmpeg().ffmpeg, "-v", "error", "-y", *map(str, options)], check=True)
