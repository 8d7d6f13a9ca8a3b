"""`python -m remixhub`: the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from remixhub import __version__
from remixhub.commands import audio, contests, graph, jobs, operate, packs
from remixhub.config import SettingsError
from remixhub.domain.errors import RemixHubError


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 when a command failed or found faults, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m remixhub", description="Share stems, remix them, know the lineage."
    )
    parser.add_argument("--version", action="version", version=f"RemixHub {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (audio, packs, operate, jobs, graph, contests):
        group.register(subparsers)
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _drop_output()
        return 0
    except RemixHubError as exc:
        print(f"{exc.title}: {exc.detail} [{exc.code}]", file=sys.stderr)
    except SettingsError as exc:
        print(exc, file=sys.stderr)
    return 1


def _drop_output() -> None:
    """Who reads has enough, as `head` does; what is left must not complain when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
