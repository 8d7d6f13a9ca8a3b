"""Processes that end with whoever started them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from signal import Signals

_PR_SET_PDEATHSIG = 1


def ends_with_its_starter(starter: int, signal: Signals) -> Callable[[], None]:
    """To be called in the new process: Linux sends it `signal` when the thread that forked it ends, even by SIGKILL.

    Elsewhere there is no such thing. It is forgotten when the process becomes another user.
    """
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return lambda: None

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal)
        if os.getppid() != starter:
            os._exit(1)

    return arm
