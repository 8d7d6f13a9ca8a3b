"""Reads the header of WAV, BWF and RF64 files (EBU Tech 3285 and 3306) and finds the samples.

Sizes are compared with the file. Those that a streaming writer left unset are repaired, with a warning; a file that is
shorter than it says is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from remixhub.audio.read.id3_tag import read_id3
from remixhub.audio.read.pcm import PcmLayout, SampleType
from remixhub.audio.read.riff import Chunk, chunk_at, walk_chunks
from remixhub.audio.read.window import Window
from remixhub.audio.tags import clean_tag
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import BitDepthUnsupported, CodecUnsupported, HeaderLies, NoFrames, Truncated
from remixhub.domain.work_facts import TEMPO_BPM

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_CODEC_NAMES = {2: "ADPCM", 6: "A-law", 7: "µ-law", 0x11: "IMA ADPCM", 0x31: "GSM", 0x50: "MPEG", 0x55: "MP3"}
_UNSET = 0xFFFFFFFF
_UNSET_FROM = 0x7FFF0000
"""Writers that cannot seek leave a size from here up to 2³¹, or 2³²−1."""
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
    warnings: list[MediaWarning] = field(default_factory=list)

    def warn(self, code: str, detail: str) -> None:
        self.warnings.append(MediaWarning(code, detail))


def read_wav_header(path: Path, window: Window) -> PcmLayout:
    """Raises HeaderLies, CodecUnsupported, BitDepthUnsupported, Truncated, NoFrames."""
    with window.open(path) as file:
        size_bytes = window.size_bytes
        found = _walk(file, size_bytes)
        if not found.fmt:
            raise HeaderLies("The WAV header has no `fmt ` chunk before its audio.")
        if found.data is None:
            raise NoFrames("The WAV file has no `data` chunk: it holds a header and no audio.")
        shape = _read_fmt(found.fmt)
        data_bytes = _data_bytes(file, size_bytes, found)
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
        tags=found.tags,
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
            found.tags.update(_info_tags(chunk.body(file)))
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
    forgotten = data.declared_bytes == 0 and remaining > 0 and not _ends_with_chunks(file, size_bytes, data.offset)
    if (unset and data.declared_bytes > remaining) or forgotten:
        found.warn("sizes_unset", "The header does not say how long the audio is; it was read up to the file's end.")
        return remaining
    if data.declared_bytes > remaining:
        raise Truncated(
            f"The header announces {data.declared_bytes} bytes of audio, the file holds {remaining}. Upload it again.",
            declared_bytes=data.declared_bytes,
            held_bytes=remaining,
        )
    if not _ends_with_chunks(file, size_bytes, data.offset + data.declared_bytes + data.declared_bytes % 2):
        found.warn("trailing_bytes", "Bytes behind the audio belong to no chunk; they are left out.")
    return data.declared_bytes


def _ends_with_chunks(file: BinaryIO, size_bytes: int, offset: int) -> bool:
    """Whether from `offset` to the end there are only whole chunks."""
    while size_bytes - offset > 1:
        chunk = chunk_at(file, size_bytes, offset, "little")
        if chunk is None or chunk.held_bytes < chunk.declared_bytes:
            return False
        offset = chunk.offset + chunk.declared_bytes + chunk.declared_bytes % 2
    return True


@dataclass(frozen=True)
class _Shape:
    sample_type: SampleType
    channels: int
    sample_rate_hz: int
    bit_depth: int


def _read_fmt(fmt: bytes) -> _Shape:
    if len(fmt) < 16:
        raise HeaderLies(f"The `fmt ` chunk has {len(fmt)} bytes; at least 16 are needed.")
    tag, channels, rate_hz, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", fmt)
    bit_depth = bits
    if tag == _EXTENSIBLE:
        if len(fmt) < 40:
            raise HeaderLies(f"An EXTENSIBLE `fmt ` chunk has 40 bytes; this one has {len(fmt)}.")
        valid_bits, _, tag = struct.unpack_from("<HIH", fmt, 18)
        if fmt[26:40] != _SUBFORMAT_TAIL:
            raise CodecUnsupported("The WAV file's EXTENSIBLE header names a codec that is not PCM.")
        bit_depth = valid_bits if 0 < valid_bits <= bits else bits
    if tag not in (_PCM, _FLOAT):
        name = _CODEC_NAMES.get(tag, f"codec {tag:#06x}")
        raise CodecUnsupported(f"The WAV file holds {name}; export it as PCM or 32-bit float.", format_tag=tag)
    width_bytes = (bits + 7) // 8
    sample_type = _sample_type(tag, width_bytes)
    if channels == 0:
        raise HeaderLies("The header announces 0 channels; audio has one or two.", channels=0)
    if frame_bytes != channels * width_bytes:
        raise HeaderLies(
            f"The header announces {frame_bytes} bytes a frame, but {channels} × {bits} bits need "
            f"{channels * width_bytes}."
        )
    return _Shape(sample_type, channels, rate_hz, bit_depth)


def _sample_type(tag: int, width_bytes: int) -> SampleType:
    kinds = {(_PCM, 1): "u1", (_PCM, 2): "i2", (_PCM, 3): "i3", (_PCM, 4): "i4", (_FLOAT, 4): "f4", (_FLOAT, 8): "f8"}
    if (tag, width_bytes) not in kinds:
        raise BitDepthUnsupported(
            f"The WAV file has {width_bytes * 8}-bit {'float' if tag == _FLOAT else 'integer'} samples; 8, 16, 24 and "
            "32 bits and float are accepted."
        )
    return SampleType(kinds[tag, width_bytes])


def _info_tags(body: bytes) -> dict[str, str]:
    tags: dict[str, str] = {}
    offset = 4
    while body[:4] == b"INFO" and offset + 8 <= len(body):
        name, size = body[offset : offset + 4], int.from_bytes(body[offset + 4 : offset + 8], "little")
        if name in _INFO_TAGS:
            value = body[offset + 8 : offset + 8 + size].split(b"\0")[0]
            tags[_INFO_TAGS[name]] = clean_tag(value.decode("utf-8", "replace"))
        offset += 8 + size + size % 2
    return tags
