"""`export`: a work's newest stems, or a mix, as the session of a music program, into a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from remixhub.commands.hub import hub_parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.exports.formats import FORMS, ExportFormat
from remixhub.services.exports.ordering import write_mix_export, write_work_export


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    opens = "; ".join(f"{format}: {form.opens_in}" for format, form in FORMS.items())
    export = subparsers.add_parser("export", help="write a work's stems, or a mix, as the session of a music program")
    export.add_argument("source", metavar="WORK", help="its id, or the address of its page or of a mix, or mixes/ID")
    export.add_argument("--format", choices=[format.value for format in FORMS], required=True, help=opens)
    export.add_argument("-o", "--out", type=Path, metavar="FILE", help="named after artist and title if left out")
    export.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    shows = sys.stderr.isatty()

    def tell(percent: float, step: str) -> None:
        if shows:
            print(f"\r{percent:3.0f} % {step[:60]:<60}", end="", file=sys.stderr, flush=True)

    of, _, id = arguments.source.rstrip("/").rpartition("/")
    format = ExportFormat(arguments.format)
    with hub_parts() as parts:
        if of.rpartition("/")[2] == "mixes":
            path = write_mix_export(parts, id, format, arguments.out, tell)
        else:
            path = write_work_export(SYSTEM, parts, id, format, arguments.out, tell)
    if shows:
        print(file=sys.stderr)
    print(f"{path}, {path.stat().st_size / 1e6:.1f} MB")
    return 0
