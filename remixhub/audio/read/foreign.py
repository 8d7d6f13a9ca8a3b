"""What else a file may be: everything that is refused by its first bytes, named as what it is."""

from __future__ import annotations

import re

from remixhub.audio.read.mp3_header import find_frames, find_free_format
from remixhub.domain.media import CodecUnsupported, ContainerUnsupported, NotAudio, PlaylistRefused

ACCEPTED = "WAV, AIFF, FLAC, MP3, Ogg (Vorbis, Opus) and M4A (AAC, ALAC) are accepted."
_PLAYLISTS = (b"#extm3u", b"#extinf", b"ffconcat", b"[playlist]", b"<mpd", b"<asx", b"<smil", b"v=0\r", b"v=0\n")
_LINKS = (b"http:", b"https:", b"file:", b"rtsp:", b"rtmp:", b"mms:", b"concat:", b"pnm:")
_MATROSKA, _WINDOWS_MEDIA = b"\x1a\x45\xdf\xa3", b"0&\xb2u\x8ef\xcf\x11"
_MATROSKA_VIDEO = re.compile(rb"\x86.{1,2}V_[A-Z]", re.DOTALL)
_WINDOWS_VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_FILMS = {
    b"\x00\x00\x01\xba": "MPEG",
    b"\x00\x00\x01\xb3": "MPEG",
}
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
    b".RMF": "RealMedia",
    b"FLV\x01": "Flash Video",
    b"MThd": "MIDI, which holds notes and no sound",
    _WINDOWS_MEDIA: "Windows Media",
    _MATROSKA: "Matroska or WebM",
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


def refuse_known(head: bytes) -> None:
    """Raises PlaylistRefused, ContainerUnsupported, NotAudio when the first bytes say what the file is."""
    text = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_PLAYLISTS + _LINKS) or b"#ext-x-" in text or b"<mpd" in text:
        raise PlaylistRefused("The file lists other files or addresses; upload the audio itself.")
    _refuse_film(head)
    for magic, name in _OTHER_AUDIO.items():
        if head.startswith(magic):
            raise ContainerUnsupported(f"The file is {name}. {ACCEPTED}")
    for magic, name in _OTHER_FILES.items():
        if head.startswith(magic):
            raise NotAudio(f"The file is {name}. {ACCEPTED}")
    if head and all(letter >= 32 or letter in b"\t\r\n\f" for letter in head[:4096]) and not head.startswith(b"\xff"):
        raise NotAudio(f"The file is text. {ACCEPTED}")


def _refuse_film(head: bytes) -> None:
    name = next((name for magic, name in _FILMS.items() if head.startswith(magic)), None)
    if head.startswith(_MATROSKA) and _MATROSKA_VIDEO.search(head):
        name = "Matroska or WebM"
    elif head.startswith(_WINDOWS_MEDIA) and _WINDOWS_VIDEO in head:
        name = "Windows Media"
    elif head.startswith(b"FLV\x01") and head[4:5] and head[4] & 1:
        name = "Flash Video"
    elif len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        name = "MPEG transport stream"
    if name is not None:
        raise NotAudio(f"The file is a film ({name}); upload its sound alone.")


def refuse_mpeg(head: bytes) -> None:
    """Raises CodecUnsupported for MPEG audio that is no MP3, or one that no common decoder reads."""
    for layer, name in ((2, "MPEG audio layer II (MP2)"), (1, "MPEG audio layer I (MP1)")):
        if find_frames(head, layer, ends=False) is not None:
            detail = f"The file is {name}; MP3 is layer III. {ACCEPTED}"
            raise CodecUnsupported(detail, codec=f"mp{layer}")
    free = find_free_format(head)
    if free is not None:
        detail = f"The file is MPEG audio layer {'I' * free} in free format, which has no stated bit rate; encode it"
        raise CodecUnsupported(f"{detail} at a fixed or variable bit rate. {ACCEPTED}", codec=f"mp{free} free format")
