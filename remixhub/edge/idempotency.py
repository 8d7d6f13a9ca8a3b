"""`Idempotency-Key` on POST: the same request again gets the same answer, and nothing is made twice.

Answers that hold a secret are done once but not kept. Visitors have no keys: a handle can be signed up once anyhow.
"""

from __future__ import annotations

import hashlib
from typing import Any

import flask
import sqlalchemy as sa
import structlog

from remixhub.domain.errors import Conflict, Invalid, Unavailable
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import IdempotentAnswer, now
from remixhub.models.upsert import insert

log = structlog.get_logger()

_SHOWN_ONCE = "/api/v1/tokens"
_ABANDONED_SECONDS = 60
_KEPT_SECONDS = 24 * 3600


class KeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    title = "The idempotency key cannot be used"


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    title = "The idempotency key belongs to another request"


class KeyInProgress(Conflict):
    code = "idempotency_in_progress"
    title = "The first request with this key is still being answered"


class AnswerSecret(Conflict):
    code = "idempotency_answer_secret"
    title = "The answer to the first request with this key was shown once"


def recall_answer() -> flask.Response | None:
    """Before the view: the kept answer, or None after reserving the key for this request."""
    request = flask.request
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST" or not request.path.startswith("/api/"):
        return None
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise KeyInvalid("Use 1 to 200 printable characters, such as a UUID.")
    account_id = current_actor().account_id
    if account_id is None:
        return None  # the view will ask to sign in
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data()).hexdigest()
    kept = _reserve(account_id, key, digest)
    if kept is None:
        flask.g.idempotency_key = key
        return None
    if kept.request_digest != digest:
        raise KeyReused("Use a new key for a new request; this one was sent with another body.")
    if kept.status is None or kept.body is None:
        raise KeyInProgress("Wait for the first answer, then ask again.")
    if kept.body["text"] is None:
        raise AnswerSecret("It was done, and nothing was done now. If you lost the answer, undo it and use a new key.")
    response = flask.make_response(kept.body["text"], kept.status, kept.body["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def keep_answer(response: flask.Response) -> flask.Response:
    """After the view: keeps what was decided; a passing fault frees the key for another try."""
    key = flask.g.pop("idempotency_key", None)
    if key is None:
        return response
    account_id = current_actor().account_id
    mine = (IdempotentAnswer.account_id == account_id, IdempotentAnswer.key == key)
    decision = sa.update(IdempotentAnswer).where(*mine).values(status=response.status_code, body=_body(response))
    passing = response.status_code in (401, 408, 429) or response.status_code >= 500
    try:
        with current_parts().database.writing() as session:
            session.execute(sa.delete(IdempotentAnswer).where(*mine) if passing else decision)
    except Unavailable as exc:  # the request itself is done; the key stays reserved until it counts as abandoned
        log.warning("idempotent_answer_lost", code=exc.code)
    return response


def _body(response: flask.Response) -> dict[str, Any]:
    secret = flask.request.path == _SHOWN_ONCE and response.status_code == 201
    names = ("Content-Type", "Location", "ETag")
    headers = {name: response.headers[name] for name in names if name in response.headers}
    return {"text": None if secret else response.get_data(as_text=True), "headers": headers}


def _reserve(account_id: str, key: str, digest: str) -> IdempotentAnswer | None:
    """None when the key is ours now; else the row of whoever had it first."""
    database = current_parts().database
    with database.writing() as session:
        abandoned = sa.and_(IdempotentAnswer.status.is_(None), IdempotentAnswer.created_at < now(-_ABANDONED_SECONDS))
        session.execute(
            sa.delete(IdempotentAnswer).where(
                IdempotentAnswer.account_id == account_id,
                sa.or_(abandoned, IdempotentAnswer.created_at < now(-_KEPT_SECONDS)),
            )
        )
        made = session.execute(
            insert(session, IdempotentAnswer)
            .values(account_id=account_id, key=key, request_digest=digest, created_at=now())
            .on_conflict_do_nothing()
            .returning(IdempotentAnswer.key)
        ).one_or_none()
        return None if made is not None else session.get_one(IdempotentAnswer, (account_id, key))
