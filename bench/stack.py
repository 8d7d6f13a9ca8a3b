"""`make run` at rest: what it holds, and how soon the web answers again after it was killed."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import urllib3

from bench.runs import Figure

ROUNDS = 3
_REST_SECONDS = 15.0
"""Until what was only needed to start is given back."""


def figures() -> Iterator[Figure]:
    with _running() as (pid, url):
        for path in ("/", "/api/v1/works"):
            urllib3.request("GET", url + path)
        time.sleep(_REST_SECONDS)
        held = sum(_held_mb(one) for one in _tree(pid))
        yield Figure("idle_stack_mb", round(held), "MB", "all its processes, 2 workers; PSS: shared pages count once")
        again = round(median(_seconds_until_it_answers(pid, url) for _ in range(ROUNDS)), 2)
        yield Figure("web_start_s", again, "s", "from SIGKILL of the web to its first answer")


@contextmanager
def _running() -> Iterator[tuple[int, str]]:
    with TemporaryDirectory(prefix="remixhub-bench-") as folder:
        command = [sys.executable, "-m", "remixhub.dev.run", "--no-demo", "--port", "0", "--data", f"{folder}/var"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            assert process.stdout is not None
            said = ""
            while "└" not in said:
                said += process.stdout.readline()
            try:
                yield process.pid, re.findall(r"http://[\w.:]+", said)[0]
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate()


def _seconds_until_it_answers(pid: int, url: str) -> float:
    web = [one for one in _tree(pid) if b"gunicorn" in Path(f"/proc/{one}/cmdline").read_bytes()]
    ends = [os.pidfd_open(one) for one in web]
    began = time.monotonic()
    os.kill(web[0], signal.SIGKILL)
    for end in ends:
        select.select([end], [], [])  # else one that is about to end might answer
        os.close(end)
    urllib3.request("GET", f"{url}/healthz", timeout=120, retries=False)  # its port is held meanwhile
    return time.monotonic() - began


def _held_mb(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    (kilobytes,) = re.findall(r"^Pss: +(\d+)", rollup, re.MULTILINE)
    return int(kilobytes) / 1024


def _tree(pid: int) -> Iterator[int]:
    """The process before those that it started."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for started in (thread / "children").read_text(encoding="utf-8").split():
            yield from _tree(int(started))
