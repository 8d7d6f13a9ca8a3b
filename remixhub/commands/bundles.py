"""`bundle`: a work, contest, collection or label to take along; `verify-bundle`: whether one is what a hub signed."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from remixhub.commands.hub import hub_parts
from remixhub.domain.access import SYSTEM, VISITOR
from remixhub.domain.bundles.contents import BundleKind
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.services.bundles.signing import KeyUnreadable
from remixhub.services.bundles.verifying import Signature, Verified, verify_bundle
from remixhub.services.bundles.writing import write_bundle_of, write_papers_of

_UNKNOWN_KEY = 3
_SIGNATURES = {
    Signature.KNOWN: "The signature is by {key}, which you gave.",
    Signature.UNKNOWN: "The signature is by {key}, the key that lies in it: anybody could have put that there. "
    "Fetch the hub's own from {hub}/.well-known/remixhub-keys/{key}.pem and give it by --key.",
    Signature.WRONG: "The signature is not by the hub's key.",
    Signature.MISSING: "It is not signed.",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    bundle = subparsers.add_parser("bundle", help="write a work, contest, collection or label as a folder or ZIP")
    bundle.add_argument("kind", choices=[kind.value for kind in BundleKind])
    bundle.add_argument("id", metavar="ID", help="its id (a label's handle), or the address of its page")
    bundle.add_argument("-o", "--out", type=Path, required=True, metavar="PATH", help="a new folder, or FILE.zip")
    bundle.add_argument("--made-at", type=_moment, metavar="TIME", help="instead of when it changed last")
    bundle.add_argument(
        "--all-stems", action="store_true", help="also those that a contest licence gives to entrants alone"
    )
    bundle.add_argument(
        "--for-moving", action="store_true",
        help="with whole pieces as they were uploaded, for import-bundle on another hub: not to be handed on",
    )  # fmt: skip
    bundle.set_defaults(run=_bundle)
    papers = subparsers.add_parser("print", help="write what is to be printed of a work, contest, collection or label")
    papers.add_argument("kind", choices=[kind.value for kind in BundleKind])
    papers.add_argument("id", metavar="ID", help="its id (a label's handle), or the address of its page")
    papers.add_argument(
        "-o", "--out", type=Path, required=True, metavar="FOLDER", help="for J-cards, labels and the zine"
    )
    papers.set_defaults(run=_print_papers)
    verify = subparsers.add_parser(
        "verify-bundle", help="check a bundle's files and signature, without any hub",
        epilog="Exit code: 0 whole, and signed by a key that was given; 1 changed, incomplete or signed wrongly; "
        "2 no bundle; 3 whole, and signed by a key that was not given.",
    )  # fmt: skip
    verify.add_argument("path", type=Path, metavar="PATH", help="a folder or a ZIP")
    verify.add_argument("--key", type=Path, action="append", default=[], metavar="FILE", help="of a hub, in PEM")
    verify.add_argument("--json", action="store_true", help="one object instead of words")
    verify.set_defaults(run=_verify)


def _moment(text: str) -> datetime:
    """UTC where no offset is given."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2026-11-30T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bundle(arguments: argparse.Namespace) -> int:
    actor = SYSTEM if arguments.all_stems else VISITOR
    id = arguments.id.rstrip("/").rpartition("/")[2]
    with hub_parts() as parts:
        gathered = write_bundle_of(
            actor, parts, BundleKind(arguments.kind), id, arguments.out, _tell, arguments.made_at,
            for_moving=arguments.for_moving,
        )  # fmt: skip
    _end_line()
    works = len(gathered.bundle.works)
    print(f"{arguments.out}, {works} work{'' if works == 1 else 's'}, {gathered.size_bytes / 1e6:.1f} MB")
    for work in gathered.bundle.works:
        if work.withheld:
            print(f"Without stems: {work.title} – {work.artist}. {work.withheld}", file=sys.stderr)
        if work.id in gathered.left_out:
            left_out = gathered.left_out[work.id]
            print(f"Without its whole piece as uploaded: {work.title} – {work.artist}. {left_out}", file=sys.stderr)
    return 0


def _print_papers(arguments: argparse.Namespace) -> int:
    id = arguments.id.rstrip("/").rpartition("/")[2]
    with hub_parts() as parts:
        for path in write_papers_of(VISITOR, parts, BundleKind(arguments.kind), id, arguments.out):
            print(path)
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    try:
        found = verify_bundle(arguments.path, [path.read_bytes() for path in arguments.key], _tell)
    except (BundleUnreadable, KeyUnreadable) as exc:
        print(exc, file=sys.stderr)
        return 2
    _end_line()
    if arguments.json:
        print(json.dumps({**asdict(found), "is_whole": found.is_whole, "is_good": found.is_good}))
    else:
        _print(found)
    if found.is_good:
        return 0
    return _UNKNOWN_KEY if found.is_whole and found.signature is Signature.UNKNOWN else 1


def _print(found: Verified) -> None:
    for name in ("changed", "missing", "extra"):
        for path in getattr(found, name):
            print(f"{name:8} {path!r}")  # names are hostile: escapes stay visible
    for path in found.left_by_computers:
        print(f"passed over {path!r}")
    faults = len(found.changed) + len(found.missing) + len(found.extra)
    print(f"{found.files} files are listed; " + ("all are as they were." if found.is_whole else f"{faults} are not."))
    if found.left_by_computers:
        print(f"{len(found.left_by_computers)} passed over, as computers leave them: the hub has not signed them.")
    print(_SIGNATURES[found.signature].format(key=found.key_id, hub=_plain(found.hub_url)))
    if found.title:
        print(f"{_plain(found.title)}, of {_plain(found.hub_name)} ({_plain(found.hub_url)}), {_plain(found.made_at)}")


def _plain(text: str) -> str:
    """What a stranger wrote, without what steers terminals."""
    return "".join(ch if ch.isprintable() else "?" for ch in text)[:200]


def _tell(percent: float, step: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{percent:3.0f} % {_plain(step)[:60]:<60}", end="", file=sys.stderr, flush=True)


def _end_line() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
