"""Says what a file is from its first bytes: one container of the allow-list, or a refusal that names what it is.

Names and declared media types are never asked. Playlists matter most: ffmpeg would follow them to other files.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from remixhub.audio.read.mp3_header import find_frames
from remixhub.domain.media import Container, ContainerUnsupported, EmptyFile, NotAudio, PlaylistRefused

_HEAD_BYTES = 64 * 1024
_MOST_ID3_TAGS = 4
_MP4_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso", b"dash", b"MSNV", b"qt  ", b"3gp")
_PLAYLISTS = (b"#extm3u", b"#extinf", b"ffconcat", b"[playlist]", b"<mpd", b"<asx", b"<smil", b"v=0\r", b"v=0\n")
_LINKS = (b"http:", b"https:", b"file:", b"rtsp:", b"rtmp:", b"mms:", b"concat:", b"pnm:")
_OTHER_AUDIO = {
    b"riff": "Wave64",
    b"RIFX": "big-endian RIFX",
    b"caff": "Core Audio Format",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"MPCK": "Musepack",
    b"MP+": "Musepack",
    b".snd": "Sun audio",
    b"#!AMR": "AMR",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"TTA1": "True Audio",
    b"MThd": "MIDI, which holds notes and no sound",
    b"0&\xb2u\x8ef\xcf\x11": "Windows Media",
    b"\x1a\x45\xdf\xa3": "Matroska or WebM",
}
_OTHER_FILES = {
    b"PK\x03\x04": "a ZIP archive; upload the stems one by one",
    b"PK\x05\x06": "an empty ZIP archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
_ACCEPTED = "WAV, AIFF, FLAC, MP3, Ogg (Vorbis, Opus) and M4A (AAC, ALAC) are accepted."


def sniff(path: Path) -> Container:
    """Raises EmptyFile, PlaylistRefused, ContainerUnsupported, NotAudio."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if not head:
            raise EmptyFile("The file has no bytes.")
        container = _by_magic(head) or _behind_id3(file, head)
    if container is not None:
        return container
    _refuse_known(head)
    if head[:2] in (b"\xff\xf0", b"\xff\xf1", b"\xff\xf8", b"\xff\xf9"):
        raise ContainerUnsupported(f"The file is a bare AAC stream. {_ACCEPTED}")
    if find_frames(head.lstrip(b"\0")) is not None:
        return Container.MP3
    raise NotAudio(f"The first bytes are those of no audio format. {_ACCEPTED}")


def _by_magic(head: bytes) -> Container | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        if head[8:12] == b"WAVE":
            return Container.WAV
        raise NotAudio(f"The RIFF file holds `{head[8:12].decode('ascii', 'replace')}`, not WAVE. {_ACCEPTED}")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Container.AIFF
    if head[:4] == b"fLaC":
        return Container.FLAC
    if head[:4] == b"OggS":
        return Container.OGG
    if head[4:8] == b"ftyp":
        if head[8:12].startswith(_MP4_BRANDS):
            return Container.MP4
        raise NotAudio(f"The MPEG-4 file is of the kind `{head[8:12].decode('ascii', 'replace')}`. {_ACCEPTED}")
    return None


def _behind_id3(file: BinaryIO, head: bytes) -> Container | None:
    """MP3, or FLAC as some taggers leave it, behind one or more ID3v2 tags; None when there is no tag."""
    if not head.startswith(b"ID3"):
        return None
    rest = file_after_id3(file)[1]
    if rest.startswith(b"fLaC"):
        return Container.FLAC
    if find_frames(rest) is not None:
        return Container.MP3
    raise NotAudio(f"Behind the ID3 tag there is no MP3 audio. {_ACCEPTED}")


def file_after_id3(file: BinaryIO) -> tuple[int, bytes]:
    """The offset behind leading ID3v2 tags, and up to 64 KiB from there."""
    offset = 0
    for _ in range(_MOST_ID3_TAGS):
        file.seek(offset)
        tag = file.read(10)
        if len(tag) < 10 or not tag.startswith(b"ID3"):
            break
        size = tag[6] << 21 | tag[7] << 14 | tag[8] << 7 | tag[9]
        offset += 10 + size + (10 if tag[5] & 0x10 else 0)
    file.seek(offset)
    return offset, file.read(_HEAD_BYTES)


def _refuse_known(head: bytes) -> None:
    text = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_PLAYLISTS + _LINKS) or b"#ext-x-" in text or b"<mpd" in text:
        raise PlaylistRefused("The file lists other files or addresses; upload the audio itself.")
    for magic, name in _OTHER_AUDIO.items():
        if head.startswith(magic):
            raise ContainerUnsupported(f"The file is {name}. {_ACCEPTED}")
    for magic, name in _OTHER_FILES.items():
        if head.startswith(magic):
            raise NotAudio(f"The file is {name}. {_ACCEPTED}")
    if all(letter >= 32 or letter in b"\t\r\n\f" for letter in head[:4096]) and not head.startswith(b"\xff"):
        raise NotAudio(f"The file is text. {_ACCEPTED}")
