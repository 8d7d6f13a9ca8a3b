"""The hub as a house: its name, its imprint, its rules, and who may come in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from remixhub.domain.errors import Forbidden, Invalid
from remixhub.domain.text import NotText, written

OWN_NAME = "RemixHub"
NAME_LENGTH = 40
CONTACT_LENGTH = 200
IMPRINT_LENGTH = 10_000
RULES_LENGTH = 50_000
INVITATIONS_EACH = 100
"""The most that every account may be let invite."""


_LENGTHS = {"name": NAME_LENGTH, "contact": CONTACT_LENGTH, "imprint": IMPRINT_LENGTH, "rules": RULES_LENGTH}
_MULTILINE = ("imprint", "rules")


class SignUp(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    INVITATION = "invitation"
    CLOSED = "closed"
    """Nobody, not even with an invitation; whoever has an account signs in as ever."""


class HouseInvalid(Invalid):
    code = "house_invalid"
    title = "The house cannot be so"


class SignUpClosed(Forbidden):
    code = "sign_up_closed"
    title = "This hub takes no new accounts"


class RulesNotAccepted(Invalid):
    code = "rules_not_accepted"
    title = "The rules of this hub have to be accepted"


def require_rules_accepted(accepted: int | None, *, rules_revision: int, rules: str) -> int | None:
    """What is noted of who signs up: the revision of the rules, None where there are none. Raises RulesNotAccepted."""
    if not rules:
        return None
    if accepted != rules_revision:
        fault = "Read the rules and accept them." if accepted is None else "The rules have changed; read them again."
        raise RulesNotAccepted(fault, violations={"/accepted_rules": [fault]}, rules_revision=rules_revision)
    return rules_revision


def rules_are_news(accepted: int | None, *, rules_revision: int, rules: str) -> bool:
    """Whether somebody signed in has not seen the rules as they are."""
    return bool(rules) and (accepted or 0) < rules_revision


def checked_house(changes: Mapping[str, Any]) -> dict[str, Any]:
    """With its texts as they are kept. Raises HouseInvalid with everything that is wrong."""
    checked, violations = dict(changes), dict[str, list[str]]()
    for field, most in _LENGTHS.items():
        if field not in changes:
            continue
        try:
            checked[field] = text = written(changes[field], multiline=field in _MULTILINE)
            if len(text) > most:
                violations[f"/{field}"] = [f"At most {most} characters; these are {len(text)}."]
            elif not text and field == "name":
                violations["/name"] = ["The hub needs a name."]
        except NotText as fault:
            violations[f"/{field}"] = [str(fault)]
    if not 0 <= changes.get("invitations_each", 0) <= INVITATIONS_EACH:
        violations["/invitations_each"] = [f"0 to {INVITATIONS_EACH}."]
    if violations:
        raise HouseInvalid("Something is not right yet; see the marked fields.", violations=violations)
    return checked
