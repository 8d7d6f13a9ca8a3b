"""What the headers of WAV (also RF64 and BW64), AIFF and FLAC say of rate, length and channels, without decoding.

The hub measures what is really in a file; this finds most mistakes before hours of upload.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

AUDIO_SUFFIXES = (".wav", ".wave", ".aif", ".aiff", ".aifc", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4")
LOSSY_SUFFIXES = (".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4")
_MOST_CHUNKS = 1_000
_UNKNOWN_SIZE = 0xFFFFFFFF


class HeaderUnreadable(Exception):
    """The file is cut short, still being written, or of another kind than its name says."""


@dataclass(frozen=True)
class SoundHeader:
    sample_rate_hz: int
    channels: int
    bit_depth: int
    duration_frames: int
    """As declared."""

    @property
    def duration_seconds(self) -> float:
        return self.duration_frames / self.sample_rate_hz


def read_header(path: Path) -> SoundHeader | None:
    """None for kinds of files that only the hub reads. Raises HeaderUnreadable, OSError."""
    with path.open("rb") as file:
        size_bytes = path.stat().st_size
        begins = file.read(12)
        file.seek(4)
        reader = _READERS.get(begins[:4])
        if reader is None:
            if path.suffix.lower() in LOSSY_SUFFIXES and begins:
                return None
            if begins.startswith((b"OggS", b"ID3", b"\xff\xfb")) or begins[4:8] == b"ftyp":
                return None  # whatever it is called, the hub looks at what it is
            raise HeaderUnreadable(f"It does not begin as {path.suffix.lower() or 'a sound'} does.")
        try:
            header = reader(file, size_bytes)
        except (struct.error, IndexError, OverflowError, ValueError, ZeroDivisionError) as exc:
            raise HeaderUnreadable("Its header is cut short.") from exc
    if header is None:
        return None
    if header.sample_rate_hz <= 0 or header.channels <= 0:
        raise HeaderUnreadable("Its header makes no sense.")
    return header


def _wav(file: BinaryIO, size_bytes: int) -> SoundHeader | None:
    file.seek(8)
    if file.read(4) != b"WAVE":
        raise HeaderUnreadable("It is a RIFF file, but no WAV.")
    shape: tuple[int, int, int, int] | None = None
    long_bytes = 0
    for name, length, start in _chunks(file, size_bytes, "<"):
        if name == b"ds64":
            long_bytes = struct.unpack("<8xQ", file.read(16))[0]
        elif name == b"fmt ":
            _, channels, rate_hz, _, block_bytes, bits = struct.unpack("<HHIIHH", file.read(16))
            shape = channels, rate_hz, block_bytes, bits
        elif name == b"data":
            if shape is None:
                raise HeaderUnreadable("Its sound comes before it says what sound it is.")
            sound_bytes = long_bytes if length == _UNKNOWN_SIZE else length
            if start + sound_bytes > size_bytes:
                raise HeaderUnreadable("It ends before its sound does: it is cut short, or still being written.")
            channels, rate_hz, block_bytes, bits = shape
            return SoundHeader(rate_hz, channels, bits, sound_bytes // block_bytes)
    raise HeaderUnreadable("It holds no sound: it is cut short, or still being written.")


def _aiff(file: BinaryIO, size_bytes: int) -> SoundHeader | None:
    file.seek(8)
    kind = file.read(4)
    if kind not in (b"AIFF", b"AIFC"):
        raise HeaderUnreadable("It is an IFF file, but no AIFF.")
    header: SoundHeader | None = None
    for name, length, start in _chunks(file, size_bytes, ">"):
        if name == b"COMM":
            channels, frames, bits, rate = struct.unpack(">hIh10s", file.read(18))
            header = SoundHeader(_extended(rate), channels, bits, frames)
        elif name == b"SSND" and start + length > size_bytes:
            raise HeaderUnreadable("It ends before its sound does: it is cut short, or still being written.")
    if header is None:
        raise HeaderUnreadable("It does not say what sound it holds.")
    return header


def _flac(file: BinaryIO, size_bytes: int) -> SoundHeader | None:
    """STREAMINFO is the first block of metadata (RFC 9639)."""
    kind = file.read(4)[0] & 0x7F
    if kind != 0:
        raise HeaderUnreadable("It does not say what sound it holds.")
    packed = struct.unpack(">10xQ", file.read(18))[0]
    frames = packed & 0xFFFFFFFFF
    if frames == 0:
        return None  # it does not know its length
    return SoundHeader(packed >> 44, ((packed >> 41) & 7) + 1, ((packed >> 36) & 31) + 1, frames)


def _chunks(file: BinaryIO, size_bytes: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, length and place of each; the file stands at its first byte while it is looked at."""
    place = 12
    for _ in range(_MOST_CHUNKS):
        if place + 8 > size_bytes:
            return
        file.seek(place)
        name, length = struct.unpack(f"{order}4sI", file.read(8))
        yield name, length, place + 8
        place += 8 + length + length % 2


def _extended(raw: bytes) -> int:
    """The 80-bit floating point that AIFF has its rate in."""
    exponent, mantissa = struct.unpack(">HQ", raw)
    return int(mantissa * 2.0 ** ((exponent & 0x7FFF) - 16383 - 63) + 0.5)


_READERS: dict[bytes, Callable[[BinaryIO, int], SoundHeader | None]] = {
    b"RIFF": _wav, b"RF64": _wav, b"BW64": _wav, b"FORM": _aiff, b"fLaC": _flac,
}  # fmt: skip
