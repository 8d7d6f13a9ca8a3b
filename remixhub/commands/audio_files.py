"""What the artists' commands share: files, their measurements, and a bar of progress."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.measure.music import MusicEstimate
from remixhub.domain.errors import NotFound
from remixhub.domain.measurements import Measurements

SUFFIXES = (".wav", ".wave", ".aif", ".aiff", ".aifc", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4")
_BAR_CELLS = 30


class FolderNotFound(NotFound):
    code = "folder_not_found"
    title = "There is no such folder"


class FileNotReadable(NotFound):
    code = "file_not_readable"
    title = "The file cannot be read"


class Progress:
    """A bar on standard error while that is a terminal; nothing in a pipe."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._line = ""

    def __call__(self, fraction: float, step: str) -> None:
        filled = round(fraction * _BAR_CELLS)
        line = f"{'━' * filled:{_BAR_CELLS}} {fraction:4.0%}  {step}"
        if self._shown and line != self._line:
            self._line = line
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def part(self, number: int, count: int, step: str) -> Callable[[float, str], None]:
        """The progress of one file among several."""
        return lambda fraction, _: self((number + fraction) / count, step)


def audio_files(directory: Path) -> dict[str, Path]:
    if not directory.is_dir():
        raise FolderNotFound(f"{directory} is no folder.")
    found = sorted(path for path in directory.iterdir() if path.is_file() and not path.name.startswith("."))
    return {path.name: path for path in found if path.suffix.lower() in SUFFIXES}


def measured(path: Path, sandbox: Sandbox, on_progress: Callable[[float, str], None]) -> Measurements:
    """Raises FileNotReadable, and the classes of `domain.media`."""
    try:
        if not path.is_file():
            raise FileNotReadable(f"{path} is no file.")
        return measure(path, sandbox, on_progress=on_progress)
    except OSError as exc:
        raise FileNotReadable(f"{path} cannot be read: {exc.strerror or exc}.") from exc


def music_found(found: MusicEstimate) -> dict[str, Any]:
    return {
        "tempo_bpm": found.tempo_bpm,
        "tempo_confidence": found.tempo_confidence,
        "tempo_alternatives": found.tempo_alternatives,
        "tempo_origin": found.tempo_origin,
        "key": found.key_name,
        "camelot": found.camelot,
        "key_confidence": found.key_confidence,
        "key_alternatives": [key.name for key in found.key_alternatives],
        "key_origin": found.key_origin,
    }
