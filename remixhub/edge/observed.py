"""Refusals that an operator should be able to see stand in the audit trail (OWASP ASVS 16.3)."""

from __future__ import annotations

import flask

from remixhub.domain.access import VISITOR, Actor
from remixhub.edge.actor import current_parts
from remixhub.services import journal

_TOKENS = ("token_invalid", "token_expired", "token_revoked")


def observe_refusals(response: flask.Response) -> flask.Response:
    """An `after_request`: who is signed in and may not, tokens that are not good, and limits that are reached.

    Failed sign-ins and wrong passwords are noted where they happen, with the account that they are about.
    """
    code = str(flask.g.get("problem_code") or "")
    actor: Actor = flask.g.get("actor") or VISITOR
    if response.status_code == 403 and actor.account_id is not None:
        _observe("access.denied", actor, code)
    elif response.status_code == 401 and code in _TOKENS:
        _observe("token.refused", actor, code)
    elif response.status_code == 429 and code != "too_many_attempts":
        _observe("limit.reached", actor, code)
    return response


def _observe(action: str, actor: Actor, code: str) -> None:
    where = flask.request.endpoint or "nowhere"
    journal.observe(current_parts(), action, "route", where[:64], actor=actor, code=code)
