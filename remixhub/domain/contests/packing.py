"""The files of an export in one ZIP, and out of whatever people have made of it: packed again, in a folder of its own.

The ZIP ends with a comment that holds the SHA-256 of all bytes before it: a byte that was changed is noticed though it
be one that no file stands in. A ZIP packed again has no comment; there its files alone count.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from remixhub.domain.contests.export import FILES, ContestExportUnreadable

LARGEST_FILE_BYTES = 1024**3
_TIME = (1980, 1, 1, 0, 0, 0)
_SEAL = b"remixhub-contest sha256 "
_END_BYTES = 22
_END_MAGIC = b"PK\x05\x06"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError, OSError, LookupError, OverflowError,
)  # fmt: skip
"""What zipfile raises for bytes that are none, or no longer, of a ZIP's."""


def packed(files: Mapping[str, str]) -> bytes:
    """Equal bytes for equal files."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), text, zipfile.ZIP_DEFLATED)
        archive.comment = bytes(len(_seal_of(b"")))  # its length is among the bytes before it
    whole = raw.getvalue()
    body = whole[: -len(_seal_of(b""))]
    return body + _seal_of(body)


def unpacked(raw: bytes) -> dict[str, str]:
    """The export's files by name. Raises ContestExportUnreadable, saying what is wrong with the ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _require_sealed(raw, archive.comment)
            if archive.testzip() is not None:
                raise ContestExportUnreadable("The ZIP is damaged: a file in it is not what its checksum says.")
            names = archive.namelist()
            if len(set(names)) < len(names):
                raise ContestExportUnreadable("The ZIP holds two files of one name.")
            found = the_files(names)
            return {
                name: text_of(archive.open(path).read(LARGEST_FILE_BYTES + 1), name) for name, path in found.items()
            }
    except _BROKEN as exc:
        raise ContestExportUnreadable("It is no ZIP, or one that is damaged. Download it again.") from exc


def the_files(paths: Iterable[str]) -> dict[str, str]:
    """Where the export's files are: in the one folder that holds them all. Raises ContestExportUnreadable."""
    folders: dict[PurePosixPath, dict[str, str]] = {}
    for path in paths:
        parts = PurePosixPath(path).parts
        if parts and parts[-1] in FILES and "__MACOSX" not in parts:
            folders.setdefault(PurePosixPath(path).parent, {})[parts[-1]] = path
    whole = [files for files in folders.values() if len(files) == len(FILES)]
    if len(whole) > 1:
        raise ContestExportUnreadable("It holds several exports; give one alone.")
    if not whole:
        nearest = max(folders.values(), key=len, default={})
        missing = ", ".join(name for name in FILES if name not in nearest)
        raise ContestExportUnreadable(f"It lacks {missing}.")
    return whole[0]


def text_of(raw: bytes, name: str) -> str:
    """Of a file of the export. Raises ContestExportUnreadable."""
    if len(raw) > LARGEST_FILE_BYTES:
        raise ContestExportUnreadable(f"{name} is larger than any contest's.")
    try:
        return raw.decode()
    except UnicodeDecodeError as exc:
        raise ContestExportUnreadable(f"{name} is damaged: it is not UTF-8 at byte {exc.start}.") from exc


def _require_sealed(raw: bytes, comment: bytes) -> None:
    if not comment and raw[-_END_BYTES:].startswith(_END_MAGIC):
        return
    if comment != _seal_of(raw[: -len(comment)] if comment else raw):
        raise ContestExportUnreadable("The ZIP is not byte for byte the one that was given out. Download it again.")


def _seal_of(body: bytes) -> bytes:
    return _SEAL + hashlib.sha256(body).hexdigest().encode()
