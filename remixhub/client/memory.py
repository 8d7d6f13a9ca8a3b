"""What was pushed from a folder to a hub so far, so that whatever ends a push, the next one goes on from there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from remixhub.client import credentials

_VERSION = 1


@dataclass
class SentFile:
    """`sha256` holds for a file of this size and time; the upload for these bytes and this purpose."""

    size_bytes: int = 0
    mtime_ns: int = 0
    sha256: str = ""
    upload_id: str | None = None
    upload_key: str | None = None
    """Under which the upload is opened: with it, one whose answer was lost is found again."""


@dataclass
class Memory:
    path: Path
    hub: str
    folder: str
    work_id: str | None = None
    opening: dict[str, Any] | None = None
    """The draft that is being made: its idempotency key, its address and the body, until its id is known."""
    facts: dict[str, Any] = field(default_factory=dict)
    """As they were last sent: what was edited at the hub since stays, until they change here."""
    put: list[str] = field(default_factory=list)
    """SHA-256 of the stems that this folder has put into the pack, or is about to."""
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What release.toml last said of a stem, by file."""
    mix_sha256: str | None = None
    cover_sha256: str | None = None
    files: dict[str, SentFile] = field(default_factory=dict)

    def keep(self) -> None:
        body = {name: value for name, value in asdict(self).items() if name != "path"}
        credentials.write_privately(self.path, {"version": _VERSION, **body})

    def forget_work(self) -> None:
        """It is gone from the hub; what was uploaded may still be there."""
        self.work_id, self.opening, self.mix_sha256, self.cover_sha256 = None, None, None, None
        self.facts, self.put, self.words = {}, [], {}


@contextmanager
def remembered(hub: str, folder: Path, at: Path | None = None) -> Iterator[Memory]:
    """What is known of this folder at this hub, for one process at a time; ClientFailure while another has it."""
    place = (at or credentials.folder()) / "pushes"
    name = hashlib.sha256(f"{hub}\n{folder.resolve()}".encode()).hexdigest()[:24]
    path = place / f"{name}.json"
    with credentials.held(path, f"Another push of {folder} to {hub} is running."):
        yield _read(path, hub, str(folder.resolve()))


def _read(path: Path, hub: str, folder: str) -> Memory:
    """Nothing where it cannot be read: what is at the hub then tells what is missing."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if read.pop("version") != _VERSION:
            raise ValueError
        files = {name: SentFile(**one) for name, one in read.pop("files").items()}
        return Memory(path, files=files, **read)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Memory(path, hub, folder)
