"""Tells films from sound with cover art: in MP4, QuickTime and Ogg both are streams of pictures beside the sound."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from remixhub.audio.read.mp4_boxes import boxes, first, read_index
from remixhub.audio.read.window import Window
from remixhub.domain.media import Container, NotAudio

_HEAD_BYTES = 64 * 1024
_OGG_FILMS = (b"\x80theora", b"BBCD\0", b"\x01video\0\0\0", b"OVP80", b"\x80daala")
"""How the first packets of Theora, Dirac, OGM, VP8 and Daala begin."""
_STILLS = (b"jpeg", b"png ", b"gif ", b"tiff", b"mjpa", b"mjpb", b"bmp ", b"WRLE", b"rle ")
"""Sample descriptions of pictures that may be covers, slides of a talk or marks of chapters."""
_STILLS_IN_MPEG_4 = (b"\x6c", b"\x6d", b"\x6e")
"""JPEG, PNG and JPEG 2000, as the type of object of an `mp4v`."""
_OBJECT_TYPE = re.compile(rb"esds....\x03[\x80-\xff]{0,3}....\x04[\x80-\xff]{0,3}.(.)", re.DOTALL)
_MOST_RUNS = 1_000


def refuse_film(path: Path, window: Window, container: Container) -> None:
    """Raises NotAudio; of a broken MP4 also Truncated and HeaderLies."""
    with window.open(path) as file:
        if container is Container.MP4:
            is_film = any(_shows_film(box.body) for box in boxes(read_index(file, window.size_bytes).movie))
        else:
            is_film = container is Container.OGG and _begins_film(file.read(_HEAD_BYTES))
    if is_film:
        raise NotAudio("The file is a film; upload its sound alone.")


def _begins_film(head: bytes) -> bool:
    """By the packets on the first pages of the streams, which stand before all others."""
    offset = 0
    while len(head) > offset + 27 and head[offset : offset + 4] == b"OggS" and head[offset + 5] & 2:
        body = offset + 27 + head[offset + 26]
        if head.startswith(_OGG_FILMS, body):
            return True
        offset = body + sum(head[offset + 27 : body])
    return False


def _shows_film(stream: bytes) -> bool:
    """Of a `trak` box: pictures that are no stills, or more than one a second."""
    media = first(stream, b"mdia")
    if first(media, b"hdlr")[8:12] != b"vide":
        return False
    table = first(media, b"minf", b"stbl")
    return not _are_stills(first(table, b"stsd")) or _move(first(table, b"stts"), first(media, b"mdhd"))


def _are_stills(stsd: bytes) -> bool:
    codec, object_type = stsd[12:16], _OBJECT_TYPE.search(stsd)
    if codec == b"mp4v":
        return object_type is not None and object_type[1] in _STILLS_IN_MPEG_4
    return codec in _STILLS or not codec


def _move(stts: bytes, mdhd: bytes) -> bool:
    scale = int.from_bytes(mdhd[20:24] if mdhd[:1] == b"\x01" else mdhd[12:16], "big")
    runs = list(struct.iter_unpack(">II", stts[8 : 8 + min(len(stts) - 8, _MOST_RUNS * 8) // 8 * 8]))
    pictures, ticks = sum(count for count, _ in runs), sum(count * ticks for count, ticks in runs)
    return bool(pictures > 1 and pictures * scale > ticks)
