"""How long a part is waited for while it starts: as long as it gets on, however slowly, but not when it hangs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

_BUSY_SHARE = 0.02
"""Of a core; a server that only waits uses less than half a percent."""


@dataclass(frozen=True)
class Signs:
    """What is seen of a process from outside."""

    cpu_seconds: float
    log_bytes: int


@dataclass
class Patience:
    """Looked at again and again; times are of the caller's clock. A part that works for ever is not ready either."""

    began: float
    first: Signs
    silent_seconds: float = 30.0
    longest_seconds: float = 600.0
    _got_on_at: float = field(init=False)
    _seen: Signs = field(init=False)

    def __post_init__(self) -> None:
        self._got_on_at, self._seen = self.began, self.first

    def is_over(self, now: float, signs: Signs) -> bool:
        worked = signs.cpu_seconds - self._seen.cpu_seconds >= self.silent_seconds * _BUSY_SHARE
        if worked or signs.log_bytes != self._seen.log_bytes:
            self._got_on_at, self._seen = now, signs
        return now - self._got_on_at > self.silent_seconds or now - self.began > self.longest_seconds


def signs_of(pid: int, log: Path) -> Signs:
    """Without the processes that it started and has not outlived; where there is no /proc, its log alone."""
    return Signs(_cpu_seconds(pid), log.stat().st_size if log.exists() else 0)


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
