"""Commands for who runs a hub: migrate, ensure-bucket, doctor, make-operator, repair-lineage."""

from __future__ import annotations

import argparse

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.models.migrate import upgrade
from remixhub.services.accounts import make_operator
from remixhub.services.health import all_checks
from remixhub.services.lineage_repair import find_drift, mend


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    subparsers.add_parser("migrate", help="bring the database to the newest schema").set_defaults(run=_migrate)
    bucket = subparsers.add_parser("ensure-bucket", help="make the bucket and let browsers put parts into it")
    bucket.add_argument("--origin", action="append", default=[], help="a further origin that may upload")
    bucket.set_defaults(run=_ensure_bucket)
    subparsers.add_parser("doctor", help="check every part and say what to do").set_defaults(run=_doctor)
    operator = subparsers.add_parser("make-operator", help="let an account operate this hub")
    operator.add_argument("handle")
    operator.set_defaults(run=_make_operator)
    repair = subparsers.add_parser("repair-lineage", help="compare the lineage's stored counts with its links")
    repair.add_argument("--mend", action="store_true", help="count anew what is wrong")
    repair.set_defaults(run=_repair_lineage)


def _migrate(_arguments: argparse.Namespace) -> int:
    upgrade(Settings.from_env().database_url)
    return 0


def _ensure_bucket(arguments: argparse.Namespace) -> int:
    parts = build_parts(Settings.from_env())
    parts.store.ensure_bucket([parts.settings.public_url.rstrip("/"), *arguments.origin])
    return 0


def _doctor(_arguments: argparse.Namespace) -> int:
    parts = build_parts(Settings.from_env())
    checks = [check(parts) for check in all_checks()]
    for check in checks:
        print(f"{'ok  ' if check.ok else 'FAIL'}  {check.part:<13} {check.detail}")
        if check.remedy and not check.ok:
            print(f"{'':>20}→ {check.remedy}")
    return 0 if all(check.ok for check in checks) else 1


def _make_operator(arguments: argparse.Namespace) -> int:
    make_operator(build_parts(Settings.from_env()), arguments.handle)
    print(f"@{arguments.handle.removeprefix('@')} operates this hub now.")
    return 0


def _repair_lineage(arguments: argparse.Namespace) -> int:
    """Exit code 1 when something is wrong and was not mended."""
    parts = build_parts(Settings.from_env())
    found = list(find_drift(parts))
    for drift in found:
        print(f"{drift.work_id}  {drift.field} is {drift.stored}, should be {drift.right}")
        if arguments.mend:
            mend(parts, drift)
    mended = ", mended" if found and arguments.mend else ""
    print(f"{len(found)} differences{mended}." if found else "All counts are right.")
    return 1 if found and not arguments.mend else 0
