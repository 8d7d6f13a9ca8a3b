"""Commands about contests: verify-contest, which needs no server, and verify-address for hubs that send no mail."""

from __future__ import annotations

import argparse
import json
import zipfile
from pathlib import Path

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.contests.export import FILES, ContestExportUnreadable, faults
from remixhub.services.accounts.address_verification import verify_by_operator

_LARGEST_FILE_BYTES = 1024**3


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = subparsers.add_parser("verify-contest", help="compute a contest's result again from its export")
    verify.add_argument("export", type=Path, metavar="EXPORT.zip")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=_verify_contest)
    address = subparsers.add_parser("verify-address", help="say that an account's e-mail address is its own")
    address.add_argument("handle")
    address.set_defaults(run=_verify_address)


def _verify_contest(arguments: argparse.Namespace) -> int:
    """Exit code 1 when something does not agree, with what and where."""
    files = _read(arguments.export)
    found = list(faults(files))
    contest = json.loads(files["contest.json"])
    if arguments.json:
        print(json.dumps({"verified": not found, "faults": found, "log_head": contest["log_head"]}))
    elif found:
        print(f"“{contest['title']}” does NOT verify:", *found, sep="\n  → ")
    else:
        print(f"“{contest['title']}” verifies: the result follows from the log and the terms.")
        print(f"Compare the head with the one that was published: {contest['log_head']}")
        for line in json.loads(files["result.json"])["standings"][:3]:
            entry = contest["entries"][line["entry_id"]]
            print(f"  {line['rank']}. “{entry['title']}” by {entry['artist']}, {line['points']} points")
    return 1 if found else 0


def _verify_address(arguments: argparse.Namespace) -> int:
    verify_by_operator(build_parts(Settings.from_env()), arguments.handle)
    print(f"The address of @{arguments.handle.removeprefix('@')} is verified.")
    return 0


def _read(path: Path) -> dict[str, str]:
    """Raises ContestExportUnreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {name: archive.getinfo(name).file_size for name in FILES}
            if max(sizes.values()) > _LARGEST_FILE_BYTES:
                raise ContestExportUnreadable("A file of it is larger than any contest's.")
            return {name: archive.read(name).decode() for name in FILES}
    except (OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as exc:
        raise ContestExportUnreadable(f"{path}: {exc}") from exc
