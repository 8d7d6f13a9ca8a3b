"""FLAC is judged by its samples: what else the file holds may be broken in any way, the sound may not."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.read.probe import probe
from remixhub.domain.media import DecoderTooOld, Refused
from tests.hostile import outcome
from tests.signals import Sound, music, write_by_ffmpeg, write_sound

RATE_HZ = 44_100
FRAMES = 30_000
SOUND = music(1, RATE_HZ)[:FRAMES]
STREAMINFO_END = 42

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(200)) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100) + b"IEND\xaeB`\x82"


def made(folder: Path, sound: Sound = SOUND, subtype: str = "PCM_16") -> bytes:
    """By libFLAC: frames of 4096, a count and an MD5."""
    return write_sound(folder / "made.flac", sound, RATE_HZ, subtype).read_bytes()


def audio_of(raw: bytes) -> bytes:
    """The frames alone."""
    offset, last = 4, False
    while not last:
        last, length = bool(raw[offset] & 0x80), int.from_bytes(raw[offset + 1 : offset + 4], "big")
        offset += 4 + length
    return raw[offset:]


def block(kind: int, body: bytes, *, declared: int | None = None, last: bool = False) -> bytes:
    length = len(body) if declared is None else declared
    return bytes([kind | (0x80 if last else 0)]) + length.to_bytes(3, "big") + body


def picture(body: bytes, mime: bytes = b"image/jpeg", kind: int = 3, declared: int | None = None) -> bytes:
    size = len(body) if declared is None else declared
    return block(6, struct.pack(">II", kind, len(mime)) + mime + bytes(20) + struct.pack(">I", size) + body)


def with_blocks(raw: bytes, *blocks: bytes, closed: bool = True) -> bytes:
    """The file with these metadata blocks alone behind STREAMINFO."""
    padding = block(1, bytes(8), last=closed)
    return raw[:4] + b"\0" + raw[5:STREAMINFO_END] + b"".join(blocks) + padding + audio_of(raw)


def without(raw: bytes, *, md5: bool = False, count: bool = False) -> bytes:
    changed = bytearray(raw)
    if count:
        changed[21] &= 0xF0
        changed[22:26] = bytes(4)
    if md5:
        changed[26:42] = bytes(16)
    return bytes(changed)


def sound_sha256(path: Path) -> str:
    """As libFLAC decodes it."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return hashlib.sha256(f"float32 {rate_hz} {samples.shape[1]}\n".encode() + samples.tobytes()).hexdigest()


ODD = {
    "a whole JPEG": (picture(JPEG), set()),
    "a PNG of another type": (picture(PNG, b"image/jpg", kind=4), set()),
    "a picture of a reserved type": (picture(JPEG, kind=99), set()),
    "a picture of no type": (picture(JPEG, b""), set()),
    "a picture of an unknown type": (picture(JPEG, b"application/x-cover"), set()),
    "a picture whose type is no text": (picture(JPEG, bytes(range(128, 255))), set()),
    "a WebP picture": (picture(b"RIFF\x24\0\0\0WEBPVP8 " + bytes(24), b"image/webp"), set()),
    "300 pictures": (picture(PNG, b"image/png") * 300, set()),
    "a cut JPEG": (picture(JPEG[:60]), {"picture_unreadable"}),
    "a cut PNG": (picture(PNG[:40], b"image/png"), {"picture_unreadable"}),
    "no bytes of a picture": (picture(b""), {"picture_unreadable"}),
    "a link to a picture": (picture(b"https://example.org/c.jpg", b"-->"), {"picture_unreadable"}),
    "noise as a picture": (picture(np.random.default_rng(1).bytes(90_000)), {"picture_unreadable"}),
    "a picture that claims more": (picture(JPEG, declared=1 << 24), {"picture_unreadable"}),
    "a picture block of three bytes": (block(6, b"abc"), {"picture_unreadable"}),
    "two broken pictures": (picture(b"") + picture(b""), {"picture_unreadable"}),
    "a broken cue sheet": (block(5, b"\xff" * 50), set()),
    "a cue sheet of nothing": (block(5, b""), set()),
    "a broken seek table": (block(3, b"\x11" * 37), set()),
    "seek points beyond the end": (block(3, b"\x7f" * 18 * 5), set()),
    "application blocks": (block(2, b"riff" + bytes(900)) + block(2, b""), set()),
    "reserved blocks": (block(77, bytes(50)) + block(126, b""), set()),
    "comments that claim too much": (block(4, b"\xff\xff\xff\x7f" + bytes(20)), set()),
    "comments that are no UTF-8": (block(4, struct.pack("<III", 0, 1, 7) + b"TITLE=\xff"), set()),
    "a second STREAMINFO": (block(0, b"\xff" * 34), set()),
    "9 MB of padding": (block(1, bytes(9_000_000)), set()),
}


@pytest.mark.parametrize("name", ODD)
def test_metadata_is_no_damage(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    blocks, warnings = ODD[name]
    path = tmp_path / "odd"
    path.write_bytes(with_blocks(made(tmp_path), blocks))
    found = measure(path, sandbox)
    assert found.pcm_sha256 == sound_sha256(tmp_path / "made.flac")
    assert (found.duration_frames, {warning.code for warning in found.warnings}) == (FRAMES, warnings)


@pytest.mark.slow
def test_more_than_16_mb_of_pictures(tmp_path: Path, sandbox: Sandbox) -> None:
    noise = np.random.default_rng(1).bytes((1 << 24) - 200)
    path = tmp_path / "many.flac"
    path.write_bytes(with_blocks(made(tmp_path), picture(noise) * 4))
    assert outcome(path, sandbox) == ("accepted", {"picture_unreadable"}, FRAMES)


@pytest.mark.parametrize("closed", [True, False])
def test_the_frames_are_found_where_the_blocks_lie_about_their_lengths(
    closed: bool, tmp_path: Path, sandbox: Sandbox
) -> None:
    """A picture of more than 16 MB overflows its length; some writers forget the mark of the last block."""
    raw, path = made(tmp_path), tmp_path / "lying.flac"
    for body in (block(6, bytes(5_000), declared=100), block(6, bytes(100), declared=5_000), b""):
        path.write_bytes(with_blocks(raw, body, closed=closed))
        assert outcome(path, sandbox)[::2] == ("accepted", FRAMES)


@pytest.mark.parametrize("unset", [{}, {"md5": True}, {"count": True}, {"md5": True, "count": True}])
@pytest.mark.parametrize("tail", [b"TAG" + bytes(125), b"APETAGEX" + struct.pack("<5I", 2000, 32, 0, 0, 0) + bytes(4)])
def test_a_tag_behind_is_left_out_whatever_the_encoder_stated(
    tail: bytes, unset: dict[str, bool], tmp_path: Path, sandbox: Sandbox
) -> None:
    path = tmp_path / "tagged.flac"
    path.write_bytes(with_blocks(without(made(tmp_path), **unset), picture(b"")) + tail)
    expected = {"trailing_bytes", "picture_unreadable"} | ({"length_undeclared"} if "count" in unset else set())
    assert outcome(path, sandbox) == ("accepted", expected, FRAMES)


@pytest.mark.parametrize("tail", [bytes(50_000), np.random.default_rng(5).bytes(7_000), b"\r\n"])
def test_any_bytes_behind_the_declared_frames_are_left_out(tail: bytes, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "tail.flac"
    for raw in (made(tmp_path), without(made(tmp_path), md5=True)):
        path.write_bytes(raw + tail)
        assert outcome(path, sandbox)[::2] == ("accepted", FRAMES)


def test_a_second_stream_behind_the_first_is_left_out(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "joined.flac"
    raw = made(tmp_path)
    path.write_bytes(raw + made(tmp_path, music(1, RATE_HZ, seed=3)[:20_000]))
    assert outcome(path, sandbox) == ("accepted", {"trailing_bytes"}, FRAMES)


@pytest.mark.parametrize("unset", [{}, {"md5": True}, {"count": True}, {"md5": True, "count": True}])
def test_a_flipped_bit_of_the_sound_is_damage(unset: dict[str, bool], tmp_path: Path, sandbox: Sandbox) -> None:
    whole = with_blocks(without(made(tmp_path), **unset), picture(JPEG))
    path = tmp_path / "flipped.flac"
    start = len(whole) - len(audio_of(whole))
    for share in (0.02, 0.99):
        raw = bytearray(whole)
        raw[start + int((len(raw) - start) * share)] ^= 0x04
        path.write_bytes(raw)
        with pytest.raises(Refused) as refused:
            measure(path, sandbox)
        assert refused.value.code == "damaged"
        if "count" not in unset:
            assert refused.value.context["declared_frames"] == FRAMES
            # A decoder may lose the frame behind the damaged one as well.
            assert 0 < FRAMES - refused.value.context["decoded_frames"] <= 2 * 4_096


@pytest.mark.parametrize("unset", [{}, {"md5": True}])
def test_a_cut_file_is_refused_with_what_it_holds(unset: dict[str, bool], tmp_path: Path, sandbox: Sandbox) -> None:
    whole = with_blocks(without(made(tmp_path), **unset), picture(b""))
    path = tmp_path / "cut.flac"
    path.write_bytes(whole[:-9_000])
    with pytest.raises(Refused) as refused:
        measure(path, sandbox)
    assert refused.value.code in ("damaged", "truncated")
    assert refused.value.context["declared_frames"] == FRAMES
    assert refused.value.context["decoded_frames"] % 4_096 == 0


def test_samples_that_are_not_those_of_the_checksum_are_damage(tmp_path: Path, sandbox: Sandbox) -> None:
    """Whole frames, each with its right CRC, of another sound."""
    other = made(tmp_path, music(1, RATE_HZ, seed=9)[:FRAMES])
    path = tmp_path / "swapped.flac"
    path.write_bytes(made(tmp_path)[:STREAMINFO_END].replace(b"fLaC\0", b"fLaC\x80") + audio_of(other))
    assert outcome(path, sandbox)[0] == "damaged"


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_depth_is_held_to_its_checksum(subtype: str, channels: int, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "deep.flac"
    raw = made(tmp_path, music(1, RATE_HZ, channels=channels)[:FRAMES], subtype)
    path.write_bytes(raw)
    assert outcome(path, sandbox) == ("accepted", set(), FRAMES)
    path.write_bytes(raw[:30] + bytes([raw[30] ^ 1]) + raw[31:])
    assert outcome(path, sandbox)[0] == "damaged"


def test_comments_are_its_tags(tmp_path: Path, sandbox: Sandbox) -> None:
    comments = [b"TITLE=Night Bus", b"bpm=128", b"broken", "Künstler=Ö".encode()]
    body = struct.pack("<II", 0, len(comments)) + b"".join(struct.pack("<I", len(one)) + one for one in comments)
    path = tmp_path / "tagged.flac"
    path.write_bytes(with_blocks(made(tmp_path), block(4, body)))
    assert probe(path, sandbox).tags == {"title": "Night Bus", "bpm": "128", "künstler": "Ö"}


def test_32_bits_are_read_or_it_is_the_hub_that_cannot(tmp_path: Path, sandbox: Sandbox) -> None:
    """Never the file's fault; to the last bit of the checksum where the decoder can."""
    options = ("-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "32", "-strict", "experimental")
    path = write_by_ffmpeg(tmp_path / "wide.flac", SOUND, RATE_HZ, *options)
    if not sandbox.programs.reads_32_bit_flac():
        with pytest.raises(DecoderTooOld, match=r"This hub's decoder \(ffmpeg 5\."):
            probe(path, sandbox)
        return
    found = measure(path, sandbox)
    assert (found.bit_depth, found.duration_frames, found.warnings) == (32, FRAMES, ())
    raw = bytearray(path.read_bytes())
    raw[30] ^= 1
    path.write_bytes(raw)
    assert outcome(path, sandbox)[0] == "damaged"
