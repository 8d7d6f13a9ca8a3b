"""Says what a file is from its first bytes: one container of the allow-list, or a refusal that names what it is.

Names and declared media types are never asked. Playlists matter most: ffmpeg would follow them to other files.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from remixhub.audio.read.foreign import ACCEPTED, refuse_known, refuse_mpeg
from remixhub.audio.read.mp3_header import end_of_frames, find_frames
from remixhub.audio.read.source import Source
from remixhub.audio.read.window import FIRST_BOXES, Window, end_before_tags, start_behind_tags
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import Container, ContainerUnsupported, EmptyFile, NotAudio

_HEAD_BYTES = 64 * 1024
_LARGEST_REST = 16 * 1024**2
_RIFFS = (b"RIFF", b"RF64", b"BW64")
_MP4_BRANDS = (b"M4A ", b"M4B ", b"M4V", b"mp4", b"iso", b"dash", b"MSNV", b"qt  ", b"3g", b"avc1", b"f4v ", b"F4V ")
_PICTURE_BRANDS = (b"hei", b"hev", b"mif1", b"msf1", b"avi")
_BEGINNINGS = re.compile(
    rb"fLaC\0\0\0\x22|OggS\0[\x02\x06]|(?:RIFF|RF64|BW64)....WAVE|FORM....AIF[FC]|\0\0\0.ftyp", re.DOTALL
)
"""Of containers, told by so much that they are recognised behind stray bytes."""
_SIZED = (Container.WAV, Container.AIFF, Container.MP4)
"""These say themselves how long they are, and their sound may by chance end like a tag."""
IN_PLACE = (Container.WAV, Container.AIFF, Container.FLAC)
"""Read without ffprobe."""
_AT_HOME = {Container.MP3: (b"ID3", b"APETAGEX"), Container.FLAC: (b"ID3",)}
"""Tags before the sound that are nothing odd there."""
LEADING_BYTES = MediaWarning("leading_bytes", "Bytes before the audio are no part of it; they are left out.")
TRAILING_BYTES = MediaWarning("trailing_bytes", "Bytes behind the audio are no part of it; they are left out.")


@dataclass(frozen=True)
class Sniffed:
    container: Container
    window: Window
    """Where it lies in the file."""
    tagged: Window
    """With the tags around an MP3, which ffprobe reads; else the same."""
    warnings: tuple[MediaWarning, ...] = ()


def is_read_in_place(source: Source) -> bool:
    """Whether `probe` reads headers of it by itself, wherever they lie; else it has to be a file, for ffprobe."""
    with source.open("rb") as file:
        size_bytes = file.seek(0, io.SEEK_END)
        start = start_behind_tags(file, size_bytes)
        file.seek(start)
        head = file.read(12)
    is_pcm = head[:4] in (*_RIFFS, b"FORM") and head[8:] in (b"WAVE", b"AIFF", b"AIFC")
    return (is_pcm or head.startswith(b"fLaC")) and _by_magic(head, size_bytes - start) in IN_PLACE


def sniff(source: Source) -> Sniffed:
    """Raises EmptyFile, PlaylistRefused, ContainerUnsupported, CodecUnsupported, NotAudio."""
    with source.open("rb") as file:
        size_bytes = file.seek(0, io.SEEK_END)
        file.seek(0)
        first = file.read(_HEAD_BYTES)
        if not first:
            raise EmptyFile("The file has no bytes.")
        start = start_behind_tags(file, size_bytes)
        file.seek(start)
        head = file.read(_HEAD_BYTES)
        container = _by_magic(head, size_bytes - start)
        if container is None:
            if first.startswith(b"\0"):  # Some films begin with zeros of their own.
                refuse_known(first)
            refuse_known(head)
            if first.startswith(b"ID3"):  # Some taggers miscount; what is left of the tag may be a picture.
                head += file.read(_LARGEST_REST)
            container, stray = _behind_stray_bytes(head, tagged=start > 0, ends=start + len(head) >= size_bytes)
            start += stray
        end = behind_at = size_bytes if container in _SIZED else end_before_tags(file, start, size_bytes)
    if container is Container.MP3:
        with Window(start, behind_at).open(source) as frames:
            end = start + end_of_frames(frames, behind_at - start)
    odd_before = start > 0 and not first.startswith(_AT_HOME.get(container, ()))
    odd_behind = end < (behind_at if container is Container.MP3 else size_bytes)
    warnings = (*((LEADING_BYTES,) if odd_before else ()), *((TRAILING_BYTES,) if odd_behind else ()))
    window = Window(start, end)
    tagged = window
    if container is Container.MP3:
        tagged = Window(0 if first.startswith(b"ID3") else start, size_bytes)
    return Sniffed(container, window, tagged, warnings)


def _by_magic(head: bytes, size_bytes: int) -> Container | None:
    if head[:4] in _RIFFS:
        if head[8:12] == b"WAVE":
            return Container.WAV
        kind = head[8:12].decode("ascii", "replace")
        if kind == "AVI ":
            raise NotAudio("The file is a film (AVI); upload its sound alone.")
        raise NotAudio(f"The RIFF file holds `{kind}`, not WAVE. {ACCEPTED}")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Container.AIFF
    if head[:4] == b"fLaC":
        return Container.FLAC
    if head[:4] == b"OggS":
        return Container.OGG
    if head[4:8] == b"ftyp":
        if head[8:12].startswith(_MP4_BRANDS):
            return Container.MP4
        if head[8:12].startswith(_PICTURE_BRANDS):
            raise NotAudio(f"The file is a picture (HEIF or AVIF). {ACCEPTED}")
        raise NotAudio(f"The MPEG-4 file is of the kind `{head[8:12].decode('ascii', 'replace')}`. {ACCEPTED}")
    if head[4:8] in FIRST_BOXES and 8 <= int.from_bytes(head[:4], "big") <= size_bytes:
        return Container.MP4
    return None


def _behind_stray_bytes(head: bytes, *, tagged: bool, ends: bool) -> tuple[Container, int]:
    """What begins first within `head`, and where."""
    if head[:2] in (b"\xff\xf0", b"\xff\xf1", b"\xff\xf8", b"\xff\xf9"):
        raise ContainerUnsupported(f"The file is a bare AAC stream. {ACCEPTED}")
    frames, other = find_frames(head, ends=ends), _BEGINNINGS.search(head)
    if other is not None and (frames is None or other.start() < frames):
        container = _by_magic(head[other.start() :], len(head))
        if container is not None:
            return container, other.start()
    if frames is not None:
        return Container.MP3, frames
    refuse_mpeg(head)
    if tagged:
        raise NotAudio(f"Behind what stands at the file's start there is no audio. {ACCEPTED}")
    raise NotAudio(f"The first bytes are those of no audio format. {ACCEPTED}")
