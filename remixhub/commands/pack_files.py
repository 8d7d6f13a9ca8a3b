"""A folder of stems as people have it: with sub-folders and files of other kinds."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from remixhub.audio.read.sniff import sniff
from remixhub.commands.audio_files import SUFFIXES, FolderNotFound
from remixhub.domain.errors import RemixHubError

_MOST_FILES = 2_000
_OWN_NAMES = ("thumbs.db", "desktop.ini", "icon\r", "__macosx")
"""What Windows and macOS leave in folders and in ZIPs, beside all whose names begin with a dot."""


@dataclass
class PackFiles:
    audio: dict[str, Path] = field(default_factory=dict)
    """By their names below the folder, with slashes, in the order of names."""
    ignored: dict[str, str] = field(default_factory=dict)
    """Why each of the others is not taken."""


def find_files(directory: Path) -> PackFiles:
    """All below the folder. Raises FolderNotFound."""
    if not directory.is_dir():
        raise FolderNotFound(f"{directory} is no folder.")
    found = PackFiles()
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            path = Path(folder) / name
            shown = path.relative_to(directory).as_posix()
            if len(found.audio) + len(found.ignored) >= _MOST_FILES:
                found.ignored[shown] = f"There are more than {_MOST_FILES} files in the folder."
                return found
            reason = _why_not(path, shown)
            if reason is None:
                found.audio[shown] = path
            else:
                found.ignored[shown] = reason
    found.audio = dict(sorted(found.audio.items()))
    return found


def _why_not(path: Path, shown: str) -> str | None:
    """None for audio, by its suffix or else by its first bytes: what is broken audio has to be told as such."""
    if any(part.startswith(".") or part.lower() in _OWN_NAMES for part in shown.split("/")):
        return "It is the system's own, and hidden."
    if path.suffix.lower() in SUFFIXES:
        return None
    try:
        sniff(path)
    except RemixHubError as exc:
        return exc.detail
    except OSError as exc:
        return f"It cannot be read: {exc.strerror or 'no reason is told'}."
    return None
