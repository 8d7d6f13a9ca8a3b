"""`search rebuild`: the projection compared with the database and mended, while the hub goes on."""

from __future__ import annotations

import argparse
import sys
import time

from remixhub.commands.hub import hub_parts
from remixhub.services.discovery.search import indexing

_SAY_EVERY_SECONDS = 2.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    search = subparsers.add_parser("search", help="make what is searched anew from the database")
    acts = search.add_subparsers(required=True, metavar="ACT")
    rebuild = acts.add_parser("rebuild", help="compare it with the database and mend what differs, while the hub runs")
    rebuild.add_argument("--anew", action="store_true", help="empty it first: until it is done less is found")
    rebuild.set_defaults(run=_rebuild)


def _rebuild(arguments: argparse.Namespace) -> int:
    said = 0.0
    with hub_parts() as parts:
        if arguments.anew:
            indexing.empty(parts)
        for step in indexing.rebuild(parts):
            if step.done == step.of or time.monotonic() - said >= _SAY_EVERY_SECONDS:
                said = time.monotonic()
                print(f"{step.kind}: {step.done:,} of {step.of:,}", file=sys.stderr, flush=True)
    print("What is searched is as the database says.")
    return 0
