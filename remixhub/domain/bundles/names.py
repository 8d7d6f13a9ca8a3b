"""What sticks take: the names, paths and sizes of FAT32 as Windows, macOS and players in cars have them.

After Microsoft's FAT specification (long names are at most 255 units of UTF-16) and what Windows makes of names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from remixhub.domain.filenames import RESERVED

LARGEST_BYTES = 4 * 1024**3 - 1
"""Of a file: its size is a field of 32 bits."""
LONGEST_NAME, LONGEST_PATH = 255, 200
"""Units of UTF-16. Windows' paths end at 260 with the drive and the folders above."""
_REFUSED = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


def faults_of(paths: Iterable[str]) -> Iterator[str]:
    """What a stick, or a system that reads it, would refuse or mix up; a sentence each."""
    taken: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        yield from _faults_of_one(path)
        same = taken.setdefault(_folded(path), path)
        if same is not path:
            yield f"{path!r} and {same!r} are one file where case does not count."
        above = path.rpartition("/")[0]
        while above:
            if folders.setdefault(_folded(above), above) != above:
                yield f"{above!r} and {folders[_folded(above)]!r} are one folder where case does not count."
            above = above.rpartition("/")[0]
    for folded, path in taken.items():
        if folded in folders:
            yield f"{path!r} is a file and a folder."


def _faults_of_one(path: str) -> Iterator[str]:
    if units_of(path) > LONGEST_PATH:
        yield f"{path!r} is longer than {LONGEST_PATH} units of UTF-16."
    if unicodedata.normalize("NFC", path) != path:
        yield f"{path!r} is not composed (NFC)."
    for name in path.split("/"):
        if not name:
            yield f"{path!r} has a step without a name."
        elif _REFUSED.search(name):
            yield f"{name!r} holds a character that Windows refuses."
        elif name != name.strip(" ") or name.endswith("."):
            yield f"{name!r} begins with a space, or ends with one or with a dot."
        elif RESERVED.fullmatch(name):
            yield f"{name!r} is a device of Windows."
        elif units_of(name) > LONGEST_NAME:
            yield f"{name!r} is longer than {LONGEST_NAME} units of UTF-16."


def units_of(text: str) -> int:
    """Of UTF-16, in which FAT keeps long names; a lone surrogate counts as one."""
    return sum(2 if ch > "\uffff" else 1 for ch in text)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
