"""Commands for the house: what it is called, who may come in, and invitations."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from remixhub.commands.hub import on_hub
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.house import SignUp
from remixhub.services.house.furnishing import furnish, get_house
from remixhub.services.house.invitations import DEFAULT_DAYS, invite

_SHOWN = (
    "name", "contact", "sign_up", "invitations_each", "operators_need_second_factor",
    "label_owners_need_second_factor", "rules_revision", "rules", "imprint",
)  # fmt: skip


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    house = subparsers.add_parser("house", help="show or change the hub's name, rules and who may sign up")
    house.add_argument("--name")
    house.add_argument("--contact", help="whom people ask; everybody sees it")
    house.add_argument("--sign-up", type=SignUp, choices=list(SignUp), help="who may make an account")
    house.add_argument("--invitations-each", type=int, metavar="N", help="how many people every account may invite")
    house.add_argument("--operators-need-second-factor", choices=("yes", "no"))
    house.add_argument("--label-owners-need-second-factor", choices=("yes", "no"))
    house.add_argument("--rules", type=Path, metavar="FILE", help="Markdown; an empty file takes them away")
    house.add_argument("--imprint", type=Path, metavar="FILE", help="Markdown; an empty file takes it away")
    house.add_argument("--json", action="store_true")
    house.set_defaults(run=_house)
    invitation = subparsers.add_parser("invite", help="make a link by which others sign up")
    invitation.add_argument("--uses", type=int, default=1, metavar="N", help="for how many accounts (1)")
    invitation.add_argument("--days", type=int, default=DEFAULT_DAYS, metavar="N", help=f"({DEFAULT_DAYS})")
    invitation.add_argument("--note", default="", help="for whom; operators see it")
    invitation.set_defaults(run=_invite)


@on_hub
def _house(arguments: argparse.Namespace, parts: Parts) -> int:
    """Without an option it is shown."""
    changes = _changes(arguments)
    shown = furnish(SYSTEM, parts, changes, revision=None) if changes else get_house(parts)
    facts = {name: getattr(shown, name) for name in _SHOWN}
    if arguments.json:
        print(json.dumps(facts, ensure_ascii=False))
        return 0
    for name, value in facts.items():
        text = str(value) if name not in ("rules", "imprint") else f"{len(value)} characters" if value else "none"
        print(f"{name:<33}{text}")
    if changes:
        print("Changed. Running web processes show it within five seconds.")
    return 0


def _changes(arguments: argparse.Namespace) -> dict[str, Any]:
    given = vars(arguments)
    changes = {name: given[name] for name in ("name", "contact", "sign_up", "invitations_each")}
    changes |= {name: _text(given[name]) for name in ("rules", "imprint")}
    for name in ("operators_need_second_factor", "label_owners_need_second_factor"):
        changes[name] = None if given[name] is None else given[name] == "yes"
    return {name: value for name, value in changes.items() if value is not None}


def _text(file: Path | None) -> str | None:
    return None if file is None else file.read_text(encoding="utf-8")


@on_hub
def _invite(arguments: argparse.Namespace, parts: Parts) -> int:
    row, token = invite(SYSTEM, parts, uses=arguments.uses, days=arguments.days, note=arguments.note)
    print(parts.addresses.invitation(token))
    print(f"Good for {row.uses_limit}, until {row.expires_at:%-d %B %Y}. It is not shown again.")
    return 0
