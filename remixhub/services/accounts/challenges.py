"""Challenges of passkeys: made without a row, good for five minutes, in one browser, for one purpose, and once.

A challenge carries when it was made and a MAC over that, its purpose and what it is bound to, so that asking for one
writes nothing; answering it leaves its digest until it would be too old anyhow.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from enum import StrEnum

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.errors import Unauthenticated
from remixhub.models import SpentChallenge, now
from remixhub.models.upsert import insert

LIFETIME_SECONDS = 300
_NONCE, _TIME, _MAC = 16, 8, 32


class Purpose(StrEnum):
    REGISTER = "register"
    SIGN_IN = "sign-in"
    SECOND_STEP = "second-step"
    PROVE = "prove"


class ChallengeOver(Unauthenticated):
    code = "challenge_over"
    title = "This took too long, or was done already"


def make_challenge(parts: Parts, purpose: Purpose, bound_to: str) -> bytes:
    """`bound_to` is what this browser alone has: its session, its second step or a cookie of its own."""
    begun = secrets.token_bytes(_NONCE) + int(time.time()).to_bytes(_TIME, "big")
    return begun + _mac(parts, purpose, bound_to, begun)


def spend_challenge(parts: Parts, challenge: bytes, purpose: Purpose, bound_to: str) -> None:
    """In a transaction of its own, so that it is spent whatever comes of it. Raises ChallengeOver."""
    begun, mac = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
    over = ChallengeOver("Ask for a new challenge and answer it within five minutes, in the same browser.")
    if len(mac) != _MAC or not hmac.compare_digest(mac, _mac(parts, purpose, bound_to, begun)):
        raise over
    if not 0 <= int(time.time()) - int.from_bytes(begun[_NONCE:], "big") < LIFETIME_SECONDS:
        raise over
    spent = {"digest": hashlib.sha256(challenge).hexdigest(), "expires_at": now(LIFETIME_SECONDS)}
    with parts.database.writing() as session:
        session.execute(sa.delete(SpentChallenge).where(SpentChallenge.expires_at <= now()))
        first = insert(session, SpentChallenge).values(spent).on_conflict_do_nothing()
        if session.execute(first.returning(SpentChallenge.digest)).one_or_none() is None:
            raise over


def _mac(parts: Parts, purpose: Purpose, bound_to: str, begun: bytes) -> bytes:
    said = b"\0".join((b"passkey challenge", purpose.encode(), bound_to.encode(), begun))
    return hmac.digest(parts.settings.secret_key.encode(), said, "sha256")
