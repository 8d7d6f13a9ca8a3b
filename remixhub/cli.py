"""`python -m remixhub`: the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from remixhub import __version__
from remixhub.config import SettingsError
from remixhub.domain.errors import RemixHubError

GROUPS: Mapping[str, Mapping[str, str]] = {
    "audio": {
        "analyze": "measure audio files: format, loudness, peaks, tempo, key",
        "mix": "render a mix spec (docs/mix-spec.md)",
    },
    "packs": {"check-pack": "find what is odd about a folder of stems"},
    "operate": {
        "migrate": "bring the database to the newest schema",
        "ensure-bucket": "make the bucket and let browsers put parts into it",
        "doctor": "check every part and say what to do",
        "make-operator": "let an account operate this hub",
        "reset-factors": "remove passkeys and codes of an account, end its sessions",
        "check-licences": "what a remix may stand under, by the licences of its sources or by the works",
        "repair-lineage": "compare the lineage's stored counts with its links",
    },
    "backups": {
        "backup": "take a snapshot of database and objects into a target",
        "restore": "put a snapshot into an empty database and bucket",
        "verify": "read everything stored again: of this hub, or of a target",
    },
    "mail": {
        "send-test-mail": "send a letter, and say what the mail server answers",
        "note-bounce": "read a report of failed delivery from standard input",
        "reset-password": "print a link that sets an account's password anew",
    },
    "audit": {
        "audit": "print the audit trail: what was changed, and what was tried",
        "end-sessions": "sign an account out everywhere",
    },
    "house": {
        "house": "show or change the hub's name, rules and who may sign up",
        "invite": "make a link by which others sign up",
    },
    "storage": {"close-storage": "make once the keys that close SeaweedFS' inner ports"},
    "search": {"search": "make what is searched anew from the database"},
    "jobs": {"jobs": "list background jobs and re-send dead ones"},
    "exports": {"export": "write a work's stems, or a mix, as the session of a music program"},
    "bundles": {
        "bundle": "write a work, contest, collection or label as a folder or ZIP",
        "print": "write what is to be printed of a work, contest, collection or label",
        "verify-bundle": "check a bundle's files and signature, without any hub",
    },
    "moving": {"import-bundle": "bring the works of another hub's bundle into this one"},
    "graph": {"export-graph": "write everything published and all links to standard output"},
    "contests": {
        "verify-contest": "compute a contest's result again from its export",
        "verify-address": "say that an account's e-mail address is its own",
    },
}
"""Modules of `commands` with their commands and what the help says of them: only the one that is asked for is loaded,
with all that it stands on.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 when a command failed or found faults, 2 for wrong usage."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog="python -m remixhub", description="Share stems, remix them, know the lineage."
    )
    parser.add_argument("--version", action="version", version=f"RemixHub {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for group, commands in GROUPS.items():
        if commands.keys() & argv[:1]:
            import_module(f"remixhub.commands.{group}").register(subparsers)
        else:
            for name, told in commands.items():
                subparsers.add_parser(name, help=told)
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _drop_output()
        return 0
    except RemixHubError as exc:
        print(f"{exc.title}: {exc.detail} [{exc.code}]{_reason(exc)}", file=sys.stderr)
    except SettingsError as exc:
        print(exc, file=sys.stderr)
    except OSError as exc:  # a disk, rights or a program of the machine: what to do is said by the system's words
        print(f"{exc.filename or 'The system'}: {exc.strerror or exc}.", file=sys.stderr)
    return 1


def _reason(fault: RemixHubError) -> str:
    """For operators, who can mend it: what the part that failed said itself, where that is not in the detail."""
    cause = getattr(fault.__cause__, "orig", None) or fault.__cause__
    if cause is None or isinstance(cause, (OSError, RemixHubError)):
        return ""
    said = str(cause).strip().partition("\n")[0][:300]
    return f"\n  {said}" if said and said not in fault.detail else ""


def _drop_output() -> None:
    """Who reads has enough, as `head` does; what is left must not complain when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
