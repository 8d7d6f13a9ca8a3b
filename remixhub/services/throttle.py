"""Attempts in a window, counted in SQL so that the limit holds whatever Redis does."""

from __future__ import annotations

import hashlib
import hmac

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.errors import Throttled
from remixhub.models import Throttle, now
from remixhub.models.upsert import insert

WINDOW_SECONDS = 900


class TooManyAttempts(Throttled):
    code = "too_many_attempts"
    title = "Too many attempts; wait a little"


def check_attempts(parts: Parts, limits: dict[str, int]) -> None:
    """`limits` maps what is limited, such as `account:name`, to attempts a window. Raises TooManyAttempts."""
    subjects = {_subject(parts, name): limit for name, limit in limits.items()}
    with parts.database.reading() as session:
        rows = session.execute(
            sa.select(Throttle.subject, Throttle.attempts).where(
                Throttle.subject.in_(subjects), Throttle.window_ends_at > now()
            )
        ).all()
    if any(row.attempts >= subjects[row.subject] for row in rows):
        raise TooManyAttempts(
            "Too many failed attempts. Wait a quarter of an hour, or use the right password from another place.",
            retry_after_seconds=WINDOW_SECONDS,
        )


def count_attempt(parts: Parts, names: list[str]) -> None:
    with parts.database.writing() as session:
        session.execute(sa.delete(Throttle).where(Throttle.window_ends_at <= now()))
        for name in sorted(names):
            statement = insert(session, Throttle).values(
                subject=_subject(parts, name), attempts=1, window_ends_at=now(WINDOW_SECONDS)
            )
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=[Throttle.subject], set_={"attempts": Throttle.attempts + 1}
                )
            )


def forget_attempts(parts: Parts, name: str) -> None:
    with parts.database.writing() as session:
        session.execute(sa.delete(Throttle).where(Throttle.subject == _subject(parts, name)))


def _subject(parts: Parts, name: str) -> str:
    """Addresses are personal: the table holds a keyed hash."""
    return hmac.new(parts.settings.secret_key.encode(), name.encode(), hashlib.sha256).hexdigest()
