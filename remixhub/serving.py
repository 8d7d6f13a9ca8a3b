"""How gunicorn serves the hub, here as in production: `gunicorn -c python:remixhub.serving wsgi:app`.

The application is imported once, before the workers are forked: they start at once and share its memory. Nothing that
is imported opens a connection or starts a thread (`tests/integration/test_serving.py` looks), so there is nothing that
two processes could share by mistake; `Parts.after_fork` makes sure for what might.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

from remixhub.parentage import ends_with_its_starter

_MEMORY = "/dev/shm"  # noqa: S108  gunicorn's files there have no name
_METRICS = "PROMETHEUS_MULTIPROC_DIR"

preload_app = True
worker_class = "gthread"
workers = 2
threads = int(os.environ.get("REMIXHUB_WEB_THREADS", "4"))
graceful_timeout = 10
control_socket_disable = True
worker_tmp_dir = _MEMORY if os.access(_MEMORY, os.W_OK) else None
"""A worker that is waited for by a slow disk would be taken for a hung one."""


def on_starting(_server: Any) -> None:
    """Counts of processes that are gone would only grow in number."""
    if folder := os.environ.get(_METRICS):
        for left in Path(folder).glob("*.db"):
            left.unlink()


def post_fork(server: Any, worker: Any) -> None:
    """A worker whose master was killed would go on to answer, from the old code, on the port of the next one."""
    ends_with_its_starter(worker.ppid, signal.SIGKILL)()
    server.app.wsgi().extensions["remixhub"].after_fork()


def child_exit(_server: Any, worker: Any) -> None:
    if _METRICS in os.environ:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
