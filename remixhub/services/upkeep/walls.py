"""Are the walls around hostile media high enough for this hub, and what are they made of here?"""

from __future__ import annotations

import ctypes
import sys

from remixhub.audio.confine.rights import landlock_abi
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
from remixhub.config import Settings

_LANDLOCK_PARTS = ((1, "files"), (4, "TCP"), (6, "signals and abstract Unix sockets"))
"""By the version that brought them."""


def refusal(settings: Settings, sandbox: Sandbox) -> str:
    """Why workers may not start; empty when they may."""
    least = settings.least_sandbox_level
    if sandbox.level.is_at_least(least):
        return ""
    return (
        f"Uploads would be read at sandbox level {sandbox.level}, and {least} is the least. Use a kernel and a "
        "container that allow Landlock (Linux 5.13 or newer), or install bubblewrap and allow user namespaces. "
        f"To do without walls, set REMIXHUB_SANDBOX_LEVEL={SandboxLevel.RLIMITS}."
    )


def warning(sandbox: Sandbox) -> str:
    """What everybody should know of them; empty when they stand."""
    if sandbox.level is not SandboxLevel.RLIMITS:
        return ""
    sockets = "" if sandbox.filters else ", open sockets"
    return (
        f"NO WALLS: a decoder that somebody takes over can read{sockets} and change whatever its worker may, "
        "the secrets of its environment among it."
    )


def described(sandbox: Sandbox) -> str:
    """Level, filter, and the parts of Landlock that this kernel has."""
    sockets = "no sockets" if sandbox.filters else "no filter of system calls"
    return f"sandbox level {sandbox.level}, {sockets}; {_landlock()}"


def _landlock() -> str:
    abi = landlock_abi(ctypes.CDLL(None)) if sys.platform == "linux" else 0
    if abi < 1:
        return "no Landlock here"
    there = [part for since, part in _LANDLOCK_PARTS if abi >= since]
    lacks = [part for since, part in _LANDLOCK_PARTS if abi < since] + ["UDP", "other sockets"]
    return f"Landlock ABI {abi} here knows {', '.join(there)}, not {', '.join(lacks)}"
