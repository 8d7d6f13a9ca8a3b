"""Reads the header of WAV, BWF and RF64 files (EBU Tech 3285 and 3306) and finds the samples.

Sizes are compared with the file. Those that a streaming writer left unset are repaired, with a warning; a file that is
shorter than it says is refused.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from remixhub.audio.read.id3_tag import read_id3
from remixhub.audio.read.pcm import PcmLayout
from remixhub.audio.read.riff import Chunk, ends_with_chunks, offset_behind, walk_chunks
from remixhub.audio.read.sniff import TRAILING_BYTES
from remixhub.audio.read.source import Source
from remixhub.audio.read.text import tag_text
from remixhub.audio.read.wav_format import headroom_bits, read_fmt
from remixhub.audio.read.window import Window, end_before_tags
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import HeaderLies, NoFrames, Truncated
from remixhub.domain.work_facts import TEMPO_BPM

_UNSET = 0xFFFFFFFF
_UNSET_FROM = 0x7FFF0000
"""Writers that cannot seek leave a size from here up to 2³¹, or 2³²−1."""
_BEXT_DESCRIPTION_BYTES = 256
_INFO_TAGS = {
    b"INAM": "title", b"IART": "artist", b"IPRD": "album", b"ICMT": "comment", b"IGNR": "genre",
    b"IBPM": "bpm", b"BPM ": "bpm", b"TBPM": "tbpm", b"TKEY": "tkey", b"IKEY": "ikey", b"ISFT": "software",
}  # fmt: skip


@dataclass
class _Found:
    """What the walk over the chunks came across."""

    fmt: bytes = b""
    data: Chunk | None = None
    wide_data_bytes: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    info: list[tuple[str, bytes]] = field(default_factory=list)
    described: bytes = b""
    """By `bext`."""
    code_page: int | None = None
    warnings: list[MediaWarning] = field(default_factory=list)

    def warn(self, code: str, detail: str) -> None:
        self.warnings.append(MediaWarning(code, detail))


def read_wav_header(source: Source, window: Window) -> PcmLayout:
    """Raises HeaderLies, CodecUnsupported, BitDepthUnsupported, Truncated, NoFrames."""
    with window.open(source) as file:
        size_bytes = window.size_bytes
        found = _walk(file, size_bytes)
        if not found.fmt:
            raise HeaderLies("The WAV header has no `fmt ` chunk before its audio.")
        if found.data is None:
            raise NoFrames("The WAV file has no `data` chunk: it holds a header and no audio.")
        shape = read_fmt(found.fmt)
        data_bytes = _data_bytes(file, size_bytes, found)
        headroom = headroom_bits(file, found.data.offset, data_bytes, shape)
    frame_bytes = shape.channels * shape.sample_type.width_bytes
    frames, rest = divmod(data_bytes, frame_bytes)
    if rest:
        found.warn("partial_frame", f"The audio ends with {rest} bytes of an incomplete frame; they are left out.")
    if frames == 0:
        raise NoFrames("The `data` chunk of the WAV file is empty.")
    return PcmLayout(
        sample_type=shape.sample_type,
        big_endian=False,
        channels=shape.channels,
        sample_rate_hz=shape.sample_rate_hz,
        bit_depth=shape.bit_depth,
        offset_bytes=window.start_bytes + found.data.offset,
        frames=frames,
        headroom_bits=headroom,
        tags=_all_tags(found),
        warnings=tuple(found.warnings),
    )


def _walk(file: BinaryIO, size_bytes: int) -> _Found:
    found = _Found()
    for chunk in walk_chunks(file, size_bytes, 12, "little"):
        if chunk.name == b"ds64" and chunk.held_bytes >= 16:
            found.wide_data_bytes = struct.unpack_from("<Q", chunk.body(file), 8)[0]
        elif chunk.name == b"fmt " and found.data is None:
            found.fmt = chunk.body(file)
        elif chunk.name == b"data":
            if found.data is not None:
                found.warn("second_data_chunk", "The file has more than one `data` chunk; the first one counts.")
                break
            found.data = chunk
            if found.wide_data_bytes is not None and chunk.declared_bytes == _UNSET:
                found.data = _widen(chunk, found.wide_data_bytes, size_bytes)
                break
        elif chunk.name == b"LIST":
            found.info += _info_texts(chunk.body(file))
        elif chunk.name == b"bext":
            found.described = chunk.body(file)[:_BEXT_DESCRIPTION_BYTES]
        elif chunk.name == b"CSET":
            found.code_page = int.from_bytes(chunk.body(file)[:2], "little")
        elif chunk.name.lower() == b"id3 ":
            found.tags = {**read_id3(file, chunk.offset, chunk.held_bytes), **found.tags}
        elif chunk.name == b"acid" and chunk.held_bytes >= 24:
            tempo_bpm = struct.unpack_from("<f", chunk.body(file), 20)[0]
            if TEMPO_BPM[0] <= tempo_bpm <= TEMPO_BPM[1]:
                found.tags.setdefault("bpm", f"{tempo_bpm:g}")
    return found


def _widen(chunk: Chunk, declared_bytes: int, size_bytes: int) -> Chunk:
    return Chunk(chunk.name, declared_bytes, chunk.offset, min(declared_bytes, size_bytes - chunk.offset))


def _data_bytes(file: BinaryIO, size_bytes: int, found: _Found) -> int:
    """How much audio there is: as declared, or up to the end of the file where the writer left the size unset."""
    data = found.data
    assert data is not None
    remaining = size_bytes - data.offset
    unset = data.declared_bytes == _UNSET or _UNSET_FROM <= data.declared_bytes <= 1 << 31
    forgotten = (
        data.declared_bytes == 0 and remaining > 0 and not ends_with_chunks(file, size_bytes, data.offset, "little")
    )
    if (unset and data.declared_bytes > remaining) or forgotten:
        found.warn("sizes_unset", "The header does not say how long the audio is; it was read up to the file's end.")
        return end_before_tags(file, data.offset, size_bytes, zeros=False) - data.offset
    if data.declared_bytes > remaining:
        raise Truncated(
            f"The header announces {data.declared_bytes} bytes of audio, the file holds {remaining}. Upload it again.",
            declared_bytes=data.declared_bytes,
            held_bytes=remaining,
        )
    if not ends_with_chunks(file, size_bytes, offset_behind(file, size_bytes, data, "little"), "little"):
        found.warnings.append(TRAILING_BYTES)
    return data.declared_bytes


def _info_texts(body: bytes) -> list[tuple[str, bytes]]:
    if body[:4] != b"INFO":
        return []
    listed = io.BytesIO(body)
    chunks = walk_chunks(listed, len(body), 4, "little")
    return [(_INFO_TAGS[chunk.name], chunk.body(listed)) for chunk in chunks if chunk.name in _INFO_TAGS]


def _all_tags(found: _Found) -> dict[str, str]:
    """INFO counts most, `bext` least."""
    described = {"comment": tag_text(found.described, code_page=found.code_page)}
    listed = {name: tag_text(raw, code_page=found.code_page) for name, raw in found.info}
    return {name: text for name, text in (described | found.tags | listed).items() if text}
