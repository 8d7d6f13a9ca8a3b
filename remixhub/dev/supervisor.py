"""Starts parts again that died: at once the first time, later each time it happens again soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from remixhub.dev.process import Process

FIRST_DELAY_SECONDS = 0.5
LAST_DELAY_SECONDS = 30.0
SOON_SECONDS = 60.0


@dataclass
class _Fate:
    """What is known of a part that died before; times of the supervisor's clock."""

    died_at: float
    delay_seconds: float
    is_down: bool = True


@dataclass
class Supervisor:
    announce: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _fates: dict[str, _Fate] = field(default_factory=dict)

    def look_after(self, parts: Iterable[Process]) -> None:
        """One look at each part; never waits, so that no part waits for another's delay."""
        for part in parts:
            code = part.died()
            if code is None:
                continue
            fate = self._fates.get(part.name)
            if fate is None or not fate.is_down:
                fate = self._fates[part.name] = self._fate_after(fate)
                self.announce(_obituary(part, code, fate.delay_seconds))
            if self.clock() >= fate.died_at + fate.delay_seconds:
                fate.is_down = False
                part.start()

    def _fate_after(self, before: _Fate | None) -> _Fate:
        now = self.clock()
        if before is None or now - before.died_at > SOON_SECONDS:
            return _Fate(now, 0.0)
        return _Fate(now, min(max(before.delay_seconds * 2, FIRST_DELAY_SECONDS), LAST_DELAY_SECONDS))


def _obituary(part: Process, code: int, delay_seconds: float) -> str:
    ended = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    if not delay_seconds:
        return f"{part.name} {ended}; starting it again."
    return f"{part.name} {ended} again; starting it in {delay_seconds:g} s. It logs to {part.log}"
