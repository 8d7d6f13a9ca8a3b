"""The hub that `make run` runs, for the operator's commands: they find its settings in its data folder by themselves.

Only where nothing else is said: no `REMIXHUB_…` variable is set, the file is the caller's own, and the stack that wrote
it holds its lock still. What a stack leaves behind when it is killed is never believed.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from remixhub.config import Settings, SettingsError

DEFAULT_FOLDER = Path("var")
LOCK = "lock"
_FILE = "environment.json"
_PREFIX = "REMIXHUB_"


def settings_for_operator(environ: Mapping[str, str] = os.environ, folder: Path = DEFAULT_FOLDER) -> Settings:
    """Of the environment, else of the running hub, and then says so. Raises SettingsError."""
    if any(name.startswith(_PREFIX) for name in environ):
        return Settings.from_env(environ)
    kept = folder / _FILE
    if not kept.exists():
        return _refuse(f"No {_PREFIX}… variable is set, and no hub of `make run` runs on {folder.resolve()}.")
    if kept.stat().st_uid != os.getuid():
        return _refuse(f"No {_PREFIX}… variable is set, and {kept.resolve()} belongs to somebody else.")
    if not _is_held(folder / LOCK):
        return _refuse(f"No {_PREFIX}… variable is set, and the hub of `make run` on {folder.resolve()} has ended.")
    settings = Settings.from_env(json.loads(kept.read_text(encoding="utf-8")))
    print(f"This is about the hub of `make run` at {settings.public_url}, on {folder.resolve()}.", file=sys.stderr)
    return settings


def leave_settings(folder: Path, settings: Settings) -> None:
    """Readable by its owner only, since it holds the secrets."""
    fresh = folder / f"{_FILE}.new"
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(settings.to_env()), encoding="utf-8")
    fresh.replace(folder / _FILE)


def take_settings_away(folder: Path) -> None:
    (folder / _FILE).unlink(missing_ok=True)


def _refuse(reason: str) -> Settings:
    """Raises SettingsError with the reason before what is missing."""
    try:
        return Settings.from_env({})
    except SettingsError as exc:
        raise SettingsError(f"{reason}\nStart it, or say by variables which hub is meant. {exc}") from exc


def _is_held(lock: Path) -> bool:
    """Whether a stack holds it; to ask is to hold it for a moment when none does, which a starting stack waits out."""
    try:
        with lock.open("r") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
