"""The chunks of RIFF and IFF files, read without believing any of their sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

_MOST_CHUNKS = 1_000
_LARGEST_BODY = 65_536
_KNOWN = frozenset(
    (
        b"fmt .data.LIST.fact.bext.JUNK.junk.PAD .FLLR.iXML.id3 .ID3 .cue .smpl.inst.acid.cart.axml.chna.PEAK.CSET."
        b"DISP.INAM.IART.IPRD.ICMT.IGNR.ICRD.ISFT.ICOP.COMM.SSND.NAME.AUTH.ANNO.(c) .MARK.INST.APPL.COMT.MIDI.AESD.FVER"
    ).split(b".")
)


@dataclass(frozen=True)
class Chunk:
    name: bytes
    declared_bytes: int
    offset: int
    """Of the body."""
    held_bytes: int
    """What the file really holds from `offset` on, up to `declared_bytes`."""

    def body(self, file: BinaryIO) -> bytes:
        """At most 64 KiB of it: headers are shorter, and nobody needs longer tags."""
        file.seek(self.offset)
        return file.read(min(self.held_bytes, _LARGEST_BODY))


def walk_chunks(file: BinaryIO, size_bytes: int, start: int, order: Literal["little", "big"]) -> Iterator[Chunk]:
    """From `start` as far as names are printable and bodies lie within the file; the last one may be cut."""
    offset = start
    for _ in range(_MOST_CHUNKS):
        chunk = chunk_at(file, size_bytes, offset, order)
        if chunk is None:
            return
        yield chunk
        offset = offset_behind(file, size_bytes, chunk, order)


def offset_behind(file: BinaryIO, size_bytes: int, chunk: Chunk, order: Literal["little", "big"]) -> int:
    """Where the next chunk begins: an odd body is padded by a byte, which some writers leave out."""
    end = chunk.offset + chunk.declared_bytes
    if chunk.declared_bytes % 2 == 0:
        return end
    padded, unpadded = (chunk_at(file, size_bytes, offset, order) for offset in (end + 1, end))
    if unpadded is None or (padded is not None and padded.name in _KNOWN):
        return end + 1
    fits = padded is not None and padded.held_bytes == padded.declared_bytes
    return end if unpadded.name in _KNOWN or not fits else end + 1


def chunk_at(file: BinaryIO, size_bytes: int, offset: int, order: Literal["little", "big"]) -> Chunk | None:
    file.seek(offset)
    head = file.read(8)
    if len(head) < 8 or not all(32 <= letter < 127 for letter in head[:4]):
        return None
    declared = int.from_bytes(head[4:], order)
    return Chunk(head[:4], declared, offset + 8, min(declared, size_bytes - offset - 8))


def ends_with_chunks(file: BinaryIO, size_bytes: int, offset: int, order: Literal["little", "big"]) -> bool:
    """Whether from `offset` to the end there are only whole chunks."""
    while size_bytes - offset > 1:
        chunk = chunk_at(file, size_bytes, offset, order)
        if chunk is None or chunk.held_bytes < chunk.declared_bytes:
            return False
        offset = offset_behind(file, size_bytes, chunk, order)
    return True
