"""How a worker is told to go: no job is begun any more, and one in hand is given back when its grace is over."""

from __future__ import annotations

from collections.abc import Callable

from remixhub.jobs.lease import Lease, LeaseLost, WorkerStopping


class Stopping:
    """Of one work-horse; `ask` and `insist` are called by handlers of signals, in the middle of anything."""

    def __init__(self) -> None:
        self.is_asked = False
        self._is_in_hand = False

    def ask(self, *_signal: object) -> None:
        """Take no further job."""
        self.is_asked = True

    def insist(self, *_signal: object) -> None:
        """Drop the job in hand; nothing else is interrupted, least of all a claim."""
        self.is_asked = True
        if self._is_in_hand:
            self._is_in_hand = False
            raise WorkerStopping

    def hold(self, lease: Lease, do: Callable[[], None]) -> None:
        """Does a job that was claimed, or gives it back."""
        try:
            self._is_in_hand = True
            if self.is_asked:
                raise WorkerStopping
            do()
        except WorkerStopping:
            _give_back(lease)
        finally:
            self._is_in_hand = False


def _give_back(lease: Lease) -> None:
    """The runner did so, unless it was interrupted before or after it had the job."""
    try:
        lease.give_back()
    except LeaseLost:
        return
