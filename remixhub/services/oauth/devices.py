"""Leave for a device: its code is typed on another one, where somebody is signed in (RFC 8628)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session, require_not_suspended, require_session
from remixhub.domain.oauth.user_codes import read_user_code, shown
from remixhub.domain.oauth.words import DEVICE_SECONDS, UserCodeUnknown
from remixhub.domain.states import Scope
from remixhub.models import AppGrant, DeviceRequest, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.guessing import own_guess_was_right, take_own_guess
from remixhub.services.oauth.consent import granted_scopes, note_allowed
from remixhub.services.oauth.known import KnownClient, find_client
from remixhub.services.oauth.protocol import user_code_hash
from remixhub.services.throttle import take_attempt

_TYPED_A_WINDOW = 30
"""By one account, right ones too: who knows one code shall not guess others for it."""
_UNKNOWN = "It is good for fifteen minutes and one time: let the device show a new one."


@dataclass(frozen=True)
class DeviceQuestion:
    client: KnownClient
    scopes: Sequence[Scope]
    user_code: str
    """As the device shows it."""


def look(actor: Actor, parts: Parts, typed: str) -> DeviceQuestion:
    """Raises UserCodeUnknown, TooManyAttempts."""
    account_id = require_session(actor)
    letters = _taken(parts, account_id, typed)
    with parts.database.reading() as session:
        found = session.scalars(sa.select(DeviceRequest).where(_waiting(parts, letters))).one_or_none()
        question = found and _question(session, actor, found, letters)
    if not question:
        raise _unknown()
    own_guess_was_right(parts, _guesses(account_id))
    return question


def decide(actor: Actor, parts: Parts, typed: str, *, allows: bool) -> DeviceQuestion:
    """Once a code. Raises ProofNeeded, UserCodeUnknown, TooManyAttempts."""
    account_id = require_fresh_session(actor)
    require_not_suspended(actor)
    letters = _taken(parts, account_id, typed)
    with parts.database.writing() as session:
        lock_own(session, actor)
        waiting = _waiting(parts, letters)
        if changed(session, sa.update(DeviceRequest).where(waiting).values(client_id=DeviceRequest.client_id)) == 0:
            raise _unknown()
        row = session.scalars(sa.select(DeviceRequest).where(waiting)).one()
        question = _question(session, actor, row, letters)
        if question is None:
            raise _unknown()
        decided = sa.update(DeviceRequest).where(DeviceRequest.device_hash == row.device_hash)
        if allows:
            grant = AppGrant(
                account_id=account_id,
                client_id=question.client.id,
                name=question.client.name,
                scopes=[scope.value for scope in question.scopes],
                expires_at=now(DEVICE_SECONDS),
            )
            session.add(grant)
            session.flush()
            session.execute(decided.values(grant_id=grant.id, scopes=grant.scopes))
            note_allowed(session, actor, grant)
        else:
            session.execute(decided.values(denied_at=now()))
            facts = {"app": question.client.name, "client": question.client.id}
            journal.record(session, actor, "app.denied", "account", account_id, after=facts)
    own_guess_was_right(parts, _guesses(account_id))
    return question


def _taken(parts: Parts, account_id: str, typed: str) -> str:
    """Counted before it is looked at. What cannot be a code at all is none."""
    letters = read_user_code(typed)
    if letters is None:
        raise _unknown("It has eight letters, as in WDJB-MJHT; look at the device once more.")
    take_attempt(parts, {f"user codes of {account_id}": _TYPED_A_WINDOW})
    take_own_guess(parts, _guesses(account_id))
    return letters


def _guesses(account_id: str) -> str:
    return f"user codes of {account_id}"


def _unknown(fault: str = _UNKNOWN) -> UserCodeUnknown:
    return UserCodeUnknown("No device shows this code.", violations={"/user_code": [fault]})


def _waiting(parts: Parts, letters: str) -> sa.ColumnElement[bool]:
    undecided = sa.and_(DeviceRequest.grant_id.is_(None), DeviceRequest.denied_at.is_(None))
    return sa.and_(
        DeviceRequest.user_hash == user_code_hash(parts, letters), undecided, DeviceRequest.expires_at > now()
    )


def _question(session: Session, actor: Actor, row: DeviceRequest, letters: str) -> DeviceQuestion | None:
    """None for an app that is gone meanwhile."""
    client = find_client(session, row.client_id)
    return client and DeviceQuestion(client, granted_scopes(actor, row.scopes), shown(letters))
