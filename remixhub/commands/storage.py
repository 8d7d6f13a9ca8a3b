"""`close-storage`: for SeaweedFS in a container of its own; the embedded one is closed when it starts."""

from __future__ import annotations

import argparse
from pathlib import Path

from remixhub.storage.inner_ports import close_inner_ports


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    close = subparsers.add_parser("close-storage", help="make once the keys that close SeaweedFS' inner ports")
    close.add_argument("folder", type=Path, help="where `weed` runs")
    close.set_defaults(run=_close)


def _close(arguments: argparse.Namespace) -> int:
    close_inner_ports(arguments.folder)
    return 0
