"""`make bench`: prints a table; with BENCH_JSON=FILE also one object a line; writes docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.runs import Figure
from remixhub.audio.confine.ffmpeg import find_ffmpeg

_PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_PACKAGES = ("numpy", "soxr", "pydub")


def main(names: Sequence[str]) -> int:
    """`names` are modules of this package that have `figures()`; all of them when there is none."""
    folder = Path(__file__).parent
    known = [path.stem for path in sorted(folder.glob("*.py")) if "\ndef figures(" in path.read_text(encoding="utf-8")]
    figures = []
    for name in names or known:
        for figure in import_module(f"bench.{name}").figures():
            print(f"{figure.name:32} {figure.value:10.3f} {figure.unit:8} {figure.baseline or ''}", flush=True)
            figures.append(figure)
    if target := os.environ.get("BENCH_JSON"):
        Path(target).write_text("".join(json.dumps(asdict(figure)) + "\n" for figure in figures), encoding="utf-8")
    if not names:
        _PAGE.write_text(_page(figures), encoding="utf-8")
    return 0


def _page(figures: Sequence[Figure]) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    rows = [f"| `{one.name}` | {one.value:g} {one.unit} | {one.baseline or ''} |" for one in figures]
    machine = f"{os.cpu_count()} × {_processor()}, {platform.system()} {platform.release()}"
    software = f"Python {platform.python_version()}, ffmpeg {find_ffmpeg().version()}, {packages}"
    return "\n".join(
        (
            "# Benchmarks",
            "",
            "Written by `make bench`. Ratios are CPU time against the named baseline, which ran in turn with ours in",
            "the same minutes on the same machine: the median of three rounds after a warm-up. Memory is that of the",
            "largest process. Of the lineage, half of the questions are about the works that are hardest to answer",
            "for; the export holds what is said of it beside the database file that SQLite maps.",
            "",
            f"Machine: {machine}. {software}.",
            "",
            "| figure | value | against |",
            "| --- | --- | --- |",
            *rows,
            "",
        )
    )


def _processor() -> str:
    """The model as Linux knows it, else the architecture."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
