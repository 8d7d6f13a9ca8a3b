"""`python -m workers.scheduler`: rings what is due and orders the sweep; any number of them may run.

All it knows is in the tables, so it may be killed at any time.
"""

from __future__ import annotations

import os
import select
import signal
import time

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
from remixhub.services.mixes import together
from remixhub.services.stems import preparing, sounds
from remixhub.services.upkeep.sweeping import enqueue_sweep, order_clearing
from remixhub.services.works import printing
from workers.parts import parts

log = structlog.get_logger()

ROUND_SECONDS = 0.25
TROUBLED_ROUND_SECONDS = 2.0
SWEEP_EVERY_SECONDS = 3600.0
CLEAR_EVERY_SECONDS = 60.0
TEND_EVERY_SECONDS = 10.0
PRINT_EVERY_SECONDS = 5.0
MIX_EVERY_SECONDS = 10.0
PREPARE_EVERY_SECONDS = 5.0
SOUNDS_EVERY_SECONDS = 10.0
FIRST_FIXITY_SECONDS = 60.0


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
    sweep_due = clear_due = tend_due = print_due = mix_due = prepare_due = sounds_due = time.monotonic()
    fixity_due = time.monotonic() + FIRST_FIXITY_SECONDS
    match_due = time.monotonic()
    pulse = Pulse(hub.settings, hub.database, name_of_this_process(), ProcessRole.SCHEDULER)
    while not stop.is_asked:
        pulse.beat(trouble or "")
        try:
            if time.monotonic() >= sweep_due:
                enqueue_sweep(hub)
                sweep_due = time.monotonic() + SWEEP_EVERY_SECONDS
            if time.monotonic() >= clear_due:
                order_clearing(hub)
                clear_due = time.monotonic() + CLEAR_EVERY_SECONDS
            if time.monotonic() >= tend_due:
                tending.order_due(hub)
                tend_due = time.monotonic() + TEND_EVERY_SECONDS
            if time.monotonic() >= print_due:
                printing.order_prints(hub)
                print_due = time.monotonic() + PRINT_EVERY_SECONDS
            if time.monotonic() >= mix_due:
                together.order_due(hub)
                mix_due = time.monotonic() + MIX_EVERY_SECONDS
            if time.monotonic() >= prepare_due:
                preparing.order_due(hub)
                prepare_due = time.monotonic() + PREPARE_EVERY_SECONDS
            if time.monotonic() >= sounds_due:
                sounds.order_due(hub)
                sounds_due = time.monotonic() + SOUNDS_EVERY_SECONDS
            if time.monotonic() >= fixity_due:
                fixity.order_due(hub)
                fixity_due = time.monotonic() + fixity.SLICE_EVERY_SECONDS
            indexing.order_due(hub)
            if time.monotonic() >= match_due:
                matching.order_due(hub)
                match_due = time.monotonic() + matching.EVERY_SECONDS
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
