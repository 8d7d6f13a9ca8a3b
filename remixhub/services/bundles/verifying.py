"""Whether a bundle is what the hub signed: a folder or a ZIP, hostile or not, in constant memory and without any hub.

Nothing is unpacked. Of a file that no checksum stands for only the name is read.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remixhub.domain.bundles import checksums, manifest
from remixhub.domain.bundles.names import LONGEST_PATH, units_of
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.services.bundles.signing import KeyUnreadable, id_of, is_signed, read_key
from remixhub.storage.held import Held, TooMuchAtOnce

_BLOCK_BYTES = 1024**2
_FILES_LIMIT = 250_000
_DIRECTORY_LIMIT_BYTES = 64 * 1024**2
"""Of a ZIP: what is held of it in memory."""
_SWELLING_LIMIT = 100
"""How many times its own size a ZIP may hold; a bundle's is stored, whoever packs it again gains little."""
_LARGEST_MANIFEST_BYTES = 32 * 1024**2
"""Of one that is read for its hub's name; as values it takes many times as much."""
_LARGEST_SIGNATURE_BYTES, _LARGEST_KEY_BYTES = 64, 4096
_UNSIGNED = frozenset({checksums.NAME, checksums.SIGNATURE_NAME})
_DROPPINGS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
"""Left by computers in whatever they open; so is what is small and begins with `._`."""
_VOLUME_FOLDER = "system volume information"
"""Of Windows, on every stick."""
_LARGEST_FORK_BYTES = 64 * 1024
_MAC_FOLDER = "__MACOSX/"
"""Beside the folder that a Mac packs."""


_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, UnicodeError, OverflowError,
           io.UnsupportedOperation)  # fmt: skip


class Signature(StrEnum):
    KNOWN = "known"
    """By a key that was given."""
    UNKNOWN = "unknown"
    """By the key that lies in the bundle, which anybody may have put there."""
    WRONG = "wrong"
    MISSING = "missing"


@dataclass
class Verified:
    signature: Signature
    key_id: str | None
    """That signed it; None where none did."""
    list_sha256: str = ""
    """Of the list of checksums: by it whoever reads on knows that it is still the one that was checked."""
    hub_name: str = ""
    """As the bundle says: to be believed as its key is."""
    hub_url: str = ""
    title: str = ""
    made_at: str = ""
    files: int = 0
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    left_by_computers: list[str] = field(default_factory=list)
    """Passed over: no files of the hub's, and no harm to what it signed."""

    @property
    def is_whole(self) -> bool:
        return not (self.changed or self.missing or self.extra)

    @property
    def is_good(self) -> bool:
        return self.is_whole and self.signature is Signature.KNOWN


class Opened(Protocol):
    """A bundle's files by path; what is no plain file has a size below zero."""

    @property
    def sizes(self) -> Mapping[str, int]: ...

    def open(self, path: str) -> IO[bytes]: ...


Tell = Callable[[float, str], None]


def verify_bundle(path: Path, keys: Sequence[bytes], tell: Tell) -> Verified:
    """`keys` are public keys of hubs that one trusts, in PEM. Raises BundleUnreadable, KeyUnreadable, OSError."""
    trusted = [read_key(pem) for pem in keys]
    with opened_bundle(path) as opened:
        return _verify(opened, trusted, tell)


def verify_opened(opened: Opened, keys: Sequence[bytes], tell: Tell) -> Verified:
    """As `verify_bundle`, for whoever goes on to read what was checked. Raises BundleUnreadable, KeyUnreadable."""
    return _verify(opened, [read_key(pem) for pem in keys], tell)


@contextmanager
def opened_bundle(path: Path) -> Iterator[Opened]:
    """A folder or a ZIP; what is wrong with it as one is told, also while it is read. Raises BundleUnreadable."""
    if path.is_dir():
        yield _Folder.of(path)
        return
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(Held(file, _DIRECTORY_LIMIT_BYTES)) as opened:
                yield _Zip.of(opened, os.fstat(file.fileno()).st_size)
        except TooMuchAtOnce as exc:
            raise BundleUnreadable(f"Its directory is longer than {_DIRECTORY_LIMIT_BYTES // 1024**2} MiB.") from exc
        except _BROKEN as exc:
            raise BundleUnreadable(f"{path} is no ZIP that can be read: {exc}") from exc


def _verify(opened: Opened, trusted: Sequence[Ed25519PublicKey], tell: Tell) -> Verified:
    listed = read_whole(opened, checksums.NAME, checksums.LONGEST_BYTES)
    if listed is None:
        raise BundleUnreadable(f"There is no {checksums.NAME}: it is no bundle, or not the folder itself.")
    sums = checksums.read(listed)
    found = _signature(opened, listed, trusted)
    whole = max(sum(max(opened.sizes.get(path, 0), 0) for path in sums), 1)
    done = 0
    for path, sha256 in sums.items():
        size_bytes = opened.sizes.get(path)
        if size_bytes is None:
            found.missing.append(path)
            continue
        tell(100 * done / whole, path)
        if size_bytes < 0 or _sha256(opened, path, size_bytes) != sha256:
            found.changed.append(path)
        done += max(size_bytes, 0)
    for path in opened.sizes.keys() - sums.keys() - _UNSIGNED:
        (found.left_by_computers if _is_dropping(path, opened.sizes[path]) else found.extra).append(path)
    found.extra.sort()
    found.left_by_computers.sort()
    found.files, found.list_sha256 = len(sums), hashlib.sha256(listed).hexdigest()
    if manifest.NAME not in found.changed and manifest.NAME in sums:
        _name_hub(opened, found)
    return found


def _signature(opened: Opened, listed: bytes, trusted: Sequence[Ed25519PublicKey]) -> Verified:
    signature = read_whole(opened, checksums.SIGNATURE_NAME, _LARGEST_SIGNATURE_BYTES)
    if signature is None:
        return Verified(Signature.MISSING, None)
    for key in trusted:
        if is_signed(key, listed, signature):
            return Verified(Signature.KNOWN, id_of(key))
    try:
        own = read_key(read_whole(opened, checksums.KEY_NAME, _LARGEST_KEY_BYTES) or b"")
    except KeyUnreadable:
        return Verified(Signature.WRONG, None)
    return Verified(Signature.UNKNOWN, id_of(own)) if is_signed(own, listed, signature) else Verified(
        Signature.WRONG, None
    )  # fmt: skip


def _name_hub(opened: Opened, found: Verified) -> None:
    text = read_whole(opened, manifest.NAME, _LARGEST_MANIFEST_BYTES)
    if text is None:
        return
    bundle = manifest.read(text)
    found.hub_name, found.hub_url = bundle.hub_name, bundle.hub_url
    found.title, found.made_at = bundle.title, bundle.made_at


def _is_dropping(path: str, size_bytes: int) -> bool:
    """By its last step alone: in a folder of any name there may lie anything."""
    *folders, name = path.lower().split("/")
    is_fork = name.startswith("._") and size_bytes <= _LARGEST_FORK_BYTES
    return size_bytes >= 0 and (name in _DROPPINGS or is_fork or folders == [_VOLUME_FOLDER])


def _sha256(opened: Opened, path: str, size_bytes: int) -> str:
    digest, left_bytes = hashlib.sha256(), size_bytes
    try:
        with opened.open(path) as file:
            while block := file.read(min(_BLOCK_BYTES, left_bytes + 1)):
                digest.update(block)
                left_bytes -= len(block)
                if left_bytes < 0:
                    return "longer"  # than it says that it is
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        return "unreadable"  # a file that cannot be read is not the one that was signed
    return digest.hexdigest()


def read_whole(opened: Opened, path: str, longest: int) -> bytes | None:
    """None where there is no such file, or a longer one."""
    if not 0 <= opened.sizes.get(path, -1) <= longest:
        return None
    blocks, left_bytes = [], longest
    with opened.open(path) as file:
        while left_bytes and (block := file.read(min(_BLOCK_BYTES, left_bytes))):
            blocks.append(block)
            left_bytes -= len(block)
    return b"".join(blocks)


@dataclass(frozen=True)
class _Folder:
    folder: Path
    sizes: Mapping[str, int]

    @classmethod
    def of(cls, folder: Path) -> _Folder:
        sizes = {}
        for path, entry in _below(folder, ""):
            about = entry.stat(follow_symlinks=False)
            sizes[path] = about.st_size if stat.S_ISREG(about.st_mode) else -1
            if len(sizes) > _FILES_LIMIT:
                raise BundleUnreadable(f"It holds more than {_FILES_LIMIT} files.")
        return cls(folder, sizes)

    def open(self, path: str) -> IO[bytes]:
        return (self.folder / path).open("rb")


def _below(folder: Path, before: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Links are named, and not followed."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            path = before + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _below(Path(entry.path), f"{path}/")
            else:
                yield path, entry


@dataclass(frozen=True)
class _Zip:
    opened: zipfile.ZipFile
    names: Mapping[str, zipfile.ZipInfo]
    sizes: Mapping[str, int]

    @classmethod
    def of(cls, opened: zipfile.ZipFile, size_bytes: int) -> _Zip:
        """Without the one folder in which all of it lies."""
        entries = [one for one in opened.infolist() if not one.is_dir()]
        if len(entries) > _FILES_LIMIT:
            raise BundleUnreadable(f"It holds more than {_FILES_LIMIT} files.")
        if sum(one.file_size for one in entries) > _SWELLING_LIMIT * size_bytes:
            raise BundleUnreadable(f"It would swell to more than {_SWELLING_LIMIT} times its size.")
        own = [one.filename for one in entries if not one.filename.startswith(_MAC_FOLDER)]
        tops = {name.partition("/")[0] for name in own}
        top = f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in own) else ""
        names: dict[str, zipfile.ZipInfo] = {}
        for one in entries:
            path = one.filename.removeprefix(top)
            _require_plain(one, path)
            if path in names:
                raise BundleUnreadable(f"It holds {path!r} twice: programs would unpack different ones.")
            names[path] = one
        return cls(opened, names, {path: one.file_size for path, one in names.items()})

    def open(self, path: str) -> IO[bytes]:
        return self.opened.open(self.names[path])


def _require_plain(one: zipfile.ZipInfo, path: str) -> None:
    steps = path.split("/")
    leads_out = (
        one.filename.startswith("/") or "\\" in one.orig_filename or any(step in ("", ".", "..") for step in steps)
    )
    if leads_out or ":" in path or "\0" in one.orig_filename or units_of(path) > 4 * LONGEST_PATH:
        raise BundleUnreadable(
            f"It names {one.orig_filename[:200]!r}, which may lead out of its folder. Do not unpack it."
        )
    mode = one.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise BundleUnreadable(f"{path!r} is no plain file in it. Do not unpack it.")
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack all at once
        raise BundleUnreadable(f"{path!r} is packed in a way that no hub packs bundles.")
    if one.flag_bits & 1:
        raise BundleUnreadable(f"{path!r} is encrypted in it.")
