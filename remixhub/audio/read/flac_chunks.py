"""Any span of a FLAC file of fixed blocks as a small file of its own, by an index of where its blocks lie.

The bytes of the index are specified in docs/audio-files.md. Here "blocks" are what FLAC calls frames, since frames are
what the rest of the house calls the samples of all channels at one time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import accumulate

FLAC_INDEX_MEDIA_TYPE = "application/vnd.remixhub.flac-index"
BLOCK_FRAMES = 4_096
"""Of each block but the last: small enough to seek by, and what encoders take for CD audio by themselves."""
STREAMINFO_BYTES = 34
_MAGIC, _VERSION = b"RHFI", 1
_HEAD = struct.Struct("<4sBBBBIIIII")
_MOST_BLOCK_BYTES = 0xFFFF
_FRAMES_BITS = 36
"""How many of STREAMINFO's bits before its MD5 are the number of frames."""


class IndexUnreadable(ValueError):
    """The bytes are no index that this version reads."""


@dataclass(frozen=True)
class Span:
    """Bytes of a file, from `first_byte` up to before `end_byte`, and the frames that lie there."""

    first_byte: int
    end_byte: int
    start_frames: int
    frames: int


@dataclass(frozen=True)
class FlacIndex:
    """`lengths` are those of the blocks in bytes, which follow each other without gaps."""

    sample_rate_hz: int
    channels: int
    bit_depth: int
    halvings: int
    """How often the samples were halved to stay within full scale: what is heard is sample · 2^halvings."""
    total_frames: int
    first_block_at: int
    """Bytes before the first block."""
    streaminfo: bytes
    lengths: tuple[int, ...]
    block_frames: int = BLOCK_FRAMES
    _offsets: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """Of all blocks, and of the end behind them."""

    def __post_init__(self) -> None:
        if len(self.lengths) != -(-self.total_frames // self.block_frames):
            raise IndexUnreadable(f"{len(self.lengths)} blocks cannot hold {self.total_frames} frames.")
        if len(self.streaminfo) != STREAMINFO_BYTES or not all(0 < one <= _MOST_BLOCK_BYTES for one in self.lengths):
            raise IndexUnreadable("STREAMINFO or the length of a block is out of bounds.")
        object.__setattr__(self, "_offsets", tuple(accumulate(self.lengths, initial=self.first_block_at)))

    @classmethod
    def parse(cls, raw: bytes) -> FlacIndex:
        """Raises IndexUnreadable."""
        try:
            magic, version, channels, bits, halvings, rate, block, total, first, count = _HEAD.unpack_from(raw)
        except struct.error as exc:
            raise IndexUnreadable("The index is cut short.") from exc
        lengths_at = _HEAD.size + STREAMINFO_BYTES
        if (magic, version) != (_MAGIC, _VERSION) or block == 0 or len(raw) != lengths_at + 2 * count:
            raise IndexUnreadable("These are not the bytes of an index of version 1.")
        return cls(
            sample_rate_hz=rate,
            channels=channels,
            bit_depth=bits,
            halvings=halvings,
            total_frames=total,
            first_block_at=first,
            streaminfo=raw[_HEAD.size : lengths_at],
            lengths=struct.unpack_from(f"<{count}H", raw, lengths_at),
            block_frames=block,
        )

    def to_bytes(self) -> bytes:
        head = _HEAD.pack(
            _MAGIC, _VERSION, self.channels, self.bit_depth, self.halvings, self.sample_rate_hz, self.block_frames,
            self.total_frames, self.first_block_at, len(self.lengths),
        )  # fmt: skip
        return head + self.streaminfo + struct.pack(f"<{len(self.lengths)}H", *self.lengths)

    @property
    def size_bytes(self) -> int:
        """Of the whole file."""
        return self._offsets[-1]

    def span(self, start_frames: int, end_frames: int) -> Span:
        """The whole blocks that hold frames from `start_frames` up to before `end_frames`; past the end there are
        none.
        """
        if not 0 <= start_frames < end_frames:
            raise ValueError(f"no frames from {start_frames} to {end_frames}")
        first = min(start_frames // self.block_frames, len(self.lengths))
        end = min(-(-end_frames // self.block_frames), len(self.lengths))
        start = min(first * self.block_frames, self.total_frames)
        frames = min(end * self.block_frames, self.total_frames) - start
        return Span(self._offsets[first], self._offsets[end], start, frames)

    def head(self, frames: int) -> bytes:
        """What makes the bytes of a span of so many frames a FLAC file; without a checksum, which is that of the
        whole. The numbers of the blocks may stay as they are.
        """
        packed = int.from_bytes(self.streaminfo[10:18], "big") >> _FRAMES_BITS << _FRAMES_BITS | frames
        streaminfo = self.streaminfo[:10] + packed.to_bytes(8, "big") + bytes(16)
        return b"fLaC\x80" + STREAMINFO_BYTES.to_bytes(3, "big") + streaminfo
