"""ZIPs laid out beforehand are read by others as what they are."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from remixhub.domain.zip_layout import Entry, archive_size_bytes, central_directory, local_header


def written(files: dict[str, bytes]) -> tuple[list[Entry], bytes]:
    entries = [Entry(name, len(body), zlib.crc32(body)) for name, body in files.items()]
    body = b"".join(local_header(entry) + files[entry.name] for entry in entries)
    return entries, body + central_directory(entries)


def test_names_and_bytes_come_back() -> None:
    files = {"README.txt": b"", "01 Größe.wav": b"\0\1" * 5000, "02 𝄞.flac": b"fLaC"}
    entries, archive = written(files)
    assert len(archive) == archive_size_bytes(entries)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == files
        first = opened.infolist()[0]
    assert first.date_time == (1980, 1, 1, 0, 0, 0)
    assert (first.external_attr >> 16) == 0o100644


def test_equal_files_give_equal_bytes() -> None:
    assert written({"a": b"1", "b": b"2"})[1] == written({"a": b"1", "b": b"2"})[1]


def test_an_empty_archive_is_an_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(written({})[1])) as opened:
        assert opened.namelist() == []


def test_sizes_and_offsets_beyond_four_gib_are_kept_in_zip64_fields() -> None:
    big = 5 * 1024**3
    entries = [Entry("big.wav", big, 1), Entry("after.wav", 10, 2)]
    header = local_header(entries[0])
    assert struct.unpack_from("<II", header, 18) == (0xFFFFFFFF, 0xFFFFFFFF)
    assert struct.unpack_from("<QQ", header, len(header) - 16) == (big, big)
    directory = _Hole(big + len(header) + len(local_header(entries[1])) + 10, central_directory(entries))
    with zipfile.ZipFile(directory) as opened:
        assert [(one.filename, one.file_size, one.CRC) for one in opened.infolist()] == [
            ("big.wav", big, 1),
            ("after.wav", 10, 2),
        ]
        assert opened.infolist()[1].header_offset == big + len(header)


@pytest.mark.slow
def test_more_entries_than_sixteen_bits_can_count_are_counted() -> None:
    entries, archive = written({f"{number}": b"" for number in range(65_536)})
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert len(opened.namelist()) == len(entries)


class _Hole(io.RawIOBase):
    """`tail` behind so many bytes of nothing, without storing them."""

    def __init__(self, empty_bytes: int, tail: bytes) -> None:
        self._empty_bytes, self._tail, self._at = empty_bytes, tail, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        whole = self._empty_bytes + len(self._tail)
        self._at = offset + (0, self._at, whole)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        skip = self._at - self._empty_bytes
        assert skip >= 0
        piece = self._tail[skip:] if size < 0 else self._tail[skip : skip + size]
        self._at += len(piece)
        return piece
