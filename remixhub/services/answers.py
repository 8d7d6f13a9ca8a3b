"""Answers to requests with an `Idempotency-Key`, kept for a day: the same request is done once and answered again."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.errors import Conflict, Invalid
from remixhub.models import IdempotentAnswer, now
from remixhub.models.upsert import insert

_ABANDONED_SECONDS = 60
_KEPT_SECONDS = 24 * 3600


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    title = "The idempotency key belongs to another request"


class KeyInProgress(Conflict):
    code = "idempotency_in_progress"
    title = "The first request with this key is still being answered"


class AnswerSecret(Conflict):
    code = "idempotency_answer_secret"
    title = "The answer to the first request with this key was shown once"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str | None
    """None when it held a secret: that is not kept."""


def recall(parts: Parts, account_id: str, key: str, request_digest: str) -> Answer | None:
    """The answer to the same request; None after reserving the key for this one, which is the first.

    Raises KeyReused, KeyInProgress, AnswerSecret.
    """
    kept = _reserve(parts, account_id, key, request_digest)
    if kept is None:
        return None
    if kept.request_digest != request_digest:
        raise KeyReused("Use a new key for a new request; this one was sent with another body.")
    if kept.status is None or kept.body is None:
        raise KeyInProgress("Wait for the first answer, then ask again.")
    if kept.body["text"] is None:
        raise AnswerSecret("It was done, and nothing was done now. If the answer was lost, ask with a new key.")
    return Answer(kept.status, kept.body["headers"], kept.body["text"])


def keep(parts: Parts, account_id: str, key: str, answer: Answer) -> None:
    body = {"text": answer.text, "headers": answer.headers}
    with parts.database.writing() as session:
        session.execute(
            sa.update(IdempotentAnswer).where(*_named(account_id, key)).values(status=answer.status, body=body)
        )


def free_key(parts: Parts, account_id: str, key: str) -> None:
    """The request came to nothing: it may be tried again with the same key."""
    with parts.database.writing() as session:
        session.execute(sa.delete(IdempotentAnswer).where(*_named(account_id, key)))


def drop_old_answers(parts: Parts) -> None:
    """Those whose day is over, also of accounts that send no keys any more."""
    with parts.database.writing() as session:
        session.execute(sa.delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now(-_KEPT_SECONDS)))


def _reserve(parts: Parts, account_id: str, key: str, request_digest: str) -> IdempotentAnswer | None:
    """None when the key is ours now; else the row of whoever had it first."""
    with parts.database.writing() as session:
        abandoned = sa.and_(IdempotentAnswer.status.is_(None), IdempotentAnswer.created_at < now(-_ABANDONED_SECONDS))
        session.execute(
            sa.delete(IdempotentAnswer).where(
                IdempotentAnswer.account_id == account_id,
                sa.or_(abandoned, IdempotentAnswer.created_at < now(-_KEPT_SECONDS)),
            )
        )
        made = session.execute(
            insert(session, IdempotentAnswer)
            .values(account_id=account_id, key=key, request_digest=request_digest, created_at=now())
            .on_conflict_do_nothing()
            .returning(IdempotentAnswer.key)
        ).one_or_none()
        return None if made is not None else session.get_one(IdempotentAnswer, (account_id, key))


def _named(account_id: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (IdempotentAnswer.account_id == account_id, IdempotentAnswer.key == key)
