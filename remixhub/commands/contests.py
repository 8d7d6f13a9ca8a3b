"""Commands about contests: verify-contest, which needs no server, and verify-address for hubs that send no mail."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from remixhub.commands.hub import on_hub
from remixhub.compose import Parts
from remixhub.domain.contests.export import FILES, UNBOUND_IN_1, ContestExportUnreadable
from remixhub.domain.contests.packing import text_of, the_files, unpacked
from remixhub.domain.contests.verification import faults
from remixhub.services.accounts.address_verification import verify_by_operator

_DEPTHS = ("", "*/", "*/*/")
"""How deep below the folder that one names the export's own may lie."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = subparsers.add_parser("verify-contest", help="compute a contest's result again from its export")
    verify.add_argument("export", type=Path, metavar="EXPORT", help="the ZIP, or a folder with its files")
    verify.add_argument("--head", help="a head of the log that you noted, or that was published with the result")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=_verify_contest)
    address = subparsers.add_parser("verify-address", help="say that an account's e-mail address is its own")
    address.add_argument("handle")
    address.set_defaults(run=_verify_address)


def _verify_contest(arguments: argparse.Namespace) -> int:
    """Exit code 1 when something does not agree, with what and where."""
    files = _read(arguments.export)
    found = list(faults(files, head=arguments.head))
    contest = json.loads(files["contest.json"])
    unbound = list(UNBOUND_IN_1) if contest["version"] == 1 else []
    if arguments.json:
        said = {"verified": not found, "faults": found, "log_head": contest["log_head"], "unbound": unbound}
        print(json.dumps(said))
        return 1 if found else 0
    if found:
        print(f"“{contest['title']}” does NOT verify:", *found, sep="\n  → ")
        return 1
    print(f"“{contest['title']}” verifies: the result follows from the log and the terms.")
    if arguments.head is None:
        print(f"Compare the head with the one that was published, or give it as --head: {contest['log_head']}")
    else:
        print("The head that you gave is one of this log's: what it stood for is unchanged.")
    if unbound:
        print(f"It is of an older version, whose log does not hold {', '.join(unbound)}: compare these yourself.")
    for line in json.loads(files["result.json"])["standings"][:3]:
        entry = contest["entries"].get(line["entry_id"], {})
        print(f"  {line['rank']}. “{entry.get('title')}” by {entry.get('artist')}, {line['points']} points")
    return 0


@on_hub
def _verify_address(arguments: argparse.Namespace, parts: Parts) -> int:
    verify_by_operator(parts, arguments.handle)
    print(f"The address of @{arguments.handle.removeprefix('@')} is verified.")
    return 0


def _read(path: Path) -> dict[str, str]:
    """Raises ContestExportUnreadable."""
    try:
        if not path.is_dir():
            return unpacked(path.read_bytes())
        found = [one for depth in _DEPTHS for name in FILES for one in path.glob(f"{depth}{name}") if one.is_file()]
        below = [one.relative_to(path).as_posix() for one in found]
        return {name: text_of((path / place).read_bytes(), name) for name, place in the_files(below).items()}
    except OSError as exc:
        raise ContestExportUnreadable(f"{path}: {exc.strerror or 'it cannot be read'}.") from exc
