"""`watch`: the folder is pushed whenever it was saved and has been left alone for a while.

The folder is looked at again and again rather than asking the system for news, which network drives and many DAWs'
ways of saving do not tell rightly; a look at a few dozen files costs less than a millisecond.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from remixhub.client.failures import ClientFailure, Exit
from remixhub.client.sound_headers import AUDIO_SUFFIXES, HeaderUnreadable, read_header
from remixhub.client.telling import Teller

LOOK_SECONDS = 1.0
SETTLED_SECONDS = 3.0
_Seen = Mapping[str, tuple[int, int]]
"""Size and time of each file."""


def look(folder: Path) -> _Seen:
    """At what a push would read."""
    seen = dict[str, tuple[int, int]]()
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.startswith("."):
                continue
            path = Path(place) / name
            try:
                stat = path.stat()
            except OSError:
                continue  # it was renamed or removed meanwhile
            seen[path.relative_to(folder).as_posix()] = (stat.st_size, stat.st_mtime_ns)
    return seen


def unfinished(folder: Path, seen: _Seen) -> list[str]:
    """Sounds whose header says that they are still being written."""
    found = []
    for name in seen:
        if not name.lower().endswith(AUDIO_SUFFIXES):
            continue
        try:
            read_header(folder / name)
        except (HeaderUnreadable, OSError):
            found.append(name)
    return found


def settled(
    folder: Path,
    *,
    settled_seconds: float = SETTLED_SECONDS,
    look_seconds: float = LOOK_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[_Seen]:
    """The folder each time that it has changed since, and then stayed as it is; the first time at once it stays."""
    given: _Seen | None = None
    last, since = look(folder), clock()
    while True:
        seen = look(folder)
        if seen != last:
            last, since = seen, clock()
        elif seen != given and clock() - since >= settled_seconds and not unfinished(folder, seen):
            given = seen
            yield seen
            continue
        sleep(look_seconds)


def watch(folder: Path, push: Callable[[], object], tell: Teller, *, settled_seconds: float = SETTLED_SECONDS) -> None:
    """Until Ctrl-C. What fails is told, and tried again with the next change."""
    tell.say("watching", f"watching {folder}; Ctrl-C ends it", folder=str(folder))
    for _seen in settled(folder, settled_seconds=settled_seconds):
        try:
            push()
        except ClientFailure as exc:
            if exc.exit in (Exit.INTERRUPTED, Exit.NOT_SIGNED_IN):
                raise
            tell.say("push_failed", f"{exc.detail} {exc.advice}".strip(), **exc.to_json())
        tell.waiting(f"watching {folder}")
