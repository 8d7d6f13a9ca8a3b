"""How long the command line takes to say what it can, beside Python that only imports Flask."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from bench.runs import Figure

ROUNDS = 9


def figures() -> Iterator[Figure]:
    ours, theirs = ["-m", "remixhub", "--help"], ["-c", "import flask"]
    rounds = [(_seconds(ours), _seconds(theirs)) for _ in range(ROUNDS + 1)][1:]  # the first one warms up
    ratio = statistics.median(one / other for one, other in rounds)
    ours_s, theirs_s = (statistics.median(column) for column in zip(*rounds, strict=True))
    yield Figure("cli_help_s", round(ours_s, 3), "s", f"Python that imports Flask: {theirs_s:.2f} s", ratio)


def _seconds(arguments: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)  # noqa: S603
    return time.perf_counter() - began
