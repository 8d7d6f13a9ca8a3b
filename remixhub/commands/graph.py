"""`export-graph`: the whole remix graph to the standard output."""

from __future__ import annotations

import argparse
import sys

from remixhub.commands.hub import hub_parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.lineage.graph_formats import GraphFormat, write_graph
from remixhub.services.lineage.exports import gathered, whole_graph


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = subparsers.add_parser("export-graph", help="write everything published and all links to standard output")
    export.add_argument("format", choices=[format.value for format in GraphFormat])
    export.set_defaults(run=_export_graph)


def _export_graph(arguments: argparse.Namespace) -> int:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever the terminal's locale: the files say they are UTF-8
    with hub_parts() as parts:
        for piece in gathered(write_graph(whole_graph(SYSTEM, parts), GraphFormat(arguments.format))):
            sys.stdout.write(piece)
    return 0
