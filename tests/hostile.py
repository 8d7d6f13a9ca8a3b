"""Files that lie, break off, or want to be something else; each with the outcome that the engine owes.

`HOSTILE` maps a name to a builder and an outcome: the code of a refusal, or `accepted`, with the warning it must carry
behind a colon.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.domain.media import Refused
from tests.signals import music, write_by_ffmpeg, write_sound

RATE_HZ = 44_100
Builder = Callable[[Path], bytes]


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def wav(
    samples: bytes = b"\1\2\3\4" * 4000,
    *,
    tag: int = 1,
    channels: int = 2,
    rate_hz: int = RATE_HZ,
    bits: int = 16,
    block_bytes: int | None = None,
    data_size: int | None = None,
    riff_size: int | None = None,
    before: bytes = b"",
    behind: bytes = b"",
    fmt: bytes | None = None,
) -> bytes:
    block_bytes = channels * bits // 8 if block_bytes is None else block_bytes
    rate_field, bytes_field = rate_hz & 0xFFFFFFFF, rate_hz * block_bytes & 0xFFFFFFFF
    fmt = fmt or struct.pack("<HHIIHH", tag, channels, rate_field, bytes_field, block_bytes & 0xFFFF, bits)
    body = b"WAVE" + before + chunk(b"fmt ", fmt) + chunk(b"data", samples, data_size) + behind
    return b"RIFF" + struct.pack("<I", len(body) if riff_size is None else riff_size) + body


def extensible(channels: int, bits: int, subformat: int, valid_bits: int = 0, tail: bytes | None = None) -> bytes:
    align = channels * bits // 8
    tail = bytes.fromhex("000000001000800000aa00389b71") if tail is None else tail
    head = struct.pack("<HHIIHH", 0xFFFE, channels, RATE_HZ, RATE_HZ * align, align, bits)
    return head + struct.pack("<HHIH", 22, valid_bits or bits, 3, subformat) + tail


def _encoded(name: str, *options: str, seconds: float = 1.0) -> Builder:
    def build(folder: Path) -> bytes:
        return write_by_ffmpeg(folder / f"made.{name}", music(seconds, RATE_HZ), RATE_HZ, *options).read_bytes()

    return build


FLAC = _encoded("flac", "-sample_fmt", "s16")
MP3 = _encoded("mp3", "-b:a", "128k")
OPUS = _encoded("opus")
VORBIS = _encoded("ogg", "-c:a", "libvorbis")
M4A = _encoded("m4a", "-c:a", "aac")
M4A_FAST = _encoded("m4a", "-c:a", "aac", "-movflags", "+faststart")
ALAC = _encoded("m4a", "-c:a", "alac")


AIFF: Builder = lambda folder: write_sound(folder / "made.aiff", music(1, RATE_HZ), RATE_HZ, "PCM_24").read_bytes()  # noqa: E731


def outcome(path: Path, sandbox: Sandbox) -> tuple[str, set[str], int]:
    """A refusal's code or `accepted`, the warnings' codes, and the frames."""
    try:
        found = measure(path, sandbox)
    except Refused as refusal:
        return refusal.code if refusal.detail else "no detail", set(), 0
    return "accepted", {warning.code for warning in found.warnings}, found.duration_frames


def cut(builder: Builder, share: float) -> Builder:
    return lambda folder: (raw := builder(folder))[: int(len(raw) * share)]


def flipped(builder: Builder, share: float, count: int = 64) -> Builder:
    """Some bytes in the middle are turned over."""

    def build(folder: Path) -> bytes:
        raw = bytearray(builder(folder))
        start = int(len(raw) * share)
        raw[start : start + count] = bytes(byte ^ 0xFF for byte in raw[start : start + count])
        return bytes(raw)

    return build


def patched(builder: Builder, offset: int, value: bytes) -> Builder:
    def build(folder: Path) -> bytes:
        raw = bytearray(builder(folder))
        raw[offset : offset + len(value)] = value
        return bytes(raw)

    return build


def given(raw: bytes) -> Builder:
    return lambda folder: raw


def _float_wav(values: list[float], at: int = 1_000, **wav_options: int) -> bytes:
    samples = music(0.5, RATE_HZ)
    samples.reshape(-1)[at : at + len(values)] = values
    return wav(samples.tobytes(), tag=3, bits=32, **wav_options)


def _flac_total(total: int) -> Builder:
    """FLAC whose STREAMINFO announces another length."""

    def build(folder: Path) -> bytes:
        raw = bytearray(FLAC(folder))
        raw[21] = raw[21] & 0xF0 | total >> 32
        raw[22:26] = (total & 0xFFFFFFFF).to_bytes(4, "big")
        return bytes(raw)

    return build


def _id3(size: int, body: bytes = b"") -> bytes:
    syncsafe = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\4\0\0" + syncsafe + body


def _png(width: int, height: int) -> bytes:
    def part(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")


def _mp3_with_pictures(count: int, side: int) -> Builder:
    def build(folder: Path) -> bytes:
        frame = b"\0image/png\0\3\0" + _png(side, side)
        size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
        frames = (b"APIC" + size + b"\0\0" + frame) * count
        return _id3(len(frames), frames) + MP3(folder)

    return build


def _silence_bomb(folder: Path) -> bytes:
    """Three hours in some hundred kilobytes."""
    hour = np.zeros((3 * 3600 * 8_000, 1), np.float32)
    return write_sound(folder / "bomb.flac", hour, 8_000, "PCM_16").read_bytes()


def _aiff(**changes: bytes) -> Builder:
    """AIFF with the fields of its COMM chunk replaced: `channels`, `frames`, `bits`, `rate`."""

    def build(folder: Path) -> bytes:
        raw = bytearray(write_sound(folder / "made.aiff", music(0.5, RATE_HZ), RATE_HZ, "PCM_16").read_bytes())
        comm = raw.index(b"COMM") + 8
        for name, offset in (("channels", 0), ("frames", 2), ("bits", 6), ("rate", 8)):
            if name in changes:
                raw[comm + offset : comm + offset + len(changes[name])] = changes[name]
        return bytes(raw)

    return build


_HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
_TEXT = b"These are the words of a song, and no song.\n" * 100

HOSTILE: dict[str, tuple[Builder, str]] = {
    # What it is.
    "no bytes": (given(b""), "empty_file"),
    "one byte": (given(b"R"), "not_audio"),
    "an HLS playlist": (given(_HLS), "playlist_refused"),
    "a playlist behind a byte order mark": (given(b"\xef\xbb\xbf  \n" + _HLS), "playlist_refused"),
    "an ffconcat script": (given(b"ffconcat version 1.0\nfile other.wav\n"), "playlist_refused"),
    "a PLS playlist": (given(b"[playlist]\nFile1=http://127.0.0.1/x.mp3\n"), "playlist_refused"),
    "a DASH manifest": (
        given(b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>'),
        "playlist_refused",
    ),
    "a session description": (given(b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n"), "playlist_refused"),
    "a bare address": (given(b"http://127.0.0.1/secret.mp3\n"), "playlist_refused"),
    "a playlist with an MP3 behind it": (lambda folder: _HLS + MP3(folder), "playlist_refused"),
    "an SVG picture": (
        given(b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
        "not_audio",
    ),
    "text": (given(_TEXT), "not_audio"),
    "a ZIP archive": (given(b"PK\x03\x04" + bytes(100)), "not_audio"),
    "a picture": (given(_png(8, 8)), "not_audio"),
    "noise": (given(np.random.default_rng(7).bytes(200_000)), "not_audio"),
    "zeros": (given(bytes(100_000)), "not_audio"),
    "Matroska": (given(b"\x1a\x45\xdf\xa3" + bytes(1_000)), "unsupported_container"),
    "a bare AAC stream": (_encoded("aac"), "unsupported_container"),
    "an AVI film": (given(b"RIFF\x00\x01\x00\x00AVI LIST" + bytes(300)), "not_audio"),
    "FLAC within Ogg": (_encoded("ogg", "-c:a", "flac"), "unsupported_codec"),
    "an ID3 tag with nothing behind it": (given(_id3(100, bytes(100))), "not_audio"),
    "an ID3 tag that claims 256 MB": (lambda folder: _id3(2**28 - 1) + MP3(folder), "not_audio"),
    # What a WAV header may claim.
    "WAV without fmt": (given(b"RIFF\x40\0\0\0WAVE" + chunk(b"data", bytes(64))), "header_lies"),
    "WAV without data": (given(wav()[:36]), "no_audio_frames"),
    "WAV with a header alone": (given(wav(b"")), "no_audio_frames"),
    "WAV cut within its header": (given(wav()[:20]), "header_lies"),
    "WAV of 1 Hz": (given(wav(rate_hz=1)), "sample_rate_out_of_range"),
    "WAV of 0 Hz": (given(wav(rate_hz=0)), "sample_rate_out_of_range"),
    "WAV of 4 GHz": (given(wav(rate_hz=2**32 - 1)), "sample_rate_out_of_range"),
    "WAV without channels": (given(wav(channels=0)), "header_lies"),
    "WAV of three channels": (given(wav(channels=3, samples=bytes(6000))), "too_many_channels"),
    "WAV of 65,535 channels": (given(wav(channels=65_535, block_bytes=65_534)), "header_lies"),
    "WAV of 0 bits": (given(wav(bits=0, block_bytes=4)), "unsupported_bit_depth"),
    "WAV of 64-bit integers": (given(wav(bits=64)), "unsupported_bit_depth"),
    "WAV whose frames have the wrong size": (given(wav(block_bytes=3)), "header_lies"),
    "WAV with ADPCM": (given(wav(tag=2, bits=4, block_bytes=1024)), "unsupported_codec"),
    "WAV with MP3 in it": (given(wav(tag=0x55, bits=0, block_bytes=1)), "unsupported_codec"),
    "EXTENSIBLE WAV with a strange codec": (given(wav(fmt=extensible(2, 16, 1, tail=bytes(14)))), "unsupported_codec"),
    "EXTENSIBLE WAV with a short header": (given(wav(fmt=extensible(2, 16, 1)[:30])), "header_lies"),
    "WAV that claims 4 GB on 444 bytes": (given(wav(bytes(400), data_size=0xFFFFFFF0)), "truncated"),
    "WAV cut in the middle": (given(wav()[:8000]), "truncated"),
    "WAV cut by one byte": (given(wav()[:-1]), "truncated"),
    "WAV with chunks that never end": (given(wav(before=chunk(b"junk", b"", 0) * 5_000)), "header_lies"),
    "streamed WAV": (given(wav(data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF)), "accepted:sizes_unset"),
    "WAV of a crashed recorder": (given(wav(data_size=0, riff_size=0)), "accepted:sizes_unset"),
    "WAV of a pipe that knew no end": (given(wav(data_size=0x7FFFFFDB, riff_size=0x7FFFFFFF)), "accepted:sizes_unset"),
    "WAV with a frame cut": (given(wav(bytes(range(256)) * 16 + b"\1\2")), "accepted:partial_frame"),
    "WAV with rubbish behind it": (given(wav(behind=b"\0\1\2\3" * 50)), "accepted:trailing_bytes"),
    "WAV of two data chunks": (given(wav(behind=chunk(b"data", b"\5" * 4_000))), "accepted:second_data_chunk"),
    "WAV of one frame": (given(wav(b"\1\2\3\4")), "too_short"),
    "WAV of sixteen frames": (given(wav(b"\1\2\3\4" * 16)), "accepted"),
    "WAV of an odd rate": (given(wav(rate_hz=88_201)), "accepted"),
    "EXTENSIBLE float WAV": (given(wav(music(0.5, RATE_HZ).tobytes(), fmt=extensible(2, 32, 3))), "accepted"),
    "EXTENSIBLE WAV with 20 of 24 bits": (given(wav(bytes(6_000), fmt=extensible(2, 24, 1, 20))), "accepted"),
    "float WAV with some NaN": (
        given(_float_wav([float("nan")] * 5 + [float("inf"), float("-inf")])),
        "accepted:not_finite",
    ),
    "float WAV of NaN": (given(_float_wav([float("nan")] * 30_000)), "damaged"),
    "float WAV of denormals": (
        given(wav(np.full((20_000, 2), 1e-40, np.float32).tobytes(), tag=3, bits=32)),
        "accepted",
    ),
    "float WAV 12 dB over full scale": (given(_float_wav([4.0, -3.9])), "accepted"),
    "integers that are called float": (given(_float_wav([3e30, -1e20])), "implausible_level"),
    # What AIFF may claim.
    "AIFF cut in the middle": (cut(_aiff(), 0.5), "truncated"),
    "AIFF of too many frames": (_aiff(frames=b"\x7f\xff\xff\xff"), "truncated"),
    "AIFF without frames": (_aiff(frames=bytes(4)), "no_audio_frames"),
    "AIFF of six channels": (_aiff(channels=b"\0\6", frames=b"\0\0\0\1"), "too_many_channels"),
    "AIFF of negative channels": (_aiff(channels=b"\xff\xff"), "header_lies"),
    "AIFF of an infinite rate": (_aiff(rate=b"\x7f\xff" + b"\xff" * 8), "sample_rate_out_of_range"),
    "AIFF of 17 bits": (_aiff(bits=b"\0\x11", frames=b"\0\0\1\0"), "accepted"),
    "AIFF of 255 bits": (_aiff(bits=b"\0\xff"), "unsupported_bit_depth"),
    # Compressed audio that is cut, damaged, or lies about its length.
    "FLAC cut in the middle": (cut(FLAC, 0.5), "truncated|damaged"),
    "FLAC with damage": (flipped(FLAC, 0.5), "damaged"),
    "FLAC that announces more": (_flac_total(44_101), "truncated"),
    "FLAC that announces less": (_flac_total(44_099), "accepted:length_differs"),
    "FLAC of unknown length": (_flac_total(0), "accepted:length_undeclared"),
    "FLAC that announces 18 hours": (_flac_total(2**36 - 1), "too_long"),
    "FLAC with its magic alone": (given(b"fLaC"), "header_lies|damaged"),
    "FLAC of three hours of silence": (_silence_bomb, "too_long"),
    "FLAC behind an ID3 tag": (lambda folder: _id3(20, bytes(20)) + FLAC(folder), "accepted"),
    "MP3 cut in the middle": (cut(MP3, 0.5), "truncated|damaged"),
    "MP3 with a large picture": (_mp3_with_pictures(1, 12_000), "accepted"),
    "MP3 with 300 pictures": (_mp3_with_pictures(300, 8), "accepted|damaged"),
    "MP3 with a tag behind": (lambda folder: MP3(folder) + b"TAG" + bytes(125), "accepted"),
    "MP3 of unknown length": (_encoded("mp3", "-write_xing", "0", "-id3v2_version", "0"), "accepted:length_undeclared"),
    "Opus cut in the middle": (cut(OPUS, 0.5), "truncated"),
    "Opus cut by a byte": (lambda folder: OPUS(folder)[:-1], "truncated"),
    "Opus with damage": (flipped(OPUS, 0.5), "damaged|truncated"),
    "M4A without its index": (cut(M4A, 0.7), "truncated"),
    "M4A with its index, cut": (cut(M4A_FAST, 0.7), "truncated"),
    "M4A whose first box has no size": (patched(M4A, 0, b"\0\0\0\5"), "header_lies"),
    "M4A whose audio box reaches beyond the end": (patched(M4A_FAST, 0, b"\0\0\xff\xff"), "truncated"),
}
