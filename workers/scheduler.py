"""`python -m workers.scheduler`: rings what is due and orders the sweep; any number of them may run.

All it knows is in the tables, so it may be killed at any time.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from typing import NamedTuple

import structlog

from remixhub.compose import Parts
from remixhub.domain.errors import Unavailable
from remixhub.domain.states import ProcessRole
from remixhub.jobs.beats import Pulse, name_of_this_process
from remixhub.jobs.reconciler import ring_due
from remixhub.logs import configure_logs
from remixhub.services.backups import fixity
from remixhub.services.contests import tending
from remixhub.services.discovery.search import indexing, matching
from remixhub.services.hooks import resting
from remixhub.services.mixes import together
from remixhub.services.stems import preparing, sounds
from remixhub.services.upkeep import jobs
from remixhub.services.upkeep.sweeping import enqueue_sweep, order_clearing
from remixhub.services.works import printing
from workers.parts import parts

log = structlog.get_logger()

ROUND_SECONDS = 0.25
TROUBLED_ROUND_SECONDS = 2.0


class Duty(NamedTuple):
    """Something to order, if it is due by the tables."""

    order: Callable[[Parts], object]
    every_seconds: float
    first_seconds: float = 0.0
    """How long after the start."""


DUTIES = (
    Duty(enqueue_sweep, 3600.0),
    Duty(order_clearing, 60.0),
    Duty(jobs.forget_done, 60.0),
    Duty(tending.order_due, 10.0),
    Duty(printing.order_prints, 5.0),
    Duty(together.order_due, 10.0),
    Duty(preparing.order_due, 5.0),
    Duty(sounds.order_due, 10.0),
    Duty(fixity.order_due, fixity.SLICE_EVERY_SECONDS, first_seconds=60.0),
    Duty(indexing.order_due, 0.0),
    Duty(matching.order_due, matching.EVERY_SECONDS),
    Duty(resting.tell_of_rest, 60.0),
)
"""With nought each round."""


class Stop:
    """Asked for by a signal. A `threading.Event` would do but for its lock: a handler that interrupts whoever holds it
    waits for ever.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._heard, self._told = os.pipe()

    def ask(self, *_signal: object) -> None:
        if not self.is_asked:
            self.is_asked = True
            os.write(self._told, b".")

    def wait(self, seconds: float) -> None:
        """At most so long."""
        select.select([self._heard], [], [], seconds)


def run(hub: Parts, stop: Stop) -> None:
    """Rounds until `stop`; a part that is away is reported once and waited for."""
    trouble: str | None = None
    begun_at = time.monotonic()
    due_at = {duty: begun_at + duty.first_seconds for duty in DUTIES}
    pulse = Pulse(hub.settings, hub.database, name_of_this_process(), ProcessRole.SCHEDULER)
    while not stop.is_asked:
        pulse.beat(trouble or "")
        try:
            for duty in DUTIES:
                if time.monotonic() >= due_at[duty]:
                    duty.order(hub)
                    due_at[duty] = time.monotonic() + duty.every_seconds
            ring_due(hub.database, hub.carrier)
            if trouble is not None:
                log.info("scheduler_recovered", after=trouble)
                trouble = None
        except Unavailable as exc:
            if exc.code != trouble:
                log.warning("scheduler_waits", code=exc.code, detail=exc.detail)
                trouble = exc.code
        stop.wait(ROUND_SECONDS if trouble is None else TROUBLED_ROUND_SECONDS)
    pulse.stop()


def main() -> None:
    configure_logs(parts().settings.log_level)
    stop = Stop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop.ask)
    run(parts(), stop)


if __name__ == "__main__":
    main()
