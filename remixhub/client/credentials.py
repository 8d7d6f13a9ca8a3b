"""Who one is on which hub: a file that nobody else may read, in the place that XDG names."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from remixhub.client.failures import ClientFailure, FileInvalid, NotSignedIn, UsageWrong
from remixhub.client.wire import hub_address

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_VERSION = 1
Keep = Callable[[Mapping[str, Any]], None]


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_CONFIG_HOME/remixhub`, or `~/.config/remixhub`; relative values are to be ignored, says the standard."""
    base = environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".config") / "remixhub"


def write_privately(path: Path, value: Any) -> None:
    """As a whole or not at all, for its owner's eyes only (0600)."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def held(path: Path, otherwise: str = "") -> Iterator[None]:
    """One process at a time; waits, or raises ClientFailure saying `otherwise`."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(f".{path.name}.lock").open("w") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if otherwise else 0))
            except BlockingIOError as exc:
                raise ClientFailure(otherwise, "Wait for it, or end it.", code="already_running") from exc
        yield


class Credentials:
    """Of several hubs; one of them is meant where none is named."""

    def __init__(self, at: Path | None = None) -> None:
        self.path = (at or folder()) / "credentials.json"

    @property
    def hubs(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self._read()["hubs"]
        return found

    def chosen(self, hub: str | None) -> str:
        """The address of the hub that is meant. Raises NotSignedIn where none is known, and UsageWrong."""
        if hub:
            return self._known_as(hub)
        read = self._read()
        if read["default"]:
            return str(read["default"])
        raise NotSignedIn(
            "No hub is known yet.", "Sign in with `remixhub login https://hub.example`, or give --hub.", code="no_hub"
        )

    def keep(self, hub: str, access: Mapping[str, Any]) -> None:
        """Also makes it the one that is meant."""
        with held(self.path):
            read = self._read()
            write_privately(self.path, {**read, "default": hub, "hubs": {**read["hubs"], hub: dict(access)}})

    def change(self, hub: str, change: Callable[[Mapping[str, Any], Keep], Mapping[str, Any]]) -> Mapping[str, Any]:
        """What is kept of a hub becomes what `change` makes of it, which no other process does meanwhile.

        It is given what writes a step on the way at once.
        """
        with held(self.path):
            read = self._read()

            def keep(step: Mapping[str, Any]) -> None:
                write_privately(self.path, {**read, "hubs": {**read["hubs"], hub: dict(step)}})

            changed = change(read["hubs"].get(hub, {}), keep)
            keep(changed)
            return changed

    def forget(self, hub: str) -> None:
        with held(self.path):
            read = self._read()
            hubs = {name: access for name, access in read["hubs"].items() if name != hub}
            default = next(iter(hubs), None) if read["default"] == hub else read["default"]
            write_privately(self.path, {**read, "default": default, "hubs": hubs})

    def _known_as(self, hub: str) -> str:
        """By its address, or by its host alone if that is known."""
        for known in self.hubs:
            if known.partition("://")[2] == hub:
                return known
        return hub_address(hub)

    def _read(self) -> dict[str, Any]:
        try:
            read = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"version": _VERSION, "default": None, "hubs": {}}
        except (ValueError, OSError) as exc:
            raise FileInvalid(str(self.path), "cannot be read.", "Remove it and sign in again.") from exc
        if not isinstance(read, dict) or read.get("version") != _VERSION:
            raise UsageWrong(f"{self.path} was written by another version.", "Remove it and sign in again.")
        return read
