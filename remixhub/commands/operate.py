"""Commands for who runs a hub: from `migrate` and `ensure-bucket` to `doctor` and `repair-lineage`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import re

from remixhub.commands.hub import hub_parts, on_hub
from remixhub.compose import Parts
from remixhub.dev.running import settings_for_operator
from remixhub.domain.access import SYSTEM
from remixhub.domain.licences.judging import HeldLicence
from remixhub.domain.licences.terms import Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.models.migrate import upgrade
from remixhub.services.accounts.accounts import make_operator
from remixhub.services.accounts.factors import reset_factors
from remixhub.services.licences.verdicts import check, conflict_of, verdict
from remixhub.services.lineage.repair import find_drift, mend
from remixhub.services.upkeep.health import check_all


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    subparsers.add_parser("migrate", help="bring the database to the newest schema").set_defaults(run=_migrate)
    bucket = subparsers.add_parser("ensure-bucket", help="make the bucket and let browsers put parts into it")
    bucket.add_argument("--origin", action="append", default=[], help="a further origin that may upload")
    bucket.set_defaults(run=_ensure_bucket)
    subparsers.add_parser("doctor", help="check every part and say what to do").set_defaults(run=_doctor)
    operator = subparsers.add_parser("make-operator", help="let an account operate this hub")
    operator.add_argument("handle")
    operator.set_defaults(run=_make_operator)
    reset = subparsers.add_parser("reset-factors", help="remove passkeys and codes of an account, end its sessions")
    reset.add_argument("handle")
    reset.set_defaults(run=_reset_factors)
    checks = subparsers.add_parser(
        "check-licences", help="what a remix may stand under, by the licences of its sources or by the works"
    )
    checks.add_argument(
        "sources",
        nargs="+",
        type=_source,
        metavar="LICENCE|WORK",
        help="such as cc-by-sa-3.0, 'CC BY-SA 3.0' or its address; or ids of works of this hub",
    )
    checks.add_argument("--json", action="store_true")
    checks.set_defaults(run=_check_licences, refuse=checks.error)
    repair = subparsers.add_parser("repair-lineage", help="compare the lineage's stored counts with its links")
    repair.add_argument("--mend", action="store_true", help="count anew what is wrong")
    repair.set_defaults(run=_repair_lineage)


def _migrate(_arguments: argparse.Namespace) -> int:
    if not upgrade(settings_for_operator().database_url):
        print("A newer release has migrated this database. Its tables serve this release too; nothing was changed.")
    return 0


@on_hub
def _ensure_bucket(arguments: argparse.Namespace, parts: Parts) -> int:
    parts.store.ensure_bucket([parts.settings.public_url, *arguments.origin])
    return 0


@on_hub
def _doctor(_arguments: argparse.Namespace, parts: Parts) -> int:
    answers = check_all(parts)
    for answer in answers:
        print(f"{'ok  ' if answer.ok else 'FAIL'}  {answer.part:<13} {answer.detail}")
        if answer.warning:
            print(f"{'':>6}WARNING: {answer.warning}")
        if answer.remedy and not answer.ok:
            print(f"{'':>20}→ {answer.remedy}")
    return 0 if all(answer.ok for answer in answers) else 1


@on_hub
def _make_operator(arguments: argparse.Namespace, parts: Parts) -> int:
    make_operator(parts, arguments.handle)
    print(f"@{arguments.handle.removeprefix('@')} operates this hub now.")
    return 0


@on_hub
def _reset_factors(arguments: argparse.Namespace, parts: Parts) -> int:
    """Who lost everything signs in by the password alone afterwards; make sure beforehand that it is them."""
    gone = reset_factors(parts, arguments.handle)
    print(f"{gone} second factors of @{arguments.handle.removeprefix('@')} are gone, and all its sessions have ended.")
    return 0


@on_hub
def _repair_lineage(arguments: argparse.Namespace, parts: Parts) -> int:
    """Exit code 1 when something is wrong and was not mended."""
    found = list(find_drift(parts))
    for drift in found:
        print(f"{drift.id}  {drift.field} is {drift.stored}, should be {drift.right}")
        if arguments.mend:
            mend(parts, drift)
    mended = ", mended" if found and arguments.mend else ""
    print(f"{len(found)} differences{mended}." if found else "All counts are right.")
    return 1 if found and not arguments.mend else 0


def _source(text: str) -> str:
    """A Licence, or the id of a work."""
    try:
        return licence_named(text)
    except LicenceUnknown as exc:
        if not re.fullmatch("[0-9a-f]{32}", text):
            wanted = "neither a licence, such as cc-by-sa-3.0, nor the id of a work (32 hexadecimal digits)"
            raise argparse.ArgumentTypeError(f"{text!r} is {wanted}. {exc}") from None
        return text


def _check_licences(arguments: argparse.Namespace) -> int:
    """Licences need no server, works the database. Exit code 1 when no remix may be published."""
    licences = [one for one in dict.fromkeys(arguments.sources) if isinstance(one, Licence)]
    if not licences:
        with hub_parts() as parts:
            found = check(SYSTEM, parts, arguments.sources, None)
    elif len(licences) < len(set(arguments.sources)):
        arguments.refuse("name licences or works, not both")
    else:
        held = [HeldLicence(one.value, one, ()) for one in licences]
        found = verdict(None, held, conflict_of(None, held))
    if arguments.json:
        print(json.dumps(dataclasses.asdict(found)))
    elif found.conflict is not None:
        print(found.conflict["detail"], *found.conflict["remedies"], sep="\n  → ")  # type: ignore[misc]
    else:
        print("A remix may be under: " + ", ".join(found.allowed))
        print(*found.obligations, sep="\n")
    return 0 if found.allowed else 1
