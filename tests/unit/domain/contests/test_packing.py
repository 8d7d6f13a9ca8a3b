"""An export comes out of its ZIP and of what people make of it; none of the ZIP's bits can be changed unseen."""

from __future__ import annotations

import io
import zipfile

import pytest

from remixhub.domain.contests.export import FILES, ContestExportUnreadable
from remixhub.domain.contests.packing import packed, the_files, unpacked

TEXTS = {"README.txt": "read me", **{name: f'{{"of": "{name}", "é": "{"x" * 40}"}}' for name in FILES}}
WANTED = {name: TEXTS[name] for name in FILES}


def zipped(files: dict[str, str | bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return raw.getvalue()


def inside(folder: str) -> dict[str, str | bytes]:
    return {f"{folder}{name}": text for name, text in TEXTS.items()}


def test_what_was_packed_comes_out_and_is_the_same_each_time() -> None:
    assert unpacked(packed(TEXTS)) == WANTED
    assert packed(TEXTS) == packed(TEXTS)
    with zipfile.ZipFile(io.BytesIO(packed(TEXTS))) as archive:
        assert archive.namelist() == list(TEXTS)
        assert archive.testzip() is None


def test_not_one_bit_of_it_can_be_changed_unseen() -> None:
    whole = packed(TEXTS)
    for place in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            with pytest.raises(ContestExportUnreadable):
                unpacked(bytes(changed))


def test_a_zip_of_any_length_of_it_and_with_more_behind_it_is_refused() -> None:
    whole = packed(TEXTS)
    for cut in range(0, len(whole), 7):
        with pytest.raises(ContestExportUnreadable):
            unpacked(whole[:cut])
    for more in (b"\0", b"PK", whole):
        with pytest.raises(ContestExportUnreadable):
            unpacked(whole + more)


@pytest.mark.parametrize("folder", ["", "contest-7/", "a b/é/", "./x/"])
def test_packed_again_it_is_found_in_its_folder(folder: str) -> None:
    assert unpacked(zipped(inside(folder))) == WANTED
    # as macOS packs it: resource forks beside every file, and the Finder's own
    forks = {f"__MACOSX/{folder}._{name}": b"\0\5\x16\7" for name in TEXTS}
    assert (
        unpacked(zipped({**inside(folder), **forks, f"{folder}.DS_Store": b"\0", f"__MACOSX/{FILES[0]}": b"x"}))
        == WANTED
    )


def test_a_bit_that_was_changed_before_it_was_packed_again_is_the_files_own() -> None:
    again = zipped({**inside("x/"), "x/contest.json": b"\xff"})
    with pytest.raises(ContestExportUnreadable, match=r"contest\.json is damaged: it is not UTF-8 at byte 0"):
        unpacked(again)
    damaged = bytearray(zipped(inside("x/")))
    damaged[damaged.index(b"x/README.txt") + len("x/README.txt") + 1] ^= 4
    with pytest.raises(ContestExportUnreadable):
        unpacked(bytes(damaged))


def test_it_says_what_is_missing_and_what_is_too_much() -> None:
    with pytest.raises(ContestExportUnreadable, match=r"It lacks result\.json\."):
        the_files(["x/contest.json", "x/log.jsonl", "y/result.json"])
    with pytest.raises(ContestExportUnreadable, match=r"It lacks contest\.json, log\.jsonl, result\.json\."):
        unpacked(zipped({"a.txt": "x"}))
    with pytest.raises(ContestExportUnreadable, match="several exports"):
        unpacked(zipped({**inside("x/"), **inside("y/")}))
    twice = io.BytesIO(zipped(inside("")))
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("contest.json", "{}")
    with pytest.raises(ContestExportUnreadable, match="two files of one name"):
        unpacked(twice.getvalue())


@pytest.mark.parametrize("raw", [b"", b"PK", b"{}", b"\0" * 4096, b"PK\5\6" + b"\0" * 18])
def test_what_is_no_zip_of_an_export_is_refused(raw: bytes) -> None:
    with pytest.raises(ContestExportUnreadable):
        unpacked(raw)
