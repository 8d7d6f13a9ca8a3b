"""Commands about mail, and about getting an account back: for who runs a hub, and for its mail server."""

from __future__ import annotations

import argparse
import sys

from remixhub.commands.hub import hub_parts, on_hub
from remixhub.compose import Parts
from remixhub.domain.delivery_reports import MOST_BYTES
from remixhub.domain.errors import Unavailable
from remixhub.services.accounts import recovery
from remixhub.services.mail.bounces import note_report
from remixhub.services.mail.trying import send_test

_TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the message and comes again."""
_BLOCK_BYTES = 64 * 1024


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    test = subparsers.add_parser("send-test-mail", help="send a letter, and say what the mail server answers")
    test.add_argument("address")
    test.set_defaults(run=_send_test)
    bounce = subparsers.add_parser("note-bounce", help="read a report of failed delivery from standard input")
    bounce.set_defaults(run=_note_bounce)
    reset = subparsers.add_parser("reset-password", help="print a link that sets an account's password anew")
    reset.add_argument("handle")
    reset.add_argument("--stdin", action="store_true", help="read the new password from standard input instead")
    reset.set_defaults(run=_reset_password)


@on_hub
def _send_test(arguments: argparse.Namespace, parts: Parts) -> int:
    refusal = send_test(parts, arguments.address)
    if refusal is not None:
        print(f"Refused: {refusal}", file=sys.stderr)
        return 1
    print(f"The mail server took it. Look whether it arrives at {arguments.address}, and not among the spam.")
    return 0


def _note_bounce(_arguments: argparse.Namespace) -> int:
    """What is no report of ours is dropped, with exit code 0: a mail server must not answer to it."""
    raw = sys.stdin.buffer.read(MOST_BYTES)
    while sys.stdin.buffer.read(_BLOCK_BYTES):
        """Who pipes it wants to be rid of all of it."""
    try:
        with hub_parts() as parts:
            letter_id = note_report(parts, raw)
    except Unavailable as exc:
        print(exc.detail, file=sys.stderr)
        return _TRY_AGAIN
    print("Noted." if letter_id else "It speaks of no letter of this hub.")
    return 0


@on_hub
def _reset_password(arguments: argparse.Namespace, parts: Parts) -> int:
    if arguments.stdin:
        recovery.reset_by_operator(parts, arguments.handle, sys.stdin.readline().rstrip("\r\n"))
        print("The password is set, and all sessions have ended.")
    else:
        print(recovery.link_by_operator(parts, arguments.handle))
        print("Hand it to whoever owns the account: it works once, within 30 minutes.", file=sys.stderr)
    return 0
