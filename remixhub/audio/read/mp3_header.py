"""MPEG audio layer III frame headers, and the Xing/Info/VBRI header that says how long a file is."""

from __future__ import annotations

from dataclasses import dataclass

_BITRATES_KBPS = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = (44_100, 48_000, 32_000)
_RATE_DIVISORS = {3: 1, 2: 2, 0: 4}
_LAYER_III = 1
_LENGTH_FLAGS, _TOC_BYTES = (1, 2, 4, 8), (4, 4, 100, 4)


@dataclass(frozen=True)
class Mp3Frame:
    sample_rate_hz: int
    channels: int
    size_bytes: int
    samples: int
    """Frames of audio in it, 1152 or 576."""
    header_bytes: int
    """Header and side information, behind which Xing stands."""

    def fits(self, other: Mp3Frame) -> bool:
        """Whether both can belong to one stream; mono and stereo frames may alternate."""
        return self.sample_rate_hz == other.sample_rate_hz and self.samples == other.samples


def read_frame(head: bytes) -> Mp3Frame | None:
    """From the first four bytes; None when they are not a layer III header."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 1 & 3 != _LAYER_III:
        return None
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return None
    first = version == 3
    rate_hz = _RATES_HZ[rate] // _RATE_DIVISORS[version]
    kbps = _BITRATES_KBPS[1 if first else 2][bitrate - 1]
    size_bytes = (144_000 if first else 72_000) * kbps // rate_hz + (head[2] >> 1 & 1)
    mono = head[3] >> 6 == 3
    side_bytes = (17 if mono else 32) if first else (9 if mono else 17)
    return Mp3Frame(rate_hz, 1 if mono else 2, size_bytes, 1152 if first else 576, 4 + side_bytes)


def find_frames(raw: bytes) -> int | None:
    """Where the first of three consecutive frames starts; None if there are none."""
    offset = raw.find(b"\xff")
    while offset >= 0:
        if _run_at(raw, offset):
            return offset
        offset = raw.find(b"\xff", offset + 1)
    return None


def _run_at(raw: bytes, offset: int) -> bool:
    """Three frames in a row; fewer only if the bytes end there."""
    first = read_frame(raw[offset : offset + 4])
    frame, following = first, 0
    while first and frame and frame.fits(first) and following < 3:
        following += 1
        offset += frame.size_bytes
        if offset >= len(raw):
            return True
        frame = read_frame(raw[offset : offset + 4])
    return following == 3


def declared_frames(raw: bytes) -> int | None:
    """`raw` starts with the stream's first frame. The length without encoder delay and padding; None if untold."""
    frame = read_frame(raw)
    if frame is None:
        return None
    if raw[36:40] == b"VBRI":
        return int.from_bytes(raw[50:54], "big") * frame.samples
    at = frame.header_bytes
    if raw[at : at + 4] not in (b"Xing", b"Info") or not raw[at + 7] & 1:
        return None
    frames = int.from_bytes(raw[at + 8 : at + 12], "big") * frame.samples
    lame = at + 8 + sum(size for flag, size in zip(_LENGTH_FLAGS, _TOC_BYTES, strict=True) if raw[at + 7] & flag)
    if raw[lame : lame + 4] not in (b"LAME", b"Lavf", b"Lavc"):
        return frames
    gap = int.from_bytes(raw[lame + 21 : lame + 24], "big")
    return max(frames - (gap >> 12) - (gap & 0xFFF), 0)
