"""Which frames of an Ogg file are its sound: one stream of Vorbis or Opus (RFC 7845), or a chain of them."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from remixhub.audio.read.extent import Extent, Span, joined
from remixhub.audio.read.ogg_packets import OggCodec, codec_of
from remixhub.audio.read.ogg_pages import Page, read_pages
from remixhub.audio.read.sniff import TRAILING_BYTES
from remixhub.audio.read.window import Window
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import ChainDiffers, CodecUnsupported, HeaderLies

_MOST_LINKS = 256
_MOST_SETTLING = 8_192
"""The longest block of Vorbis; more than twice what RFC 7845 recommends for Opus."""


class _Link:
    """One stream of a chain, that is all of it if there is no chain."""

    def __init__(self, first: Page) -> None:
        self.offset_bytes = first.offset_bytes
        self.end_bytes = first.end_bytes
        """Of the last page, whichever stream it is of."""
        self.serial: int | None = None
        self.codec: OggCodec
        self.is_ended = False
        self._packet = b""
        self._position: int | None = None
        """Of the decoder's first frame."""
        self._told_frames = 0
        """Of the packets up to the first page that tells its position."""
        self._end = 0

    def open(self, page: Page, raw: mmap.mmap) -> None:
        """`page` begins one of the streams that are multiplexed here: the first with sound counts."""
        codec = codec_of(raw[page.body_bytes : page.end_bytes])
        if self.serial is None and codec is not None:
            self.serial, self.codec = page.serial, codec

    def add(self, page: Page, raw: mmap.mmap) -> None:
        """A page of the stream, after its first."""
        self.is_ended = page.is_last
        if self._position is None:
            self._count(page, raw)
            if page.granule > 0 and self._told_frames:
                position = page.granule - self._told_frames
                # What stands before zero is trimmed at the start, but in a stream of one page at its end.
                self._position = max(position, 0) if page.is_last else position
                self._end = page.granule
        elif page.granule > 0:
            # A page without a packet cannot add to the sound.
            self._end = page.granule if page.completes_packets else min(page.granule, self._end)

    def trimmed_frames(self) -> int:
        """At the start, if it is more than encoders need to settle."""
        start = self.span(Window(0, 0)).start_frames or 0
        return start if start > _MOST_SETTLING else 0

    def span(self, stream: Window) -> Span:
        if self._position is None:
            return Span(0, None)
        start = max(self._position, 0) + self.codec.pre_skip
        return Span(self._end - start, start - self._position, stream)

    def _count(self, page: Page, raw: mmap.mmap) -> None:
        if not page.is_continued:
            self._packet = b""
        for piece, is_whole in page.pieces(raw):
            self._packet += piece
            if is_whole:
                self._told_frames += self.codec.frames(self._packet)
                self._packet = b""


def read_ogg_extent(path: Path, window: Window) -> Extent:
    """Raises Truncated, HeaderLies, CodecUnsupported, ChainDiffers."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        links = list(_read_links(raw, window))
    if not links:
        raise HeaderLies("The Ogg file has no first page.")
    _check_alike(links)
    warnings = []
    if not all(link.is_ended for link in links):
        detail = "The Ogg stream has no end mark, so a missing end could not be noticed."
        warnings.append(MediaWarning("end_mark_missing", detail))
    if links[-1].end_bytes < window.end_bytes:
        warnings.append(TRAILING_BYTES)
    ends = [*(link.offset_bytes for link in links[1:]), window.end_bytes]
    streams = [Window(link.offset_bytes, end) for link, end in zip(links, ends, strict=True)]
    trimmed = sum(link.trimmed_frames() for link in links)
    return Extent(joined(map(_Link.span, links, streams)), tuple(warnings), trimmed)


def _read_links(raw: mmap.mmap, window: Window) -> Iterator[_Link]:
    link, opening = None, False
    for page in read_pages(raw, window):
        if page.is_first:
            if not opening:
                if link is not None:
                    yield link
                link = _Link(page)
            assert link is not None
            link.open(page, raw)
        elif link is None:
            continue
        elif page.serial == link.serial:
            link.add(page, raw)
        link.end_bytes = page.end_bytes
        opening = page.is_first
    if link is not None:
        yield link


def _check_alike(links: list[_Link]) -> None:
    if any(link.serial is None for link in links):
        raise CodecUnsupported("The Ogg file holds neither Vorbis nor Opus.")
    if len(links) > _MOST_LINKS:
        raise ChainDiffers(f"The Ogg file is a chain of {len(links)} streams; at most {_MOST_LINKS} are read.")
    kinds = list(dict.fromkeys(str(link.codec) for link in links))
    if len(kinds) > 1:
        raise ChainDiffers(f"The Ogg file is a chain of different streams: {', then '.join(kinds[:3])}.")
