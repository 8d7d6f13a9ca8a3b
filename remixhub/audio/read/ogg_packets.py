"""How many frames a packet of Opus (RFC 6716) or Vorbis (Vorbis I) is worth, told without decoding it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

OPUS_RATE_HZ = 48_000
_MODE_BITS = 41
_MOST_MODES = 64


class OggCodec(ABC):
    """What the first packet of a stream tells."""

    name: ClassVar[str]
    sample_rate_hz: int
    channels: int
    pre_skip: int
    """Frames to be left out at the start."""

    @abstractmethod
    def frames(self, packet: bytes) -> int:
        """Asked for each packet of the stream in its order, headers included."""

    def __str__(self) -> str:
        return f"{self.name} at {self.sample_rate_hz} Hz in {'mono' if self.channels == 1 else 'stereo'}"


def codec_of(first: bytes) -> OggCodec | None:
    """By the first packet of a stream; None if it is neither Opus nor Vorbis."""
    if first.startswith(b"OpusHead") and len(first) >= 19:
        return _Opus(first)
    if first.startswith(b"\x01vorbis") and len(first) >= 30:
        return _Vorbis(first)
    return None


class _Opus(OggCodec):
    name = "Opus"
    sample_rate_hz = OPUS_RATE_HZ

    def __init__(self, head: bytes) -> None:
        self.channels = head[9]
        self.pre_skip = int.from_bytes(head[10:12], "little")

    def frames(self, packet: bytes) -> int:
        if not packet or packet.startswith((b"OpusHead", b"OpusTags")):
            return 0
        configuration, code = packet[0] >> 3, packet[0] & 3
        if configuration < 12:
            size = (480, 960, 1920, 2880)[configuration & 3]
        elif configuration < 16:
            size = (480, 960)[configuration & 1]
        else:
            size = (120, 240, 480, 960)[configuration & 3]
        return size * (packet[1] & 63 if code == 3 and len(packet) > 1 else (1, 2, 2, 0)[code])


class _Vorbis(OggCodec):
    name = "Vorbis"
    pre_skip = 0

    def __init__(self, head: bytes) -> None:
        self.channels = head[11]
        self.sample_rate_hz = int.from_bytes(head[12:16], "little")
        self._block_sizes = (1 << (head[28] & 15), 1 << (head[28] >> 4))
        self._modes: list[int] = []
        self._last_size = 0

    def frames(self, packet: bytes) -> int:
        """A packet completes the second half of the one before it, so the first gives nothing."""
        if packet.startswith(b"\x05vorbis"):
            self._modes = _block_flags(packet)
        if not packet or packet[0] & 1 or not self._modes:
            return 0
        number = packet[0] >> 1 & (1 << (len(self._modes) - 1).bit_length()) - 1
        size = self._block_sizes[self._modes[min(number, len(self._modes) - 1)]]
        before, self._last_size = self._last_size, size
        return (before + size) // 4 if before else 0


def _block_flags(setup: bytes) -> list[int]:
    """Of each mode, whether its blocks are long. They stand at the end of a header that tells no lengths.

    So they are read backwards, from the framing bit on; the largest number of modes that says itself counts.
    """
    bits = int.from_bytes(setup, "little")
    end = bits.bit_length() - 1
    flags: list[int] = []
    found: list[int] = []
    while len(flags) < _MOST_MODES and end >= _MODE_BITS + 6:
        end -= _MODE_BITS
        mode = bits >> end & (1 << _MODE_BITS) - 1
        if mode >> 1 & 0xFFFFFFFF or mode >> 33 >= 64:  # window and transform are zero
            break
        flags.insert(0, mode & 1)
        if bits >> end - 6 & 63 == len(flags) - 1:
            found = list(flags)
    return found
