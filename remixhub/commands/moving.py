"""`import-bundle`: the works of another hub's bundle become works of this hub."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from remixhub.compose import Parts, build_parts
from remixhub.dev.running import settings_for_operator
from remixhub.domain.bundles.moving import Fate
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.services.bundles.bringing import Brought, Passes, Step, advance
from remixhub.services.bundles.bringing.artists import whose
from remixhub.services.bundles.bringing.errand import Errand, begin_errand, signed_by_none
from remixhub.services.bundles.signing import KeyUnreadable
from remixhub.services.bundles.verifying import opened_bundle, verify_opened

_PAUSE_SECONDS = 2.0
_NOT_ALL, _UNREADABLE = 1, 2


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    move = subparsers.add_parser(
        "import-bundle", help="bring the works of another hub's bundle into this one",
        epilog="Workers have to run. Safe to stop and to repeat: what is here is not brought in twice. "
        "Exit code: 0 all that can come is here; 1 something was refused, or still waits; 2 no bundle, or not whole.",
    )  # fmt: skip
    move.add_argument("path", type=Path, metavar="PATH", help="a folder or a ZIP")
    move.add_argument("--as", dest="operator", required=True, metavar="HANDLE", help="the operator who does it")
    move.add_argument(
        "--map", action="append", default=[], type=_pair, metavar="THEIRS=OURS",
        help="an artist there (handle or name) and the account here that is theirs; others get one that waits for them",
    )  # fmt: skip
    move.add_argument("--key", type=Path, action="append", default=[], metavar="FILE", help="of the hub, in PEM")
    move.add_argument("--unchecked", action="store_true", help="also if no key was given that it is signed by")
    move.add_argument("--new-key", action="store_true", help="the hub has renewed the key by which it is known here")
    move.add_argument("--dry-run", action="store_true", help="say what would come, and write nothing")
    move.add_argument("--wait", type=float, default=3600, metavar="SECONDS", help="for workers (3600)")
    move.set_defaults(run=_import)


def _pair(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.partition("=")
    if not (theirs and equals and ours):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form THEIRS=OURS")
    return theirs.removeprefix("@"), ours


def _import(arguments: argparse.Namespace) -> int:
    try:
        keys = [path.read_bytes() for path in arguments.key]
        with opened_bundle(arguments.path) as opened, closing(build_parts(settings_for_operator())) as parts:
            found = verify_opened(opened, keys, lambda _percent, _step: None)
            errand = begin_errand(
                parts, opened, found, operator=arguments.operator, own=dict(arguments.map),
                unchecked=arguments.unchecked or arguments.dry_run, new_key=arguments.new_key, tell=_tell,
            )  # fmt: skip
            passes, bundle = Passes.of(parts, errand), errand.bundle
            for path in found.left_by_computers:
                print(f"passed over {path!r}", file=sys.stderr)
            print(_plain(f"{bundle.title}, of {bundle.hub_name} ({bundle.hub_url}); signature: {found.signature}"))
            if arguments.dry_run:
                return _say_plan(parts, errand, passes, needs_key=not (errand.is_checked or arguments.unchecked))
            return _say(_bring(parts, errand, passes, arguments.wait))
    except (BundleUnreadable, KeyUnreadable) as exc:
        print(_plain(str(exc)), file=sys.stderr)
        return _UNREADABLE


def _bring(parts: Parts, errand: Errand, passes: Passes, wait_seconds: float) -> Sequence[Brought]:
    """Until nothing waits any more, or for too long."""
    ends, told = time.monotonic() + wait_seconds, ""
    while True:
        brought = advance(parts, errand, passes)
        counts = Counter(one.step for one in brought)
        now = ", ".join(f"{count} {step}" for step, count in sorted(counts.items()))
        if now != told:
            print(now, file=sys.stderr, flush=True)
            told, ends = now, time.monotonic() + wait_seconds
        if not counts[Step.WAITING] or time.monotonic() > ends:
            return brought
        time.sleep(_PAUSE_SECONDS)


def _say_plan(parts: Parts, errand: Errand, passes: Passes, *, needs_key: bool) -> int:
    """Ends as bringing it in would."""
    for one in passes.planned:
        said = (
            f"would come, to {whose(parts, errand, one.work)}" if one.fate is Fate.COMES else f"{one.fate}: {one.why}"
        )
        print(_plain(f"{one.work.title} – {one.work.artist}: {said}"))
    if needs_key:
        print(_plain(signed_by_none(errand.hub_url)), file=sys.stderr)
        return _UNREADABLE
    return _NOT_ALL if any(one.fate is Fate.REFUSED for one in passes.planned) else 0


def _say(brought: Sequence[Brought]) -> int:
    for one in brought:
        said = f"here as {one.work_id}, of @{one.handle}" if one.step is Step.HERE else f"{one.step}: {one.why}"
        print(_plain(f"{one.work.title} – {one.work.artist}: {said}"))
    return _NOT_ALL if any(one.step in (Step.REFUSED, Step.WAITING) for one in brought) else 0


def _tell(path: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{_plain(path)[-70:]:<70}", end="", file=sys.stderr, flush=True)


def _plain(text: str) -> str:
    """What a stranger wrote, without what steers terminals."""
    return "".join(ch if ch.isprintable() else "?" for ch in text)[:1000]
