"""ZIPs laid out beforehand are read by others as what they are."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest

from remixhub.domain.filenames import archive_name
from remixhub.domain.stems.zip_layout import Entry, archive_size_bytes, central_directory, local_header


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


def test_whatever_stems_are_called_their_archive_is_unpacked_whole(tmp_path: Path) -> None:
    """By Python and by Info-ZIP, each name a file of its own also where case and composition do not count."""
    stems = [
        "字" * 120,
        "Kick",
        "kick",
        "CON",
        "E\u0301te\u0301",
        "Été",
        "\U0001f600" * 70,
        "می\u200cخواهم",
        "a/b: c. ",
        "..",
        "-rf",
    ]
    names = [archive_name(position, name, ".wav") for position, name in enumerate(stems, 1)]
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in names}) == len(stems)
    files = {name: name.encode() for name in names}
    packed = tmp_path / "pack.zip"
    packed.write_bytes(written(files)[1])
    with zipfile.ZipFile(packed) as opened:
        opened.extractall(tmp_path / "python")
    unpacked = [tmp_path / "python"]
    if (unzip := shutil.which("unzip")) is not None:
        subprocess.run([unzip, "-q", packed, "-d", tmp_path / "info-zip"], check=True, env={"LC_ALL": "C.UTF-8"})
        unpacked.append(tmp_path / "info-zip")
    for folder in unpacked:
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == files


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


FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
LOCAL = struct.Struct("<IHHHHHIIIHH")
CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
END, END_64, LOCATOR = struct.Struct("<IHHHHIIH"), struct.Struct("<IQHHIIQQQQ"), struct.Struct("<IIQI")
STORED_1980 = (1 << 11, 0, 0, 1 << 5 | 1)
"""Flags (names in UTF-8), method, time and date of every entry."""


@pytest.mark.parametrize(
    ("size", "needs", "extra"),
    [
        (FULL_32 - 1, 20, b""),
        (FULL_32, 45, struct.pack("<HHQQ", 1, 16, FULL_32, FULL_32)),
        (FULL_32 + 1, 45, struct.pack("<HHQQ", 1, 16, FULL_32 + 1, FULL_32 + 1)),
    ],
)
def test_sizes_of_thirty_two_set_bits_and_more_are_in_the_zip64_field(size: int, needs: int, extra: bytes) -> None:
    """APPNOTE 4.3.7, 4.3.12, 4.4.3.2 and 4.5.3."""
    entry, shown = Entry("é", size, 7), min(size, FULL_32)
    header = local_header(entry)
    assert LOCAL.unpack_from(header) == (0x04034B50, needs, *STORED_1980, 7, shown, shown, 2, len(extra))
    assert header[LOCAL.size :] == "é".encode() + extra
    directory = central_directory([entry])
    made_by = 3 << 8 | needs
    fields = (0x02014B50, made_by, needs, *STORED_1980, 7, shown, shown, 2, len(extra), 0, 0, 0, 0o100644 << 16, 0)
    assert CENTRAL.unpack_from(directory) == fields
    assert directory[CENTRAL.size :].startswith("é".encode() + extra)


@pytest.mark.parametrize(("offset", "extra"), [(FULL_32 - 1, b""), (FULL_32, struct.pack("<HHQ", 1, 8, FULL_32))])
def test_offsets_of_thirty_two_set_bits_and_more_are_in_the_zip64_field(offset: int, extra: bytes) -> None:
    directory = central_directory([Entry("a", offset - LOCAL.size - 1, 0), Entry("b", 0, 0)])
    second = directory[CENTRAL.size + 1 :]
    needs = 45 if extra else 20
    fields = (0x02014B50, 3 << 8 | needs, needs, *STORED_1980, 0, 0, 0, 1, len(extra), 0, 0, 0, 0o100644 << 16)
    assert CENTRAL.unpack_from(second) == (*fields, offset)
    assert second[CENTRAL.size :].startswith(b"b" + extra)


def test_an_archive_that_sixteen_and_thirty_two_bits_can_tell_ends_without_zip64() -> None:
    directory = central_directory([Entry("a", 10, 0)])
    size = CENTRAL.size + 1
    assert END.unpack(directory[size:]) == (0x06054B50, 0, 0, 1, 1, size, LOCAL.size + 1 + 10, 0)


@pytest.mark.parametrize("offset", [FULL_32 - 1, FULL_32])
def test_a_directory_that_begins_too_far_is_found_by_the_zip64_end(offset: int) -> None:
    """APPNOTE 4.3.14 to 4.3.16."""
    directory = central_directory([Entry("a", offset - LOCAL.size - 1, 0)])
    size, rest = CENTRAL.size + 1, directory[CENTRAL.size + 1 :]
    assert END.unpack(rest[-END.size :]) == (0x06054B50, 0, 0, 1, 1, size, offset, 0)
    if offset < FULL_32:
        assert len(rest) == END.size
    else:
        assert END_64.unpack_from(rest) == (0x06064B50, 44, 3 << 8 | 45, 45, 0, 0, 1, 1, size, offset)
        assert LOCATOR.unpack_from(rest, END_64.size) == (0x07064B50, 0, offset + size, 1)
        assert len(rest) == END_64.size + LOCATOR.size + END.size


def test_sixteen_set_bits_are_no_count_but_say_to_look_further() -> None:
    directory = central_directory([Entry("", 0, 0)] * FULL_16)
    assert len(directory) == FULL_16 * CENTRAL.size + END_64.size + LOCATOR.size + END.size


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
