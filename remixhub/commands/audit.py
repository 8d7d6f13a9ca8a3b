"""`audit`, which prints the audit trail, and `end-sessions`, which signs an account out everywhere."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from remixhub.commands.hub import on_hub
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.times import rfc3339
from remixhub.services.accounts.ending import end_sessions_of
from remixhub.services.upkeep import audit
from remixhub.services.upkeep.audit import Filters, Line


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    trail = subparsers.add_parser("audit", help="print the audit trail: what was changed, and what was tried")
    trail.add_argument("--action", help="such as sign_in.failed, or the noun alone: sign_in")
    trail.add_argument("--actor", help="a handle, an account's id, system or visitor")
    trail.add_argument("--subject", help="a handle or an id")
    trail.add_argument("--address", help="a network address; of IPv6 the first 64 bits")
    trail.add_argument("--since", type=_time, metavar="DAYS|TIME", help="such as 7, or 2026-11-29T18:00:00Z")
    trail.add_argument("--limit", type=int, default=100)
    trail.add_argument("--json", action="store_true", help="one object a line")
    trail.set_defaults(run=_audit)
    ending = subparsers.add_parser("end-sessions", help="sign an account out everywhere")
    ending.add_argument("handle")
    ending.add_argument("--tokens", action="store_true", help="revoke its access tokens as well")
    ending.set_defaults(run=_end_sessions)


@on_hub
def _audit(arguments: argparse.Namespace, parts: Parts) -> int:
    """Newest last, as people read logs."""
    filters = Filters(arguments.action, arguments.actor, arguments.subject, arguments.address, arguments.since)
    found = audit.list_entries(SYSTEM, parts, filters, limit=max(1, arguments.limit)).rows
    for line in reversed(found):
        print(json.dumps(_as_json(line)) if arguments.json else _as_text(line))
    if not found and not arguments.json:
        print("Nothing of the kind.")
    return 0


@on_hub
def _end_sessions(arguments: argparse.Namespace, parts: Parts) -> int:
    ended = end_sessions_of(SYSTEM, parts, arguments.handle, end_tokens=arguments.tokens)
    print(f"{ended.session_count} sessions ended, {ended.token_count} tokens revoked.")
    return 0


def _as_text(line: Line) -> str:
    actor = f"@{line.actor_handle}" if line.actor_handle else line.actor
    subject = f"@{line.subject_handle}" if line.subject_handle else f"{line.subject_kind} {line.subject_id}"
    often = f" ×{line.count}" if line.count and line.count > 1 else ""
    facts = json.dumps(line.after, ensure_ascii=False) if line.after else ""
    return (
        f"{rfc3339(line.created_at)}  {line.action}{often}  {actor} → {subject}  {line.address or ''}  {facts}".rstrip()
    )


def _as_json(line: Line) -> dict[str, Any]:
    return {**asdict(line), "created_at": rfc3339(line.created_at)}


def _time(text: str) -> dt.datetime:
    try:
        if text.isdecimal():
            return dt.datetime.now(dt.UTC) - dt.timedelta(days=int(text))
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of days nor a time") from None
