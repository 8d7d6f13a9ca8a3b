"""Writing a bundle as a folder or a ZIP on a disk: all of it or nothing, in constant memory, each byte read once."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Protocol

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.bundles.contents import BundleKind
from remixhub.domain.bundles.refusals import BundleExists, BundleTooLarge, DiskFull
from remixhub.domain.stems.zip_layout import Entry, central_directory, local_header
from remixhub.services.bundles import paper
from remixhub.services.bundles.gathering import Gathered, gather
from remixhub.services.bundles.laying import completed, pictures_of, read_envelopes, texts_of
from remixhub.services.bundles.reading import Reading
from remixhub.services.bundles.signing import HubKeys, hub_keys

_SPARE_BYTES = 16 * 1024**2
"""For what is drawn, beside what is stored."""
_UNFINISHED = ".remixhub-unfinished"
"""After the name of what is being written: what a killed one left is known again."""

Tell = Callable[[float, str], None]
"""Told the percent done, and what is being done."""


class Sink(Protocol):
    def add(self, path: str, size_bytes: int, blocks: Iterable[bytes]) -> None:
        """The next file."""

    def end(self) -> None:
        """After the last."""


def write_bundle_of(
    actor: Actor,
    parts: Parts,
    kind: BundleKind,
    id: str,
    path: Path,
    tell: Tell,
    made_at: dt.datetime | None = None,
    *,
    for_moving: bool = False,
) -> Gathered:
    """At once and without a worker; `for_moving` as `gather` has it. Raises what `gather` and `write_bundle` raise."""
    with parts.database.reading() as session:
        gathered = gather(session, actor, parts, kind, id, made_at, for_moving=for_moving)
    write_bundle(parts, gathered, hub_keys(parts), path, tell)
    return gathered


def write_papers_of(actor: Actor, parts: Parts, kind: BundleKind, id: str, folder: Path) -> Sequence[Path]:
    """What is to be printed alone, into a folder that is made if need be. Raises what `gather` raises, and OSError."""
    with parts.database.reading() as session:
        gathered = gather(session, actor, parts, kind, id)
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in paper.written(gathered.bundle, pictures_of(parts, gathered)).items():
        written.append(folder / path.rpartition("/")[2])
        written[-1].write_bytes(body)
    return written


def write_bundle(parts: Parts, gathered: Gathered, keys: HubKeys, path: Path, tell: Tell) -> None:
    """A ZIP where `path` ends in `.zip`, else a folder. What an earlier one left half-written is begun anew.

    Raises BundleExists, DiskFull, OriginalCorrupted, and the storage's errors.
    """
    is_zip = path.suffix.lower() == ".zip"
    if path.exists() or path.is_symlink():
        raise BundleExists(f"{path} is there: name another, or remove it.")
    if not path.parent.is_dir():
        raise BundleExists(f"{path.parent} is no folder to write into.")
    unfinished = path.with_name(path.name[:60] + _UNFINISHED)
    _clear(unfinished)
    free = shutil.disk_usage(path.parent).free
    if (needed := gathered.size_bytes + _SPARE_BYTES) > free:
        raise DiskFull(f"It takes {needed / 1e6:.0f} MB; {path.parent} has {free / 1e6:.0f} MB left.")
    try:
        if is_zip:
            with unfinished.open("xb") as file:
                _write(parts, gathered, keys, ZipSink(file, gathered.name), tell)
                file.flush()
                os.fsync(file.fileno())
        else:
            unfinished.mkdir()
            _write(parts, gathered, keys, FolderSink(unfinished), tell)
        unfinished.rename(path)
    except OSError as exc:
        if exc.errno == errno.ENOSPC:
            raise DiskFull(f"{path.parent} ran full; nothing of it was left there.") from exc
        if exc.errno == errno.EFBIG:
            raise BundleTooLarge(f"{path.parent} takes no file of this size; write a folder instead of a ZIP.") from exc
        raise
    finally:
        _clear(unfinished)


def _write(parts: Parts, gathered: Gathered, keys: HubKeys, sink: Sink, tell: Tell) -> None:
    sums: dict[str, str] = {}
    whole, done = max(sum(file.size_bytes for file in gathered.stored), 1), 0
    for file in gathered.stored:
        tell(100 * done / whole, file.name)
        reading = Reading(parts, file)
        sink.add(file.name, file.size_bytes, reading)
        sums[file.name] = reading.sha256()
        done += file.size_bytes
    tell(100, "pages")
    bundle = completed(gathered.bundle, sums, read_envelopes(parts, gathered))
    for path, text in texts_of(parts, gathered, bundle, sums, keys).items():
        sink.add(path, len(text), [text])
    sink.end()


class FolderSink:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, path: str, size_bytes: int, blocks: Iterable[bytes]) -> None:
        del size_bytes
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for block in blocks:
                file.write(block)

    def end(self) -> None:
        pass


class ZipSink:
    """Of stored entries in one folder; each header is written again once its CRC is known."""

    def __init__(self, file: IO[bytes], folder: str) -> None:
        self._file, self._folder = file, folder
        self._entries: list[Entry] = []

    def add(self, path: str, size_bytes: int, blocks: Iterable[bytes]) -> None:
        name, begins, crc32 = f"{self._folder}/{path}", self._file.tell(), 0
        self._file.write(local_header(Entry(name, size_bytes, 0)))
        for block in blocks:
            crc32 = zlib.crc32(block, crc32)
            self._file.write(block)
        ends = self._file.tell()
        entry = Entry(name, size_bytes, crc32)
        self._file.seek(begins)
        self._file.write(local_header(entry))
        self._file.seek(ends)
        self._entries.append(entry)

    def end(self) -> None:
        self._file.write(central_directory(self._entries))


def _clear(unfinished: Path) -> None:
    if unfinished.is_dir() and not unfinished.is_symlink():
        shutil.rmtree(unfinished)
    else:
        unfinished.unlink(missing_ok=True)
