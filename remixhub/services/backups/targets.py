"""Where backups go: a folder, another S3, or whatever the operator's rclone reaches. Files by name, each whole or not
at all.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from remixhub.config import Settings
from remixhub.domain.errors import Invalid, Unavailable
from remixhub.storage.s3 import ObjectMissing, ObjectStore, StorageUnavailable

_BLOCK_BYTES = 1024**2


class TargetUnavailable(Unavailable):
    code = "backup_target_unavailable"
    title = "The backup's target cannot be used"


class TargetUnclear(Invalid):
    code = "backup_target_unclear"
    title = "The backup's target is not understood"


class Absent(Exception):
    """There is no such file in the target."""


class Target(Protocol):
    """Raises TargetUnavailable for whatever else goes wrong."""

    words: str
    """What it is, without any secret."""

    def write(self, name: str, path: Path) -> None:
        """All of the file, durable when it returns; what was there under the name is replaced, and the file is gone."""

    def read(self, name: str) -> Iterator[bytes]:
        """Raises Absent."""

    def names(self, folder: str) -> Iterator[tuple[str, int]]:
        """Every file under the folder, as a name and its size in bytes; nothing where there is no folder."""

    def delete(self, name: str) -> None:
        """Safe to repeat."""

    def close(self) -> None: ...


def open_target(text: str, settings: Settings, *, makes: bool = False) -> Target:
    """`/a/folder`, `s3://bucket/prefix` or `rclone:remote:path`; `makes` a folder that is not there.

    Raises TargetUnclear, also for what only looks like a folder; TargetUnavailable.
    """
    if text.startswith("rclone:"):
        from remixhub.services.backups.rclone import RcloneTarget

        return RcloneTarget(text.removeprefix("rclone:"))
    if text.startswith("s3://"):
        return S3Target(text, settings)
    if not text.strip() or re.match(r"~|[^/]*:", text):
        raise TargetUnclear(
            f"{text!r} is no target; name a folder by its path, s3://bucket/prefix or rclone:remote:path. A folder "
            "with a colon or tilde in its name begins with ./ or /."
        )
    return FolderTarget(Path(text), makes=makes)


class FolderTarget:
    def __init__(self, folder: Path, *, makes: bool) -> None:
        self.folder = folder.absolute()
        self.words = str(self.folder)
        with self._reported():
            if makes:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.listdir(self.folder)  # noqa: PTH208  it may be unreadable, or no folder
            self._opened = self.folder.stat()

    @property
    def scratch(self) -> Path:
        """Where files to be written are best made: they need only be renamed."""
        return self.folder / "scratch"

    def write(self, name: str, path: Path) -> None:
        place = self.folder / name
        with self._reported():
            if not os.path.samestat(self._opened, self.folder.stat()):
                raise TargetUnavailable(f"{self.words} is not the folder it was: was a disk mounted or unmounted?")
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.parent != self.scratch:
                self.scratch.mkdir(mode=0o700, exist_ok=True)
                path = Path(shutil.move(path, self.scratch / path.name))
            with path.open("rb") as written:
                os.fsync(written.fileno())
            path.replace(place)
            _sync_folder(place.parent)

    def read(self, name: str) -> Iterator[bytes]:
        with self._reported():
            try:
                source = (self.folder / name).open("rb")
            except FileNotFoundError:
                raise Absent(name) from None
            with source:
                while block := source.read(_BLOCK_BYTES):
                    yield block

    def names(self, folder: str) -> Iterator[tuple[str, int]]:
        with self._reported():
            for place, folders, files in os.walk(self.folder / folder):
                folders.sort()
                for file in sorted(files):
                    path = Path(place, file)
                    try:
                        size_bytes = path.stat().st_size
                    except FileNotFoundError:  # as a lock that was given back meanwhile
                        continue
                    yield path.relative_to(self.folder).as_posix(), size_bytes

    def delete(self, name: str) -> None:
        place = self.folder / name
        with self._reported():
            place.unlink(missing_ok=True)
            for folder in place.parents:
                if folder == self.folder or any(folder.iterdir()):
                    return
                try:
                    folder.rmdir()
                except OSError:  # another has just put something there
                    return

    def close(self) -> None:
        pass

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise TargetUnavailable(f"{self.words}: {exc.strerror or exc}.") from exc


class S3Target:
    """With the hub's own keys and endpoint unless `REMIXHUB_BACKUP_S3_…` says otherwise."""

    def __init__(self, text: str, settings: Settings) -> None:
        bucket, _, prefix = text.removeprefix("s3://").partition("/")
        if not bucket:
            raise TargetUnclear("s3:// wants a bucket, such as s3://bucket/prefix.")
        endpoint = settings.backup_s3_endpoint_url or settings.s3_endpoint_url
        if (_server(endpoint), bucket) == (_server(settings.s3_endpoint_url), settings.s3_bucket):
            raise TargetUnclear("That is the hub's own bucket; a backup in it would go with it.")
        self.words = f"s3://{bucket}/{prefix.strip('/')}".rstrip("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        other = replace(
            settings,
            s3_endpoint_url=endpoint,
            s3_public_url="",
            s3_bucket=bucket,
            s3_region=settings.backup_s3_region or settings.s3_region,
            s3_access_key_id=settings.backup_s3_access_key_id or settings.s3_access_key_id,
            s3_secret_access_key=settings.backup_s3_secret_access_key or settings.s3_secret_access_key,
        )
        with self._reported():
            try:
                self._store = ObjectStore(other)
                self._store.check()
            except ValueError as exc:
                raise TargetUnclear(f"REMIXHUB_BACKUP_S3_ENDPOINT_URL: {exc}.") from exc

    def write(self, name: str, path: Path) -> None:
        with self._reported():
            self._store.put_file(self._prefix + name, path, "application/octet-stream")
        path.unlink()

    def read(self, name: str) -> Iterator[bytes]:
        with self._reported(name):
            yield from self._store.blocks(self._prefix + name)

    def names(self, folder: str) -> Iterator[tuple[str, int]]:
        with self._reported():
            for one in self._store.objects(f"{self._prefix}{folder}/"):
                yield one.key.removeprefix(self._prefix), one.size_bytes

    def delete(self, name: str) -> None:
        with self._reported():
            self._store.delete(self._prefix + name)

    def close(self) -> None:
        pass

    @contextmanager
    def _reported(self, name: str = "") -> Iterator[None]:
        try:
            yield
        except ObjectMissing as exc:
            if name:
                raise Absent(name) from exc
            raise TargetUnavailable(f"{self.words}: there is no such bucket; make it first.") from exc
        except StorageUnavailable as exc:
            raise TargetUnavailable(f"{self.words}: {exc.__cause__ or exc.detail}") from exc


def _server(endpoint_url: str) -> tuple[str, int | None]:
    """However it is spelled."""
    address = urlsplit(endpoint_url)
    host = (address.hostname or "").rstrip(".")
    return "localhost" if host in ("127.0.0.1", "::1") else host, address.port


def read_small(target: Target, name: str, *, most_bytes: int = 16 * 1024**2) -> bytes:
    """Raises Absent, TargetUnavailable; also for a file that is larger, which is none of ours."""
    found = bytearray()
    for block in target.read(name):
        found += block
        if len(found) > most_bytes:
            raise TargetUnavailable(f"{target.words}: {name} is larger than it can be.")
    return bytes(found)


def sizes(target: Target, folder: str) -> dict[str, int]:
    return dict(target.names(folder))


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
