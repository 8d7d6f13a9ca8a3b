"""`backup`, `restore` and `verify`: progress on standard error, what came of it on standard output."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

from remixhub.compose import Parts, build_parts
from remixhub.dev.running import settings_for_operator
from remixhub.domain.backups.faults import Fault, FaultKind
from remixhub.domain.backups.manifests import SnapshotForeign, SnapshotUnusable
from remixhub.domain.backups.retention import Retention
from remixhub.domain.errors import RemixHubError
from remixhub.logs import configure_logs
from remixhub.services.backups import pruning, remaking, restoring, snapshots, verifying
from remixhub.services.backups.pacing import Pace
from remixhub.services.backups.targets import Target, open_target

_SAY_EVERY_SECONDS = 2.0
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_TARGET = "a folder, s3://bucket/prefix, or rclone:remote:path"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = subparsers.add_parser("backup", help="take a snapshot of database and objects into a target")
    backup.add_argument("target", metavar="TARGET", help=_TARGET)
    backup.add_argument("--list", action="store_true", help="show the snapshots there instead")
    for period in ("daily", "weekly", "monthly"):
        backup.add_argument(
            f"--keep-{period}", type=_count, default=0, metavar="N", help=f"then keep the newest of the last N {period}"
        )
    backup.add_argument("--yes", action="store_true", help="drop what is not to be kept without asking")
    backup.set_defaults(run=_backup)
    restore = subparsers.add_parser("restore", help="put a snapshot into an empty database and bucket")
    restore.add_argument("target", metavar="TARGET", help=_TARGET)
    restore.add_argument("--snapshot", default="", metavar="NAME", help="another than the newest")
    restore.add_argument("--replace", default="", metavar="HUB", help="also what is there: the host of its address")
    restore.add_argument("--keep-sessions", action="store_true", help="who was signed in then is signed in again")
    restore.add_argument("--end-tokens", action="store_true", help="access tokens of then are good no more")
    restore.add_argument("--missing", action="store_true", help="only put objects back that the running hub has lost")
    restore.set_defaults(run=_restore)
    verify = subparsers.add_parser("verify", help="read everything stored again: of this hub, or of a target")
    verify.add_argument("target", nargs="?", metavar="TARGET", help=_TARGET)
    verify.add_argument("--quick", action="store_true", help="compare sizes only")
    verify.add_argument("--remake", action="store_true", help="order renditions anew that are lost or damaged")
    verify.set_defaults(run=_verify)
    for command in (restore, verify):
        command.add_argument("--unsealed", action="store_true", help="also what bears no seal of this hub's secret key")
    for command in (backup, restore, verify):
        command.add_argument(
            "--rate", type=_rate, default=0, metavar="BYTES", help="at most so many bytes a second, such as 20M"
        )
        command.add_argument("--json", action="store_true", help="one object instead of words")


def _backup(arguments: argparse.Namespace) -> int:
    """Exit code 1 when an object is at fault, or older snapshots could not go; the snapshot is there all the same."""
    retention = Retention(arguments.keep_daily, arguments.keep_weekly, arguments.keep_monthly)
    with _working(arguments, makes=not arguments.list) as (parts, target, say):
        assert target is not None
        if arguments.list:
            return _list(parts, target, arguments.json)
        if not snapshots.names_of(target)[0]:  # as in the mount point of a disk that is not mounted
            print(f"There is no snapshot in {target.words} yet: this is the first.", file=sys.stderr)
        taken = snapshots.take(parts, target, pace=Pace(arguments.rate), say=say)
        dropped, trouble = _prune(parts, target, retention, arguments.yes, say)
    manifest = taken.manifest
    if arguments.json:
        _print_json(
            snapshot=manifest.snapshot, taken_at=manifest.taken_at, objects=manifest.object_count,
            bytes=manifest.object_bytes, copied=taken.copied_count, copied_bytes=taken.copied_bytes,
            seconds=round(taken.seconds, 3), dropped_snapshots=dropped[0], dropped_objects=dropped[1],
            faults=_faults_json(taken.faults), not_dropped=trouble,
        )  # fmt: skip
    else:
        whole = f"{manifest.object_count:,} objects of {_size(manifest.object_bytes)}"
        fresh = f"{taken.copied_count:,} new ones of {_size(taken.copied_bytes)} in {taken.seconds:.1f} s"
        print(f"{manifest.snapshot}: {whole}, a database of {_size(manifest.database.size_bytes)}; {fresh}.")
        _print_faults(taken.faults)
        if any(dropped):
            print(f"Dropped {dropped[0]} snapshots and {dropped[1]:,} objects that no other needs.")
    if trouble:
        print(f"The snapshot is taken; older ones stay: {trouble}", file=sys.stderr)
    return 1 if taken.faults or trouble else 0


def _restore(arguments: argparse.Namespace) -> int:
    with _working(arguments) as (parts, target, say):
        assert target is not None
        pace = Pace(arguments.rate)
        if arguments.missing:
            count, verified = restoring.mend(parts, target, pace=pace, say=say)
            return _report(verified, arguments.json, f"{count:,} objects put back. ")
        host = urlsplit(parts.settings.public_url).netloc
        if arguments.replace and arguments.replace != host:
            print(f"This hub is {host}: say --replace {host} to replace it.", file=sys.stderr)
            return 2
        wishes = restoring.Wishes(
            bool(arguments.replace), arguments.unsealed, arguments.keep_sessions, arguments.end_tokens
        )
        restored = restoring.restore(parts, target, arguments.snapshot, wishes, pace=pace, say=say)
    said = (
        f"{restored.manifest.snapshot} of {restored.manifest.hub}, as it was at {restored.manifest.taken_at}: "
        f"{restored.put_count:,} objects put, {_size(restored.put_bytes)}. "
    )
    return _report(restored.verified, arguments.json, said, snapshot=restored.manifest.snapshot, put=restored.put_count)


def _verify(arguments: argparse.Namespace) -> int:
    if arguments.target is None:
        with _working(arguments) as (parts, _, say):
            verified = verifying.verify_hub(parts, pace=Pace(arguments.rate), quick=arguments.quick, say=say)
            if arguments.remake and (keys := [one.key for one in verified.faults if one.repairable]):
                print(f"{remaking.remake(parts, keys):,} renditions are made anew.", file=sys.stderr)
        return _report(verified, arguments.json)
    with _working(arguments) as (parts, target, say):
        assert target is not None
        verified = verifying.verify_target(
            parts, target, pace=Pace(arguments.rate), quick=arguments.quick, unsealed=arguments.unsealed, say=say
        )
    return _report(verified, arguments.json, of_target=True)


def _list(parts: Parts, target: Target, as_json: bool) -> int:
    """Exit code 1 when one cannot be used."""
    finished, unfinished = snapshots.names_of(target)
    future = snapshots.future_ones(finished)
    unusable = 0
    for name in finished:
        try:
            manifest = snapshots.manifest_of(parts, target, name)
        except (SnapshotUnusable, SnapshotForeign) as exc:
            unusable += 1
            if as_json:
                _print_json(snapshot=name, unusable=exc.detail)
            else:
                print(f"unusable      {exc.detail}")
            continue
        if as_json:
            _print_json(
                snapshot=name, taken_at=manifest.taken_at, version=manifest.version, objects=manifest.object_count,
                bytes=manifest.object_bytes, faults=len(manifest.faults),
            )  # fmt: skip
        else:
            at_fault = f", {len(manifest.faults)} at fault" if manifest.faults else ""
            ahead = ", of the future: a clock was wrong" if name in future else ""
            print(f"{name}  {manifest.object_count:,} objects of {_size(manifest.object_bytes)}{at_fault}{ahead}")
    if unfinished:
        print(f"{len(unfinished)} unfinished, which do not count.", file=sys.stderr)
    return 1 if unusable else 0


def _prune(
    parts: Parts, target: Target, retention: Retention, yes: bool, say: Callable[[str], None]
) -> tuple[tuple[int, int], str | None]:
    """How many snapshots and objects went, and why none did though they should."""
    try:
        return _prune_asked(parts, target, retention, yes, say), None
    except RemixHubError as exc:
        return (0, 0), exc.detail


def _prune_asked(
    parts: Parts, target: Target, retention: Retention, yes: bool, say: Callable[[str], None]
) -> tuple[int, int]:
    going = pruning.what_to_prune(target, retention).snapshots
    if not going:
        return 0, 0
    print(f"No longer to be kept: {', '.join(going)}", file=sys.stderr)
    if not yes:
        if not sys.stdin.isatty():
            print("They stay, since nobody can be asked; say --yes.", file=sys.stderr)
            return 0, 0
        if input("Drop them, and the objects that no other needs? Type 'drop': ").strip() != "drop":
            return 0, 0
    return pruning.prune(parts, target, retention, say=say)


@contextmanager
def _working(
    arguments: argparse.Namespace, *, makes: bool = False
) -> Iterator[tuple[Parts, Target | None, Callable[[str], None]]]:
    configure_logs("WARNING")  # on standard error: what is printed may be read by a program
    parts = build_parts(settings_for_operator())
    progress = _Progress()
    try:
        if arguments.target is None:
            yield parts, None, progress
        else:
            with closing(open_target(arguments.target, parts.settings, makes=makes)) as target:
                yield parts, target, progress
    except RemixHubError as exc:
        if arguments.json:
            _print_json(error={"code": exc.code, "detail": exc.detail})
        raise
    except KeyboardInterrupt:
        progress.end()
        print("Stopped; what was copied is there for the next time.", file=sys.stderr)
        raise SystemExit(130) from None
    finally:
        progress.end()
        parts.close()


class _Progress:
    """A line that changes on a terminal, else one now and then."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._said_at = float("-inf")

    def __call__(self, line: str) -> None:
        if time.monotonic() - self._said_at < (0.1 if self._is_terminal else _SAY_EVERY_SECONDS):
            return
        self._said_at = time.monotonic()
        print(f"\r\x1b[K{line}" if self._is_terminal else line, end="" if self._is_terminal else "\n", file=sys.stderr)

    def end(self) -> None:
        if self._is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr)


def _report(
    verified: verifying.Verified, as_json: bool, said: str = "", *, of_target: bool = False, **more: Any
) -> int:
    """Exit code 1 when something is at fault."""
    unneeded = verified.unneeded_count
    if as_json:
        _print_json(
            objects=verified.count, read_bytes=verified.bytes, faults=_faults_json(verified.faults),
            unusable=list(verified.unusable), unneeded=unneeded, **more,
        )  # fmt: skip
    else:
        outcome = "all is right" if verified.ok else "something is wrong"
        print(f"{said}{verified.count:,} objects, {_size(verified.bytes)} read: {outcome}.")
        for unusable in verified.unusable:
            print(f"unusable      {unusable}")
        _print_faults(verified.faults, of_target=of_target)
        if unneeded:
            print(f"{unneeded:,} objects that no snapshot needs, as killed backups leave them, go when one is dropped.")
    return 0 if verified.ok else 1


def _print_faults(faults: Sequence[Fault], *, of_target: bool = False) -> None:
    for fault in sorted(faults, key=lambda fault: (fault.kind, fault.key)):
        print(f"{fault.kind:<13} {fault.key}{'  (repairable)' if fault.repairable else ''}")
    if faults:
        print(", ".join(f"{count:,} {kind}" for kind, count in sorted(Counter(one.kind for one in faults).items())))
    if of_target and faults:
        print("→ Move what is damaged out of the target: the next backup puts there anew what the hub still has.")
        return
    if any(fault.repairable for fault in faults):
        print("→ What is repairable is made anew by `python -m remixhub verify --remake`.")
    if any(fault.kind is not FaultKind.STRAY and not fault.repairable for fault in faults):
        print("→ The rest comes back from a backup by `python -m remixhub restore TARGET --missing`.")


def _faults_json(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [{"kind": fault.kind, "key": fault.key, "repairable": fault.repairable} for fault in faults]


def _print_json(**facts: Any) -> None:
    print(json.dumps(facts))


def _size(count: int) -> str:
    return f"{count / 1e9:,.2f} GB" if count >= 10**9 else f"{count / 1e6:,.1f} MB"


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no count")
    return int(text)


def _rate(text: str) -> int:
    found = re.fullmatch(r"(\d+)([kmg]?)", text.lower())
    if found is None or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no rate; write 500k or 20M")
    return int(found[1]) * _UNITS[found[2]]
