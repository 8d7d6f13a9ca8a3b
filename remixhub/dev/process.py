"""A server process that never outlives the program that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from remixhub.dev.patience import Patience, signs_of
from remixhub.parentage import ends_with_its_starter


class StackFailure(Exception):
    """A part of the embedded stack did not start, with the end of its log."""


@dataclass
class Process:
    """One part: how it is started, where it logs, how one sees that it is ready."""

    name: str
    command: Sequence[str]
    log: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 10.0
    folder: Path | None = None
    inherited_fds: Sequence[int] = ()
    _running: subprocess.Popen[bytes] | None = None
    _told_to_stop: bool = False

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running else None

    def start(self) -> None:
        self._told_to_stop = False
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.log, "ab", opener=owners_only) as log:
            self._running = subprocess.Popen(  # noqa: S603  the commands are our own
                self.command,
                env={**os.environ, **self.environ},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.inherited_fds,
                umask=0o077,  # what it writes is nobody else's to read
                start_new_session=True,  # Ctrl-C goes to the supervisor alone, which stops the parts in order
                preexec_fn=ends_with_its_starter(os.getpid(), signal.SIGTERM),
            )

    def died(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._running.poll() if self._running else None

    def tell_to_stop(self) -> None:
        """SIGTERM, once: a second one makes a worker drop its job."""
        if self._running is not None and self._running.poll() is None and not self._told_to_stop:
            self._told_to_stop = True
            self._running.terminate()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for what does not listen within `stop_seconds`. Safe to repeat."""
        if self._running is None:
            return
        self.tell_to_stop()
        try:
            self._running.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()

    def kill(self) -> None:
        """SIGKILL, for tests of faults."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def wait_until(self, ready: Callable[[], bool], silent_seconds: float = 30.0) -> None:
        """Raises StackFailure when it dies, or hangs: no work is seen of it for so long, and no word in its log."""
        patience: Patience | None = None
        while not ready():
            if (code := self.died()) is not None:
                raise StackFailure(f"{self.name} ended with code {code}:\n{self.last_words()}")
            now, signs = time.monotonic(), signs_of(self.pid or 0, self.log)
            patience = patience or Patience(now, signs, silent_seconds)
            if patience.is_over(now, signs):
                waited = now - patience.began
                raise StackFailure(f"{self.name} was not ready after {waited:.0f} s and hangs:\n{self.last_words()}")
            time.sleep(0.05)

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"    {line[:300]}" for line in lines[-12:])


def owners_only(path: str, flags: int) -> int:
    """For `open(…, opener=…)`: a file that it makes is its owner's alone."""
    return os.open(path, flags, 0o600)
