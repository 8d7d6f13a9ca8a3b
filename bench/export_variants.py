"""The session of all WAVs of a folder, written beside them as a worker writes it, with the folder for a storage."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import soundfile

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
from remixhub.domain.exports.session import DawSession, Sound
from remixhub.domain.mix_spec import stems_together
from remixhub.services.exports.describing import Described
from remixhub.services.exports.writing import pieces


class _Folder:
    def download(self, key: str, path: Path, on_block: Callable[[bytes], None]) -> None:
        with Path(key).open("rb") as source, path.open("wb") as target:
            while block := source.read(1024**2):
                target.write(block)
                on_block(block)


def main(folder: Path) -> None:
    names = sorted(path.name for path in folder.glob("[!c]*.wav"))
    found = {name: soundfile.info(folder / name) for name in names}
    digests = {name: _digest(folder / name) for name in names}
    spec = stems_together(dict.fromkeys(names, 0.0), 44_100)
    sounds = [
        Sound(name, name, "other", f"audio/{name}", digests[name], one.channels, one.frames, 24)
        for name, one in found.items()
    ]
    session = DawSession("Bench", "Nobody", "", "", "CC0", "", "", None, spec, sounds)
    originals: Any = [
        SimpleNamespace(key=str(folder / name), sha256=digests[name], size_bytes=(folder / name).stat().st_size)
        for name in names
    ]
    parts: Any = SimpleNamespace(store=_Folder(), sandbox=Sandbox(SandboxLevel.RLIMITS, find_ffmpeg()))
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    described = Described(session, {}, "", "", originals)
    with (folder / "session.zip").open("wb") as file:
        for piece in pieces(parts, described, scratch, lambda _percent, _step: None):
            file.write(piece)
    shutil.rmtree(scratch)


def _digest(path: Path) -> str:
    """Known beforehand, as a hub knows it: taken in the warm-up."""
    kept = path.with_suffix(".sha256")
    if not kept.exists():
        total = sha256()
        with path.open("rb") as file:
            while block := file.read(1024**2):
                total.update(block)
        kept.write_text(total.hexdigest())
    return kept.read_text()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
