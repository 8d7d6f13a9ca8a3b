"""Reading a DAWproject that somebody sends: a ZIP that may hold anything, and XML that may be anything.

Nothing is unpacked: entries are read as streams, by the names that the session gives them, which lead nowhere else.
Every step has its cap, so that memory and time depend on the caps and not on what the file says of itself.
"""

from __future__ import annotations

import hashlib
import math
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import DefusedXMLParser

from remixhub.domain.exports.dawproject import METADATA, PROJECT
from remixhub.domain.exports.dawproject_reading import SessionUnreadable, heard_of
from remixhub.domain.exports.handed_back import STEM_ID, WORK_ADDRESS, SessionReading, SoundFile
from remixhub.domain.text import kept_of
from remixhub.storage.held import Held, TooMuchAtOnce

_MOST_AT_ONCE_BYTES = 4 * 1024**2
"""Of the container's own list among others."""
_MOST_ENTRIES = 10_000
_MOST_XML_BYTES = 32 * 1024**2
_MOST_METADATA_BYTES = 256 * 1024
_MOST_ELEMENTS, _MOST_KEPT, _MOST_DEEP = 1_000_000, 100_000, 64
_MOST_UNBROKEN_BYTES, _MOST_ATTRIBUTES = 64 * 1024, 64
"""Of XML without an element that begins or ends, and on one element: a parser holds them in whole, many times over."""
_MOST_TOLD_BYTES = 48 * 1024**2
"""Of memory for the attributes that are kept."""
_MOST_FILES, _MOST_SPANS, _MOST_NAMES = 500, 100, 4
_LONGEST_NAME = 200
_LATEST_SECONDS = 1e6
_MOST_UNPACKED_BYTES, _FREE_UNPACKED_BYTES = 4 * 1024**3, 64 * 1024**2
_MOST_RATIO = 100
"""Of the sound that is looked through to the file; silence packs well, so what is beyond is known by its name alone."""
_BLOCK_BYTES = 1024**2
_OVERLAP_BYTES = 64
"""So long is what is looked for, and a bit."""
_KEPT = frozenset(
    "Project Transport Tempo TimeSignature Structure Track Channel Mute Arrangement Lanes Clips Clip Warps Warp Audio "
    "File".split()
)
"""All else is thrown away as it is read."""
_TOLD = frozenset(
    "id name comment value unit track timeUnit time duration contentTime contentTimeUnit playStart enable fadeTimeUnit "
    "fadeInTime fadeOutTime path".split()
)
"""The attributes that are looked at."""
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, OverflowError, NotImplementedError, RuntimeError,
           EOFError, KeyError)  # fmt: skip


def read_session(path: Path, on_progress: Callable[[float], None]) -> SessionReading:
    """`on_progress` is told the part done. Raises SessionUnreadable."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(Held(file, _MOST_AT_ONCE_BYTES)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise SessionUnreadable(f"It holds more than {_MOST_ENTRIES} files.")
            return _read(archive, path.stat().st_size, on_progress)
    except TooMuchAtOnce as exc:
        raise SessionUnreadable("Its list of files is too long.") from exc
    except _BROKEN as exc:
        raise SessionUnreadable("It is no DAWproject, or a damaged one. Export it again.") from exc


def _read(archive: zipfile.ZipFile, size_bytes: int, on_progress: Callable[[float], None]) -> SessionReading:
    if PROJECT not in archive.namelist():
        raise SessionUnreadable(f"It has no {PROJECT}: it is no DAWproject. Export one from your program.")
    with archive.open(_plain(archive, PROJECT)) as stream:
        files = _files(_tree(_Capped(stream, _MOST_XML_BYTES)))
    budget = _Budget(min(_MOST_UNPACKED_BYTES, max(_MOST_RATIO * size_bytes, _FREE_UNPACKED_BYTES)))
    there = set(archive.namelist())
    for number, one in enumerate(files):
        on_progress(number / len(files))
        if one.path in there and budget.left_bytes > 0:
            _look_into(archive, one, budget)
    return SessionReading(_works(archive), files)


class _Budget:
    def __init__(self, left_bytes: int) -> None:
        self.left_bytes = left_bytes

    def take(self, count: int) -> bool:
        """Whether there was so much."""
        self.left_bytes -= count
        return self.left_bytes >= 0


class _Capped:
    """A stream that ends with an error after so many bytes."""

    def __init__(self, stream: IO[bytes], most_bytes: int) -> None:
        self._stream, self._budget = stream, _Budget(most_bytes)

    def read(self, size: int = 65_536) -> bytes:
        block = self._stream.read(size)
        if not self._budget.take(len(block)):
            raise SessionUnreadable("Unpacked it would be far larger than any arrangement. Export it again.")
        return block


def _plain(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """An entry that is packed as DAWproject has it."""
    entry = archive.getinfo(name)
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SessionUnreadable("It is encrypted, or packed in a way that DAWproject does not know.")
    return entry


class _Needed:
    """Builds what is needed of a tree; the rest, automation and notes above all, never becomes one."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._passed_over = self._seen = self._kept = 0
        """Levels that are open and not kept; elements."""
        self.unbroken_bytes = 0
        """Fed since an element began or ended; whoever feeds counts."""
        self._told = _Budget(_MOST_TOLD_BYTES)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._seen += 1
        self.unbroken_bytes = 0
        if len(attributes) > _MOST_ATTRIBUTES:
            raise SessionUnreadable(f"One of its elements has more than {_MOST_ATTRIBUTES} attributes.")
        if self._seen > _MOST_ELEMENTS or len(self._open) + self._passed_over >= _MOST_DEEP:
            raise SessionUnreadable("Its arrangement is larger, or nested deeper, than any that music needs.")
        if self._passed_over or tag not in _KEPT:
            self._passed_over += 1
            return
        self._kept += 1
        if self._kept > _MOST_KEPT:
            raise SessionUnreadable(f"It has more than {_MOST_KEPT} lanes and clips.")
        told = {name: value for name, value in attributes.items() if name in _TOLD}
        if not self._told.take(sum(map(sys.getsizeof, told.values()))):
            raise SessionUnreadable("Its names, paths and numbers are longer than any that music needs.")
        element = Element(tag, told)
        if self._open:
            self._open[-1].append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _tag: str) -> None:
        self.unbroken_bytes = 0
        if self._passed_over:
            self._passed_over -= 1
        else:
            self._open.pop()


def _tree(stream: _Capped) -> Element:
    needed = _Needed()
    parser = DefusedXMLParser(target=needed, forbid_dtd=True)
    try:
        while block := stream.read():
            needed.unbroken_bytes += len(block)
            parser.feed(block)
            if needed.unbroken_bytes > _MOST_UNBROKEN_BYTES:
                raise SessionUnreadable("One of its elements is longer than any that music needs.")
        parser.close()
    except (ParseError, ValueError, LookupError) as exc:  # what defusedxml forbids is a ValueError
        raise SessionUnreadable(f"Its {PROJECT} is no XML that can be read. Export it again.") from exc
    if needed.root is None:
        raise SessionUnreadable(f"Its {PROJECT} is that of no DAWproject.")
    return needed.root


def _files(root: Element) -> list[SoundFile]:
    files: dict[str, SoundFile] = {}
    for heard in heard_of(root):
        played = heard.played
        name = kept_of(played.file, instead=" ").replace("\\", "/").removeprefix("./")[:_LONGEST_NAME]
        times = (played.starts_at, played.from_seconds, played.to_seconds)
        if not all(map(math.isfinite, (*times, played.file_seconds))) or max(times) > _LATEST_SECONDS:
            continue
        starts, ends = max(played.from_seconds, 0.0), played.to_seconds
        if not name or ends <= starts:
            continue
        if name not in files and len(files) == _MOST_FILES:
            raise SessionUnreadable(f"It plays more than {_MOST_FILES} files of sound.")
        one = files.setdefault(name, SoundFile(name))
        one.seconds = max(one.seconds, min(played.file_seconds, _LATEST_SECONDS))
        if len(one.spans) < _MOST_SPANS:
            one.spans.append((round(played.starts_at, 3), round(starts, 3), round(ends, 3)))
        for told in heard.names:
            cleaned = kept_of(told[:_LONGEST_NAME], instead=" ")
            if cleaned not in one.names and len(one.names) < _MOST_NAMES:
                one.names.append(cleaned)
    return list(files.values())


def _look_into(archive: zipfile.ZipFile, one: SoundFile, budget: _Budget) -> None:
    """For the id of a stem anywhere in it, wherever a program has put the comment; and what the bytes are."""
    digest, before = hashlib.sha256(), b""
    with archive.open(_plain(archive, one.path)) as stream:
        while block := stream.read(_BLOCK_BYTES):
            if not budget.take(len(block)):
                return
            digest.update(block)
            found = None if one.stem else STEM_ID.search(before + block)
            if found is not None:
                one.stem = found[1].decode()
            before = block[-_OVERLAP_BYTES:]
    one.sha256 = digest.hexdigest()


def _works(archive: zipfile.ZipFile) -> list[str]:
    """Those that its papers name; whether it is this hub's work is found out by whoever looks it up."""
    if METADATA not in archive.namelist():
        return []
    with archive.open(_plain(archive, METADATA)) as stream:
        told = stream.read(_MOST_METADATA_BYTES).decode("utf-8", "replace")
    return list(dict.fromkeys(WORK_ADDRESS.findall(told)))[:10]
