"""Reads the header of AIFF and AIFF-C files and finds the samples; sizes are compared with the file as for WAV."""

from __future__ import annotations

import struct

from remixhub.audio.read.id3_tag import read_id3
from remixhub.audio.read.pcm import PcmLayout, SampleType
from remixhub.audio.read.riff import Chunk, ends_with_chunks, offset_behind, walk_chunks
from remixhub.audio.read.sniff import TRAILING_BYTES
from remixhub.audio.read.source import Source
from remixhub.audio.read.text import tag_text
from remixhub.audio.read.window import Window, end_before_tags
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import BitDepthUnsupported, CodecUnsupported, HeaderLies, NoFrames, Truncated

_INTEGERS = {1: SampleType.S8, 2: SampleType.S16, 3: SampleType.S24, 4: SampleType.S32}
_TEXTS = {b"NAME": "title", b"AUTH": "artist", b"ANNO": "comment"}

_SIZES_UNSET = MediaWarning(
    "sizes_unset", "The header does not say how long the audio is; it was read up to the file's end."
)


def read_aiff_header(source: Source, window: Window) -> PcmLayout:
    """Raises HeaderLies, CodecUnsupported, BitDepthUnsupported, Truncated, NoFrames."""
    size_bytes = window.size_bytes
    comm, sound, tags = b"", None, dict[str, str]()
    with window.open(source) as file:
        compressible = file.read(12)[8:12] == b"AIFC"
        for chunk in walk_chunks(file, size_bytes, 12, "big"):
            if chunk.name == b"COMM":
                comm = chunk.body(file)
            elif chunk.name == b"SSND" and sound is None:
                sound = chunk
                skipped_bytes = int.from_bytes(chunk.body(file)[:4], "big")
            elif chunk.name in _TEXTS:
                tags[_TEXTS[chunk.name]] = tag_text(chunk.body(file), from_mac=True)
            elif chunk.name.lower() == b"id3 ":
                tags = {**read_id3(file, chunk.offset, chunk.held_bytes), **tags}
        untagged_bytes = end_before_tags(file, 12, size_bytes, zeros=False)
        followed = sound is not None and not ends_with_chunks(
            file, size_bytes, offset_behind(file, size_bytes, sound, "big"), "big"
        )
    if len(comm) < 18:
        raise HeaderLies("The AIFF header has no usable `COMM` chunk.")
    if sound is None or size_bytes - sound.offset < 8:
        raise NoFrames("The AIFF file holds no sound (no `SSND` chunk).")
    channels, declared_frames, bits = struct.unpack_from(">hIh", comm)
    sample_type, big_endian = _sample_type(comm[18:22] if compressible else b"NONE", bits)
    offset_bytes = sound.offset + 8 + skipped_bytes
    frame_bytes = max(channels, 1) * sample_type.width_bytes
    if _is_unset(declared_frames, sound) and untagged_bytes >= offset_bytes + frame_bytes:
        frames, warnings = (untagged_bytes - offset_bytes) // frame_bytes, [_SIZES_UNSET]
    else:
        frames = _checked(declared_frames, sound, size_bytes - offset_bytes, frame_bytes)
        warnings = [TRAILING_BYTES] if followed else []
    return PcmLayout(
        sample_type=sample_type,
        big_endian=big_endian,
        channels=channels,
        sample_rate_hz=_rate_hz(comm[8:18]),
        bit_depth=bits if sample_type in _INTEGERS.values() else sample_type.width_bytes * 8,
        offset_bytes=window.start_bytes + offset_bytes,
        frames=frames,
        tags=tags,
        warnings=tuple(warnings),
    )


def _is_unset(declared: int, sound: Chunk) -> bool:
    return declared in (0, 0xFFFFFFFF) and sound.declared_bytes in (0, 8, 0xFFFFFFFF)


def _checked(declared: int, sound: Chunk, remaining_bytes: int, frame_bytes: int) -> int:
    """`declared`, if the file holds as many frames."""
    held = max(remaining_bytes, 0) // frame_bytes
    if declared == 0:
        raise NoFrames("The AIFF file announces no frames.")
    if declared > held:
        raise Truncated(
            f"The header announces {declared} frames, the file holds {held}. Upload it again.",
            declared_frames=declared,
            held_frames=held,
        )
    if declared * frame_bytes > sound.declared_bytes:
        raise HeaderLies(f"The AIFF header announces {declared} frames, its sound chunk is shorter than that.")
    return declared


def _sample_type(compression: bytes, bits: int) -> tuple[SampleType, bool]:
    """The type, and whether it is big-endian."""
    if compression in (b"fl32", b"FL32"):
        return SampleType.F32, True
    if compression in (b"fl64", b"FL64"):
        return SampleType.F64, True
    if compression == b"raw ":
        return SampleType.U8, True
    if compression not in (b"NONE", b"twos", b"sowt", b"in24", b"in32"):
        name = compression.decode("ascii", "replace")
        raise CodecUnsupported(f"The AIFF-C file holds the codec `{name}`; export it as PCM.")
    width_bytes = {b"in24": 3, b"in32": 4}.get(compression, (bits + 7) // 8)
    if width_bytes not in _INTEGERS:
        raise BitDepthUnsupported(f"The AIFF file has {bits}-bit samples; 8, 16, 24 and 32 bits are accepted.")
    return _INTEGERS[width_bytes], compression != b"sowt"


def _rate_hz(extended: bytes) -> int:
    """An 80-bit extended float; rates that are not whole are rounded, absurd ones become 0 and are refused later."""
    exponent, mantissa = struct.unpack(">HQ", extended)
    shift = 16383 + 63 - exponent
    return (mantissa >> shift) + (mantissa >> (shift - 1) & 1) if 0 < shift <= 63 else 0
