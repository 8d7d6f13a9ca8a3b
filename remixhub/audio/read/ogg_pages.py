"""The pages of an Ogg file (RFC 3533), each told by its header alone."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from remixhub.audio.read.window import Window
from remixhub.domain.media import HeaderLies, Truncated

_CAPTURE = b"OggS"
_HEADER = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_MOST_PAGES = 2_000_000


@dataclass(frozen=True, slots=True)
class Page:
    offset_bytes: int
    body_bytes: int
    """Offset of its body."""
    flags: int
    granule: int
    """Position behind the last packet that is completed in it; -1 if none is."""
    serial: int
    """Of the logical stream."""
    lacing: bytes
    """Lengths of segments: a packet ends with the first that has less than 255 bytes."""

    @property
    def end_bytes(self) -> int:
        return self.body_bytes + sum(self.lacing)

    @property
    def is_continued(self) -> bool:
        """Whether it begins amid a packet."""
        return bool(self.flags & _CONTINUED)

    @property
    def is_first(self) -> bool:
        return bool(self.flags & _FIRST) and self.granule <= 0

    @property
    def is_last(self) -> bool:
        return bool(self.flags & _LAST)

    @property
    def completes_packets(self) -> bool:
        return bool(self.lacing) and min(self.lacing) < 255

    def pieces(self, raw: mmap.mmap) -> Iterator[tuple[bytes, bool]]:
        """The packets, or the parts of them that are in this page; and whether each is completed by it."""
        at = start = self.body_bytes
        for length in self.lacing:
            at += length
            if length < 255:
                yield raw[start:at], True
                start = at
        if at > start:
            yield raw[start:at], False


def read_pages(raw: mmap.mmap, window: Window) -> Iterator[Page]:
    """In the order of the file; what lies between pages is passed over, and so is what lies behind the last.

    Raises Truncated when the last page is cut.
    """
    at = raw.find(_CAPTURE, window.start_bytes, window.end_bytes)
    for _ in range(_MOST_PAGES):
        if at < 0:
            return
        page = _read_page(raw, at)
        if page is None or page.end_bytes > window.end_bytes:
            # Unless the sizes are those of a damaged page, and whole ones follow.
            at = raw.find(_CAPTURE, at + 4, window.end_bytes)
            if at < 0:
                raise Truncated("The Ogg stream stops within a page. Upload it again, or export it again.")
            continue
        yield page
        at = raw.find(_CAPTURE, page.end_bytes, window.end_bytes)
    raise HeaderLies(f"The Ogg file has more than {_MOST_PAGES} pages.")


def _read_page(raw: mmap.mmap, at: int) -> Page | None:
    head = raw[at : at + _HEADER.size]
    if len(head) < _HEADER.size:
        return None
    _, _, flags, granule, serial, _, _, segments = _HEADER.unpack(head)
    body = at + _HEADER.size + segments
    lacing = raw[at + _HEADER.size : body]
    return Page(at, body, flags, granule, serial, lacing) if len(lacing) == segments else None
