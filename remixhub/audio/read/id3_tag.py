"""Reads the text frames of an ID3v2 tag (2.2, 2.3, 2.4; id3.org), as DJ programs put one into a chunk of WAV and AIFF.

Nothing here refuses a file: of a tag that is cut or makes no sense, what could be read counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from remixhub.audio.tags import clean_tag

_LARGEST_TAG = 16 * 1024**2
_MOST_FRAMES = 1_000
_LONGEST_TEXT = 8_192
_NAMES = {
    "TT2": "title", "TIT2": "title", "TP1": "artist", "TPE1": "artist", "TAL": "album", "TALB": "album",
    "TCO": "genre", "TCON": "genre", "TBP": "tbpm", "TKE": "tkey",
}  # fmt: skip
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


def read_id3(file: BinaryIO, offset_bytes: int, held_bytes: int) -> dict[str, str]:
    """Tags by names in lower case as ffprobe has them: `title`, `tbpm`, `tkey`, and those of TXXX by their own."""
    file.seek(offset_bytes)
    raw = file.read(min(held_bytes, _LARGEST_TAG))
    if len(raw) < 10 or raw[:3] != b"ID3" or raw[3] not in (2, 3, 4):
        return {}
    tags: dict[str, str] = {}
    for name, body in _frames(raw):
        told = _told(name, body)
        if told is not None and all(told):
            tags.setdefault(*told)
    return tags


def _frames(raw: bytes) -> Iterator[tuple[str, bytes]]:
    version, flags = raw[3], raw[5]
    body = raw[10 : 10 + _syncsafe(raw[6:10])]
    if flags & _UNSYNCHRONISED and version < 4:
        body = _synchronised(body)
    at = _extended_header_bytes(version, body) if flags & _EXTENDED and version > 2 else 0
    head_bytes, name_bytes = (6, 3) if version == 2 else (10, 4)
    for _ in range(_MOST_FRAMES):
        head = body[at : at + head_bytes]
        if len(head) < head_bytes or not head[:name_bytes].isalnum():
            return
        size = head[name_bytes : name_bytes + (3 if version == 2 else 4)]
        frame_bytes = _syncsafe(size) if version == 4 and max(size) < 0x80 else int.from_bytes(size, "big")
        frame = body[at + head_bytes : at + head_bytes + frame_bytes]
        yield head[:name_bytes].decode("ascii"), _unwrapped(version, head, frame, flags)
        at += head_bytes + frame_bytes


def _extended_header_bytes(version: int, body: bytes) -> int:
    return _syncsafe(body[:4]) if version == 4 else 4 + int.from_bytes(body[:4], "big")


def _unwrapped(version: int, head: bytes, frame: bytes, tag_flags: int) -> bytes:
    """The frame as it was before it was grouped or unsynchronised; empty where it is compressed or encrypted."""
    if version == 2:
        return frame
    flags = head[9]
    grouped, hidden = (0x40, 0x0C) if version == 4 else (0x20, 0xC0)
    if flags & hidden:
        return b""
    frame = frame[(1 if flags & grouped else 0) + (4 if version == 4 and flags & 1 else 0) :]
    return _synchronised(frame) if version == 4 and (flags & 2 or tag_flags & _UNSYNCHRONISED) else frame


def _told(name: str, body: bytes) -> tuple[str, str] | None:
    if not body or body[0] >= len(_ENCODINGS) or (name not in ("COM", "COMM") and not name.startswith("T")):
        return None
    if name in ("COM", "COMM"):  # a language, a description, the comment; described ones are programs' own
        described, _, text = _text(body[0], body[4:]).partition("\0")
        return None if described else ("comment", _one_line(text))
    if name in ("TXX", "TXXX"):
        described, _, text = _text(body[0], body[1:]).partition("\0")
        return clean_tag(described).lower()[:40], _one_line(text)
    return _NAMES.get(name, name.lower()), _one_line(_text(body[0], body[1:]))


def _text(encoding: int, raw: bytes) -> str:
    """Strings end in NUL, and each may have a byte order mark."""
    text = raw[:_LONGEST_TEXT].decode(_ENCODINGS[encoding], "replace")
    return text.replace("\ufeff", "").replace("\ufffe", "")


def _one_line(text: str) -> str:
    """Several values stand between semicolons, as ffprobe has them."""
    return clean_tag(";".join(value for value in text.split("\0") if value))


def _syncsafe(size: bytes) -> int:
    value = 0
    for byte in size:
        value = value << 7 | byte & 0x7F
    return value


def _synchronised(body: bytes) -> bytes:
    return body.replace(b"\xff\x00", b"\xff")
