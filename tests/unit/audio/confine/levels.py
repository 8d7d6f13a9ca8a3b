"""The levels of the sandbox that this machine allows."""

from __future__ import annotations

import functools
import shutil
from dataclasses import replace
from pathlib import Path

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel, detect_sandbox


@functools.cache
def levels_here() -> list[SandboxLevel]:
    """All up to the strongest one."""
    strongest = detect_sandbox(find_ffmpeg()).level
    return [level for level in SandboxLevel if strongest.is_at_least(level)]


def walled_levels() -> list[SandboxLevel]:
    return [level for level in levels_here() if level is not SandboxLevel.RLIMITS]


def at_level(sandbox: Sandbox, level: SandboxLevel) -> Sandbox:
    bubblewrap = shutil.which("bwrap")
    return replace(sandbox, level=level, bubblewrap=Path(bubblewrap) if bubblewrap else None)
