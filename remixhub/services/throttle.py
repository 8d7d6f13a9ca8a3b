"""Attempts in a window, counted in SQL so that the limit holds whatever Redis does.

For what one asks too often. Guesses at passwords have rules of their own: `accounts/guessing.py`.
"""

from __future__ import annotations

import hashlib
import hmac

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.errors import Throttled
from remixhub.domain.times import wait_in_words
from remixhub.models import Throttle, now
from remixhub.models.upsert import insert

WINDOW_SECONDS = 900


class TooManyAttempts(Throttled):
    code = "too_many_attempts"
    title = "Too many attempts; wait a little"


def take_attempt(parts: Parts, limits: dict[str, int]) -> None:
    """Counts one attempt before it is made, so that guesses sent at once cannot slip through together.

    `limits` maps what is limited, such as `account:name`, to attempts a window. Raises TooManyAttempts, counting
    nothing.
    """
    with parts.database.writing() as session:
        session.execute(sa.delete(Throttle).where(Throttle.window_ends_at <= now()))
        for subject, limit in sorted((_subject(parts, name), limit) for name, limit in limits.items()):
            taken = session.execute(
                insert(session, Throttle)
                .values(subject=subject, attempts=1, window_ends_at=now(WINDOW_SECONDS))
                .on_conflict_do_update(
                    index_elements=[Throttle.subject],
                    set_={"attempts": Throttle.attempts + 1},
                    where=Throttle.attempts < limit,
                )
                .returning(Throttle.attempts)
            )
            if taken.one_or_none() is None:
                seconds = _seconds_left(session, subject)
                detail = f"Try again in {wait_in_words(seconds)}."
                raise TooManyAttempts(detail, retry_after_seconds=seconds)


def hold(session: Session, parts: Parts, name: str) -> None:
    """Whoever else holds the same name waits for the end of the transaction, so that what it counts stays true."""
    held = insert(session, Throttle).values(
        subject=_subject(parts, name), attempts=0, window_ends_at=now(WINDOW_SECONDS)
    )
    session.execute(held.on_conflict_do_update(index_elements=[Throttle.subject], set_={"attempts": 0}))


def _seconds_left(session: Session, subject: str) -> int:
    left_ms = sa.type_coerce(Throttle.window_ends_at, sa.BigInteger) - sa.type_coerce(now(), sa.BigInteger)
    return 1 + int(session.scalar(sa.select(left_ms).where(Throttle.subject == subject)) or 0) // 1000


def _subject(parts: Parts, name: str) -> str:
    """Addresses are personal: the table holds a keyed hash."""
    return hmac.new(parts.settings.secret_key.encode(), name.encode(), hashlib.sha256).hexdigest()
