"""The `fmt ` chunk of WAV: which samples the file has, and where in them the sound is."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.read.pcm import SampleType
from remixhub.domain.media import BitDepthUnsupported, CodecUnsupported, HeaderLies

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_CODEC_NAMES = {2: "ADPCM", 6: "A-law", 7: "µ-law", 0x11: "IMA ADPCM", 0x31: "GSM", 0x50: "MPEG", 0x55: "MP3"}
_LOOKED_AT, _LOOKED_BYTES = 64, 48 * 1024
"""Places in the file, and how much at each."""


@dataclass(frozen=True)
class WavShape:
    sample_type: SampleType
    channels: int
    sample_rate_hz: int
    bit_depth: int
    spare_bits: int
    """How much wider a sample is than the header's bits."""


def read_fmt(fmt: bytes) -> WavShape:
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
    narrow_bytes = (bits + 7) // 8
    _sample_type(tag, narrow_bytes)
    if channels == 0:
        raise HeaderLies("The header announces 0 channels; audio has one or two.", channels=0)
    width_bytes, rest = divmod(frame_bytes or channels * narrow_bytes, channels)
    is_wide = tag == _PCM and 1 < narrow_bytes < width_bytes <= 4
    if rest or not (width_bytes == narrow_bytes or is_wide):
        raise HeaderLies(
            f"The header announces {frame_bytes} bytes a frame, but {channels} × {bits} bits need "
            f"{channels * narrow_bytes}."
        )
    return WavShape(
        _sample_type(tag, width_bytes), channels, rate_hz, bit_depth, width_bytes * 8 - bits if is_wide else 0
    )


def headroom_bits(file: BinaryIO, offset: int, data_bytes: int, shape: WavShape) -> int:
    """Where narrow samples lie in wide ones: at the upper end as the standard has it, or, if those bits say so, below.

    Raises HeaderLies where the spare bits are used: then the samples are no such ones.
    """
    if not shape.spare_bits:
        return 0
    width_bytes = shape.sample_type.width_bytes
    at_upper_end = at_lower_end = True
    for start in range(0, data_bytes, max(data_bytes // _LOOKED_AT, 1)):
        file.seek(offset + start - start % width_bytes)
        raw = file.read(min(_LOOKED_BYTES, data_bytes - start) // width_bytes * width_bytes)
        samples = _integers(raw, width_bytes)
        at_upper_end &= not np.any(samples & ((1 << shape.spare_bits) - 1))
        narrow = samples << (64 - 8 * width_bytes + shape.spare_bits)
        at_lower_end &= np.array_equal(narrow >> (64 - 8 * width_bytes + shape.spare_bits), samples)
    if not (at_upper_end or at_lower_end):
        raise HeaderLies(
            f"The header announces {shape.bit_depth} bits in samples of {width_bytes * 8}, but all of these are used."
        )
    return 0 if at_upper_end else shape.spare_bits


def _sample_type(tag: int, width_bytes: int) -> SampleType:
    kinds = {(_PCM, 1): "u1", (_PCM, 2): "i2", (_PCM, 3): "i3", (_PCM, 4): "i4", (_FLOAT, 4): "f4", (_FLOAT, 8): "f8"}
    if (tag, width_bytes) not in kinds:
        raise BitDepthUnsupported(
            f"The WAV file has {width_bytes * 8}-bit {'float' if tag == _FLOAT else 'integer'} samples; 8, 16, 24 and "
            "32 bits and float are accepted."
        )
    return SampleType(kinds[tag, width_bytes])


def _integers(raw: bytes, width_bytes: int) -> NDArray[np.int64]:
    if width_bytes == 3:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0].astype(np.int64) >> 8
    return np.frombuffer(raw, f"<i{width_bytes}").astype(np.int64)
