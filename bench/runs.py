"""Runs commands for comparison: user and system time with all descendants, and the largest process' memory."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    cpu_seconds: float
    wall_seconds: float
    rss_mb: float
    """Of the largest single process."""


@dataclass(frozen=True)
class Figure:
    """A line of the bench: `value` in `unit`; `ratio` says how it stands to `baseline`, if it is a comparison."""

    name: str
    value: float
    unit: str
    baseline: str | None = None
    ratio: float | None = None


# A process in between: Linux counts a child's memory from the moment it is forked, so that a command started by a
# bench that holds audio would seem to hold it too.
_LAUNCHER = """
import json, resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def run(command: Sequence[str | Path]) -> Run:
    """Raises CalledProcessError when it fails."""
    words = [str(word) for word in command]
    began = time.monotonic()
    launched = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *words]
    said = subprocess.run(launched, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603
    wall_seconds = time.monotonic() - began
    code, cpu_seconds, rss_mb = json.loads(said)
    if code != 0:
        raise subprocess.CalledProcessError(code, words)
    return Run(cpu_seconds, wall_seconds, rss_mb)


def peak_anonymous_mb(command: Sequence[str | Path]) -> float:
    """The most that the process of a command holds of its own, without the files it maps: looked at ten times a second,
    as Linux shows it. Raises CalledProcessError when the command fails.
    """
    words = [str(word) for word in command]
    peak_kb = 0
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            lines = status.read_text(encoding="utf-8").splitlines()
            # a process that has just ended has no such line
            peak_kb = max(peak_kb, *(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")), 0)
            time.sleep(0.1)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, words)
    return peak_kb / 1024


def alternate(commands: Mapping[str, Sequence[str | Path]], rounds: int = 3) -> dict[str, list[Run]]:
    """One warm-up and then `rounds` rounds of all commands in turn, so that a noisy machine is noisy for all."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            done = run(command)
            if number:
                runs[name].append(done)
    return runs


def cpu_ratio(name: str, ours: Sequence[Run], theirs: Sequence[Run], baseline: str) -> Figure:
    """Taken round by round, then the median."""
    pairs = zip(ours, theirs, strict=True)
    ratio = round(statistics.median(mine.cpu_seconds / other.cpu_seconds for mine, other in pairs), 3)
    return Figure(name, ratio, "ratio", baseline, ratio)
