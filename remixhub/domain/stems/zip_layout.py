"""A ZIP of stored (uncompressed) entries, laid out from names, lengths and CRCs that are known beforehand.

So it can be written straight through, without data descriptors, and equal entries give equal bytes. After PKWARE's
APPNOTE 6.3.9: names in UTF-8 (flag bit 11), ZIP64 where a size, an offset or the count needs it, 1980-01-01 as time.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_LOCAL, _CENTRAL, _END, _END_64, _LOCATOR_64 = 0x04034B50, 0x02014B50, 0x06054B50, 0x06064B50, 0x07064B50
_UTF8_NAMES = 1 << 11
_STORED = 0
_DATE_1980 = 1 << 5 | 1
_NEEDS, _NEEDS_64 = 20, 45
_UNIX = 3 << 8
_REGULAR_FILE = 0o100644 << 16
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    name: str
    size_bytes: int
    crc32: int


def local_header(entry: Entry) -> bytes:
    """What comes right before the entry's bytes."""
    big = entry.size_bytes >= _FULL_32
    extra = struct.pack("<HHQQ", 1, 16, entry.size_bytes, entry.size_bytes) if big else b""
    name = entry.name.encode()
    size = _FULL_32 if big else entry.size_bytes
    return (
        struct.pack(
            "<IHHHHHIIIHH",
            *(_LOCAL, _NEEDS_64 if big else _NEEDS, _UTF8_NAMES, _STORED, 0, _DATE_1980),
            *(entry.crc32, size, size, len(name), len(extra)),
        )
        + name
        + extra
    )


def central_directory(entries: Sequence[Entry]) -> bytes:
    """What comes after the last entry, when the entries stand one behind the other from the first byte on."""
    directory, offset = bytearray(), 0
    for entry in entries:
        directory += _central_header(entry, offset)
        offset += len(local_header(entry)) + entry.size_bytes
    return bytes(directory) + _end(len(entries), len(directory), offset)


def archive_size_bytes(entries: Sequence[Entry]) -> int:
    return sum(len(local_header(entry)) + entry.size_bytes for entry in entries) + len(central_directory(entries))


def _central_header(entry: Entry, offset: int) -> bytes:
    sizes = (entry.size_bytes, entry.size_bytes) if entry.size_bytes >= _FULL_32 else ()
    offsets = (offset,) if offset >= _FULL_32 else ()
    wide = (*sizes, *offsets)
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    name = entry.name.encode()
    size = _FULL_32 if sizes else entry.size_bytes
    needs = _NEEDS_64 if wide else _NEEDS
    return (
        struct.pack(
            "<IHHHHHHIIIHHHHHII",
            *(_CENTRAL, _UNIX | needs, needs, _UTF8_NAMES, _STORED, 0, _DATE_1980, entry.crc32, size, size),
            *(len(name), len(extra), 0, 0, 0, _REGULAR_FILE, min(offset, _FULL_32)),
        )
        + name
        + extra
    )


def _end(count: int, size_bytes: int, offset: int) -> bytes:
    end = struct.pack(
        "<IHHHHIIH",
        *(_END, 0, 0, min(count, _FULL_16), min(count, _FULL_16), min(size_bytes, _FULL_32), min(offset, _FULL_32), 0),
    )
    if count < _FULL_16 and size_bytes < _FULL_32 and offset < _FULL_32:
        return end
    wide = struct.pack("<IQHHIIQQQQ", _END_64, 44, _UNIX | _NEEDS_64, _NEEDS_64, 0, 0, count, count, size_bytes, offset)
    return wide + struct.pack("<IIQI", _LOCATOR_64, 0, offset + size_bytes, 1) + end
