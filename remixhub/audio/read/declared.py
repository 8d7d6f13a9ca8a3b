"""How long an MP3, Ogg or MP4 file says that it is, read in Python, so that the decoder can be held to it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from remixhub.audio.read import mp3_header, mp4_boxes
from remixhub.audio.read.window import Window
from remixhub.domain.media import CodecUnsupported, Container, Damaged, Truncated

_HEAD_BYTES = 4_096
_LARGEST_PAGE = 65_307
_END_OF_STREAM = 4


def declared_frames(path: Path, window: Window, container: Container, sample_rate_hz: int) -> int | None:
    """Frames of audio without the encoder's delay and padding, at the rate that it decodes to (48 kHz for Opus).

    None where the container does not say. Finds cut files before they are decoded, where the container is closed by
    something: raises Truncated, HeaderLies, CodecUnsupported, Damaged.
    """
    with window.open(path) as file:
        match container:
            case Container.MP3:
                return mp3_header.declared_frames(file.read(_HEAD_BYTES))
            case Container.OGG:
                return _ogg(file, window.size_bytes)
            case Container.MP4:
                return mp4_boxes.sound_frames(file, window.size_bytes, sample_rate_hz)
            case Container.WAV | Container.AIFF | Container.FLAC:
                raise ValueError(f"{container} headers are read by modules of their own")


def _ogg(file: BinaryIO, size_bytes: int) -> int:
    """From the granule position of the last page (RFC 3533); Opus counts its pre-skip in it (RFC 7845)."""
    first = file.read(_LARGEST_PAGE)
    packet = first[27 + first[26] :] if len(first) > 27 else b""
    if packet.startswith(b"OpusHead"):
        pre_skip = int.from_bytes(packet[10:12], "little")
    elif packet.startswith(b"\x01vorbis"):
        pre_skip = 0
    else:
        raise CodecUnsupported("The Ogg file holds neither Vorbis nor Opus.")
    serial = first[14:18]
    file.seek(max(size_bytes - 2 * _LARGEST_PAGE, 0))
    tail = file.read()
    at = tail.rfind(b"OggS")
    while at >= 0 and tail[at + 14 : at + 18] != serial:
        at = tail.rfind(b"OggS", 0, at)
    if at < 0:
        raise Damaged("The last page of the Ogg stream cannot be found.")
    lengths = tail[at + 27 : at + 27 + (tail[at + 26] if len(tail) > at + 26 else 0)]
    whole = len(tail) > at + 27 and len(tail) >= at + 27 + tail[at + 26] + sum(lengths)
    if not whole or not tail[at + 5] & _END_OF_STREAM:
        raise Truncated("The Ogg stream stops before its last page. Upload it again, or export it again.")
    granule = int.from_bytes(tail[at + 6 : at + 14], "little", signed=True)
    return max(granule - pre_skip, 0)
